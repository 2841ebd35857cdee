// Weights as codes, and what a report says of them.

import { errorAt } from '@trtx/errors';
import { bytesOf } from '../report/bytes.ts';
import { ErrorSum } from '../report/error.ts';
import type { QuantizedWeights } from '../report/report.ts';
import { dequantize, type Quantized } from '../scheme/quantize.ts';
import type { ScaleType } from '../scheme/scheme.ts';
import type { Layout } from './layout.ts';
import type { WeightMethod } from './methods.ts';
import type { Weights } from './operands.ts';
import { valuesOf } from './values.ts';

/**
 * Codes of weights, with scales of their type.
 * @throws TrtxError as `quantize`, with the tensor
 */
export function codesFor({ value }: Weights, { dims, scheme }: Layout, method: WeightMethod): Quantized {
  const constant = value.constant!;
  try {
    return method.quantize(valuesOf(constant), dims, scheme, constant.dtype as ScaleType);
  } catch (error) {
    throw errorAt(error, { tensor: value.name });
  }
}

/** @param method how scales were chosen */
export function reportOf({ node, value }: Weights, quantized: Quantized, method: string): QuantizedWeights {
  const constant = value.constant!;
  const { scheme, codes, scaleType, scales, zeroPoints } = quantized;
  const parts = [
    [scheme.type, codes.length],
    [scaleType, scales.length],
    [scheme.type, zeroPoints?.length ?? 0],
  ] as const;
  return {
    node: node.name,
    op: node.op.name,
    origin: node.origin,
    tensor: value.name,
    scheme,
    method,
    bytes: {
      before: bytesOf(constant),
      after: parts.reduce((sum, [dtype, count]) => sum + bytesOf({ dtype, dims: [count] }), 0),
    },
    ...new ErrorSum().add(valuesOf(constant), dequantize(quantized)).error,
  };
}
