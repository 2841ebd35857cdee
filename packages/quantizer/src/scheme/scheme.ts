// What a quantized tensor is: the type of its codes, whether 0 is in their middle, and which elements share a scale.

import { TrtxError } from '@trtx/errors';

/** What numbers are quantized to. A code c stands for (c − zero point) · scale. */
export type QuantizedType = 'int8' | 'uint8' | 'int4' | 'uint4' | 'float4e2m1';

export const QUANTIZED_TYPES: readonly QuantizedType[] = ['int8', 'uint8', 'int4', 'uint4', 'float4e2m1'];

/**
 * How codes are spread over a range: symmetric ones reach as far below 0 as above, with the zero point in the middle of the
 * codes (128 of uint8); asymmetric ones cover the range alone.
 */
export interface Target {
  readonly type: QuantizedType;
  readonly symmetric: boolean;
}

/** Which elements share a scale: all, those at one place along an axis, or `size` places in a row along it. */
export type Granularity =
  | { readonly kind: 'tensor' }
  | { readonly kind: 'channel'; readonly axis: number }
  | { readonly kind: 'block'; readonly axis: number; readonly size: number };

export interface Scheme extends Target {
  readonly granularity: Granularity;
}

/** The types that scales are kept in. */
export type ScaleType = 'float32' | 'float16';

/** Sizes of blocks for which kernels are made. */
export const [SMALLEST_BLOCK, LARGEST_BLOCK] = [16, 256] as const;

/**
 * Checks that a scheme can be and fits a tensor.
 * @throws TrtxError QUANT_SCHEME: an asymmetric float type, an axis that the tensor lacks, blocks of no positive size
 */
export function checkScheme({ type, symmetric, granularity }: Scheme, dims: readonly number[]): void {
  if (!QUANTIZED_TYPES.includes(type))
    throw new TrtxError('QUANT_SCHEME', `nothing is quantized to ${type}`, {
      hint: `Choose one of ${QUANTIZED_TYPES.join(', ')}.`,
    });
  if (type === 'float4e2m1' && !symmetric)
    throw new TrtxError('QUANT_SCHEME', 'float4e2m1 has no zero points', { hint: 'Choose the symmetric scheme.' });
  if (granularity.kind === 'tensor') return;
  const { axis } = granularity;
  if (!(Number.isInteger(axis) && axis >= 0 && axis < dims.length))
    throw new TrtxError('QUANT_SCHEME', `scales along axis ${axis} of a tensor of [${dims.join(', ')}]`);
  if (granularity.kind === 'block' && !(Number.isInteger(granularity.size) && granularity.size > 0))
    throw new TrtxError('QUANT_SCHEME', `blocks of ${granularity.size} elements`);
}
