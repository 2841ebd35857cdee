// Scattering: a copy of the data, with updates written over or into it one after the other.

import {
  elementCount,
  isComplex,
  lanesOf,
  type ScatterReduction,
  scatterAxis,
  scatterDepth,
  type Tensor,
} from '@trtx/ir';
import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { stridesOf, toFloat64 } from '../tensors.ts';
import { combiner, type Elements, elementsToCompute, tensorOfElements } from './combine.ts';

export const scatterElements = defineReference({
  op: 'ScatterElements',
  run(call) {
    const axis = scatterAxis(call.at);
    const { dims } = inputOf(call, 0);
    const indices = inputOf(call, 1);
    const strides = stridesOf(dims);
    const own = stridesOf(indices.dims);
    const places = toFloat64(indices);
    return scatter(call, (write) => {
      for (let i = 0; i < places.length; i++) {
        let offset = positive(call, places[i]!, axis, dims[axis]!) * strides[axis]!;
        let rest = i;
        for (let a = 0; a < dims.length; a++) {
          const at = Math.floor(rest / own[a]!);
          rest -= at * own[a]!;
          if (a !== axis) offset += at * strides[a]!;
        }
        write(offset, i);
      }
    });
  },
});

export const scatterND = defineReference({
  op: 'ScatterND',
  run(call) {
    const depth = scatterDepth(call.at);
    const { dims } = inputOf(call, 0);
    const strides = stridesOf(dims);
    const slice = elementCount(dims.slice(depth));
    const indices = inputOf(call, 1);
    const places = toFloat64(indices);
    return scatter(call, (write) => {
      const count = elementCount(indices.dims.slice(0, -1));
      for (let i = 0; i < count; i++) {
        let offset = 0;
        for (let a = 0; a < depth; a++) offset += positive(call, places[i * depth + a]!, a, dims[a]!) * strides[a]!;
        for (let k = 0; k < slice; k++) write(offset + k, i * slice + k);
      }
    });
  },
});

/** The output, of what `each` writes: update `from` to offset `to`. */
function scatter(call: KernelCall, each: (write: (to: number, from: number) => void) => void): Tensor[] {
  const { dtype, dims } = inputOf(call, 0);
  const reduction = call.at.string('reduction') as ScatterReduction;
  if (reduction === 'none') {
    // What is copied is bits, or strings.
    const out = (inputOf(call, 0).data as Uint8Array).slice() as unknown as Elements;
    const updates = inputOf(call, 2).data as unknown as Elements;
    const lanes = lanesOf(dtype);
    each((to, from) => {
      for (let lane = 0; lane < lanes; lane++) out[to * lanes + lane] = updates[from * lanes + lane]!;
    });
    return [{ dtype, dims, data: out as unknown as Tensor['data'] }];
  }
  if (dtype === 'string' || isComplex(dtype)) throw call.at.fail(`the reduction ${reduction} of ${dtype} tensors`);
  const out = (elementsToCompute(inputOf(call, 0)) as unknown as Float64Array).slice() as Elements<number | bigint>;
  const updates = elementsToCompute(inputOf(call, 2)) as Elements<number | bigint>;
  const combine = combiner(dtype, reduction);
  each((to, from) => {
    out[to] = combine(out[to]!, updates[from]!);
  });
  return [tensorOfElements(dtype, dims, out)];
}

function positive(call: KernelCall, index: number, axis: number, size: number): number {
  const place = index < 0 ? index + size : index;
  if (place >= 0 && place < size) return place;
  throw call.at.fail(
    `index ${index} of axis ${axis}, which has ${size}`,
    'An index that the model computes or was given is out of range.',
  );
}
