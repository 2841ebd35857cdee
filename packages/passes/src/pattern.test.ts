import { describe, expect, it } from 'vitest';
import { absent, any, constant, matchOf, number, oneOf, op, optionally, type Pattern } from './pattern.ts';
import { parse } from './testing/expect.ts';

const x = any('x');

/** What the pattern finds at the first output of a graph of these lines. */
function find(pattern: Pattern, ...lines: string[]) {
  const graph = parse(
    ['graph net', 'input x: float32[N,4]', 'input y: float32[N,4]', ...lines, 'output out'].join('\n'),
  );
  return matchOf(pattern, graph.outputs[0]!.value);
}

describe('patterns', () => {
  it('follow nodes upwards and name what they find', () => {
    const match = find(op('Relu', op('Neg', x).as('negated')), 'n = Neg(x) as negation', 'out = Relu(n)')!;
    expect(match.value('x').name).toBe('x');
    expect(match.node('negated').name).toBe('negation');
    expect(match.nodes.map((node) => node.op.name)).toEqual(['Relu', 'Neg']);
    expect(match.find('other')).toBeUndefined();
    expect(() => match.value('other')).toThrow('has no other');
  });

  it('take either order where the op commutes, and only there', () => {
    const minus = (name: string) => op(name, op('Neg', x), any('y'));
    expect(find(minus('Add'), 'n = Neg(x)', 'out = Add(y, n)')).toBeDefined();
    expect(find(minus('Sub'), 'n = Neg(x)', 'out = Sub(y, n)')).toBeUndefined();
  });

  it('hold one value to a name', () => {
    const square = op('Mul', x, x);
    expect(find(square, 'out = Mul(x, x)')).toBeDefined();
    expect(find(square, 'out = Mul(x, y)')).toBeUndefined();
    // The first order that is tried fails only later.
    const both = op('Add', op('Mul', x, any('y')), op('Neg', any('y')));
    const match = find(both, 'm = Mul(y, x)', 'n = Neg(y)', 'out = Add(m, n)')!;
    expect([match.value('x').name, match.value('y').name]).toEqual(['x', 'y']);
  });

  it('know numbers, within their rounding', () => {
    const half = op('Mul', x, number(Math.SQRT1_2));
    expect(find(half, 'out = Mul(x, float32[] [0.70710677])')).toBeDefined();
    expect(find(half, 'out = Mul(x, float32[4] [0.7071068, 0.7071068, 0.7071068, 0.7071068])')).toBeDefined();
    expect(find(half, 'out = Mul(x, float32[] [0.707])')).toBeUndefined();
    const small = op(
      'Add',
      x,
      number('epsilon', (epsilon) => epsilon < 0.01),
    );
    expect(find(small, 'out = Add(x, float32[] [0.0009765625])')!.number('epsilon')).toBe(0.0009765625);
    expect(find(small, 'out = Add(x, float32[] [1])')).toBeUndefined();
  });

  it('tell constants, absent inputs and attributes', () => {
    expect(find(op('Mul', x, constant('c')), 'out = Mul(x, y)')).toBeUndefined();
    expect(find(op('Clip', x, absent, constant()), 'out = Clip(x, -, float32[] [1])')).toBeDefined();
    expect(find(op('Clip', x), 'out = Clip(x, -, float32[] [1])')).toBeUndefined();
    const last = op('Softmax', x).where((node) => node.view().int('axis') === -1);
    expect(find(last, 'out = Softmax(x)')).toBeDefined();
    expect(find(last, 'out = Softmax(x) {axis: 0}')).toBeUndefined();
  });

  it('choose', () => {
    const either = oneOf(op('Neg', x), op('Abs', x));
    expect(either.ops).toEqual(new Set(['Neg', 'Abs']));
    expect(oneOf(either, x).ops).toBeUndefined();
    const cast = op(
      'Relu',
      optionally((inner) => op('Abs', inner), op('Neg', x)),
    );
    expect(find(cast, 'n = Neg(x)', 'a = Abs(n)', 'out = Relu(a)')!.nodes).toHaveLength(3);
    expect(find(cast, 'n = Neg(x)', 'out = Relu(n)')!.nodes).toHaveLength(2);
  });
});
