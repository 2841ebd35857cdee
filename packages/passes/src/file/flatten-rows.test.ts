import { describe, it } from 'vitest';
import { canonicalReshapes, commonSubexpressions, deadCode, spellSizes } from '../passes/simplify/index.ts';
import { expectRewrite, expectSameValues, expectUnchanged } from '../testing/expect.ts';
import { flattenRows } from './flatten-rows.ts';

const PASSES = [flattenRows, deadCode, canonicalReshapes, spellSizes, commonSubexpressions];
const W = 'float32[2,2] [1, 2, 3, 4]';
const B = 'float32[2] [5, 6]';

const layer = (shape: string) => `graph net
  input x: float32[${shape}]
  m = MatMul(x, ${W})
  a = Add(m, ${B})
  r = Relu(a)
  n = MatMul(r, ${W})
  b = Add(${B}, n)
  s = Add(b, x)
  y = LayerNormalization(s, ${B}, ${B}) { axis: 2 }
  output y`;

describe('flatten-rows', () => {
  it('one matrix from end to end', () =>
    expectRewrite(
      layer('B,3,2'),
      `graph net
         input x: float32[B,3,2]
         rows = Reshape(x, int64[2] [-1, 2])
         a = Gemm(rows, ${W}, ${B})
         r = Relu(a)
         b = Gemm(r, ${W}, ${B})
         s = Add(b, rows)
         l = LayerNormalization(s, ${B}, ${B}) { axis: -1 }
         y = Reshape(l, int64[3] [-1, 3, 2])
         output y`,
      ...PASSES,
    ));

  it('sizes that only the input tells', () =>
    expectRewrite(
      `graph net
         input x: float32[B,L,2]
         m = MatMul(x, ${W})
         a = Add(m, ${B})
         y = Reshape(a, int64[4] [0, 0, 2, 1])
         output y`,
      `graph net
         input x: float32[B,L,2]
         rows = Reshape(x, int64[2] [-1, 2])
         a = Gemm(rows, ${W}, ${B})
         lead = Shape(x) { start: 0, end: 2 }
         sizes = Concat(lead, int64[2] [2, 1]) { axis: 0 }
         y = Reshape(a, sizes)
         output y`,
      ...PASSES,
    ));

  it('a matrix that is one already', () =>
    expectRewrite(
      `graph net
         input x: float32[N,2]
         m = MatMul(x, ${W})
         y = Add(m, float32[1,2] [5, 6])
         output y`,
      `graph net
         input x: float32[N,2]
         y = Gemm(x, ${W}, ${B})
         output y`,
      ...PASSES,
    ));

  it('a number for all rows, and a tensor for each', () =>
    expectRewrite(
      `graph net
         input x: float32[B,3,2]
         m = MatMul(x, ${W})
         a = Add(m, ${B})
         c = Mul(a, float32[1,1,2] [2, 3])
         y = Div(c, float32[] [7])
         output y`,
      `graph net
         input x: float32[B,3,2]
         rows = Reshape(x, int64[2] [-1, 2])
         a = Gemm(rows, ${W}, ${B})
         c = Mul(a, float32[2] [2, 3])
         d = Div(c, float32[] [7])
         y = Reshape(d, int64[3] [-1, 3, 2])
         output y`,
      ...PASSES,
    ));

  it('heads, of sizes that are known or not', () => {
    const split = (lead: string, target: string) => `graph net
      input x: float32[${lead},2]
      m = MatMul(x, ${W})
      a = Add(m, ${B})
      r = Relu(a)
      y = Reshape(r, ${target})
      output y`;
    const flat = (lead: string, target: string) => `graph net
      input x: float32[${lead},2]
      rows = Reshape(x, int64[2] [-1, 2])
      a = Gemm(rows, ${W}, ${B})
      r = Relu(a)
      y = Reshape(r, ${target})
      output y`;
    const known = 'int64[4] [5, 3, 1, 2]';
    expectRewrite(split('5,3', known), flat('5,3', known), ...PASSES);
    const open = 'int64[4] [-1, 3, 1, 2]';
    expectRewrite(split('B,3', open), flat('B,3', open), ...PASSES);
  });

  it('computes the same', () => expectSameValues(layer('2,3,2'), ...PASSES));

  it.each([
    ['a product that something else reads', `m = MatMul(x, ${W})\n y = Add(m, ${B})\n z = Relu(m)\n output z`],
    ['weights for each batch', `m = MatMul(x, float32[2,2,2] [1, 2, 3, 4, 5, 6, 7, 8])\n y = Add(m, ${B})`],
    ['a bias for each row', `m = MatMul(x, ${W})\n y = Add(m, float32[3,2] [1, 2, 3, 4, 5, 6])`],
    ['weights on the left', `m = MatMul(float32[3,3] [1, 2, 3, 4, 5, 6, 7, 8, 9], x)\n y = Add(m, ${B})`],
  ])('leaves %s', (_, body) => expectUnchanged(`graph net\n input x: float32[2,3,2]\n ${body}\n output y`, ...PASSES));

  it.each([
    ['Transpose(a) { perm: [1, 0, 2] }'],
    ['ReduceSum(a, int64[1] [1])'],
    ['Concat(a, x) { axis: 1 }'],
    ['Reshape(a, int64[3] [3, -1, 2])'],
    ['Reshape(a, int64[3] [-1, 6, 1])'],
    ['Reshape(a, int64[2] [-1, 6])'],
  ])('ends at %s', (after) =>
    expectRewrite(
      `graph net
         input x: float32[B,3,2]
         m = MatMul(x, ${W})
         a = Add(m, ${B})
         y = ${after}
         output y`,
      `graph net
         input x: float32[B,3,2]
         rows = Reshape(x, int64[2] [-1, 2])
         g = Gemm(rows, ${W}, ${B})
         ${after.startsWith('Reshape') ? `y = ${after.replace('(a,', '(g,')}` : `a = Reshape(g, int64[3] [-1, 3, 2])\n y = ${after}`}
         output y`,
      ...PASSES,
    ),
  );

  it('ends where rows are told apart', () =>
    expectRewrite(
      `graph net
         input x: float32[B,3,2]
         m = MatMul(x, ${W})
         a = Add(m, ${B})
         p = Add(a, float32[3,2] [1, 2, 3, 4, 5, 6])
         y = LayerNormalization(p, float32[3,2] [1, 2, 3, 4, 5, 6]) { axis: 1 }
         output y`,
      `graph net
         input x: float32[B,3,2]
         rows = Reshape(x, int64[2] [-1, 2])
         a = Gemm(rows, ${W}, ${B})
         apart = Reshape(a, int64[3] [-1, 3, 2])
         p = Add(apart, float32[3,2] [1, 2, 3, 4, 5, 6])
         y = LayerNormalization(p, float32[3,2] [1, 2, 3, 4, 5, 6]) { axis: 1 }
         output y`,
      ...PASSES,
    ));
});
