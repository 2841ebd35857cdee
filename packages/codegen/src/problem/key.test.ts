import { GraphBuilder, type Profile, specialize, type Value } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { PORTABLE, type Target } from '../target.ts';
import { ones } from '../testing/groups.ts';
import { problemsOf } from './problems.ts';

/** Reads and writes row-major. */
const software = { ...PORTABLE, software: true };

interface Options {
  readonly dims?: readonly (number | string)[];
  readonly profile?: Profile;
  /** Before the names of all values. */
  readonly prefix?: string;
  readonly target?: Target;
}

function problems(
  build: (b: GraphBuilder, x: Value) => Value,
  { dims = [1, 8, 6, 6], profile, prefix = '', target = software }: Options = {},
) {
  const b = new GraphBuilder('g');
  b.output(`${prefix}y`, build(b, b.input(`${prefix}x`, 'float32', dims)));
  if (profile) specialize(b.graph, profile);
  return problemsOf(b.graph, { target });
}

const keys = (...args: Parameters<typeof problems>) => problems(...args).map(({ key }) => key);

const conv =
  (attributes: object = {}, channels = 8) =>
  (b: GraphBuilder, x: Value) =>
    b.Relu(b.Conv(x, ones(b, channels, 8, 3, 3), ones(b, channels), attributes));

describe('the key of a problem', () => {
  it('is a text to be read', () => {
    expect(keys(conv({ pads: [1, 1, 1, 1] }), { target: PORTABLE })).toMatchInlineSnapshot(`
      [
        "%0 = Identity(m0(input) float32[1,8,6,6]): float32[1,8,6,6]; m1 float32[1,8,6,6] channels-last = %0",
        "%0 = *Conv(m0 float32[1,8,6,6] channels-last, c1 float32[8,8,3,3], c2 float32[8]) { pads: [1, 1, 1, 1] }: float32[1,8,6,6]; %1 = Relu(%0): float32[1,8,6,6]; m3 float32[1,8,6,6] = %1",
      ]
    `);
    expect(
      keys((b, x) => b.Softmax(b.Transpose(b.Mul(x, b.constant('float32', [], [3])), { perm: [0, 2, 3, 1] }))),
    ).toMatchInlineSnapshot(`
      [
        "%0 = Mul(m0(input) float32[1,8,6,6], float32[] number): float32[1,8,6,6]; %1 = Transpose(%0) { perm: [0, 2, 3, 1] }: float32[1,6,6,8]; %2 = *Softmax(%1): float32[1,6,6,8]; m1 float32[1,6,6,8] = %2",
      ]
    `);
  });

  it('is the same for equal problems with other names, other weights and other places in the model', () => {
    const twice = problems((b, x) =>
      conv({ pads: [1, 1, 1, 1] })(b, conv({ pads: [1, 1, 1, 1] })(b, conv({ pads: [1, 1, 1, 1] })(b, x))),
    );
    // The first one reads an input, which is bound read-only.
    expect(twice.map(({ count }) => count)).toEqual([1, 2]);
    expect(keys(conv(), { prefix: 'other/' })).toEqual(keys(conv()));
    const scaled = (by: number) => (b: GraphBuilder, x: Value) => b.Mul(x, b.constant('float32', [], [by]));
    expect(keys(scaled(3))).toEqual(keys(scaled(5)));
  });

  it('has symbols by number, with their ranges', () => {
    const sum = (b: GraphBuilder, x: Value) => b.ReduceSum(x);
    const range = (max: number): Profile => ({ x: [{ min: 1, max }, 8] });
    const [n] = keys(sum, { dims: ['N', 8], profile: range(4) });
    expect(n).toMatch(/float32\[s0,8\].*; s0 is 1\.\.4$/);
    expect(keys(sum, { dims: ['batch', 8], profile: range(4) })).toEqual([n]);
    expect(keys(sum, { dims: ['N', 8], profile: range(5) })).not.toEqual([n]);
    const typical = keys(sum, { dims: ['N', 8], profile: { x: [{ min: 1, opt: 3, max: 4 }, 8] } });
    expect(typical).toEqual([expect.stringMatching(/; s0 is 1\.\.3\.\.4$/)]);
  });

  it.each<[string, (b: GraphBuilder, x: Value) => Value, Options?]>([
    ['an attribute', conv({ strides: [2, 2] })],
    ['a shape', conv({}, 16)],
    ["an input's shape", conv(), { dims: [1, 8, 6, 7] }],
    ['the epilogue', (b, x) => b.Sigmoid(b.Conv(x, ones(b, 8, 8, 3, 3), ones(b, 8)))],
    ['the prologue', (b, x) => conv()(b, b.Mul(x, b.constant('float32', [], [2])))],
    ['an operand', (b, x) => b.Relu(b.Conv(x, ones(b, 8, 8, 3, 3)))],
    ['where an operand lies', (b, x) => conv()(b, b.Transpose(x, { perm: [0, 1, 3, 2] }))],
    ['the type', (b, x) => b.Relu(b.Cast(x, { to: 'int32' }))],
  ])('tells of %s', (_, build, options) => {
    const [known] = keys(conv()).filter((key) => key.includes('*Conv('));
    expect(known).toBeDefined();
    expect(keys(build, options)).not.toContain(known);
  });

  it('tells tactics apart no less than their shaders', () => {
    const shaders = new Map<string, string>();
    for (const build of [conv(), conv({ pads: [1, 1, 1, 1] }), conv({}, 16), conv({ strides: [2, 2] })])
      for (const prefix of ['', 'other/'])
        for (const { key, tactics, candidate } of problems(build, { prefix }))
          tactics.forEach((tactic, i) => {
            const wgsl = candidate(tactic)
              .stages.map((stage) => stage.wgsl)
              .join();
            expect(shaders.get(`${key} ${i}`) ?? wgsl).toBe(wgsl);
            shaders.set(`${key} ${i}`, wgsl);
          });
    expect(shaders.size).toBeGreaterThan(8);
  });
});

describe('a candidate', () => {
  it('has the buffers of its tactic, without their contents', () => {
    const problem = problems(conv()).at(-1);
    const [stage] = problem!.candidate(problem!.tactics[0]!).stages;
    const { bindings, params, workgroups, wgsl } = stage!;
    expect(bindings.map(({ kind, isWritten, storage }) => [kind, isWritten, storage])).toContainEqual([
      'read_write',
      true,
      'f32',
    ]);
    expect(bindings.find(({ isWritten }) => isWritten)!.bytes).toBe(8 * 16 * 4);
    expect(params).toEqual([]);
    expect(workgroups).toBeGreaterThan(0);
    expect(wgsl).toContain('fn main(');
  });

  it.each([
    [{ min: 4, max: 64 }, 16],
    [{ min: 4, opt: 40, max: 64 }, 40],
  ])('of sizes %j has %i', (range, size) => {
    const [problem] = problems((b, x) => b.Relu(x), { dims: ['N', 4], profile: { x: [range, 4] } });
    const { bindings } = problem!.candidate(problem!.tactics[0]!).stages[0]!;
    expect(bindings.map(({ bytes }) => bytes)).toEqual([size * 4 * 4, size * 4 * 4]);
  });
});
