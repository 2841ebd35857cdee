import type { Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { check, random, runReference, tensor } from '../testing/check.ts';

const GATES = { LSTM: 4, GRU: 3, RNN: 1 } as const;
type Op = keyof typeof GATES;

interface Layer {
  steps?: number;
  batch?: number;
  input?: number;
  hidden?: number;
  directions?: number;
  batchFirst?: boolean;
}

/** All inputs of a layer: X, W, R, B, lengths, states and, for an LSTM, peepholes. */
function layer(op: Op, { steps = 5, batch = 3, input = 4, hidden = 6, directions = 1, batchFirst }: Layer) {
  const gates = GATES[op];
  const state = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  const inputs: Tensor[] = [
    random(batchFirst ? [batch, steps, input] : [steps, batch, input]),
    random([directions, gates * hidden, input], { seed: 2 }),
    random([directions, gates * hidden, hidden], { seed: 3 }),
    random([directions, 2 * gates * hidden], { seed: 4 }),
    tensor('int32', [batch], [steps, 2, 1].slice(0, batch)),
    random(state, { seed: 5 }),
  ];
  if (op === 'LSTM') inputs.push(random(state, { seed: 6 }), random([directions, 3 * hidden], { seed: 7 }));
  return inputs;
}

const outputCount = (op: Op) => (op === 'LSTM' ? 3 : 2);

describe.each<Op>(['LSTM', 'GRU', 'RNN'])('%s', (op) => {
  it.each(['forward', 'reverse', 'bidirectional'])('%s', async (direction) => {
    const directions = direction === 'bidirectional' ? 2 : 1;
    const inputs = layer(op, { directions });
    const attributes = { direction, hidden_size: 6 };
    await check(op, inputs, attributes, { outputCount: outputCount(op), dynamic: [0, 1] });
    await check(op, inputs.slice(0, 3), attributes, { outputCount: outputCount(op) });
    await check(op, inputs.toSpliced(4, 1, null as never), attributes);
  });

  it('with functions, parameters and clip', async () => {
    const count = { LSTM: 3, GRU: 2, RNN: 1 }[op];
    const all = ['HardSigmoid', 'LeakyRelu', 'Affine', 'Elu', 'Softsign', 'Softplus', 'Relu', 'ScaledTanh'];
    for (let i = 0; i + count <= all.length; i++) {
      const activations = all.slice(i, i + count);
      const alpha = activations.filter((name) => !/^(Soft|Relu)/.test(name)).map((_, k) => 0.3 + k / 10);
      const beta = activations.filter((name) => /^(Affine|HardSigmoid|ScaledTanh)/.test(name)).map(() => 0.1);
      await check(
        op,
        layer(op, {}),
        { activations, activation_alpha: alpha, activation_beta: beta, clip: 0.7, hidden_size: 6 },
        { absolute: 1e-5 },
      );
      // Without an alpha ONNX Runtime gives these two 0.
      if (!activations.some((name) => /Affine|ScaledTanh/.test(name)))
        await check(op, layer(op, {}), { activations, clip: 9.5, hidden_size: 6 }, { relative: 1e-4, absolute: 1e-4 });
    }
  });
});

describe('LSTM', () => {
  it('with the forget gate coupled to the input gate', () =>
    check('LSTM', layer('LSTM', {}).slice(0, 7), { input_forget: 1, hidden_size: 6 }, { outputCount: 3 }));
});

describe('GRU', () => {
  it.each(['forward', 'bidirectional'])('linear before reset, %s', (direction) => {
    const directions = direction === 'bidirectional' ? 2 : 1;
    return check('GRU', layer('GRU', { directions }), { linear_before_reset: 1, direction, hidden_size: 6 });
  });
});

it('RNN with ThresholdedRelu', () =>
  check('RNN', layer('RNN', {}), { activations: ['ThresholdedRelu'], activation_alpha: [0.3], hidden_size: 6 }));

describe('layout 1', () => {
  // ONNX Runtime lacks it: the same numbers in the other order.
  it.each<Op>(['LSTM', 'GRU', 'RNN'])('%s', async (op) => {
    const directions = 2;
    const attributes = { direction: 'bidirectional' };
    const inputs = layer(op, { directions, batchFirst: true });
    const turned = inputs.map((input, i) => (i === 0 || i === 5 || i === 6 ? swap(input) : input));
    const count = outputCount(op);
    const given = await runReference(op, inputs, { ...attributes, layout: 1 }, { outputCount: count });
    const expected = await runReference(op, turned, attributes, { outputCount: count });
    expect(given[0]!.dims).toEqual([3, 5, 2, 6]);
    // [steps, directions, batch, hidden] from [batch, steps, directions, hidden]
    expect(permute(given[0]!, [1, 2, 0, 3])).toEqual(expected[0]!.data);
    for (let i = 1; i < count; i++) expect(swap(given[i]!)).toEqual(expected[i]);
  });
});

describe('what does not fit', () => {
  it.each<[string, Record<string, unknown>, Partial<Record<number, Tensor>>, string]>([
    ['rank of X', {}, { 0: random([5, 4]) }, 'an input of rank 2 where steps, batch and features belong'],
    ['R', {}, { 2: random([6, 6]) }, 'recurrence weights of rank 2'],
    ['hidden_size', { hidden_size: 5 }, {}, 'dimensions 5 and 6 differ'],
    ['features', {}, { 1: random([1, 6, 3]) }, 'dimensions 3 and 4 differ'],
    ['B', {}, { 3: random([2, 12]) }, 'dimensions 2 and 1 differ'],
    ['an unknown function', { activations: ['Gelu'] }, {}, 'the activation Gelu'],
    ['too many functions', { activations: ['Tanh', 'Relu'] }, {}, '2 activations where 1 belong: Tanh, Relu'],
  ])('%s', async (_, attributes, inputs, message) => {
    const all = layer('RNN', {}).map((input, i) => inputs[i] ?? input);
    await expect(runReference('RNN', all, attributes as Record<string, number>)).rejects.toThrow(message);
  });
});

/** Axes 0 and 1 exchanged. */
function swap(x: Tensor): Tensor {
  const [a, b, ...rest] = x.dims as [number, number, ...number[]];
  return { ...x, dims: [b, a, ...rest], data: permute(x, [1, 0, ...rest.map((_, i) => i + 2)]) };
}

function permute({ dims, data }: Tensor, order: readonly number[]): Float32Array {
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((n, dim) => n * dim, 1));
  const to = order.map((axis) => dims[axis]!);
  const values = data as Float32Array;
  return Float32Array.from({ length: values.length }, (_, i) => {
    let [rest, at] = [i, 0];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      at += (rest % to[axis]!) * strides[order[axis]!]!;
      rest = Math.floor(rest / to[axis]!);
    }
    return values[at]!;
  });
}
