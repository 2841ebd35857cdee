import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ix from './ix.ts';

describe('folding', () => {
  it('computes with numbers', () => {
    expect(ix.add(2, 3)).toBe(5);
    expect(ix.sub(2, 3)).toBe(-1);
    expect(ix.mul(2, 3)).toBe(6);
    expect(ix.div(7, 2)).toBe(3);
    expect(ix.mod(7, 2)).toBe(1);
    expect(ix.minIx(7, 2)).toBe(2);
    expect(ix.signed('max', -7, 2)).toBe(2);
    expect(ix.less(1, 2)).toBe(true);
    expect(ix.less(2, 2)).toBe(false);
  });

  it('drops what changes nothing', () => {
    expect(ix.add('i', 0)).toBe('i');
    expect(ix.add(0, 'i')).toBe('i');
    expect(ix.sub('i', 0)).toBe('i');
    expect(ix.mul('i', 1)).toBe('i');
    expect(ix.mul('i', 0)).toBe(0);
    expect(ix.div('i', 1)).toBe('i');
    expect(ix.div(0, 'i')).toBe(0);
    expect(ix.mod('i', 1)).toBe(0);
    expect(ix.dot(['i', 'j', 2], [1, 0, 'k'])).toBe('(i + (2u * k))');
  });

  it('prints numbers below zero as what wraps around to them', () => {
    expect(ix.text(-1)).toBe('4294967295u');
    expect(ix.add('i', -3)).toBe('(i - 3u)');
    expect(ix.sub('i', -3)).toBe('(i + 3u)');
    expect(ix.mul('i', -2)).toBe('(i * 4294967294u)');
    expect(ix.signed('max', 'i', -1)).toBe('u32(max(i32(i), -1i))');
  });

  it('divides by no zero, which WGSL refuses', () => {
    expect(ix.div('i', 0)).toBe(0);
    expect(ix.mod('i', 0)).toBe(0);
    expect(ix.less('i', 0)).toBe(false);
  });
});

describe('conditions', () => {
  it('are joined without branches', () => {
    expect(ix.all([])).toBe(true);
    expect(ix.all([true, 'a < b'])).toBe('a < b');
    expect(ix.all(['a < b', true, 'c < d'])).toBe('(a < b) & (c < d)');
    expect(ix.all(['a < b', false])).toBe(false);
  });

  it('tell an index below zero from every size', () => {
    expect(ix.less(-1, 5)).toBe('4294967295u < 5u');
  });
});

it('means the same folded and printed', () => {
  const operations = { '+': ix.add, '-': ix.sub, '*': ix.mul, '/': ix.div, '%': ix.mod } as const;
  fc.assert(
    fc.property(
      fc.constantFrom('+', '-', '*', '/', '%'),
      fc.nat(1000),
      fc.integer({ min: 1, max: 1000 }),
      (op, a, b) => {
        const folded = ix.text(operations[op as '+'](a, b));
        for (const [x, y] of [
          ['a', 'b'],
          ['a', b],
          [a, 'b'],
        ] as const)
          expect(evaluate(ix.text(operations[op as '+'](x, y)), a, b)).toBe(evaluate(folded, a, b));
      },
    ),
  );
});

/** The value of an expression of u32. */
function evaluate(text: string, a: number, b: number): number {
  const wrapped = text
    .replace(/(\d+)u/g, 'BigInt($1)')
    .replace(/\ba\b/g, `BigInt(${a})`)
    .replace(/\bb\b/g, `BigInt(${b})`);
  return Number(BigInt.asUintN(32, new Function(`return ${wrapped}`)() as bigint));
}
