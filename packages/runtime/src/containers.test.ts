// Sequences and optionals, which only the host has.
import type { Plan } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import type { HostOp } from './host-ops.ts';
import type { HostValue, Tensor } from './tensors.ts';
import { Draft, host, loop, move } from './testing/flow.ts';
import { floats, int, withPlan } from './testing/flow-run.ts';
import { rejection, useDevice } from './testing/gpu.ts';

const gpu = useDevice();

describe('sequences and optionals', () => {
  function collect(): Plan {
    const d = new Draft();
    const words = d.input('words', 'sequence', [], true);
    const last = d.input('last', 'optional', [], true);
    const trips = d.input('trips', 'int64', [], true);
    const k = d.value('k', 'int64', []);
    const [state, more, all] = ['state', 'more', 'all'].map((name) => d.value(name, 'sequence', []));
    const [latest, newer] = ['latest', 'newer'].map((name) => d.value(name, 'optional', []));
    d.hostOutput(all!);
    d.hostOutput(latest!);
    return d.plan([
      loop({
        trips,
        iteration: k,
        enter: [move(words, state!), move(last, latest!)],
        steps: [host('test::Append', [state!, k], [more!, newer!])],
        carry: [move(more!, state!), move(newer!, latest!)],
        exit: [move(state!, all!)],
      }),
    ]);
  }
  const append: HostOp = (_, [words, k]) => [
    { dtype: 'sequence', dims: [], data: [...(words!.data as HostValue[]), k!] },
    { dtype: 'optional', dims: [], data: [words!] },
  ];
  const text: HostValue = { dtype: 'string', dims: [1], data: ['a'] };
  const nest = (...data: HostValue[]): Tensor => ({ data, dims: [] });

  it('go in, round and out', async () => {
    await withPlan(gpu.device, collect(), { 'test::Append': append }, async (context) => {
      const words = nest(text, { dtype: 'float32', dims: [2], data: Float32Array.of(1, 2) });
      const none = await context.run({ words, last: nest(), trips: int(0) });
      expect([none.all, none.latest]).toEqual([words, nest()]);
      expect((none.all!.data as HostValue[])[1]!.data).not.toBe((words.data as HostValue[])[1]!.data);
      const two = await context.run({ words, last: nest(text), trips: int(2) });
      const [first, second] = [0n, 1n].map((k) => ({ dtype: 'int64', dims: [], data: BigInt64Array.of(k) }) as const);
      expect(two.all!.data).toEqual([...(words.data as HostValue[]), first, second]);
      expect(two.latest!.data).toEqual([
        { dtype: 'sequence', dims: [], data: [...(words.data as HostValue[]), first] },
      ]);
    });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a sequence that is none', { words: floats(1) }, /^TENSOR_TYPE: is a Float32Array, sequence takes a Array/],
    ['axes', { words: { data: [], dims: [0] } }, /^TENSOR_SHAPE: has dims \[0\], which of sequence are \[\]/],
    ['what is no value', { words: nest(text, {} as never) }, /^TENSOR_TYPE: is no value.*\(tensor words\[1\]\)/],
    ['two in an optional', { last: nest(text, text) }, /^TENSOR_SHAPE: is optional and has 2 values/],
    [
      'a tensor inside that is too short',
      { last: nest({ dtype: 'sequence', dims: [], data: [{ ...text, dims: [2] }] }) },
      /^TENSOR_SHAPE: has 1 elements, its dims \[2\] make 2 \(tensor last\[0\]\[0\]\)/,
    ],
  ])('refuses %s', async (_, feeds, message) => {
    await withPlan(gpu.device, collect(), { 'test::Append': append }, async (context) => {
      const error = await rejection(context.run({ words: nest(), last: nest(), trips: int(1), ...feeds } as never));
      expect(error.message).toMatch(message);
    });
  });
});
