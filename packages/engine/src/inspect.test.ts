import { expect, it } from 'vitest';
import { inspectEngine } from './inspect.ts';
import type { ExprNode } from './terms.ts';
import { flowPlan, sampleBlobs, samplePlan } from './testing/plan.ts';
import { engineBytes } from './write.ts';

it('sums up an engine', () => {
  const bytes = engineBytes({ plan: samplePlan, blobs: sampleBlobs, builder: '1.0.0' });
  const summary = inspectEngine(bytes);
  expect(summary).toEqual({
    name: 'sample',
    builder: '1.0.0',
    fileBytes: bytes.length,
    dispatches: 2,
    copies: 1,
    hostSteps: 0,
    inBounds: false,
    openKernels: [],
    branches: 0,
    loops: 0,
    kernels: ['gemm', 'map'],
    pipelines: 2,
    arenaBytes: 1024,
    liveBytesPeak: 768,
    weightBytes: 300,
    hostNodes: samplePlan.hostNodes,
    requires: samplePlan.requires,
    symbols: [{ name: 'H', min: 32, max: 64, multipleOf: 32 }],
    inputs: [{ name: 'x', dtype: 'float32', storage: 'f32', shape: '[1, H]' }],
    outputs: [{ name: 'y', dtype: 'int64', storage: 'i32', shape: '[(H / 2)]' }],
  });
  expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
  const { builder: _, fileBytes: __, ...rest } = summary;
  expect(inspectEngine(samplePlan)).toEqual(rest);
});

it('lists the profiles of an engine that has several', () => {
  const buffers = samplePlan.buffers.with(2, { kind: 'arena', bytes: 2048 });
  const { profiles, ...first } = inspectEngine({ ...samplePlan, profiles: [{ profile: 'large', buffers, steps: [] }] });
  expect(first).toEqual(inspectEngine(samplePlan));
  expect(profiles).toHaveLength(2);
  expect(profiles![0]).toMatchObject({ name: '0', arenaBytes: 1024, dispatches: 2, kernels: ['gemm', 'map'] });
  expect(profiles![1]).toMatchObject({ name: 'large', arenaBytes: 2048, dispatches: 0, inputs: first.inputs });
});

it('counts the steps inside others', () => {
  expect(inspectEngine(flowPlan)).toMatchObject({ dispatches: 1, copies: 1, hostSteps: 3, branches: 1, loops: 2 });
});

it('keeps the texts of shared expressions short', () => {
  const exprs: ExprNode[] = [['$', 0]];
  for (let i = 0; i < 100; i++) exprs.push(['+', i, i]);
  const plan = { ...samplePlan, exprs, outputs: [{ ...samplePlan.outputs[0]!, shape: [{ expr: 100 }] }] };
  expect(inspectEngine(plan).outputs[0]!.shape.length).toBeLessThan(80);
});
