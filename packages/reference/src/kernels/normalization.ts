// Softmax and the normalizations by statistics of the input.

import {
  elementCount,
  groupGeometry,
  instanceGeometry,
  type NormGeometry,
  normGeometry,
  softmaxGeometry,
  type Tensor,
} from '@trtx/ir';
import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { fromFloat64, stridesOf, toFloat64 } from '../tensors.ts';

export const softmax = defineReference({
  op: 'Softmax',
  run: (call) =>
    alongAxis(call, softmaxGeometry(call.at), (row) => {
      const max = largest(row);
      let sum = 0;
      for (let i = 0; i < row.length; i++) {
        row[i] = Math.exp(row[i]! - max);
        sum += row[i]!;
      }
      for (let i = 0; i < row.length; i++) row[i]! /= sum;
    }),
});

export const logSoftmax = defineReference({
  op: 'LogSoftmax',
  run: (call) =>
    alongAxis(call, softmaxGeometry(call.at), (row) => {
      const max = largest(row);
      let sum = 0;
      for (let i = 0; i < row.length; i++) sum += Math.exp(row[i]! - max);
      const shift = max + Math.log(sum);
      for (let i = 0; i < row.length; i++) row[i]! -= shift;
    }),
});

export const layerNormalization = defineReference({
  op: 'LayerNormalization',
  run(call) {
    const g = normGeometry(call.at);
    const [scale, bias] = [trailing(call, 1), trailing(call, 2)];
    const means = new Float64Array(g.outer as number);
    const deviations = new Float64Array(g.outer as number);
    const [y] = alongAxis(call, g, (row, at) => {
      const { mean, variance } = moments(row);
      const inverse = 1 / Math.sqrt(variance + call.at.float('epsilon'));
      means[at] = mean;
      deviations[at] = inverse;
      const from = at * row.length;
      for (let i = 0; i < row.length; i++)
        row[i] = (row[i]! - mean) * inverse * scale!(from + i) + (bias?.(from + i) ?? 0);
    });
    const statistics = [means, deviations].map((values, i) => {
      const type = call.outputs[i + 1];
      return type ? [fromFloat64(type.dtype, type.dims, values)] : [];
    });
    return [y!, ...statistics.flat()];
  },
});

export const rmsNormalization = defineReference({
  op: 'RMSNormalization',
  run(call) {
    const scale = trailing(call, 1)!;
    return alongAxis(call, normGeometry(call.at), (row, at) => {
      const inverse = 1 / Math.sqrt(meanSquare(row, 0) + call.at.float('epsilon'));
      for (let i = 0; i < row.length; i++) row[i]! *= inverse * scale(at * row.length + i);
    });
  },
});

export const instanceNormalization = defineReference({
  op: 'InstanceNormalization',
  run(call) {
    const scale = toFloat64(inputOf(call, 1));
    const bias = toFloat64(inputOf(call, 2));
    return alongAxis(call, instanceGeometry(call.at), (row, at) => {
      const { mean, variance } = moments(row);
      const factor = scale[at % scale.length]! / Math.sqrt(variance + call.at.float('epsilon'));
      for (let i = 0; i < row.length; i++) row[i] = (row[i]! - mean) * factor + bias[at % scale.length]!;
    });
  },
});

export const lpNormalization = defineReference({
  op: 'LpNormalization',
  run(call) {
    const p = call.at.int('p');
    return alongAxis(call, softmaxGeometry(call.at), (row) => {
      let sum = 0;
      for (let i = 0; i < row.length; i++) sum += p === 1 ? Math.abs(row[i]!) : row[i]! * row[i]!;
      const norm = p === 1 ? sum : Math.sqrt(sum);
      for (let i = 0; i < row.length; i++) row[i] = norm === 0 ? 0 : row[i]! / norm;
    });
  },
});

export const groupNormalization = defineReference({
  op: 'GroupNormalization',
  run(call) {
    const scale = toFloat64(inputOf(call, 1));
    const bias = toFloat64(inputOf(call, 2));
    const perGroup = scale.length / call.at.int('num_groups');
    return alongAxis(call, groupGeometry(call.at), (row, at) => {
      const { mean, variance } = moments(row);
      const inverse = 1 / Math.sqrt(variance + call.at.float('epsilon'));
      const plane = row.length / perGroup;
      const first = (at * perGroup) % scale.length;
      for (let i = 0; i < row.length; i++) {
        const channel = first + Math.floor(i / plane);
        row[i] = (row[i]! - mean) * inverse * scale[channel]! + bias[channel]!;
      }
    });
  },
});

/** Calls `change` with each row of elements that belong together, and its number; what it leaves there is the output. */
function alongAxis(call: KernelCall, g: NormGeometry, change: (row: Float64Array, at: number) => void): Tensor[] {
  const x = toFloat64(inputOf(call, 0));
  const [outer, length, inner] = [g.outer, g.length, g.inner] as [number, number, number];
  const out = new Float64Array(x.length);
  const row = new Float64Array(length);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const start = o * length * inner + i;
      for (let k = 0; k < length; k++) row[k] = x[start + k * inner]!;
      change(row, o * inner + i);
      for (let k = 0; k < length; k++) out[start + k * inner] = row[k]!;
    }
  return [fromFloat64(call.outputs[0]!.dtype, call.outputs[0]!.dims, out)];
}

function largest(row: Float64Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < row.length; i++) max = Math.max(max, row[i]!);
  return max;
}

function moments(row: Float64Array): { mean: number; variance: number } {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i]!;
  const mean = sum / row.length;
  return { mean, variance: meanSquare(row, mean) };
}

/** The mean of (x − center)². */
function meanSquare(row: Float64Array, center: number): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += (row[i]! - center) * (row[i]! - center);
  return sum / row.length;
}

/** An input that broadcasts to input 0, by the row-major position there. Undefined where it is absent. */
function trailing(call: KernelCall, index: number): ((linear: number) => number) | undefined {
  const tensor = call.inputs[index];
  if (!tensor) return undefined;
  const values = toFloat64(tensor);
  const { dims } = inputOf(call, 0);
  const own = [...new Array<number>(dims.length - tensor.dims.length).fill(1), ...tensor.dims];
  const first = own.findIndex((dim) => dim !== 1);
  // Whole in its last axes, as nearly always: what comes before them only repeats it.
  if (first < 0 || own.slice(first).every((dim, i) => dim === dims[first + i]))
    return (linear) => values[linear % values.length]!;
  const strides = stridesOf(own);
  const table = new Float64Array(elementCount(dims));
  for (let i = 0; i < table.length; i++) {
    let [rest, offset] = [i, 0];
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      if (own[axis] !== 1) offset += (rest % dims[axis]!) * strides[axis]!;
      rest = Math.floor(rest / dims[axis]!);
    }
    table[i] = values[offset]!;
  }
  return (linear) => table[linear]!;
}
