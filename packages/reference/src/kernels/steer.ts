// Integers that steer shapes, as the numbers that they stand for.

import { arrayType, type Told } from '@trtx/ir';
import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { toFloat64 } from '../tensors.ts';

type Resolve = (wanted: readonly number[], from: readonly number[], call: KernelCall) => readonly number[];

const count = (dims: readonly number[]) => dims.reduce((n, dim) => n * dim, 1);

const RESOLVE: Readonly<Record<Told, Resolve>> = {
  sizes: (wanted) => wanted,
  parts: (wanted) => wanted,
  // INT64_MAX and its like stand for "to the end": any number past every dimension does.
  positions: (wanted) => wanted.map((position) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, position))),
  target(wanted, from, { at }) {
    const allowZero = at.int('allowzero') === 1;
    const dims = wanted.map((size, i) => (size === 0 && !allowZero ? (from[i] ?? 0) : size));
    const rest = count(dims.filter((size) => size !== -1));
    return dims.map((size) => (size === -1 ? Math.floor(count(from) / rest) || 0 : size));
  },
  broadcast: (wanted, from, { at }) =>
    wanted.map((size, i) => {
      const own = from[i - wanted.length + from.length] ?? 1;
      if (size !== 1 && own !== 1 && size !== own) throw at.fail(`[${from}] cannot be broadcast to [${wanted}]`);
      return size === 1 ? own : size;
    }),
};

export const steer = defineReference({
  op: 'trtx::Steer',
  run(call) {
    const { dtype, dims, data } = inputOf(call, 0);
    const from = call.inputs[1] ? Array.from(toFloat64(call.inputs[1])) : [];
    const wanted = Array.from(data as ArrayLike<number | bigint>, Number);
    const values = RESOLVE[call.at.string('told') as Told](wanted, from, call);
    const out = new (arrayType(dtype))(values.length);
    values.forEach((value, i) => {
      out[i] = (out instanceof BigInt64Array ? BigInt(value) : value) as never;
    });
    return [{ dtype, dims, data: out }];
  },
});
