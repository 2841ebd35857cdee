// The kernels of this version, best known first among equals. A list is a value: builders may pass another.

import type { Kernel } from '../kernel.ts';
import { argMax, argMin, hardmax } from './arg.ts';
import { convDirect } from './conv.ts';
import { convTransposeDirect } from './conv-transpose.ts';
import { convDepthwise } from './depthwise.ts';
import { eye } from './eye.ts';
import { gridSample } from './grid-sample.ts';
import { map } from './map.ts';
import { gemmDirect, matmulDirect } from './matmul.ts';
import { groupNorm, instanceNorm, layerNorm, lpNorm, rmsNorm } from './norm.ts';
import { averagePool, lpPool, maxPool } from './pool.ts';
import { range } from './range.ts';
import { gru, lstm, rnn } from './recurrent.ts';
import { reduce } from './reduce.ts';
import { resize } from './resize.ts';
import { rotary } from './rotary.ts';
import { cumProd, cumSum } from './scan.ts';
import { scatterElements, scatterND } from './scatter.ts';
import { logSoftmax, logSumExp, softmax } from './softmax.ts';
import { topKByPasses, topKByRank } from './top-k.ts';

export const standardKernels: readonly Kernel[] = [
  map,
  convDirect,
  convDepthwise,
  convTransposeDirect,
  matmulDirect,
  gemmDirect,
  reduce,
  argMax,
  argMin,
  hardmax,
  softmax,
  logSoftmax,
  logSumExp,
  layerNorm,
  rmsNorm,
  instanceNorm,
  groupNorm,
  lpNorm,
  maxPool,
  averagePool,
  lpPool,
  resize,
  gridSample,
  range,
  eye,
  cumSum,
  cumProd,
  topKByRank,
  topKByPasses,
  scatterElements,
  scatterND,
  rotary,
  lstm,
  gru,
  rnn,
];
