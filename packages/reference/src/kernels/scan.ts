// Running sums and products.

import { scanAxis } from '@trtx/ir';
import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { combiner, elementsToCompute, newElements, tensorOfElements } from './combine.ts';
import { linesOf } from './lines.ts';

function run(call: KernelCall, op: 'add' | 'mul') {
  const { at } = call;
  const input = inputOf(call, 0);
  const { dtype, dims } = input;
  const source = elementsToCompute(input) as ArrayLike<number | bigint>;
  const out = newElements(dtype, source.length);
  const combine = combiner(dtype, op);
  const one = op === 'add' ? 0 : 1;
  const neutral = typeof out[0] === 'bigint' ? BigInt(one) : one;
  const [exclusive, reverse] = [at.int('exclusive') === 1, at.int('reverse') === 1];
  const { starts, size, stride } = linesOf(dims, scanAxis(at));
  for (const start of starts) {
    let sum = neutral;
    for (let i = 0; i < size; i++) {
      const place = start + (reverse ? size - 1 - i : i) * stride;
      if (exclusive) out[place] = sum;
      sum = combine(sum, source[place]!);
      if (!exclusive) out[place] = sum;
    }
  }
  return [tensorOfElements(dtype, dims, out)];
}

export const cumSum = defineReference({ op: 'CumSum', run: (call) => run(call, 'add') });
export const cumProd = defineReference({ op: 'CumProd', run: (call) => run(call, 'mul') });
