// The kernels of this version, best known first among equals. A list is a value: builders may pass another.

import type { Kernel } from '../kernel.ts';
import { convDirect } from './conv.ts';
import { convTransposeDirect } from './conv-transpose.ts';
import { convDepthwise } from './depthwise.ts';
import { map } from './map.ts';
import { gemmDirect, matmulDirect } from './matmul.ts';
import { layerNorm, logSoftmax, softmax } from './norm.ts';
import { averagePool, maxPool } from './pool.ts';
import { reduce } from './reduce.ts';

export const standardKernels: readonly Kernel[] = [
  map,
  convDirect,
  convDepthwise,
  convTransposeDirect,
  matmulDirect,
  gemmDirect,
  reduce,
  softmax,
  logSoftmax,
  layerNorm,
  maxPool,
  averagePool,
];
