// Pooling under a sliding window.

import { type NodeView, poolGeometry, type Tensor } from '@trtx/ir';
import { defineReference, inputOf, type KernelCall, type Sizes } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';
import { planeSizes, type Window, type Windows, windowsOf } from './window.ts';

export const maxPool = defineReference({
  op: 'MaxPool',
  run(call) {
    const indices = call.outputs.length > 1 ? new BigInt64Array(countOf(call)) : undefined;
    const columnMajor = call.at.int('storage_order') === 1;
    const values = pool(call, (x, plane, start, windows, [zs, ys, xs], at) => {
      let best = Number.NEGATIVE_INFINITY;
      let place = -1;
      for (const z of zs)
        for (const y of ys)
          for (const i of xs) {
            const offset = (z * windows[1].size + y) * windows[2].size + i;
            const value = x[start + offset]!;
            if (value > best || place < 0 || Number.isNaN(value)) {
              best = value;
              place = columnMajor ? (i * windows[1].size + y) * windows[0].size + z : offset;
            }
          }
      if (indices) indices[at] = BigInt(plane * planeSizes(windows).input + place);
      return best;
    });
    if (!indices) return [values];
    return [values, { dtype: 'int64', dims: call.outputs[1]!.dims, data: indices }];
  },
  steps: poolSteps,
});

export const averagePool = defineReference({
  op: 'AveragePool',
  run(call) {
    const { countsPadding } = poolGeometry(call.at);
    return [
      pool(call, (x, _, start, windows, [zs, ys, xs], __, out) => {
        let sum = 0;
        for (const z of zs)
          for (const y of ys) for (const i of xs) sum += x[start + (z * windows[1].size + y) * windows[2].size + i]!;
        const taps = countsPadding
          ? paddedTaps(windows[0], out[0]) * paddedTaps(windows[1], out[1]) * paddedTaps(windows[2], out[2])
          : zs.length * ys.length * xs.length;
        return sum / taps;
      }),
    ];
  },
  steps: poolSteps,
});

export const lpPool = defineReference({
  op: 'LpPool',
  run(call) {
    const p = call.at.int('p');
    return [
      pool(call, (x, _, start, windows, [zs, ys, xs]) => {
        let sum = 0;
        for (const z of zs)
          for (const y of ys)
            for (const i of xs) sum += Math.abs(x[start + (z * windows[1].size + y) * windows[2].size + i]!) ** p;
        return sum ** (1 / p);
      }),
    ];
  },
  steps: poolSteps,
});

type Places = readonly number[];

type Reduce = (
  x: Float64Array,
  plane: number,
  start: number,
  windows: Windows,
  places: readonly [Places, Places, Places],
  at: number,
  out: readonly [number, number, number],
) => number;

/** Calls `reduce` for each output element with the input positions, per axis, under its window. */
function pool(call: KernelCall, reduce: Reduce): Tensor {
  const g = poolGeometry(call.at);
  const windows = windowsOf(call.at, g.axes);
  const x = toFloat64(inputOf(call, 0));
  const planes = (g.batch as number) * (g.channels as number);
  const { input } = planeSizes(windows);
  const [zs = [], ys = [], xs = []] = windows.map((w) => Array.from({ length: w.output }, (_, o) => placesOf(w, o)));
  const out = new Float64Array(countOf(call));
  let at = 0;
  for (let plane = 0; plane < planes; plane++)
    for (let z = 0; z < zs.length; z++)
      for (let y = 0; y < ys.length; y++)
        for (let i = 0; i < xs.length; i++, at++)
          out[at] = reduce(x, plane, plane * input, windows, [zs[z]!, ys[y]!, xs[i]!], at, [z, y, i]);
  return fromFloat64(call.outputs[0]!.dtype, call.outputs[0]!.dims, out);
}

/** Input positions under the window at an output position; those in the padding are left out. */
function placesOf(window: Window, output: number): number[] {
  const { size, stride, dilation, begin } = window;
  const start = output * stride - begin;
  const first = Math.max(Math.ceil(-start / dilation), 0);
  const count = Math.max(tapsBelow(window, output, size) - first, 0);
  return Array.from({ length: count }, (_, i) => start + (first + i) * dilation);
}

/** Taps on the input or its declared padding: what `ceil_mode` lets the window reach beyond them does not count. */
function paddedTaps(window: Window, output: number): number {
  return tapsBelow(window, output, window.size + window.end);
}

/** Taps before a position. They are counted, not walked: a window may be far larger than what it is on. */
function tapsBelow({ kernel, stride, dilation, begin }: Window, output: number, limit: number): number {
  const taps = Math.ceil((limit - (output * stride - begin)) / dilation);
  return Math.min(Math.max(taps, 0), kernel);
}

/** Elements under all windows, of which each has at most as many as the input. */
function poolSteps(at: NodeView, { outputs }: Sizes): number {
  const under = poolGeometry(at).axes.reduce((n, { kernel, size }) => n * Math.min(kernel, size as number), 1);
  return 8 * outputs[0]! * under;
}

function countOf(call: KernelCall): number {
  return call.outputs[0]!.dims.reduce((a, b) => a * b, 1);
}
