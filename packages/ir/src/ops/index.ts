// The op definitions of the default ONNX domain, and the few of others that its ops cannot say, by family.

import { OpRegistry } from '../op.ts';
import { activationOps } from './activations.ts';
import { attentionOps } from './attention.ts';
import { bitCastOps } from './bit-cast.ts';
import { controlOps } from './control.ts';
import { convOps } from './conv.ts';
import { deformConvOps } from './deform-conv.ts';
import { detOps } from './det.ts';
import { dropoutOps } from './dropout.ts';
import { einsumOps } from './einsum.ts';
import { gatherOps } from './gather.ts';
import { imageOps } from './image.ts';
import { integerProductOps } from './integer.ts';
import { inverseOps } from './inverse.ts';
import { layoutOps } from './layout.ts';
import { linearAttentionOps } from './linear-attention.ts';
import { maskOps } from './masks.ts';
import { mathOps } from './math.ts';
import { matmulOps } from './matmul.ts';
import { movementOps } from './movement.ts';
import { normalizationOps } from './normalization.ts';
import { orderOps } from './order.ts';
import { integerOps, pointwiseOps } from './pointwise.ts';
import { poolOps } from './pool.ts';
import { quantizeOps } from './quantize.ts';
import { randomOps } from './random.ts';
import { recurrentOps } from './recurrent.ts';
import { reduceOps } from './reduce.ts';
import { reshapeOps } from './reshape.ts';
import { resizeOps } from './resize.ts';
import { roiOps } from './roi.ts';
import { rotaryOps } from './rotary.ts';
import { samplingOps } from './sampling.ts';
import { scanOps } from './scan.ts';
import { scatterOps } from './scatter.ts';
import { selectOps } from './select.ts';
import { sequenceOps } from './sequences.ts';
import { shapeOps } from './shape.ts';
import { signalOps } from './signal.ts';
import { steerOps } from './steer.ts';
import { stringOps } from './strings.ts';
import { unpoolOps } from './unpool.ts';

export * from './attention.ts';
export { normalizeAxis } from './axis.ts';
export { broadcast } from './broadcast.ts';
export { loopCounts } from './control.ts';
export * from './conv.ts';
export * from './deform-conv.ts';
export * from './einsum.ts';
export { elementOf, joinElements } from './elements.ts';
export type { Heads } from './heads.ts';
export * from './integer.ts';
export * from './linear-attention.ts';
export * from './matmul.ts';
export * from './normalization.ts';
export * from './order.ts';
export { definePointwise } from './pointwise.ts';
export * from './pool.ts';
export * from './quantize.ts';
export * from './recurrent.ts';
export type { RecurrentFunction } from './recurrent-functions.ts';
export * from './reduce.ts';
export * from './resize.ts';
export * from './roi.ts';
export * from './rotary.ts';
export * from './sampling.ts';
export * from './scan.ts';
export * from './scatter.ts';
export * from './select.ts';
export * from './signal.ts';
export * from './unpool.ts';
export * from './window.ts';

/** Every op that this version of @trtx defines. */
export const standardOps = new OpRegistry([
  ...pointwiseOps,
  ...integerOps,
  ...mathOps,
  ...activationOps,
  ...dropoutOps,
  ...movementOps,
  ...reshapeOps,
  ...layoutOps,
  ...gatherOps,
  ...shapeOps,
  ...resizeOps,
  ...convOps,
  ...poolOps,
  ...matmulOps,
  ...reduceOps,
  ...normalizationOps,
  ...recurrentOps,
  ...deformConvOps,
  ...roiOps,
  ...quantizeOps,
  ...integerProductOps,
  ...maskOps,
  ...orderOps,
  ...controlOps,
  ...sequenceOps,
  ...scanOps,
  ...scatterOps,
  ...selectOps,
  ...attentionOps,
  ...linearAttentionOps,
  ...rotaryOps,
  ...randomOps,
  ...signalOps,
  ...samplingOps,
  ...imageOps,
  ...unpoolOps,
  ...einsumOps,
  ...detOps,
  ...inverseOps,
  ...bitCastOps,
  ...stringOps,
  ...steerOps,
]);
