import { isTrtxError } from '@trtx/errors';
import { describe, expect, it } from 'vitest';
import { evaluate, sizeValue } from './exprs.ts';
import type { ExprNode } from './terms.ts';

describe('evaluate', () => {
  it('knows every operation', () => {
    const exprs: ExprNode[] = [
      ['$', 0],
      ['$', 1],
      ['#', -7],
      ['+', 0, 1],
      ['-', 1, 0],
      ['*', 0, 1],
      ['/', 0, 1],
      ['/', 2, 1],
      ['min', 0, 2],
      ['max', 0, 2],
    ];
    expect(evaluate(exprs, [10, 4])).toEqual([10, 4, -7, 14, -6, 40, 2, -2, -7, 10]);
  });

  it('has no negative zero', () => {
    expect(
      Object.is(
        evaluate(
          [
            ['#', 0],
            ['#', -3],
            ['*', 0, 1],
          ],
          [],
        )[2],
        0,
      ),
    ).toBe(true);
  });

  it.each<[string, ExprNode[]]>([
    [
      'a division by zero',
      [
        ['#', 1],
        ['#', 0],
        ['/', 0, 1],
      ],
    ],
    [
      'zero by zero',
      [
        ['#', 0],
        ['/', 0, 0],
      ],
    ],
    [
      'an overflow',
      [
        ['#', 2 ** 52],
        ['*', 0, 0],
      ],
    ],
  ])('has no value for %s, nor for what depends on it', (_, exprs) => {
    const last = exprs.length - 1;
    const values = evaluate([...exprs, ['-', last, last], ['min', 0, last]], []);
    for (const expr of [last, last + 1, last + 2])
      expect(() => sizeValue({ expr }, values)).toThrow(/SIZE_OVERFLOW: a size has no value in the safe integers/);
  });

  it('does not know what depends on a symbol that is not known', () => {
    const exprs: ExprNode[] = [
      ['$', 0],
      ['#', 0],
      ['*', 0, 1],
      ['/', 0, 1],
    ];
    const values = evaluate(exprs, [Number.NaN]);
    expect(values).toEqual([Number.NaN, 0, Number.NaN, Number.NaN]);
    expect(sizeValue({ expr: 3 }, values)).toBeNaN();
  });
});

describe('sizeValue', () => {
  it('reads numbers and expressions', () => {
    expect(sizeValue(3, [])).toBe(3);
    expect(sizeValue({ expr: 1 }, [5, 6])).toBe(6);
  });

  it('refuses what is negative', () => {
    try {
      sizeValue({ expr: 0 }, [-1]);
      expect.unreachable();
    } catch (error) {
      expect(isTrtxError(error) && error.code).toBe('SIZE_OVERFLOW');
    }
  });
});
