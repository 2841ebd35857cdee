// A bias as 32-bit integers in units of the sums of products, so that it is added before these are scaled.

import { type Constant, constantOf, type Graph, standardOps, type Value } from '@trtx/ir';
import { asScale } from '../scheme/parameters.ts';
import { type Quantized, scaleConstant } from '../scheme/quantize.ts';
import { valuesOf } from '../weights/values.ts';

/** Past this a code has no 32 bits. */
const LARGEST = 2 ** 31 - 1;

/**
 * Adds a bias in units of the input's scale times each channel's: the value of its numbers. Undefined where it is not one
 * number for each channel, or 32 bits or the scales' type cannot hold it: it stays float then.
 */
export function addIntegerBias(
  graph: Graph,
  bias: Value,
  xScale: number,
  weights: Quantized,
  origin: readonly string[],
): Value | undefined {
  const { constant } = bias;
  const { scaleType } = weights;
  if (constant?.dtype !== scaleType) return undefined;
  const axis = channelAxis(constant, weights.scales.length);
  if (axis === undefined) return undefined;
  const values = valuesOf(constant);
  const codes = new Int32Array(values.length);
  const scales = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const scale = asScale(xScale * weights.scales[i]!, scaleType);
    const code = scale === undefined ? Number.NaN : Math.round(values[i]! / scale);
    if (!(Math.abs(code) <= LARGEST)) return undefined;
    codes[i] = code;
    scales[i] = scale!;
  }
  const inputs = [
    graph.addConstant(constantOf('int32', constant.dims, codes), `${bias.name}.codes`),
    graph.addConstant(scaleConstant(scaleType, [scales.length], scales), `${bias.name}.scale`),
  ];
  const options = { name: `${bias.name}.dequantize`, outputs: [`${bias.name}.dequantized`], origin };
  return graph.addNode(standardOps.get('DequantizeLinear')!, inputs, { axis }, options).output;
}

/** The axis that a number for each channel lies along. */
function channelAxis({ dims }: Constant, channels: number): number | undefined {
  const long = dims.flatMap((dim, axis) => (dim === 1 ? [] : [axis]));
  const axis = long.length === 0 ? dims.length - 1 : long[0]!;
  return long.length <= 1 && dims[axis] === channels ? axis : undefined;
}
