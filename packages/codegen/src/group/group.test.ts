import type { GraphBuilder, Value } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { formed as groups, ints, ones } from '../testing/groups.ts';

const conv = (b: GraphBuilder, x: Value) => b.Conv(x, ones(b, 8, 8, 3, 3), { pads: [1, 1, 1, 1] });
const norm = (b: GraphBuilder, x: Value) => b.BatchNormalization(x, ones(b, 8), ones(b, 8), ones(b, 8), ones(b, 8));

describe('epilogues', () => {
  it('a normalization and an activation join their convolution', () => {
    expect(groups((b, x) => b.Relu(norm(b, conv(b, x))))).toEqual(['Conv*, BatchNormalization, Relu']);
  });

  it('a residual is added where the last of its operands is made', () => {
    expect(groups((b, x) => b.Relu(b.Add(conv(b, b.Relu(conv(b, x))), x)))).toEqual([
      'Conv*, Relu',
      'Conv*, Add, Relu',
    ]);
    expect(groups((b, x) => b.Add(conv(b, x), conv(b, x)))).toEqual(['Conv*', 'Conv*, Add']);
  });

  it('a diamond closes', () => {
    expect(
      groups((b, x) => {
        const y = conv(b, x);
        return b.Mul(y, b.HardSigmoid(y));
      }),
    ).toEqual(['Conv*, HardSigmoid, Mul']);
  });

  it('a diamond of which something outside reads a corner closes, and stores that too', () => {
    expect(
      groups((b, x) => {
        const y = conv(b, x);
        const gate = b.HardSigmoid(y);
        return [b.Mul(y, gate), b.ReduceMax(gate)];
      }),
    ).toEqual(['Conv*, HardSigmoid, Mul -> HardSigmoid, Mul', 'ReduceMax*']);
  });

  it('what follows a graph output joins, and both are stored', () => {
    expect(
      groups((b, x) => {
        const y = b.Relu(conv(b, x));
        return [y, b.Exp(y)];
      }),
    ).toEqual(['Conv*, Relu, Exp -> Relu, Exp']);
  });

  it('a reader that is no output and has no readers takes no result away', () => {
    expect(
      groups((b, x) => {
        const y = conv(b, x);
        b.Relu(y);
        return y;
      }),
    ).toEqual(['Conv*', 'Relu']);
  });

  it('of another shape stay outside', () => {
    expect(groups((b, x) => b.Add(b.GlobalAveragePool(x), x))).toEqual(['GlobalAveragePool*', 'Add']);
  });

  it('bind no more tensors than a dispatch can', () => {
    const sum = (b: GraphBuilder, x: Value) =>
      Array.from({ length: 6 }, (_, i) => b.input(`i${i}`, 'float32', [8, 6, 6])).reduce(
        (a, y) => b.Add(a, y),
        conv(b, x),
      );
    expect(groups(sum, { bindings: 100 })).toEqual(['Conv*, Add, Add, Add, Add, Add, Add']);
    expect(groups(sum, { bindings: 6 })).toEqual(['Conv*, Add, Add, Add', '(Add, Add) Add']);
  });

  it('a node with several results is computed for each that is wanted', () => {
    const pool = (b: GraphBuilder, x: Value) => b.op('MaxPool', [x], { kernel_shape: [2, 2] }, { outputs: 2 });
    expect(groups((b, x) => b.Relu(pool(b, x)[0]!))).toEqual(['MaxPool*, Relu']);
    expect(groups((b, x) => [b.Relu(pool(b, x)[0]!), ...pool(b, x).slice(1)])).toEqual([
      'MaxPool*, Relu',
      'MaxPool*',
      'MaxPool*',
    ]);
  });
});

describe('maps', () => {
  it('a chain of pointwise nodes is one', () => {
    expect(groups((b, x) => b.Sqrt(b.Abs(b.Mul(b.Add(x, x), x))))).toEqual(['(Add, Mul, Abs) Sqrt']);
  });

  it('joins and repetitions take what follows along', () => {
    expect(groups((b, x) => b.Relu(b.Concat([x, x], { axis: 1 })))).toEqual(['(Concat) Relu']);
    expect(groups((b, x) => b.Relu(b.Pad(x, ints(b, 0, 0, 1, 1, 0, 0, 1, 1))))).toEqual(['(Pad) Relu']);
  });
});

describe('views', () => {
  it('a reshape is memory as it lies', () => {
    expect(groups((b, x) => b.MatMul(b.Reshape(b.Relu(x), ints(b, 8, 36)), ones(b, 36, 4)))).toEqual([
      'Relu',
      'MatMul*',
      'moved Reshape',
    ]);
  });

  it('a transpose is read with other strides', () => {
    expect(groups((b, x) => b.MatMul(b.Transpose(x, { perm: [0, 2, 3, 1] }), ones(b, 8, 4)))).toEqual([
      'MatMul*',
      'moved Transpose',
    ]);
  });

  it('a reshape of a transpose is read with other strides where there are such', () => {
    const product = (b: GraphBuilder, x: Value, ...shape: [number, number]) =>
      b.MatMul(b.Reshape(b.Transpose(x, { perm: [0, 2, 3, 1] }), ints(b, ...shape)), ones(b, shape[1], 4));
    expect(groups((b, x) => product(b, x, 36, 8))).toEqual(['MatMul*', 'moved Transpose', 'moved Reshape']);
    expect(groups((b, x) => product(b, x, 8, 36))).toEqual(['Reshape', 'MatMul*', 'moved Transpose']);
  });

  it('a transpose that is an output is computed', () => {
    expect(groups((b, x) => b.Transpose(x))).toEqual(['Transpose']);
  });

  it('what a reduction alone reads is computed on the way', () => {
    expect(groups((b, x) => b.Softmax(b.Mul(x, x)))).toEqual(['(Mul) Softmax*']);
    expect(
      groups((b, x) => {
        const y = b.Mul(x, x);
        return [b.Softmax(y), y];
      }),
    ).toEqual(['(Mul) Softmax* -> Softmax, Mul']);
  });
});

describe('shape arithmetic', () => {
  it('is no group, but for what is an output', () => {
    const half = (b: GraphBuilder, x: Value) => b.Div(b.Shape(x), ints(b, 2));
    const shapes = groups(
      (b, x) => b.Reshape(b.Relu(x), b.Concat([b.Slice(half(b, x), ints(b, 0), ints(b, 1)), ints(b, -1)], { axis: 0 })),
      { dims: ['N', 8] },
    );
    expect(shapes).toEqual(['Relu', 'moved Reshape', 'host Shape', 'host Div', 'host Slice', 'host Concat']);
    expect(groups((b, x) => half(b, x), { dims: ['N', 8] })).toEqual(['Div', 'host Shape', 'host Div']);
  });
});

it('runs groups after what they read', () => {
  const order = groups((b, x) => {
    const late = conv(b, x);
    const early = b.Relu(x);
    return b.Mul(b.Add(early, late), b.GlobalMaxPool(early));
  });
  expect(order).toMatchInlineSnapshot(`
    [
      "Relu",
      "GlobalMaxPool*",
      "Conv*, Add, Mul",
    ]
  `);
});
