// The kernels of the default ONNX domain.

import { ReferenceKernels } from '../kernel.ts';
import { attention } from './attention.ts';
import { bitCast } from './bit-cast.ts';
import { conv } from './conv.ts';
import { convTranspose } from './conv-transpose.ts';
import { deformConv } from './deform-conv.ts';
import { det } from './det.ts';
import { dropout } from './dropout.ts';
import { einsum } from './einsum.ts';
import { eyeLike } from './eye.ts';
import { injectiveKernel } from './injective.ts';
import { convInteger, matmulInteger } from './integer.ts';
import { inverse } from './inverse.ts';
import { linearAttention } from './linear-attention.ts';
import { gemm, matmul } from './matmul.ts';
import { nonMaxSuppression } from './non-max-suppression.ts';
import {
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  logSoftmax,
  lpNormalization,
  rmsNormalization,
  softmax,
} from './normalization.ts';
import { hardmax, topK } from './order.ts';
import { pointwiseKernel } from './pointwise.ts';
import { averagePool, lpPool, maxPool } from './pool.ts';
import { dequantizeLinear, quantizeLinear } from './quantize.ts';
import { bernoulli, multinomial, randomNormal, randomNormalLike, randomUniform, randomUniformLike } from './random.ts';
import { gru, lstm, rnn } from './recurrent.ts';
import { argMax, argMin, reduceKernel, reduceLogSumExp } from './reduce.ts';
import { resize } from './resize.ts';
import { maxRoiPool, roiAlign } from './roi.ts';
import { rotaryEmbedding } from './rotary.ts';
import { affineGrid, gridSample } from './sampling.ts';
import { cumProd, cumSum } from './scan.ts';
import { scatterElements, scatterND } from './scatter.ts';
import { compress, nonZero, unique } from './select.ts';
import { sequenceKernels } from './sequences.ts';
import { range, shapeKernel } from './shape.ts';
import { dft, stft } from './signal.ts';
import { steer } from './steer.ts';
import { regexFullMatch, stringConcat, stringNormalizer, stringSplit } from './strings.ts';
import { tfIdfVectorizer } from './tf-idf.ts';
import { col2im, maxUnpool } from './unpool.ts';
import { blackmanWindow, hammingWindow, hannWindow, melWeightMatrix } from './windows.ts';

/** Kernels for every op that `standardOps` defines, but for ImageDecoder: that is in a package of its own. */
export const standardKernels = new ReferenceKernels([
  pointwiseKernel,
  injectiveKernel,
  reduceKernel,
  shapeKernel,
  conv,
  convTranspose,
  matmul,
  gemm,
  maxPool,
  averagePool,
  lpPool,
  dropout,
  argMax,
  argMin,
  reduceLogSumExp,
  softmax,
  logSoftmax,
  layerNormalization,
  rmsNormalization,
  instanceNormalization,
  groupNormalization,
  lpNormalization,
  lstm,
  gru,
  rnn,
  matmulInteger,
  convInteger,
  deformConv,
  maxRoiPool,
  roiAlign,
  tfIdfVectorizer,
  quantizeLinear,
  dequantizeLinear,
  attention,
  linearAttention,
  rotaryEmbedding,
  resize,
  range,
  eyeLike,
  nonMaxSuppression,
  hardmax,
  topK,
  cumProd,
  cumSum,
  scatterElements,
  scatterND,
  compress,
  nonZero,
  steer,
  unique,
  bernoulli,
  multinomial,
  randomNormal,
  randomNormalLike,
  randomUniform,
  randomUniformLike,
  dft,
  stft,
  blackmanWindow,
  hammingWindow,
  hannWindow,
  melWeightMatrix,
  affineGrid,
  gridSample,
  col2im,
  maxUnpool,
  einsum,
  det,
  inverse,
  bitCast,
  regexFullMatch,
  stringConcat,
  stringNormalizer,
  stringSplit,
  ...sequenceKernels,
]);
