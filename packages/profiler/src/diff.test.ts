import { type CompileOptions, compile } from '@trtx/codegen';
import { GraphBuilder, type Value } from '@trtx/ir';
import { expect, it } from 'vitest';
import { diffEngines } from './diff.ts';

interface Variant {
  readonly extra?: boolean;
  readonly choose?: CompileOptions['choose'];
}

/** A product with an activation, that and a softmax, and perhaps one more. */
function planOf({ extra = false, choose }: Variant = {}) {
  const b = new GraphBuilder('net');
  const x = b.input('x', 'float32', [16, 16]);
  const w = b.constant('float32', [16, 16], new Array(256).fill(0.1), 'w');
  const relu = b.Relu(b.MatMul(x, w, {}, { name: 'product' }), {}, { name: 'relu' });
  const mid: Value = extra ? b.Softmax(relu, { axis: 0 }, { name: 'extra' }) : relu;
  b.output('y', b.Softmax(mid, {}, { name: 'softmax' }));
  return compile(b.graph, choose ? { choose } : {}).plan;
}

const kinds = (diff: ReturnType<typeof diffEngines>) =>
  diff.layers.map(({ kind, before, after }) => [kind, before.length, after.length]);

it('finds nothing between an engine and itself', () => {
  const diff = diffEngines(planOf(), planOf());
  expect(kinds(diff)).toEqual([
    ['same', 1, 1],
    ['same', 1, 1],
  ]);
  for (const { before, after } of Object.values(diff.sizes)) expect(after).toBe(before);
  expect(diff.sizes.flops.before).toBeGreaterThan(2 * 16 ** 3);
});

it('tells other tactics, and layers that only one has', () => {
  const diff = diffEngines(planOf(), planOf({ extra: true, choose: (tactics) => tactics.at(-1) }));
  expect(kinds(diff)).toContainEqual(['new', 0, 1]);
  const [product] = diff.layers;
  expect(product).toMatchObject({
    kind: 'tactic',
    before: [{ nodes: ['product', 'relu'], formats: ['f32 row-major'] }],
  });
  expect(product!.after[0]!.tactic).not.toBe(product!.before[0]!.tactic);
  expect(diff.sizes.dispatches).toEqual({ before: 2, after: 3 });
  expect(kinds(diffEngines(planOf({ extra: true }), planOf()))).toContainEqual(['gone', 1, 0]);
});

it('puts together what has other borders', () => {
  const plan = planOf();
  const steps = plan.steps.map((step) =>
    step.kind === 'dispatches'
      ? {
          ...step,
          dispatches: step.dispatches.map((one, i) => ({ ...one, nodes: i === 0 ? ['product'] : ['relu', 'softmax'] })),
        }
      : step,
  );
  expect(kinds(diffEngines(plan, { ...plan, steps }))).toEqual([['fused', 2, 2]]);
});

it('tells formats apart from tactics', () => {
  const plan = planOf();
  const [first, ...rest] = plan.work!.dispatches;
  const stored = { ...first, results: first!.results!.map((result) => ({ ...result, storage: 'u16x2' as const })) };
  const other = { ...plan, work: { ...plan.work!, dispatches: [stored, ...rest] } };
  expect(diffEngines(plan, other).layers[0]).toMatchObject({
    kind: 'format',
    after: [{ formats: ['u16x2 row-major'] }],
  });
});
