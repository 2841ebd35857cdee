// Groups with more than one idea in them: prologues, several results, and results that are written where they belong.

import type { GraphBuilder, Value } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { formed, ints, ones, reused } from '../testing/groups.ts';

const conv = (b: GraphBuilder, x: Value) => b.Conv(x, ones(b, 8, 8, 3, 3), { pads: [1, 1, 1, 1] });
const turned = [0, 2, 3, 1];

describe('prologues', () => {
  it('a chain is computed where it is read, over changes of shape', () => {
    expect(
      formed((b, x) =>
        b.Mul(b.Concat([b.Neg(b.Slice(x, ints(b, 4), ints(b, 8), ints(b, 1))), x], { axis: 1 }), ones(b, 12, 1, 1)),
      ),
    ).toEqual(['(Neg, Concat) Mul', 'moved Slice']);
  });

  it('what each element of a larger tensor reads is computed once', () => {
    expect(formed((b, x) => b.Mul(x, b.HardSigmoid(b.GlobalAveragePool(x))))).toEqual([
      'GlobalAveragePool*, HardSigmoid',
      'Mul',
    ]);
    const rows = { dims: [1, 8, 600, 6] };
    expect(formed((b, x) => b.MatMul(x, b.Exp(b.input('w', 'float32', [6, 4]))), rows)).toEqual(['Exp', 'MatMul*']);
  });

  it('what is dear is not computed again in each pass of a reduction', () => {
    expect(formed((b, x) => b.Softmax(b.Exp(x)))).toEqual(['Exp', 'Softmax*']);
    expect(formed((b, x) => b.ReduceSum(b.Exp(x)))).toEqual(['(Exp) ReduceSum*']);
  });

  it('what is applied to each element of an input is read through by a contraction', () => {
    const half = (b: GraphBuilder) => b.input('h', 'float16', [1, 8, 6, 6]);
    expect(formed((b) => conv(b, b.Cast(half(b), { to: 'float32' })))).toEqual(['(Cast) Conv*']);
    expect(formed((b) => conv(b, b.Relu(b.Cast(half(b), { to: 'float32' }))))).toEqual(['(Cast, Relu) Conv*']);
    expect(formed((b, x) => b.MatMul(b.Relu(x), b.Transpose(x, { perm: [0, 1, 3, 2] })))).toEqual([
      '(Relu) MatMul*',
      'moved Transpose',
    ]);
    // Beside what the epilogue makes of it.
    expect(
      formed((b, x) => {
        const y = b.Relu(x);
        return b.Add(b.Conv(y, ones(b, 8, 8, 1, 1)), y);
      }),
    ).toEqual(['(Relu) Conv*, Add']);
  });

  it('but not what others read, several tensors, what a map computes anyway, or what costs more than it saves', () => {
    expect(
      formed((b, x) => {
        const y = b.Relu(x);
        return [conv(b, y), conv(b, y)];
      }),
    ).toEqual(['Relu', 'Conv*', 'Conv*']);
    expect(formed((b, x) => conv(b, b.Mul(x, b.Relu(x))))).toEqual(['(Relu) Mul', 'Conv*']);
    expect(formed((b, x) => conv(b, b.Mul(x, ones(b, 8, 1, 1))))).toEqual(['Mul', 'Conv*']);
    expect(formed((b, x) => conv(b, b.Relu(b.Add(x, b.Neg(x)))))).toEqual(['(Neg, Add) Relu', 'Conv*']);
    expect(formed((b, x) => conv(b, b.Transpose(b.Relu(x), { perm: [0, 1, 3, 2] })))).toEqual([
      'Relu',
      'Conv*',
      'moved Transpose',
    ]);
    expect(formed((b, x) => conv(b, b.Relu(x)), { reuse: 1 })).toEqual(['Relu', 'Conv*']);
    expect(formed((b, x) => conv(b, b.Erf(b.Exp(x))), { reuse: 8 })).toEqual(['(Exp) Erf', 'Conv*']);
  });

  it('an operand of an epilogue is computed there', () => {
    expect(formed((b, x) => b.Add(conv(b, x), b.Mul(b.input('y', 'float32', [1, 8, 6, 6]), x)))).toEqual([
      '(Mul) Conv*, Add',
    ]);
  });

  it('a diamond is computed once', () => {
    expect(
      formed((b, x) => {
        const y = b.Exp(x);
        return b.Add(b.Neg(y), b.Abs(y));
      }),
    ).toEqual(['(Exp, Neg, Abs) Add']);
  });
});

describe('several results', () => {
  it('a sum that is read later is stored beside the norm of it', () => {
    const norm = (b: GraphBuilder, x: Value) => b.LayerNormalization(x, ones(b, 6), ones(b, 6))[0]!;
    expect(
      formed((b, x) => {
        const sum = b.Add(x, b.input('y', 'float32', [1, 8, 6, 6]));
        return b.Add(sum, b.MatMul(norm(b, sum), ones(b, 6, 6)));
      }),
    ).toEqual(['(Add) LayerNormalization* -> LayerNormalization, Add', 'MatMul*, Add']);
  });

  it('a mask and what it is used for', () => {
    expect(
      formed((b, x) => {
        const mask = b.Less(x, ones(b, 1));
        return [mask, b.Where(mask, x, b.Neg(x))];
      }),
    ).toEqual(['(Neg) Less, Where -> Less, Where']);
  });

  it('maps of one shape that read the same tensors', () => {
    expect(formed((b, x) => [b.Relu(x), b.Exp(x), b.ReduceMax(b.Relu(x))])).toEqual([
      'Relu, Exp -> Relu, Exp',
      '(Relu) ReduceMax*',
    ]);
  });

  it('not where one comes from the other in another way', () => {
    expect(
      formed((b, x) => {
        const y = b.Exp(x);
        return b.Mul(y, b.GlobalMaxPool(y));
      }),
    ).toEqual(['Exp', 'GlobalMaxPool*', 'Mul']);
    expect(
      formed((b, x) => {
        const y = conv(b, x);
        return b.Add(y, conv(b, y));
      }),
    ).toEqual(['Conv*', 'Conv*, Add']);
  });
});

describe('in place', () => {
  it('parts are written into what they are parts of', () => {
    expect(formed((b, x) => b.Concat([b.Relu(conv(b, x)), conv(b, x)], { axis: 1 }))).toEqual([
      'Conv*, Relu',
      'Conv*',
      'moved Concat',
    ]);
  });

  it('also through several, with other readers', () => {
    expect(
      formed((b, x) => {
        const y = conv(b, x);
        const inner = b.Concat([conv(b, y), y], { axis: 1 });
        return [b.Concat([inner, b.AveragePool(inner, { kernel_shape: [1, 1] })], { axis: 0 }), b.ReduceMax(inner)];
      }),
    ).toEqual(['Conv*', 'Conv*', 'AveragePool*', 'ReduceMax*', 'moved Concat', 'moved Concat']);
  });

  it('not what is there already, or is wanted elsewhere', () => {
    expect(formed((b, x) => b.Concat([conv(b, x), x], { axis: 1 }))).toEqual(['Conv*', 'Concat']);
    expect(
      formed((b, x) => {
        const y = conv(b, x);
        return [y, b.Concat([y, conv(b, x)], { axis: 1 })];
      }),
    ).toEqual(['Conv*', 'Conv*', 'Concat']);
  });

  it('heads are written side by side', () => {
    expect(
      formed((b, x) => {
        const y = b.Transpose(b.MatMul(x, ones(b, 1, 8, 6, 6)), { perm: turned });
        return b.MatMul(b.Reshape(y, ints(b, 36, 8)), ones(b, 8, 4));
      }),
    ).toEqual(['MatMul*', 'MatMul*', 'moved Transpose', 'moved Reshape']);
    expect(
      formed((b, x) => {
        const y = b.Transpose(b.MatMul(x, ones(b, 1, 8, 6, 6)), { perm: turned });
        return b.MatMul(b.Reshape(y, ints(b, 6, 48)), ones(b, 48, 4));
      }),
    ).toEqual(['MatMul*', 'MatMul*', 'moved Transpose', 'moved Reshape']);
  });
});

describe('attention', () => {
  it('reads queries, keys and values where one product has left them', () => {
    expect(
      formed(
        (b, x) => {
          const qkv = b.MatMul(x, ones(b, 12, 36));
          const heads = (value: Value) => b.Transpose(b.Reshape(value, ints(b, 1, 5, 3, 4)), { perm: [0, 2, 1, 3] });
          const [q, k, v] = b.op('Split', [qkv, ints(b, 12, 12, 12)], { axis: 2 }, { outputs: 3 }).map(heads);
          const y = b.op('Attention', [q!, k!, v!], {}, { outputs: 1 })[0]!;
          const packed = b.Reshape(b.Transpose(y, { perm: [0, 2, 1, 3] }), ints(b, 1, 5, 12));
          return b.Add(b.MatMul(packed, ones(b, 12, 12)), x);
        },
        { dims: [1, 5, 12] },
      ).filter((line) => !line.startsWith('moved')),
    ).toEqual(['MatMul*', 'Attention*', 'MatMul*, Add']);
  });
});

describe('reuse of memory', () => {
  it('a result lies where an operand was that is read no more', () => {
    expect(reused((b, x) => b.ReduceMax(b.Exp(b.MatMul(x, ones(b, 6, 6)))))).toEqual([]);
    expect(reused((b, x) => conv(b, b.Add(conv(b, x), b.Relu(conv(b, b.Exp(x))))))).toEqual(['Add over Relu']);
    expect(
      reused((b, x) => {
        const y = conv(b, x);
        return conv(b, b.Add(conv(b, conv(b, y)), y));
      }),
    ).toEqual(['Add over Conv']);
  });

  it('not where it is read later, in another place, as often as there are others, or by its caller', () => {
    expect(
      reused((b, x) => {
        const y = conv(b, x);
        const sum = b.Add(conv(b, conv(b, y)), y);
        return b.Mul(conv(b, sum), b.GlobalMaxPool(y));
      }),
    ).toEqual([]);
    expect(
      reused((b, x) => {
        const y = conv(b, x);
        return conv(b, b.Add(y, b.Transpose(b.MaxPool(y, { kernel_shape: [1, 1] })[0]!, { perm: [0, 1, 3, 2] })));
      }),
    ).toEqual(['Add over Conv']);
    expect(
      reused((b, x) => {
        const y = conv(b, x);
        return conv(b, b.Add(b.MatMul(y, ones(b, 6, 6)), y));
      }),
    ).toEqual([]);
    expect(reused((b, x) => b.Add(conv(b, conv(b, x)), x))).toEqual([]);
  });
});
