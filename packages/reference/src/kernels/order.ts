// Ops that compare the elements of an axis with one another.

import { orderAxis } from '@trtx/ir';
import { defineReference, inputOf } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';
import { compareElements, type Elements, elementsToCompute, newElements, tensorOfElements } from './combine.ts';
import { linesOf } from './lines.ts';

export const topK = defineReference({
  op: 'TopK',
  run(call) {
    const input = inputOf(call, 0);
    const elements = elementsToCompute(input);
    const axis = orderAxis(call.at);
    const k = Number(inputOf(call, 1).data[0]);
    const dims = input.dims.map((dim, i) => (i === axis ? k : dim));
    const from = linesOf(input.dims, axis);
    const to = linesOf(dims, axis);
    const count = from.starts.length * k;
    const values = newElements(input.dtype, count);
    const indices = new BigInt64Array(count);
    const sign = call.at.int('largest') ? -1 : 1;
    from.starts.forEach((start, line) => {
      const order = firstOf({ elements, start, stride: from.stride, sign }, from.size, k);
      for (let i = 0; i < k; i++) {
        const place = to.starts[line]! + i * to.stride;
        values[place] = elements[start + order[i]! * from.stride]!;
        indices[place] = BigInt(order[i]!);
      }
    });
    const both = [tensorOfElements(input.dtype, dims, values), { dtype: 'int64' as const, dims, data: indices }];
    return both.slice(0, call.outputs.length);
  },
});

interface Line {
  readonly elements: Elements;
  readonly start: number;
  readonly stride: number;
  /** 1 in ascending order, -1 in descending. */
  readonly sign: number;
}

/**
 * Places of the first `k` of a line of elements, in order; of equals the first comes first. They are kept in a heap with the
 * last of them at its top, which goes when one before it comes.
 */
function firstOf({ elements, start, stride, sign }: Line, size: number, k: number): number[] {
  const element = (i: number) => elements[start + i * stride]!;
  const compare = (a: number, b: number) => sign * compareElements(element(a), element(b)) || a - b;
  const heap: number[] = [];
  for (let i = 0; i < size && heap.length < k; i++) {
    let at = heap.push(i) - 1;
    for (let up = (at - 1) >> 1; at > 0 && compare(i, heap[up]!) > 0; up = (at - 1) >> 1) {
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = i;
  }
  let last = k > 0 ? (element(heap[0]!) as number) : undefined;
  for (let i = k; i < size && last !== undefined; i++) {
    const own = element(i) as number;
    // Most are no better, which is seen at once; NaN is neither more nor less.
    if (sign < 0 ? own <= last : own >= last) continue;
    if (sign * compareElements(own, last) >= 0) continue;
    let at = 0;
    for (let down = 1; down < k; down = 2 * at + 1) {
      if (down + 1 < k && compare(heap[down + 1]!, heap[down]!) > 0) down++;
      if (compare(heap[down]!, i) <= 0) break;
      heap[at] = heap[down]!;
      at = down;
    }
    heap[at] = i;
    last = element(heap[0]!) as number;
  }
  return heap.sort(compare);
}

export const hardmax = defineReference({
  op: 'Hardmax',
  run(call) {
    const { dtype, dims } = inputOf(call, 0);
    const values = toFloat64(inputOf(call, 0));
    const out = new Float64Array(values.length);
    const { starts, size, stride } = linesOf(dims, orderAxis(call.at));
    for (const start of starts) {
      let best = start;
      for (let i = 1; i < size; i++) if (values[start + i * stride]! > values[best]!) best = start + i * stride;
      if (size > 0) out[best] = 1;
    }
    return [fromFloat64(dtype, dims, out)];
  },
});
