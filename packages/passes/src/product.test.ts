import { describe, expect, it } from 'vitest';
import { any, matchOf, op, type Pattern } from './pattern.ts';
import { plus, product } from './product.ts';
import { parse } from './testing/expect.ts';

const x = any('x');
const y = any('y');

/** What the pattern finds at the first output of a graph of these lines. */
function find(pattern: Pattern, lines: string, type = 'float32[N,4]') {
  const graph = parse(`graph net\ninput x: ${type}\ninput y: ${type}\n${lines}\noutput out`);
  return matchOf(pattern, graph.outputs[0]!.value);
}

describe('products', () => {
  it('are of the same factors in any order, with numbers anywhere', () => {
    const both = product(0.5, [x, op('Exp', y)]);
    for (const lines of [
      'e = Exp(y)\nm = Mul(x, e)\nout = Mul(m, float32[] [0.5])',
      'e = Exp(y)\nm = Mul(float32[] [0.5], x)\nout = Mul(e, m)',
      'e = Exp(y)\nm = Div(e, float32[1] [2])\nout = Mul(m, x)',
      'e = Exp(y)\nm = Mul(e, float32[] [-1])\nk = Mul(x, m)\nn = Neg(k)\nout = Div(n, float32[] [2])',
    ])
      expect([find(both, lines)?.value('x').name, find(both, lines)?.value('y').name]).toEqual(['x', 'y']);
    expect(find(both, 'e = Exp(y)\nout = Mul(x, e)')).toBeUndefined();
    expect(find(both, 'e = Exp(y)\nm = Mul(x, e)\nk = Mul(m, x)\nout = Mul(k, float32[] [0.5])')).toBeUndefined();
  });

  it('count powers and divisors', () => {
    expect(find(product(1, [x, x, x]), 'out = Pow(x, float32[] [3])')).toBeDefined();
    expect(find(product(1, [x, x, x]), 'q = Pow(x, int64[] [2])\nout = Mul(x, q)')).toBeDefined();
    expect(find(product(1, [x], [y]), 'out = Div(x, y)')).toBeDefined();
    expect(find(product(1, [x], [y]), 'r = Reciprocal(y)\nout = Mul(r, x)')).toBeDefined();
    expect(find(product(1, [x], [y]), 'r = Pow(y, float32[] [-1])\nout = Mul(x, r)')).toBeDefined();
    expect(find(product(2, [], [y]), 'out = Div(float32[] [2], y)')).toBeDefined();
    expect(find(product(1, [x], [op('Exp', y)]), 'e = Exp(y)\nout = Div(e, x)')).toBeUndefined();
    expect(find(product(1, [x, x]), 'out = Pow(x, float32[] [1.5])')).toBeUndefined();
  });

  it('name their number, and take all numbers to it', () => {
    const line = product('slope', [x]);
    expect(find(line, 'm = Mul(x, float32[] [3])\nout = Div(m, float32[] [-2])')!.number('slope')).toBe(-1.5);
    expect(find(line, 'm = Mul(x, float32[] [3])\nout = Div(m, float32[] [-2])')!.value('x').name).toBe('x');
    expect(find(line, 'out = Abs(x)')!.number('slope')).toBe(1);
  });

  it('are of products, where these are what is multiplied', () => {
    const square = product(1, [x, x]);
    const match = find(square, 'p = Mul(x, float32[] [3])\nout = Mul(p, p)')!;
    expect(match.value('x').name).toBe('p');
    expect(match.nodes).toHaveLength(1);
  });

  it('round as often as they have numbers', () => {
    const sixth = product(1 / 6, [x]);
    expect(find(sixth, 'm = Mul(x, float16[] [0.33325])\nout = Mul(m, float16[] [0.5])', 'float16[N]')).toBeDefined();
    expect(find(sixth, 'out = Mul(x, float32[] [0.1666])')).toBeUndefined();
  });

  it('are of floats: integers divide otherwise', () => {
    expect(find(product(1, [x]), 'm = Div(x, int32[] [2])\nout = Mul(m, int32[] [2])', 'int32[N]')).toBeUndefined();
  });
});

it('a number is added or its negative subtracted', () => {
  expect(find(plus(x, 1), 'out = Add(float32[] [1], x)')).toBeDefined();
  expect(find(plus(x, 1), 'out = Sub(x, float32[] [-1])')).toBeDefined();
  expect(find(plus(x, 1), 'out = Sub(float32[] [-1], x)')).toBeUndefined();
});
