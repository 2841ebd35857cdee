// Ops that compare the elements of an axis with one another.

import { orderAxis } from '@trtx/ir';
import { defineReference, inputOf } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';
import { compareElements, elementsToCompute, newElements, tensorOfElements } from './combine.ts';
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
      const order = Array.from({ length: from.size }, (_, i) => i);
      const element = (i: number) => elements[start + i * from.stride]!;
      // Sorting is stable, so that of equals the first comes first.
      order.sort((a, b) => sign * compareElements(element(a), element(b)));
      for (let i = 0; i < k; i++) {
        const place = to.starts[line]! + i * to.stride;
        values[place] = element(order[i]!);
        indices[place] = BigInt(order[i]!);
      }
    });
    const both = [tensorOfElements(input.dtype, dims, values), { dtype: 'int64' as const, dims, data: indices }];
    return both.slice(0, call.outputs.length);
  },
});

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
