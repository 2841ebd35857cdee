import { type Dim, dimOf, Sym } from '@trtx/ir';
import { expect, it } from 'vitest';
import { contentsAt } from './contents.ts';
import { Position } from './position.ts';
import { Shader } from './shader.ts';

const N = dimOf(new Sym('N', 1, 8));

function code(values: readonly Dim[], type: 'i32' | 'u32' | 'bool' = 'i32'): string {
  const shader = new Shader();
  const text = contentsAt(shader, type, values, Position.linear([values.length], 'i'));
  const [, body] = shader.print(1).split('wg.x;\n');
  return `${body!.replace(/\}\n*$/, '').trim()} ${text}`.trim();
}

it('is the element where there is one, or all are the same', () => {
  expect(code([3])).toBe('3i');
  expect(code([N])).toBe('i32(p.d0)');
  expect(code([-1, -1, -1])).toBe('(-1i)');
  expect(code([1, 1], 'bool')).toBe('true');
});

it('is computed where neighbours are equally far apart', () => {
  expect(code([0, 1, 2, 3])).toBe('(0i + i32(i) * 1i)');
  expect(code([-5, -3, -1])).toBe('((-5i) + i32(i) * 2i)');
  expect(code([2, 4, 6], 'u32')).toBe('(2u + i * 2u)');
});

it('is chosen among others', () => {
  expect(code([4, N, 1])).toBe('select(select(1i, i32(p.d0), i == 1u), 4i, i == 0u)');
  expect(code([0, 1], 'bool')).toBe('select(true, false, i == 0u)');
  // Numbers that stand for larger ones are cut off, each for itself.
  expect(code([0, 2 ** 52])).toBe('select(2147483647i, 0i, i == 0u)');
});

it('is chosen without nesting where they are many', () => {
  const many = code(Array.from({ length: 40 }, (_, i) => i * i));
  expect(many).toMatch(/^var k0: i32;\s+switch \(i\) \{\s+case 0u: \{ k0 = 0i; \}/);
  expect(many).toMatch(/case 38u: \{ k0 = 1444i; \}\s+default: \{ k0 = 1521i; \}\s+\} k0$/);
});
