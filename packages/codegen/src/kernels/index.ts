// The kernels of this version, best known first among equals. A list is a value: builders may pass another.

import type { Kernel } from '../kernel.ts';
import { affineGrid } from './affine-grid.ts';
import { argMax, argMin, hardmax } from './arg.ts';
import { attention } from './attention.ts';
import { attentionCache } from './attention-cache.ts';
import { attentionMatrix } from './attention-matrix.ts';
import { attentionScores } from './attention-scores.ts';
import { attentionSplit } from './attention-split.ts';
import { attentionStaged } from './attention-staged.ts';
import { attentionTile } from './attention-tile.ts';
import { bitCast } from './bit-cast.ts';
import { col2im } from './col2im.ts';
import { convChannels, convDirect } from './conv.ts';
import { convInteger } from './conv-integer.ts';
import { convMatrix } from './conv-matrix.ts';
import { convStaged } from './conv-staged.ts';
import { convTransposeDirect } from './conv-transpose.ts';
import { convTransposeStaged } from './conv-transpose-staged.ts';
import { convWinograd } from './conv-winograd.ts';
import { deformConv } from './deform-conv.ts';
import { convDepthwise } from './depthwise.ts';
import { det } from './det.ts';
import { einsumDirect, einsumProduct } from './einsum.ts';
import { eye } from './eye.ts';
import { dft, stft } from './fourier.ts';
import { gridSample } from './grid-sample.ts';
import { linearAttention } from './linear-attention.ts';
import { map } from './map.ts';
import { productKernels } from './matmul.ts';
import { matmulInteger } from './matmul-integer.ts';
import { maxUnpool } from './max-unpool.ts';
import { melFilters } from './mel-filters.ts';
import { groupNorm, instanceNorm, layerNorm, lpNorm, rmsNorm } from './norm.ts';
import { averagePool, lpPool, maxPool } from './pool.ts';
import { bernoulli, dropout, randomNormal, randomNormalLike, randomUniform, randomUniformLike } from './random.ts';
import { range } from './range.ts';
import { gru, lstm, rnn } from './recurrent.ts';
import { reduce } from './reduce.ts';
import { resize } from './resize.ts';
import { maxRoiPool, roiAlign } from './roi.ts';
import { cumProd, cumSum } from './scan.ts';
import { scatterElementsLines, scatterElementsSearch, scatterNDLines, scatterNDSearch } from './scatter.ts';
import { logSoftmax, logSumExp, softmax } from './softmax.ts';
import { tfIdf } from './tf-idf.ts';
import { topKByPasses, topKByRank } from './top-k.ts';
import { blackmanWindow, hammingWindow, hannWindow } from './window-functions.ts';

export const standardKernels: readonly Kernel[] = [
  map,
  convDirect,
  convChannels,
  convStaged,
  convMatrix,
  convWinograd,
  convDepthwise,
  convTransposeDirect,
  convTransposeStaged,
  convInteger,
  deformConv,
  ...productKernels,
  matmulInteger,
  einsumProduct,
  einsumDirect,
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
  maxRoiPool,
  roiAlign,
  col2im,
  resize,
  gridSample,
  affineGrid,
  dft,
  stft,
  hannWindow,
  hammingWindow,
  blackmanWindow,
  melFilters,
  tfIdf,
  det,
  bitCast,
  bernoulli,
  dropout,
  randomNormal,
  randomNormalLike,
  randomUniform,
  randomUniformLike,
  range,
  eye,
  cumSum,
  cumProd,
  topKByRank,
  topKByPasses,
  scatterElementsLines,
  scatterElementsSearch,
  scatterNDLines,
  scatterNDSearch,
  maxUnpool,
  attentionTile,
  attentionMatrix,
  attentionSplit,
  attentionStaged,
  attention,
  attentionScores,
  attentionCache,
  linearAttention,
  lstm,
  gru,
  rnn,
];
