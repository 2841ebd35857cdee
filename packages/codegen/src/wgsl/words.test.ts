import { expect, it } from 'vitest';
import { Shader } from './shader.ts';
import { wordsOf } from './words.ts';

it('of one buffer are its elements', () => {
  const shader = new Shader();
  const words = wordsOf(shader, [shader.buffer('read', 'f32')], 'f32', 64);
  expect(words.read(3)).toBe('b0[3u]');
  expect(words.write('i', 'x')).toBe('b0[i] = x;');
});

it('of several are looked for in each of them, by functions that are declared once', () => {
  const shader = new Shader();
  const buffers = [1, 2, 3].map(() => shader.buffer('read_write', 'vec4<f32>'));
  const words = wordsOf(shader, buffers, 'vec4<f32>', 64);
  shader.line(words.write('lid', words.read('lid')));
  shader.line(words.write(7, words.read('(lid + 1u)')));
  expect(shader.print(1)).toMatchInlineSnapshot();
});
