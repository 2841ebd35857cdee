// Resize: one axis after the other, each output place a weighted sum of input places. To the nearest by simple ratios it
// is injective, and left to the kernel for that, which is exact.

import { type NodeView, type ResizeAxis, type ResizeGeometry, resizeGeometry, traitOf } from '@trtx/ir';
import { checkSize, defineReference, inputOf } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';
import { injectiveKernel } from './injective.ts';

export const resize = defineReference({
  op: 'Resize',
  run(call) {
    if (traitOf(call.op, call.at).kind === 'injective') return injectiveKernel.run(call);
    const g = resizeGeometry(call.at);
    const { dtype, dims } = call.outputs[0]!;
    const input = inputOf(call, 0);
    let values = toFloat64(input);
    const shape = [...input.dims];
    const outside: (readonly boolean[] | undefined)[] = g.axes.map(() => undefined);
    g.axes.forEach((axis, i) => {
      const stays = axis.scale === 1 && axis.size === axis.output && g.coordinates !== 'tf_crop_and_resize';
      if (stays) return;
      const places = Array.from({ length: axis.output as number }, (_, o) => coordinate(o, axis, g.coordinates));
      if (g.coordinates === 'tf_crop_and_resize')
        outside[i] = places.map((x) => x < 0 || x > (axis.size as number) - 1);
      const taps = places.map((x) => tapsAt(x, axis, g, call.at));
      values = resample(values, shape, i, taps);
      shape[i] = axis.output as number;
    });
    if (outside.some((places) => places)) extrapolate(values, shape, outside, call.at.float('extrapolation_value'));
    return [fromFloat64(dtype, dims, values)];
  },
  steps(at) {
    const g = resizeGeometry(at);
    const largest = g.axes.reduce((n, { size, output }) => n * Math.max(size as number, output as number), 1);
    return g.axes.reduce((sum, axis) => sum + 8 * largest * reachOf(axis, g, at), 0);
  },
});

/** Where the output element `o` of an axis is in the input. */
function coordinate(o: number, axis: ResizeAxis, mode: ResizeGeometry['coordinates']): number {
  const [size, output, scale] = [axis.size, axis.output, axis.scale] as [number, number, number];
  const half = (o + 0.5) / scale - 0.5;
  switch (mode) {
    case 'asymmetric':
      return o / scale;
    case 'half_pixel':
      return half;
    case 'pytorch_half_pixel':
      return output > 1 ? half : 0;
    case 'half_pixel_symmetric':
      return half + (size / 2) * (1 - output / (scale * size));
    case 'align_corners':
      return output > 1 ? (o * (size - 1)) / (scale * size - 1) : 0;
    case 'tf_crop_and_resize': {
      const [start, end] = axis.roi!;
      if (output === 1) return 0.5 * (start + end) * (size - 1);
      return start * (size - 1) + (o * (end - start) * (size - 1)) / (scale * size - 1);
    }
  }
}

/** Regions of interest far larger than the input make scales as small as one likes. */
const MAX_REACH = 2 ** 20;

interface Taps {
  readonly places: readonly number[];
  readonly weights: readonly number[];
}

/** The input places that an output place at coordinate `x` sums, with their weights. */
function tapsAt(x: number, axis: ResizeAxis, g: ResizeGeometry, at: NodeView): Taps {
  const size = axis.size as number;
  const clamp = (place: number) => Math.min(Math.max(place, 0), size - 1);
  if (g.mode === 'nearest') return { places: [clamp(nearest(x, g.nearest))], weights: [1] };
  const antialias = at.int('antialias') === 1;
  // A filter for making smaller is as much wider.
  const shrink = antialias ? Math.min(axis.scale!, 1) : 1;
  const a = at.float('cubic_coeff_a');
  const filter = g.mode === 'linear' ? triangle : (distance: number) => cubic(distance, a);
  const reach = reachOf(axis, g, at);
  if (reach > MAX_REACH) throw at.fail(`a scale of ${axis.scale}, where each element is of ${2 * reach} others`);
  const excludes = g.mode === 'cubic' && at.int('exclude_outside') === 1;
  const places: number[] = [];
  const weights: number[] = [];
  for (let place = Math.floor(x - reach) + 1; place < x + reach; place++) {
    if (excludes && (place < 0 || place >= size)) continue;
    places.push(clamp(place));
    weights.push(filter((place - x) * shrink));
  }
  const sum = weights.reduce((s, w) => s + w, 0);
  return { places, weights: excludes || antialias ? weights.map((w) => w / sum) : weights };
}

/** Places on each side that a filter reaches. */
function reachOf({ scale }: ResizeAxis, { mode }: ResizeGeometry, at: NodeView): number {
  const wide = mode === 'nearest' ? 0.5 : mode === 'linear' ? 1 : 2;
  return at.int('antialias') === 1 ? wide / Math.min(scale!, 1) : wide;
}

function nearest(x: number, mode: ResizeGeometry['nearest']): number {
  if (mode === 'floor') return Math.floor(x);
  if (mode === 'ceil') return Math.ceil(x);
  return mode === 'round_prefer_ceil' ? Math.floor(x + 0.5) : Math.ceil(x - 0.5);
}

function triangle(distance: number): number {
  return Math.max(1 - Math.abs(distance), 0);
}

/** Keys' cubic convolution (1981) with parameter a. */
function cubic(distance: number, a: number): number {
  const d = Math.abs(distance);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

function resample(values: Float64Array, dims: readonly number[], axis: number, taps: readonly Taps[]): Float64Array {
  const size = dims[axis]!;
  const inner = dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = dims.slice(0, axis).reduce((a, b) => a * b, 1);
  // Between two axes there may be more than before and after.
  checkSize('float64', [outer, taps.length, inner]);
  const out = new Float64Array(outer * taps.length * inner);
  for (let o = 0; o < outer; o++)
    taps.forEach(({ places, weights }, t) => {
      const to = (o * taps.length + t) * inner;
      places.forEach((place, p) => {
        const weight = weights[p]!;
        const from = (o * size + place) * inner;
        if (weight === 1 && places.length === 1) out.set(values.subarray(from, from + inner), to);
        else for (let i = 0; i < inner; i++) out[to + i]! += weight * values[from + i]!;
      });
    });
  return out;
}

function extrapolate(
  values: Float64Array,
  dims: readonly number[],
  outside: readonly (readonly boolean[] | undefined)[],
  value: number,
): void {
  for (let i = 0; i < values.length; i++) {
    let rest = i;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const place = rest % dims[axis]!;
      if (outside[axis]?.[place]) values[i] = value;
      rest = (rest - place) / dims[axis]!;
    }
  }
}
