// Convolution: as a matrix product over columns gathered block by block (im2col), or tap by tap where each group has one
// input channel.

import { convGeometry, type NodeView } from '@trtx/ir';
import { defineReference, inputOf, type Sizes } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';
import { gemm, packRows, type RowOf, rowsOf, type Store } from './gemm.ts';
import { planeSizes, tapRange, type Windows, windowsOf } from './window.ts';

export const conv = defineReference({
  op: 'Conv',
  run(call) {
    const bias = call.inputs[2] ? toFloat64(call.inputs[2]) : undefined;
    const y = convolve(call.at, toFloat64(inputOf(call, 0)), toFloat64(inputOf(call, 1)), bias);
    return [fromFloat64(call.outputs[0]!.dtype, call.outputs[0]!.dims, y)];
  },
  steps: convSteps,
});

/** Multiplications of a node with the geometry of a Conv. */
export function convSteps(at: NodeView, { inputs, outputs }: Sizes): number {
  return (outputs[0]! * inputs[1]!) / Math.max(convGeometry(at).outputChannels, 1);
}

/** The convolution of a node with the geometry of a Conv, of numbers in place of its inputs. */
export function convolve(at: NodeView, x: Float64Array, w: Float64Array, biases?: Float64Array): Float64Array {
  const g = convGeometry(at);
  const windows = windowsOf(at, g.axes);
  const plane = planeSizes(windows);
  const bias = biases ?? new Float64Array(g.outputChannels);
  const batch = g.batch as number;
  const y = new Float64Array(batch * g.outputChannels * plane.output);
  const inner = g.inputChannels / g.groups;
  const outer = g.outputChannels / g.groups;
  const depth = inner * plane.taps;
  for (let group = 0; group < g.groups; group++) {
    const weights = inner > 1 || outer > 3 ? packRows(w, outer, depth, group * outer * depth, depth, 1) : undefined;
    for (let n = 0; n < batch; n++) {
      const from = (n * g.groups + group) * inner * plane.input;
      const channel = group * outer;
      const to = (n * g.outputChannels + channel) * plane.output;
      if (weights)
        gemm(
          weights,
          plane.output,
          gatherColumns(x, from, windows),
          storeRows(y, to, plane.output, outer, bias, channel),
        );
      else
        for (let c = 0; c < outer; c++) {
          const at = to + c * plane.output;
          y.fill(bias[channel + c]!, at, at + plane.output);
          addTaps(x, from, w, (channel + c) * plane.taps, y, at, windows);
        }
    }
  }
  return y;
}

/** Adds a row of biases to the sums and stores them, row r of the product being plane r from `start` on. */
export function storeRows(
  y: Float64Array,
  start: number,
  plane: number,
  rows: number,
  bias: Float64Array,
  channel: number,
): Store {
  return (sums, stride, column, columns) => {
    for (let r = 0; r < rows; r++) {
      const add = bias[channel + r]!;
      const to = start + r * plane + column;
      for (let c = 0; c < columns; c++) y[to + c] = sums[r * stride + c]! + add;
    }
  };
}

/** Columns are window positions, rows are (channel, tap): what a tap reads, 0 in the padding. */
function gatherColumns(x: Float64Array, start: number, windows: Windows): RowOf {
  const { input, output, taps } = planeSizes(windows);
  const [zs, ys, xs] = windows;
  const pointwise = taps === 1 && input === output && windows.every((w) => w.stride === 1 && w.begin === 0);
  if (pointwise) return rowsOf(x, start, input, 1);
  return (row, depth, column, columns) => {
    const tap = depth % taps;
    const channel = start + ((depth - tap) / taps) * input;
    const kx = tap % xs.kernel;
    const ky = ((tap - kx) / xs.kernel) % ys.kernel;
    const kz = Math.floor(tap / (xs.kernel * ys.kernel));
    const shift = kx * xs.dilation - xs.begin;
    const [first, last] = tapRange(xs, kx);
    // One line of window positions at a time.
    for (let c = 0; c < columns; ) {
      const place = column + c;
      const ox = place % xs.output;
      const line = (place - ox) / xs.output;
      const end = Math.min(columns, c + xs.output - ox);
      const iy = (line % ys.output) * ys.stride - ys.begin + ky * ys.dilation;
      const iz = Math.floor(line / ys.output) * zs.stride - zs.begin + kz * zs.dilation;
      const inside = iy >= 0 && iy < ys.size && iz >= 0 && iz < zs.size;
      const low = inside ? Math.min(Math.max(c + first - ox, c), end) : end;
      const high = inside ? Math.min(Math.max(c + last - ox, low), end) : end;
      let from = channel + (iz * ys.size + iy) * xs.size + (ox + low - c) * xs.stride + shift;
      for (; c < low; c++) row[c] = 0;
      for (; c < high; c++, from += xs.stride) row[c] = x[from]!;
      for (; c < end; c++) row[c] = 0;
    }
  };
}

/** One channel convolved with one kernel, added to a plane of the output. */
function addTaps(
  x: Float64Array,
  from: number,
  w: Float64Array,
  kernel: number,
  y: Float64Array,
  to: number,
  [zs, ys, xs]: Windows,
): void {
  let tap = kernel;
  for (let kz = 0; kz < zs.kernel; kz++)
    for (let ky = 0; ky < ys.kernel; ky++)
      for (let kx = 0; kx < xs.kernel; kx++) {
        const weight = w[tap++]!;
        const [z0, z1] = tapRange(zs, kz);
        const [y0, y1] = tapRange(ys, ky);
        const [x0, x1] = tapRange(xs, kx);
        const shift = kx * xs.dilation - xs.begin;
        for (let oz = z0; oz < z1; oz++)
          for (let oy = y0; oy < y1; oy++) {
            const iz = oz * zs.stride - zs.begin + kz * zs.dilation;
            const iy = oy * ys.stride - ys.begin + ky * ys.dilation;
            const row = from + (iz * ys.size + iy) * xs.size + shift;
            const out = to + (oz * ys.output + oy) * xs.output;
            for (let ox = x0; ox < x1; ox++) y[out + ox]! += weight * x[row + ox * xs.stride]!;
          }
      }
}
