import { add, dimOf, mul, Sym, sub } from '@trtx/ir';
import { expect, it } from 'vitest';
import { Shader } from './shader.ts';

const H = dimOf(new Sym('H', 1, 64));
const W = dimOf(new Sym('W', 1, 64));

it('sizes are literals, or words of the params, one for each', () => {
  const shader = new Shader();
  expect([7, H, add(H, 1), H].map((dim) => shader.size(dim))).toEqual([7, 'p.d0', 'p.d1', 'p.d0']);
  expect(shader.params.map(String)).toEqual(['H', 'H+1']);
});

it('no word of the params is below zero', () => {
  const shader = new Shader();
  expect(shader.size(sub(H, W))).toBe('(p.d0 - p.d1)');
  expect(shader.size(mul(H, -2))).toBe('(0u - p.d2)');
  expect(shader.size(sub(mul(H, W), 5))).toBe('(p.d3 - 5u)');
  expect(shader.params.map(String)).toEqual(['H', 'W', '2*H', 'H*W']);
});

it('names nothing as types are', () => {
  const shader = new Shader();
  const names = Array.from({ length: 80 }, (_, i) => shader.name('fiu'[i % 3]!));
  expect(new Set(names).size).toBe(80);
  expect(names.filter((name) => ['f16', 'f32', 'i32', 'u32'].includes(name))).toEqual([]);
});

it('prints a module', () => {
  const shader = new Shader();
  shader.global('const one = 1u;');
  shader.global('const one = 1u;');
  const a = shader.buffer('read', 'vec4<f32>');
  const b = shader.buffer('read_write', 'f32');
  shader.func('twice', 'x: f32', 'f32', () => `${shader.let('x + x')} * 1.0f`);
  shader.loop(shader.size(H), 'k', (k) => {
    shader.when(true, () => shader.line(`${b}[${k}] = twice(${a}[${k}].x);`));
    shader.when(false, () => shader.line('never'));
    shader.when('k0 < one', () => shader.line('continue;'));
  });
  shader.loop(1, 'k', (k) => shader.line(`${b}[${k}] = 0.0f;`));
  expect(shader.print(64)).toMatchInlineSnapshot(`
    "struct Params { d0: u32 }
    @group(0) @binding(2) var<uniform> p: Params;
    @group(0) @binding(0) var<storage, read> b0: array<vec4<f32>>;
    @group(0) @binding(1) var<storage, read_write> b1: array<f32>;
    const one = 1u;
    fn twice(x: f32) -> f32 {
      let v0 = x + x;
      return v0 * 1.0f;
    }
    @compute @workgroup_size(64)
    fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) wgs: vec3u, @builtin(local_invocation_index) lid: u32) {
      let group = wg.y * wgs.x + wg.x;
      for (var k1 = 0u; k1 < p.d0; k1++) {
        b1[k1] = twice(b0[k1].x);
        if (k0 < one) {
          continue;
        }
      }
      b1[0] = 0.0f;
    }
    "
  `);
});
