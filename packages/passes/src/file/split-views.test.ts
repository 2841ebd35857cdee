import { describe, expect, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../testing/expect.ts';
import { joinViews } from './split-views.ts';

const turned = (q: string, k: string, v = q) => `graph net
  input x: float32[B,L,48]
  parts_0, parts_1, parts_2 = Split(x, int64[3] [16, 16, 16]) { axis: 2 }
  q0 = Reshape(parts_0, int64[4] [0, 0, 2, 8])
  k0 = Reshape(parts_1, int64[4] [0, 0, 2, 8])
  v0 = Reshape(parts_2, int64[4] [0, 0, 2, 8])
  q = Transpose(q0) { perm: ${q} }
  k = Transpose(k0) { perm: ${k} }
  v = Transpose(v0) { perm: ${v} }
  output q
  output k
  output v`;

describe('before-split', () => {
  it('turns all parts at once', () =>
    expectRewrite(
      turned('[0, 2, 1, 3]', '[0, 2, 1, 3]'),
      `graph net
         input x: float32[B,L,48]
         rows = Reshape(x, int64[4] [0, 0, 6, 8])
         all = Transpose(rows) { perm: [0, 2, 1, 3] }
         q, k, v = Split(all, int64[3] [2, 2, 2]) { axis: 1 }
         output q
         output k
         output v`,
      joinViews,
    ));

  it('turns one further', () =>
    expectRewrite(
      turned('[0, 2, 1, 3]', '[0, 2, 3, 1]'),
      `graph net
         input x: float32[B,L,48]
         rows = Reshape(x, int64[4] [0, 0, 6, 8])
         all = Transpose(rows) { perm: [0, 2, 1, 3] }
         q, k0, v = Split(all, int64[3] [2, 2, 2]) { axis: 1 }
         k = Transpose(k0) { perm: [0, 1, 3, 2] }
         output q
         output k
         output v`,
      joinViews,
    ));

  it('keeps heads apart that differ in number', () =>
    expectRewrite(
      `graph net
         input x: float32[B,L,24]
         a, b = Split(x, int64[2] [16, 8]) { axis: -1 }
         y = Reshape(a, int64[4] [0, 0, 4, 4])
         z = Reshape(b, int64[4] [0, 0, 2, 4])
         output y
         output z`,
      `graph net
         input x: float32[B,L,24]
         rows = Reshape(x, int64[4] [0, 0, 6, 4])
         y, z = Split(rows, int64[2] [4, 2]) { axis: 2 }
         output y
         output z`,
      joinViews,
    ));

  it('computes the same', () =>
    expectSameValues(turned('[0, 2, 1, 3]', '[0, 2, 3, 1]').replace('B,L', '2,3'), joinViews));

  it('leaves heads of two sizes', () =>
    expectUnchanged(
      `graph net
         input x: float32[B,L,24]
         a, b = Split(x, int64[2] [16, 8]) { axis: -1 }
         y = Reshape(a, int64[4] [0, 0, 2, 8])
         z = Reshape(b, int64[4] [0, 0, 2, 4])
         output y
         output z`,
      joinViews,
    ));

  it('leaves parts that something else reads too', () =>
    expectUnchanged(
      `${turned('[0, 2, 1, 3]', '[0, 2, 1, 3]')}
  r = Relu(parts_0)
  output r`,
      joinViews,
    ));

  it('leaves a Reshape across the axes', () =>
    expectUnchanged(
      `graph net
         input x: float32[6,24]
         a, b = Split(x, int64[2] [12, 12]) { axis: 1 }
         y = Reshape(a, int64[3] [3, 6, 4])
         z = Reshape(b, int64[3] [3, 6, 4])
         output y
         output z`,
      joinViews,
    ));

  it('leaves the parts of an output', () => {
    const text = turned('[0, 2, 1, 3]', '[0, 2, 1, 3]').replace('output v', 'output v\n  output parts_2');
    expect(text).toContain('output parts_2');
    expectUnchanged(text, joinViews);
  });
});
