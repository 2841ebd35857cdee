// Every case.

import type { Case } from '../support.ts';
import { chainCases } from './chains.ts';
import { convCases } from './conv.ts';
import { matmulCases } from './matmul.ts';
import { placeCases } from './places.ts';
import { quantizeCases } from './quantize.ts';
import { recurrentCases } from './recurrent.ts';
import { normCases, reduceCases } from './rows.ts';
import { poolCases, rangeCases, resizeCases, sampleCases } from './windows.ts';

export const allCases: readonly Case[] = [
  ...convCases,
  ...matmulCases,
  ...reduceCases,
  ...normCases,
  ...poolCases,
  ...resizeCases,
  ...sampleCases,
  ...rangeCases,
  ...placeCases,
  ...recurrentCases,
  ...quantizeCases,
  ...chainCases,
];
