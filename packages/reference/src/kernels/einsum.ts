// Einstein summation, as written: for each element of the output, the sum of all products.

import { einsumGeometry } from '@trtx/ir';
import { checkSize, defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { stridesOf } from '../tensors.ts';
import { combiner, elementsToCompute, newElements, tensorOfElements } from './combine.ts';

export const einsum = defineReference({
  op: 'Einsum',
  run(call) {
    const { dtype, dims } = call.outputs[0]!;
    const g = einsumGeometry(call.at);
    const operands = g.operands.map((labels, i) => {
      const offsets = (over: readonly number[]) => offsetsOf(call, i, labels, over, g.sizes as readonly number[]);
      const elements = elementsToCompute(inputOf(call, i)) as ArrayLike<number | bigint>;
      return { elements, outer: offsets(g.output), inner: offsets(g.summed) };
    });
    const count = operands[0]!.outer.length;
    const terms = operands[0]!.inner.length;
    const out = newElements(dtype, count);
    const [add, mul] = [combiner(dtype, 'add'), combiner(dtype, 'mul')];
    for (let i = 0; i < count; i++)
      for (let k = 0; k < terms; k++) {
        let term: number | bigint | undefined;
        for (const { elements, outer, inner } of operands) {
          const element = elements[outer[i]! + inner[k]!]!;
          term = term === undefined ? element : mul(term, element);
        }
        out[i] = k === 0 ? term! : add(out[i] as number, term!);
      }
    return [tensorOfElements(dtype, dims, out)];
  },
  steps(at, { outputs }) {
    const { sizes, summed, operands } = einsumGeometry(at);
    return summed.reduce((n, label) => n * (sizes[label] as number), 16 * operands.length * outputs[0]!);
  },
});

/** Offsets into an operand for all values of some labels, in row-major order. */
function offsetsOf(
  call: KernelCall,
  operand: number,
  labels: readonly number[],
  over: readonly number[],
  sizes: readonly number[],
): Int32Array {
  const { dims } = inputOf(call, operand);
  const strides = stridesOf(dims);
  let result = Int32Array.of(0);
  for (const label of over) {
    // Axes of size 1 broadcast; a label that stands twice steps along the diagonal.
    const step = labels.reduce((sum, own, axis) => sum + (own === label && dims[axis] !== 1 ? strides[axis]! : 0), 0);
    const size = sizes[label]!;
    checkSize('int32', [result.length, size]);
    const next = new Int32Array(result.length * size);
    for (let i = 0; i < result.length; i++) for (let k = 0; k < size; k++) next[i * size + k] = result[i]! + k * step;
    result = next;
  }
  return result;
}
