// What prints; tests/kernels/scalar.test.ts runs it.

import { type DType, scalar } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { literal, printScalar } from './scalar.ts';
import { Shader } from './shader.ts';

const { arg, binary, cast, compare, constant, select, unary } = scalar;

/** The declarations and the expression that an expression of a, b and c prints as. */
function print(s: scalar.Scalar, args = ['a', 'b', 'c']): string {
  const shader = new Shader();
  const result = printScalar(shader, s, (i) => args[i]!);
  const [head, body] = shader.print(1).split('wg.x;\n');
  const declared = [...head!.matchAll(/fn (\w+)/g)].map(([, name]) => name).filter((name) => name !== 'main');
  const lines = body!.split('\n').filter((line) => line.startsWith('  '));
  return [
    ...lines.map((line) => line.trim()),
    result + (declared.length > 0 ? `  // ${declared.join(', ')}` : ''),
  ].join('\n');
}

const f = (i: number) => arg(i, 'float32');
const number = (x: number) => constant(x, 'float32');
const of = (dtype: DType, op: scalar.BinaryOp) => print(binary(op, arg(0, dtype), arg(1, dtype)));

describe('literals', () => {
  const print = (value: number, type: 'f32' | 'i32' | 'u32' | 'bool') => literal(new Shader(), value, type);

  it('floats', () => {
    expect([1, 0.1, -2.5, 1e20, 1e-20, 16777217, -0].map((x) => print(x, 'f32'))).toMatchInlineSnapshot(`
      [
        "1.0f",
        "0.10000000149011612f",
        "(-2.5f)",
        "100000002004087730000.0f",
        "9.999999682655225e-21f",
        "16777216.0f",
        "(-0.0f)",
      ]
    `);
    expect([Number.NaN, 1e39, Number.NEGATIVE_INFINITY].map((x) => print(x, 'f32'))).toEqual([
      'nan()',
      'inf()',
      '(-inf())',
    ]);
  });

  it('integers saturate', () => {
    expect([5, -5, 2 ** 31, -(2 ** 31)].map((x) => print(x, 'i32'))).toEqual([
      '5i',
      '(-5i)',
      '2147483647i',
      'i32(-2147483647 - 1)',
    ]);
    expect([5, -5, 2 ** 40].map((x) => print(x, 'u32'))).toEqual(['5u', '0u', '4294967295u']);
  });
});

describe('floats', () => {
  it('arithmetic', () => {
    expect(print(binary('add', binary('mul', f(0), f(1)), unary('neg', f(2))))).toBe('((a * b) + (-c))');
  });

  it('quotients by a constant hide it, but for powers of two', () => {
    expect(print(binary('div', f(0), number(255)))).toBe('divided(a, 255.0f)  // is_nan, divided');
    expect(print(binary('div', f(0), number(-3)))).toBe('divided(a, (-3.0f))  // is_nan, divided');
    expect(print(binary('div', f(0), number(0.125)))).toBe('(a / 0.125f)');
    expect(print(binary('div', f(0), f(1)))).toBe('(a / b)');
  });

  it('limits keep NaN', () => {
    expect(print(binary('max', f(0), number(0)))).toBe('maximum(0.0f, a)  // is_nan, maximum');
    expect(print(scalar.clamp(f(0), number(0), number(6)))).toBe(
      'minimum(6.0f, maximum(0.0f, a))  // is_nan, maximum, minimum',
    );
    expect(print(binary('min', f(0), f(1)))).toBe('minimum(a, b)  // is_nan, minimum');
  });

  it('functions bring what they need', () => {
    expect(print(scalar.sigmoid(f(0)))).toMatchInlineSnapshot(
      `"(1.0f / (1.0f + exponential((-a))))  // is_nan, exponential"`,
    );
    expect(print(unary('log', f(0)))).toMatchInlineSnapshot(`"logarithm(a)  // nan, inf, logarithm"`);
    expect(print(binary('pow', f(0), number(3)))).toMatchInlineSnapshot(`"power(a, 3.0f)  // nan, inf, is_nan, power"`);
  });

  it('what is unequal to NaN is told by what is not equal', () => {
    expect(print(compare('ne', f(0), f(1)))).toBe('!(a == b)');
    expect(print(cast(f(0), 'bool'))).toBe('!(a == 0.0f)');
  });

  it('an operation on numbers alone is none that WGSL evaluates', () => {
    expect(print(binary('div', f(0), number(0)), ['1.0f'])).toMatchInlineSnapshot(`
      "let v0 = 1.0f;
      (v0 / 0.0f)"
    `);
    expect(print(unary('exp', number(200)))).toMatchInlineSnapshot(`
      "let v0 = 200.0f;
      exponential(v0)  // is_nan, exponential"
    `);
  });
});

describe('integers', () => {
  it('wrap at their width', () => {
    expect(of('int32', 'add')).toBe('(a + b)');
    expect(of('int8', 'add')).toBe('(((a + b) << 24u) >> 24u)');
    expect(of('uint16', 'mul')).toBe('((a * b) & 65535u)');
  });

  it('divide by zero to 0', () => {
    expect(of('int32', 'div')).toBe('select(0i, a / b, b != 0i)');
    expect(print(binary('div', arg(0, 'int32'), constant(0, 'int32')))).toBe('0i');
    expect(print(binary('div', arg(0, 'uint32'), constant(3, 'uint32')))).toBe('(a / 3u)');
  });

  it('have remainders with the sign of either side', () => {
    expect(of('int32', 'fmod')).toMatchInlineSnapshot(`
      "let v0 = select(0i, a % b, b != 0i);
      v0"
    `);
    expect(of('int32', 'mod')).toMatchInlineSnapshot(`
      "let v0 = select(0i, a % b, b != 0i);
      select(v0, v0 + b, (v0 != 0i) & ((v0 < 0i) != (b < 0i)))"
    `);
    expect(of('uint32', 'mod')).toMatchInlineSnapshot(`
      "let v0 = select(0u, a % b, b != 0u);
      v0"
    `);
  });

  it('shift out', () => {
    expect(of('uint8', 'shl')).toMatchInlineSnapshot(`
      "let v0 = u32(b);
      (select(0u, a << v0, v0 < 8u) & 255u)"
    `);
    expect(of('int32', 'shr')).toMatchInlineSnapshot(`
      "let v0 = u32(b);
      select(0i, a >> v0, v0 < 32u)"
    `);
  });
});

describe('casts', () => {
  const from = (from: DType, to: DType) => print(cast(arg(0, from), to));

  it('between floats and integers', () => {
    expect(from('float32', 'int32')).toBe('to_i32(a)  // is_nan, to_i32');
    expect(from('float32', 'uint8')).toMatchInlineSnapshot(`"clamp(to_u32(a), 0u, 255u)  // is_nan, to_u32"`);
    expect(from('float32', 'int64')).toBe('to_i32(a)  // is_nan, to_i32');
    expect(from('int64', 'float32')).toBe('f32(a)');
  });

  it('between integers', () => {
    expect(from('int32', 'uint32')).toBe('u32(a)');
    expect(from('int32', 'int8')).toBe('((a << 24u) >> 24u)');
    expect(from('int8', 'int32')).toBe('a');
  });

  it('of bools', () => {
    expect(from('bool', 'float32')).toBe('select(0.0f, 1.0f, a)');
    expect(from('int32', 'bool')).toBe('(a != 0i)');
    expect(print(select(binary('and', arg(0, 'bool'), arg(1, 'bool')), f(2), number(0)))).toBe(
      'select(0.0f, c, (a & b))',
    );
  });
});

it('refuses what integers have no form of', () => {
  expect(() => print(unary('sin', arg(0, 'int32')))).toThrow(/sin of int32/);
});
