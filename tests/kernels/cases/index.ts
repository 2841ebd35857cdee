// Every case.

import type { Case } from '../support.ts';
import { attentionCases, linearAttentionCases } from './attention.ts';
import { blockCases, blockTileCases } from './blocks.ts';
import { chainCases } from './chains.ts';
import { convCases } from './conv.ts';
import { fusionCases } from './fusions.ts';
import { gemvCases } from './gemv.ts';
import { einsumCases, integerCases } from './integers.ts';
import { matmulCases } from './matmul.ts';
import { operandCases } from './operands.ts';
import { placeCases } from './places.ts';
import { quantizeCases } from './quantize.ts';
import { randomCases } from './random.ts';
import { recurrentCases } from './recurrent.ts';
import { regionCases } from './regions.ts';
import { normCases, reduceCases } from './rows.ts';
import { signalCases } from './signals.ts';
import { poolCases, rangeCases, resizeCases, sampleCases } from './windows.ts';

export const allCases: readonly Case[] = [
  ...convCases,
  ...matmulCases,
  ...gemvCases,
  ...blockCases,
  ...blockTileCases,
  ...reduceCases,
  ...normCases,
  ...poolCases,
  ...resizeCases,
  ...sampleCases,
  ...rangeCases,
  ...placeCases,
  ...recurrentCases,
  ...quantizeCases,
  ...attentionCases,
  ...linearAttentionCases,
  ...integerCases,
  ...einsumCases,
  ...regionCases,
  ...signalCases,
  ...randomCases,
  ...chainCases,
  ...fusionCases,
  ...operandCases,
];
