// The calibrators that there are by default.

import { Calibrators } from '../calibrator.ts';
import { entropy } from './entropy.ts';
import { meanSquareError } from './mean-square-error.ts';
import { percentile } from './percentile.ts';
import { minMax, movingAverage } from './ranges.ts';

export const standardCalibrators = new Calibrators([minMax, movingAverage(), percentile(), entropy, meanSquareError]);
