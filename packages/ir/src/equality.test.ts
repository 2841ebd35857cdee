import { describe, expect, it } from 'vitest';
import { add, type Dim, dimOf, floorDiv, mul, Sym } from './dim.ts';
import { DimEquality } from './equality.ts';

const [A, B, C, H] = ['A', 'B', 'C', 'H'].map((name) => dimOf(new Sym(name))) as [Dim, Dim, Dim, Dim];
const given = (...pairs: [Dim, Dim][]) => new DimEquality(pairs.map(([a, b]) => ({ a, b, node: 'n' })));

describe('DimEquality', () => {
  it('knows what is proved without constraints, and no more', () => {
    const none = given();
    expect(none.same(add(A, B), add(B, A))).toBe(true);
    expect(none.same(A, B)).toBe(false);
    expect(none.same(A, 1)).toBe(false);
  });

  it('puts symbols in that constraints give', () => {
    const equality = given([A, B], [B, mul(C, 2)]);
    expect(equality.same(A, mul(C, 2))).toBe(true);
    expect(equality.same(mul(A, 3), mul(C, 6))).toBe(true);
    expect(equality.same(add(A, B), mul(C, 4))).toBe(true);
    expect(equality.same(A, C)).toBe(false);
    expect(given([A, 4]).sameShape([A, mul(A, B)], [4, mul(B, 4)])).toBe(true);
    expect(given([A, 4]).sameShape([A], [4, 1])).toBe(false);
  });

  it('samples where a constraint gives no symbol', () => {
    const even = given([mul(floorDiv(H, 2), 2), H]);
    expect(even.same(mul(floorDiv(H, 2), 2), H)).toBe(true);
    expect(even.same(mul(floorDiv(H, 2), 6), mul(H, 3))).toBe(true);
    expect(even.same(floorDiv(add(H, 1), 2), floorDiv(H, 2))).toBe(true);
    // Half of an even number may be odd.
    expect(even.same(mul(floorDiv(H, 4), 4), H)).toBe(false);
    expect(even.same(A, B)).toBe(false);
    expect(even.same(mul(A, H), mul(B, H))).toBe(false);
  });

  it('follows chains of constraints', () => {
    const eights = given(
      [mul(floorDiv(H, 2), 2), H],
      [mul(floorDiv(H, 4), 2), floorDiv(H, 2)],
      [mul(floorDiv(H, 8), 2), floorDiv(H, 4)],
      [B, floorDiv(H, 8)],
    );
    expect(eights.same(mul(B, 8), H)).toBe(true);
    expect(eights.same(mul(B, 4), H)).toBe(false);
  });

  it('gives no wrong yes where constraints contradict each other', () => {
    expect(given([mul(floorDiv(H, 2), 2), add(H, 1)], [mul(floorDiv(H, 2), 2), H]).same(floorDiv(H, 3), A)).toBe(false);
  });
});
