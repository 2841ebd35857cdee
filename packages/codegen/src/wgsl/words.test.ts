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
  expect(shader.print(1)).toMatchInlineSnapshot(`
    "@group(0) @binding(0) var<storage, read_write> b0: array<vec4<f32>>;
    @group(0) @binding(1) var<storage, read_write> b1: array<vec4<f32>>;
    @group(0) @binding(2) var<storage, read_write> b2: array<vec4<f32>>;
    fn b0_at(i: u32) -> vec4<f32> {
      if (i < 64u) { return b0[i]; }
      if (i < 128u) { return b1[(i - 64u)]; }
      return b2[(i - 128u)];
    }
    fn b0_put(i: u32, word: vec4<f32>) {
      if (i < 64u) { b0[i] = word; return; }
      if (i < 128u) { b1[(i - 64u)] = word; return; }
      b2[(i - 128u)] = word; return;
    }
    @compute @workgroup_size(1)
    fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) wgs: vec3u, @builtin(local_invocation_index) lid: u32) {
      let group = wg.y * wgs.x + wg.x;
      b0_put(lid, b0_at(lid));
      b0_put(7u, b0_at((lid + 1u)));
    }
    "
  `);
});
