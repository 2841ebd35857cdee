// DeformConv: each tap of each output position is read where its offset moves it, once for all output channels.

import { deformConvGeometry } from '@trtx/ir';
import { defineReference, inputOf } from '../kernel.ts';
import { fromFloat64, stridesOf, toFloat64 } from '../tensors.ts';
import { convSteps } from './conv.ts';

export const deformConv = defineReference({
  op: 'DeformConv',
  run(call) {
    const g = deformConvGeometry(call.at);
    // Each point is between 2ⁿ elements.
    if (g.axes.length > 3) throw call.at.fail(`a window over ${g.axes.length} axes`, 'The reference computes up to 3.');
    const [x, w, offsets] = [0, 1, 2].map((i) => toFloat64(inputOf(call, i))) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const [bias, mask] = [3, 4].map((i) => call.inputs[i] && toFloat64(call.inputs[i]));
    const sizes = g.axes.map((axis) => axis.size as number);
    const kernel = g.axes.map((axis) => axis.kernel);
    const spatial = g.axes.map((axis) => axis.output as number);
    const [plane, places] = [product(sizes), product(spatial)];
    const perOffset = g.inputChannels / g.offsetGroups;
    const [inner, outer] = [g.inputChannels / g.groups, g.outputChannels / g.groups];
    const out = new Float64Array((g.batch as number) * g.outputChannels * places);
    const point = new Float64Array(sizes.length);
    for (let n = 0; n < (g.batch as number); n++)
      for (let place = 0; place < places; place++) {
        const position = unravel(place, spatial);
        for (let c = 0; c < g.inputChannels; c++) {
          const source = x.subarray((n * g.inputChannels + c) * plane, (n * g.inputChannels + c + 1) * plane);
          const group = Math.floor(c / inner);
          for (let tap = 0; tap < g.taps; tap++) {
            const moved = (n * g.offsetGroups + Math.floor(c / perOffset)) * g.taps + tap;
            const steps = unravel(tap, kernel);
            g.axes.forEach(({ stride, dilation, begin }, axis) => {
              const offset = offsets[(moved * sizes.length + axis) * places + place]!;
              point[axis] = position[axis]! * stride - (begin as number) + steps[axis]! * dilation + offset;
            });
            const value = interpolate(source, sizes, point) * (mask ? mask[moved * places + place]! : 1);
            if (value === 0) continue;
            for (let o = 0; o < outer; o++) {
              const channel = group * outer + o;
              const weight = w[(channel * inner + (c % inner)) * g.taps + tap]!;
              out[(n * g.outputChannels + channel) * places + place]! += weight * value;
            }
          }
        }
      }
    if (bias) for (let i = 0; i < out.length; i++) out[i]! += bias[Math.floor(i / places) % g.outputChannels]!;
    return [fromFloat64(call.outputs[0]!.dtype, call.outputs[0]!.dims, out)];
  },
  steps: (at, sizes) => 128 * convSteps(at, sizes),
});

/** Linearly between the elements around a point; outside of the tensor there are zeros. */
function interpolate(values: Float64Array, dims: readonly number[], point: Float64Array): number {
  const strides = stridesOf(dims);
  let sum = 0;
  for (let corner = 0; corner < 2 ** dims.length; corner++) {
    let [weight, at] = [1, 0];
    for (let axis = 0; axis < dims.length && weight !== 0; axis++) {
      const low = Math.floor(point[axis]!);
      const far = (corner >> axis) & 1;
      const place = low + far;
      const rest = point[axis]! - low;
      weight *= place < 0 || place >= dims[axis]! ? 0 : far ? rest : 1 - rest;
      at += place * strides[axis]!;
    }
    if (weight !== 0) sum += weight * values[at]!;
  }
  return sum;
}

function unravel(linear: number, dims: readonly number[]): number[] {
  const position = new Array<number>(dims.length);
  let rest = linear;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    position[axis] = rest % dims[axis]!;
    rest = Math.floor(rest / dims[axis]!);
  }
  return position;
}

const product = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
