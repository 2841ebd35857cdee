// Arrays to codes and back.

import { TrtxError } from '@trtx/errors';
import { arrayType, type Constant, constantOf, type DataArray, elementCount, toFloat16 } from '@trtx/ir';
import { codesOf } from './codes.ts';
import { type Group, gather, groupsOf } from './groups.ts';
import { type Parameters, parametersOf } from './parameters.ts';
import { checkScheme, type ScaleType, type Scheme, type Target } from './scheme.ts';

/** A tensor as codes. */
export interface Quantized {
  readonly scheme: Scheme;
  readonly dims: readonly number[];
  /** One for each element, not packed. */
  readonly codes: DataArray;
  /** Dims of scales and zero points. */
  readonly groupDims: readonly number[];
  readonly scaleType: ScaleType;
  /** As numbers of their type. */
  readonly scales: Float64Array;
  /** Undefined where all are 0. */
  readonly zeroPoints: DataArray | undefined;
}

/** Chooses the parameters of elements that share them. */
export type Chooser = (values: Float64Array, target: Target, scaleType: ScaleType) => Parameters;

/** Covers all elements. */
export const coverAll: Chooser = (values, target, scaleType) => {
  let [min, max] = [0, 0];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return parametersOf({ min, max }, target, scaleType);
};

export interface QuantizeOptions {
  /** `coverAll` by default. */
  readonly choose?: Chooser;
  readonly scaleType?: ScaleType;
}

/**
 * Quantizes a row-major tensor.
 * @throws TrtxError as `checkScheme`; QUANT_NAN where an element is no finite number
 */
export function quantize(
  values: ArrayLike<number>,
  dims: readonly number[],
  scheme: Scheme,
  { choose = coverAll, scaleType = 'float32' }: QuantizeOptions = {},
): Quantized {
  checkScheme(scheme, dims);
  const total = elementCount(dims);
  for (let i = 0; i < total; i++)
    if (!Number.isFinite(values[i]))
      throw new TrtxError('QUANT_NAN', `element ${i} is ${values[i]}`, { hint: 'Only finite numbers have codes.' });
  const groups = groupsOf(dims, scheme.granularity);
  const codes = new (arrayType(scheme.type))(total);
  const scales = new Float64Array(groups.count);
  const zeros = new (arrayType(scheme.type))(groups.count);
  const scratch = new Float64Array(groups.largest);
  for (let i = 0; i < groups.count; i++) {
    const group = groups.at(i);
    const count = gather(values, group, scratch);
    const { scale, zeroPoint } = choose(scratch.subarray(0, count), scheme, scaleType);
    scales[i] = scale;
    zeros[i] = zeroPoint;
    writeCodes(codes, group, scratch, scheme, scale, zeroPoint);
  }
  const zeroPoints = zeros.some((zero) => zero !== 0) ? zeros : undefined;
  return { scheme, dims, codes, groupDims: groups.dims, scaleType, scales, zeroPoints };
}

function writeCodes(
  codes: DataArray,
  { start, length, stride, repeats, step }: Group,
  values: Float64Array,
  { type }: Target,
  scale: number,
  zeroPoint: number,
): void {
  const { encode } = codesOf(type);
  let i = 0;
  for (let r = 0; r < repeats; r++)
    for (let k = 0, at = start + r * step; k < length; k++, at += stride)
      codes[at] = encode(values[i++]!, scale, zeroPoint);
}

/** The numbers that the codes stand for, in float32. */
export function dequantize({ scheme, dims, codes, scales, zeroPoints }: Quantized): Float32Array {
  const values = new Float32Array(codes.length);
  const groups = groupsOf(dims, scheme.granularity);
  const { decode } = codesOf(scheme.type);
  for (let i = 0; i < groups.count; i++) {
    const { start, length, stride, repeats, step } = groups.at(i);
    const zero = Number(zeroPoints?.[i] ?? 0);
    for (let r = 0; r < repeats; r++)
      for (let k = 0, at = start + r * step; k < length; k++, at += stride)
        values[at] = decode(Number(codes[at]), scales[i]!, zero);
  }
  return values;
}

/** Codes, scales and zero points as constants, which hold them packed. */
export interface QuantizedConstants {
  readonly codes: Constant;
  readonly scales: Constant;
  readonly zeroPoints: Constant | undefined;
}

export function constantsOf(quantized: Quantized): QuantizedConstants {
  const { scheme, dims, codes, groupDims, scaleType, scales, zeroPoints } = quantized;
  return {
    codes: constantOf(scheme.type, dims, codes),
    scales: scaleConstant(scaleType, groupDims, scales),
    zeroPoints: zeroPoints && constantOf(scheme.type, groupDims, zeroPoints),
  };
}

/** Scales, which are numbers of the type, as a constant. */
export function scaleConstant(type: ScaleType, dims: readonly number[], scales: ArrayLike<number>): Constant {
  return constantOf(type, dims, type === 'float16' ? Uint16Array.from(scales, toFloat16) : Float32Array.from(scales));
}
