// The recognizing passes, in their order: what others are made of first.

import type { Pass } from '../../rule.ts';
import { recognizeDepthToSpace } from './depth-to-space.ts';
import { recognizeGelu } from './gelu.ts';
import { recognizeGroupNormalization } from './group-normalization.ts';
import { recognizeHardSigmoid } from './hard-sigmoid.ts';
import { recognizeHardSwish } from './hard-swish.ts';
import { recognizeLayerNormalization } from './layer-normalization.ts';
import { recognizeLpNormalization } from './lp-normalization.ts';
import { recognizeMish } from './mish.ts';
import { foldNormOperands } from './norm-operands.ts';
import { recognizeResize } from './resize.ts';
import { recognizeRmsNormalization } from './rms-normalization.ts';
import { recognizeSigmoid } from './sigmoid.ts';
import { recognizeSoftmax } from './softmax.ts';
import { recognizeSoftplus } from './softplus.ts';
import { recognizeSwish } from './swish.ts';

export { recognizeAttention } from './attention.ts';
export * from './depth-to-space.ts';
export * from './gelu.ts';
export * from './group-normalization.ts';
export * from './hard-sigmoid.ts';
export * from './hard-swish.ts';
export * from './layer-normalization.ts';
export * from './lp-normalization.ts';
export * from './mish.ts';
export * from './norm-operands.ts';
export * from './resize.ts';
export * from './rms-normalization.ts';
export { recognizeRotary } from './rotary.ts';
export * from './sigmoid.ts';
export * from './softmax.ts';
export * from './softplus.ts';
export * from './swish.ts';

export const recognizing: readonly Pass[] = [
  recognizeGelu,
  recognizeSwish,
  recognizeSigmoid,
  recognizeSoftplus,
  recognizeMish,
  recognizeHardSigmoid,
  recognizeHardSwish,
  recognizeSoftmax,
  recognizeLayerNormalization,
  recognizeRmsNormalization,
  recognizeLpNormalization,
  recognizeGroupNormalization,
  foldNormOperands,
  recognizeDepthToSpace,
  recognizeResize,
];
