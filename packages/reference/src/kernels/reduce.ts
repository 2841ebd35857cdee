// Reductions over axes. One kernel evaluates every reducer that is data; the others are below.

import {
  argGeometry,
  combinedType,
  isFloat,
  type Reducer,
  reduceGeometry,
  scalar,
  type Tensor,
  traitOf,
} from '@trtx/ir';
import { defineReference, inputOf, type KernelCall, type ReferenceKernel } from '../kernel.ts';
import { fromFloat64, stridesOf, toFloat64 } from '../tensors.ts';
import { combiner, type Elements, elementsToCompute, neutral, newElements, tensorOfElements } from './combine.ts';
import { mapTensors } from './pointwise.ts';

export const reduceKernel: ReferenceKernel = {
  serves: { trait: 'reduction' },
  run(call) {
    const trait = traitOf(call.op, call.at);
    if (trait.kind !== 'reduction' || !trait.reducer) throw call.at.fail('no kernel for this reduction');
    const { reducer } = trait;
    const input = inputOf(call, 0);
    const { dtype, dims } = call.outputs[0]!;
    const type = wide(input.dtype, reducer);
    const each = reducer.each?.(scalar.arg(0, type));
    const source = each ? mapTensors(each, [inType(input, type)], input.dims) : inType(input, type);
    const groups = groupsOf(input.dims, trait.axes(call.at));
    const combined = combineGroups(source, reducer.combine, groups);
    return [finish(reducer, combined, groups.inner.length, dtype, dims)];
  },
};

/** Floats stay in float64 until the end. */
function finish(
  reducer: Reducer,
  combined: Elements,
  count: number,
  dtype: Tensor['dtype'],
  dims: readonly number[],
): Tensor {
  if (!reducer.finish) return tensorOfElements(dtype, dims, combined);
  const type = wide(dtype, reducer);
  const expression = reducer.finish(scalar.arg(0, type), scalar.constant(count, type));
  const done = mapTensors(expression, [tensorOfElements(type, dims, combined)], dims);
  return done.dtype === dtype ? done : fromFloat64(dtype, dims, toFloat64(done));
}

const wide = (dtype: Tensor['dtype'], reducer: Reducer): Tensor['dtype'] =>
  isFloat(dtype) ? 'float64' : combinedType(dtype, reducer);

function inType(tensor: Tensor, dtype: Tensor['dtype']): Tensor {
  return tensor.dtype === dtype ? tensor : fromFloat64(dtype, tensor.dims, toFloat64(tensor));
}

export const reduceLogSumExp = defineReference({
  op: 'ReduceLogSumExp',
  run(call) {
    const values = toFloat64(inputOf(call, 0));
    const groups = groupsOf(inputOf(call, 0).dims, reduceGeometry(call.at).axes);
    const most = combineGroups({ dtype: 'float64', dims: [values.length], data: values }, 'max', groups);
    const sums = (most as Float64Array).map((max, i) => {
      if (!Number.isFinite(max)) return max;
      let sum = 0;
      for (const offset of groups.inner) sum += Math.exp(values[groups.outer[i]! + offset]! - max);
      return max + Math.log(sum);
    });
    return [fromFloat64(call.outputs[0]!.dtype, call.outputs[0]!.dims, sums)];
  },
});

export const argMax = defineReference({ op: 'ArgMax', run: (call) => argReduce(call, (a, b) => a > b) });
export const argMin = defineReference({ op: 'ArgMin', run: (call) => argReduce(call, (a, b) => a < b) });

/** As in NumPy, NaN is better than any number. */
function argReduce(call: KernelCall, better: (a: number, b: number) => boolean): Tensor[] {
  const { axes } = argGeometry(call.at);
  const input = inputOf(call, 0);
  const values = toFloat64(input);
  const { outer, inner } = groupsOf(input.dims, axes);
  const last = call.at.int('select_last_index') === 1;
  const data = new BigInt64Array(outer.length);
  outer.forEach((start, i) => {
    let best = 0;
    for (let k = 1; k < inner.length; k++) {
      const [value, so] = [values[start + inner[k]!]!, values[start + inner[best]!]!];
      const same = value === so || (Number.isNaN(value) && Number.isNaN(so));
      if (better(value, so) || (Number.isNaN(value) && !Number.isNaN(so)) || (last && same)) best = k;
    }
    data[i] = BigInt(best);
  });
  return [{ dtype: 'int64', dims: call.outputs[0]!.dims, data }];
}

/** Where the elements lie: the first of each output element, and the offsets from there. */
interface Groups {
  readonly outer: Int32Array;
  readonly inner: Int32Array;
}

function groupsOf(dims: readonly number[], axes: readonly number[]): Groups {
  const kept = dims.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  return { outer: offsets(dims, kept), inner: offsets(dims, axes) };
}

/** Offsets of all positions of some axes, in row-major order. */
function offsets(dims: readonly number[], axes: readonly number[]): Int32Array {
  const strides = stridesOf(dims);
  let result = Int32Array.of(0);
  for (const axis of axes) {
    const size = dims[axis]!;
    const next = new Int32Array(result.length * size);
    for (let i = 0; i < result.length; i++)
      for (let k = 0; k < size; k++) next[i * size + k] = result[i]! + k * strides[axis]!;
    result = next;
  }
  return result;
}

/** What each group's elements combine to; of none, the element that changes nothing. */
function combineGroups(source: Tensor, op: Reducer['combine'], { outer, inner }: Groups): Elements {
  const { dtype } = source;
  const values = elementsToCompute(source) as Elements<number>;
  const step = combiner(dtype, op) as (a: number, b: number) => number;
  const start = neutral(dtype, op) as number;
  const out = newElements(dtype, outer.length) as Elements<number>;
  for (let i = 0; i < outer.length; i++) {
    const from = outer[i]!;
    let result = start;
    for (let k = 0; k < inner.length; k++) result = step(result, values[from + inner[k]!]!);
    out[i] = result;
  }
  return out;
}
