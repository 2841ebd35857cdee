import type { Plan } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import { compilePrograms } from './program.ts';
import { bindShape } from './shapes.ts';
import { affinePlan, copyPlan, f32, lengthSymbol, planOf } from './testing/plans.ts';

const bind = (plan: Plan, dims: number[][], most = 65_535) => bindShape(compilePrograms(plan), dims, most);

/** The message of the error, up to its hint. */
function refusal(plan: Plan, dims: number[][], most?: number): string {
  try {
    bind(plan, dims, most);
  } catch (error) {
    return (error as Error).message.split('\n')[0]!;
  }
  return 'none';
}

describe('bindShape', () => {
  it('fills params, sizes and the tape', () => {
    const shape = bind(affinePlan(), [[130]]);
    expect(shape).toMatchObject({
      outputDims: [[130]],
      portBytes: [520, 520],
      params: Uint32Array.of(130, 0, 0, 0),
    });
    expect(shape.tape(0)).toEqual([0, 0, 3, 1, 1, 0]);
  });

  it('leaves out what has nothing to do', () => {
    expect(bind(affinePlan(), [[0]]).tape(0)).toEqual([]);
    expect(bind(copyPlan([{ dtype: 'float32', storage: 'f32' }]), [[0]]).tape(0)).toEqual([]);
  });

  it('folds a count in the least area that covers it', () => {
    const tape = (n: number, most: number) =>
      bind(affinePlan(), [[n * 64]], most)
        .tape(0)
        .slice(2, 4);
    expect(tape(10, 10)).toEqual([10, 1]);
    expect(tape(11, 10)).toEqual([6, 2]);
    expect(tape(15, 4)).toEqual([4, 4]);
    expect(refusal(affinePlan(), [[640]], 3)).toMatch(/^DISPATCH_TOO_LARGE: 10 workgroups, .*kernel map affine/);
  });

  const symbols = [{ ...lengthSymbol, min: 4, max: 12, multipleOf: 4 }];
  const inputs = [f32('x', 1, [{ expr: 2 }])];
  const exprs: Plan['exprs'] = [
    ['$', 0],
    ['#', 4],
    ['*', 0, 1],
    ['#', 1],
    ['*', 2, 3],
  ];
  const stepped = affinePlan({ symbols, exprs, inputs });

  it.each<[string, Plan, number[][], string]>([
    ['a wrong rank', affinePlan(), [[1, 2]], 'TENSOR_SHAPE: has rank 2, the engine wants 1 (tensor x)'],
    ['a fraction', affinePlan(), [[1.5]], 'TENSOR_SHAPE: [1.5] is no shape (tensor x)'],
    ['a negative dim', affinePlan(), [[-1]], 'TENSOR_SHAPE: [-1] is no shape (tensor x)'],
    ['too much', affinePlan(), [[1001]], 'SHAPE_OUT_OF_PROFILE: dimension 0 (n) is 1001, built for 0..1000 (tensor x)'],
    [
      'too little',
      stepped,
      [[0]],
      'SHAPE_OUT_OF_PROFILE: dimension 0 (n) is 0, built for 4..12 in steps of 4 (tensor x)',
    ],
    [
      'between steps',
      stepped,
      [[6]],
      'SHAPE_OUT_OF_PROFILE: dimension 0 (n) is 6, built for 4..12 in steps of 4 (tensor x)',
    ],
  ])('refuses %s', (_, plan, dims, message) => {
    expect(refusal(plan, dims)).toBe(message);
  });

  it('wants one name to be one size', () => {
    const two = planOf({
      symbols: [lengthSymbol],
      exprs: [['$', 0]],
      inputs: [f32('a', 0, [{ expr: 0 }, 2]), f32('b', 1, [{ expr: 0 }])],
      buffers: [
        { kind: 'input', bytes: 8000 },
        { kind: 'input', bytes: 4000 },
      ],
    });
    expect(refusal(two, [[3, 2], [3]])).toBe('none');
    expect(refusal(two, [[3, 2], [4]])).toBe('TENSOR_SHAPE: dimension 0 of [4] is 4, the engine wants 3 (tensor b)');
    expect(refusal(two, [[3, 1], [3]])).toBe('TENSOR_SHAPE: dimension 1 of [3,1] is 1, the engine wants 2 (tensor a)');
  });

  it('checks what the model needs to be equal', () => {
    const plan = affinePlan({
      exprs: [
        ['$', 0],
        ['#', 64],
        ['#', 63],
        ['+', 0, 2],
        ['/', 3, 1],
        ['#', 2],
        ['/', 0, 5],
        ['*', 6, 5],
      ],
      constraints: [{ a: { expr: 7 }, b: { expr: 0 }, node: 'Concat_9' }],
    });
    expect(refusal(plan, [[4]])).toBe('none');
    expect(refusal(plan, [[5]])).toBe(
      'SHAPE_CONSTRAINT: two sizes have to be equal here, and are 4 and 5 (node Concat_9)',
    );
  });

  it('does not believe a plan that contradicts itself at some shape', () => {
    const small = affinePlan({
      buffers: [
        { kind: 'params', bytes: 16 },
        { kind: 'input', bytes: 400 },
        { kind: 'output', bytes: 400 },
      ],
    });
    expect(refusal(small, [[101]])).toBe('ENGINE_INVALID: needs 404 bytes and has a buffer of 400 (tensor x)');
    const negative = affinePlan({
      exprs: [
        ['$', 0],
        ['#', 5],
        ['-', 0, 1],
        ['#', 1],
        ['*', 2, 3],
      ],
    });
    expect(refusal(negative, [[3]])).toBe('SIZE_OVERFLOW: a size is negative: -2');
    const copies = copyPlan([{ dtype: 'float32', storage: 'f32' }], 16);
    const longer = { ...copies, steps: copies.steps.map((step) => ({ ...step, from: { buffer: 0, offset: 4 } })) };
    expect(refusal(longer as Plan, [[15]])).toBe('none');
    expect(refusal(longer as Plan, [[16]])).toMatch(/^ENGINE_INVALID: a copy of 64 bytes leaves its buffer/);
    const wide = affinePlan({ params: [[0, 2 ** 32]] });
    expect(refusal(wide, [[1]])).toMatch(/^ENGINE_INVALID: parameter 0 is 4294967296/);
  });
});
