// QuantizeLinear and DequantizeLinear. The quotient and the product are rounded to the type that the op computes in: a
// number halfway between two steps goes where that rounding takes it.

import { codecOf, type DType, isFloat, type QuantizeGeometry, quantizeGeometry, rangeOf, type Tensor } from '@trtx/ir';
import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { fromFloat64, stridesOf, toFloat64 } from '../tensors.ts';
import { roundHalfEven } from './functions.ts';

export const quantizeLinear = defineReference({
  op: 'QuantizeLinear',
  run(call) {
    const g = quantizeGeometry(call.at);
    const { dtype } = call.outputs[0]!;
    const round = rounding(g.compute);
    if (isFloat(dtype)) {
      const { encode } = codecOf(dtype)!;
      const saturate = call.at.int('saturate') === 1 || dtype === 'float4e2m1';
      const values = each(call, g, (x, scale, zero) => round(round(x / scale) + zero));
      return [{ dtype, dims: call.outputs[0]!.dims, data: Uint8Array.from(values, (x) => encode(x, { saturate })) }];
    }
    const [low, high] = rangeOf(dtype);
    return [
      rounded(
        call,
        each(call, g, (x, scale, zero) => {
          const whole = roundHalfEven(round(x / scale)) + zero;
          return Number.isNaN(whole) ? low : Math.max(low, Math.min(high, whole));
        }),
      ),
    ];
  },
});

export const dequantizeLinear = defineReference({
  op: 'DequantizeLinear',
  run(call) {
    const g = quantizeGeometry(call.at);
    const round = rounding(g.compute);
    return [
      rounded(
        call,
        each(call, g, (x, scale, zero) => round(round(x - zero) * scale)),
      ),
    ];
  },
});

/** Every element with its scale and zero point. */
function each(
  call: KernelCall,
  g: QuantizeGeometry,
  f: (x: number, scale: number, zero: number) => number,
): Float64Array {
  const x = inputOf(call, 0);
  const values = toFloat64(x);
  const scale = inputOf(call, 1);
  const scales = toFloat64(scale);
  const zeros = call.inputs[2] ? toFloat64(call.inputs[2]) : new Float64Array(scales.length);
  const placeOf = scalePlace(x, scale, g);
  return values.map((value, i) => {
    const place = placeOf(i);
    return f(value, scales[place]!, zeros[place]!);
  });
}

/** Which scale belongs to the element at a position. */
function scalePlace(x: Tensor, scale: Tensor, { granularity, axis, block }: QuantizeGeometry): (i: number) => number {
  if (granularity === 'tensor') return () => 0;
  const length = x.dims[axis]!;
  const inner = stridesOf(x.dims)[axis]!;
  if (granularity === 'axis') return (i) => Math.floor(i / inner) % length;
  const blocks = scale.dims[axis]!;
  return (i) => {
    const place = Math.floor(i / inner);
    const outer = Math.floor(place / length);
    return (outer * blocks + Math.floor((place % length) / block)) * inner + (i % inner);
  };
}

function rounding(dtype: DType): (value: number) => number {
  if (dtype === 'float32') return Math.fround;
  const { encode, decode } = codecOf(dtype)!;
  return (value) => decode(encode(value));
}

function rounded(call: KernelCall, values: Float64Array): Tensor {
  return fromFloat64(call.outputs[0]!.dtype, call.outputs[0]!.dims, values);
}
