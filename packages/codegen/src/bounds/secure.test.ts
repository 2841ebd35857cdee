import { describe, expect, it } from 'vitest';
import type { Setting } from './evaluator.ts';
import { boundsOf, secure } from './secure.ts';

/** Two workgroups of 64, with x of at least 100 elements, y of 128, v of 4 vectors, and two sizes: n of 1 to 100 and m of 3. */
const setting: Setting = {
  workgroupSize: 64,
  lastWorkgroup: 1,
  lengths: new Map([
    ['x', { least: 100, isFixed: false }],
    ['y', { least: 128, isFixed: false }],
    ['v', { least: 4, isFixed: true }],
  ]),
  sizes: [
    { min: 1, max: 100 },
    { min: 3, max: 3 },
  ],
};

const shader = (body: string, globals = '') => `
struct Params { d0: u32, d1: u32 }
@group(0) @binding(3) var<uniform> p: Params;
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<i32>;
@group(0) @binding(2) var<storage, read> v: array<vec4<f32>>;
${globals}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) wgs: vec3u, @builtin(local_invocation_index) lid: u32) {
  let group = wg.y * wgs.x + wg.x;
${body}
}
`;

const bounds = (body: string, globals?: string) => boundsOf(shader(body, globals), setting);

describe('proves', () => {
  it.each<[string, string, string?]>([
    ['what is compared before', 'let i = group * 64u + lid; if (i < 100u) { let a = x[i]; }'],
    ['what invocations number', 'y[group * 64u + lid] = 1;'],
    ['a remainder and a quotient', 'let i = group * 64u + lid; let a = x[(i / 8u) * 6u + i % 4u];'],
    ['a size', 'let i = group * 64u + lid; if (i < p.d0) { let a = x[i]; }'],
    ['a product with a size', 'if (lid < 33u) { let a = x[lid * p.d1]; }'],
    ['what wraps around below 0, and is compared', 'let i = lid - 3u; if (i < 100u) { let a = x[i]; }'],
    ['an expression that is compared as it stands', 'if ((lid - 3u) < 100u) { let a = x[(lid - 3u)]; }'],
    ['parts of what is compared', 'let i = group * 64u + lid; if (i * 4u + 3u < 100u) { let a = x[i * 4u + 2u]; }'],
    ['all of several conditions', 'let i = group + lid; if ((i > 2u) & (i < 64u)) { let a = x[i - 3u]; }'],
    [
      'a condition by its name',
      'let i = group * 64u + lid; let ok = (i < 100u) & (lid > 1u); if (ok) { let a = x[i]; }',
    ],
    [
      'what a condition that fails leaves',
      'let i = group * 64u + lid; if (i >= 100u || lid == 0u) { return; } let a = x[i];',
    ],
    ['a condition in the one before', 'let i = group * 64u + lid; if (i < 100u && x[i] > 0.0) { y[i] = 1; }'],
    [
      'multiples',
      'for (var t = 0u; t < 9u; t++) { let next = (t + 1u) * 32u; if (next < 96u) { let a = x[next + lid % 32u]; } }',
    ],
    ['what goes up by more than one', 'for (var k = 0u; k < 99u; k += 4u) { let a = x[k + 3u]; }'],
    ['what a quotient tells', 'let half = lid / 32u; if (half > 0u) { y[lid - 32u] = 1; }'],
    ['the smaller of two', 'let a = x[min(group * 64u + lid, 99u)];'],
    ['the smaller of anything', 'let a = x[min(u32(x[lid]), 99u)];'],
    ['between two ends', 'let a = x[u32(clamp(y[lid], 0, 99))];'],
    ['a choice', 'let i = group * 64u + lid; let a = x[select(0u, i, i < 100u)];'],
    ['the rounds of a loop', 'for (var k = 0u; k < p.d0; k++) { let a = x[k]; }'],
    [
      'the rounds of loops in loops',
      'for (var k = 0u; k < 10u; k++) { for (var j = lid; j < 100u; j += 64u) { let a = x[k * 9u + j / 10u]; } }',
    ],
    [
      'a variable that goes up to something',
      'var best = 0u; for (var k = 0u; k < 100u; k++) { if (x[k] > x[best]) { best = k; } } let a = x[best];',
    ],
    ['either of two ways', 'var i = 3u; if (lid > 5u) { i = 50u; } else { i += 1u; } let a = x[i];'],
    ['a switch', 'var i = 3u; switch (lid) { case 1u: { i = 9u; } default: { i = 99u; } } let a = x[i];'],
    ['components', 'let a = v[lid % 4u][lid % 4u]; let b = v[3].x;'],
    ['arrays of its own', 'var own = array<f32, 8>(); own[lid % 8u] = 1.0; own[lid >> 3u] += 2.0;'],
    [
      'workgroup memory',
      'shared_f[lid] = 1.0; workgroupBarrier(); let a = shared_f[lid & 31u];',
      'var<workgroup> shared_f: array<f32, 64>;',
    ],
    ['functions, for each of their arguments', 'put(lid); put(lid + 64u);', 'fn put(i: u32) { y[i] = 1; }'],
    [
      'what functions give',
      'let a = x[half(lid * 3u)];',
      'fn half(i: u32) -> u32 { if (i > 190u) { return 95u; } return i / 2u; }',
    ],
    [
      'fragments of matrices',
      'let a = subgroupMatrixLoad<Left, row_major>(&memory, (lid / 32u) * 4u, 4u); subgroupMatrixStore<row_major>(&sums, 0u, Sum(), 8u);',
      'alias Left = subgroup_matrix_left<f16, 16, 16>;\nalias Sum = subgroup_matrix_result<f32, 16, 16>;\nvar<workgroup> memory: array<vec4<u32>, 66>;\nvar<workgroup> sums: array<vec4<f32>, 124>;',
    ],
  ])('%s', (_, body, globals) => {
    expect(bounds(body, globals)).toBe('proved');
  });
});

describe('does not prove', () => {
  it.each<[string, string, string?]>([
    ['one past the end', 'let i = group * 64u + lid; if (i <= 100u) { let a = x[i]; }'],
    ['more invocations than elements', 'let a = x[group * 64u + lid];'],
    ['what data tell', 'let a = x[u32(y[lid])];'],
    ['what is read before it is compared', 'let i = group * 64u + lid; let a = select(0.0, x[i], i < 100u);'],
    ['what may wrap around', 'let i = u32(y[lid]); if (i + 1u < 100u) { let a = x[i]; }'],
    ['what may be below 0', 'if (y[lid] < 100) { let a = x[y[lid]]; }'],
    ['the size that there is at the most', 'let a = x[p.d0];'],
    ['either of several conditions', 'let i = group * 64u + lid; if ((i < 100u) | (lid < 3u)) { let a = x[i]; }'],
    ['a variable that was written since', 'var i = group * 64u + lid; if (i < 100u) { i += 64u; let a = x[i]; }'],
    ['a variable after one of two ways', 'var i = 0u; if (lid > 5u) { i = 100u; } let a = x[i];'],
    ['a counter that its loop writes', 'for (var k = 0u; k < 100u; k++) { k += lid; let a = x[k]; }'],
    ['a variable that a loop goes on with', 'var i = 0u; for (var k = 0u; k < 100u; k++) { let a = x[i]; i += lid; }'],
    [
      'a variable after a round that ends early',
      'var i = 0u; for (var k = 0u; k < 9u; k++) { i = 100u; if (lid == k) { break; } i = 0u; } let a = x[i];',
    ],
    [
      'what another block said of a name',
      'if (lid < 9u) { let i = lid; if ((i + 90u) < 100u) { let a = 1; } } { let i = u32(y[0]); let a = x[(i + 90u)]; }',
    ],
    ['one of the arguments of a function', 'put(lid); put(lid + 65u);', 'fn put(i: u32) { y[i] = 1; }'],
    ['what goes up by less', 'for (var k = 0u; k < 99u; k += 2u) { let a = x[k + 3u]; }'],
    [
      'what is a multiple no more',
      'var k = 0u; for (var t = 0u; t < 9u; t++) { if (k < 99u) { let a = x[k + 3u]; } k += 4u; k += lid; }',
    ],
    ['a component that there is not', 'let a = v[0][lid];'],
    [
      'too long a fragment',
      'let a = subgroupMatrixLoad<Left, row_major>(&memory, 1u, 4u);',
      'alias Left = subgroup_matrix_left<f16, 16, 16>;\nvar<workgroup> memory: array<vec4<u32>, 62>;',
    ],
    ['what it does not understand', 'loop { break; }'],
  ])('%s', (_, body, globals) => {
    expect(bounds(body, globals)).toBe('open');
  });
});

describe('brings into bounds', () => {
  const secured = (body: string, globals?: string) => {
    const { wgsl, bounds } = secure(shader(body, globals), setting);
    return [bounds, wgsl.split('\n').at(-3)!.trim()];
  };

  it('what may be out of bounds, and nothing else', () => {
    expect(secured('let a = x[u32(y[lid])] + x[lid];')).toEqual([
      'clamped',
      'let a = x[min(u32(u32(y[lid])), arrayLength(&x) - 1u)] + x[lid];',
    ]);
    expect(secured('let a = x[lid];')).toEqual(['proved', 'let a = x[lid];']);
  });

  it('an index in an index, a component, and an array of its own', () => {
    expect(secured('y[y[group * 99u]] = 1;')).toEqual([
      'clamped',
      'y[min(u32(y[group * 99u]), arrayLength(&y) - 1u)] = 1;',
    ]);
    expect(secured('y[y[u32(y[0])]] = 1;')[1]).toBe(
      'y[min(u32(y[min(u32(u32(y[0])), arrayLength(&y) - 1u)]), arrayLength(&y) - 1u)] = 1;',
    );
    expect(secured('let a = v[lid][lid];')).toEqual(['clamped', 'let a = v[min(u32(lid), 3u)][min(u32(lid), 3u)];']);
    expect(secured('var own = array<f32, 8>(); own[lid] = 1.0;')[1]).toContain('own[min(u32(lid), 7u)]');
  });

  it('a fragment', () => {
    const globals = 'alias Left = subgroup_matrix_left<f16, 16, 16>;\nvar<workgroup> memory: array<vec4<u32>, 64>;';
    expect(secured('let a = subgroupMatrixLoad<Left, row_major>(&memory, lid, 4u);', globals)).toEqual([
      'clamped',
      'let a = subgroupMatrixLoad<Left, row_major>(&memory, min(u32(lid), 2u), 4u);',
    ]);
  });

  it('no shader that it does not understand', () => {
    expect(secure('fn main() { loop { } }', setting)).toEqual({ wgsl: 'fn main() { loop { } }', bounds: 'open' });
  });
});
