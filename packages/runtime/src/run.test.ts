import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { useDevice } from './testing/gpu.ts';
import { affinePlan, arenaPlan, engineOf, f32, header, lengthSymbol, planOf } from './testing/plans.ts';

const gpu = useDevice();

const ramp = (n: number, from = 0) => Float32Array.from({ length: n }, (_, i) => i + from);

describe('a run', () => {
  it('computes y = 2x + 1 at any length', async () => {
    const engine = await Engine.load(engineOf(affinePlan()), { device: gpu.device });
    const context = engine.createContext();
    for (const n of [1, 5, 64, 65, 1000, 3]) {
      const data = ramp(n, -3);
      const { y } = await context.run({ x: { data, dims: [n] } });
      expect(y!.dims).toEqual([n]);
      expect(y!.data).toEqual(data.map((v) => 2 * v + 1));
    }
    await engine.dispose();
    expect(engine.bytesHeld).toBe(0);
  });

  it('has dispatches that pass results through an arena, and weights', async () => {
    const { plan, blobs, expected } = arenaPlan();
    const engine = await Engine.load(engineOf(plan, blobs), { device: gpu.device });
    const context = engine.createContext();
    for (const n of [1000, 17]) {
      const { z } = await context.run({ x: { data: ramp(n), dims: [n] } });
      expect(z!.data).toEqual(expected(ramp(n)));
    }
    await engine.dispose();
  });

  it('skips dispatches of no workgroups and gives empty outputs', async () => {
    const engine = await Engine.load(engineOf(affinePlan()), { device: gpu.device });
    const { y } = await engine.createContext().run({ x: { data: new Float32Array(0), dims: [0] } });
    expect(y).toEqual({ data: new Float32Array(0), dims: [0] });
    await engine.dispose();
  });

  it('folds a linear count that is more than one dimension takes', async () => {
    const most = 200_000;
    const plan = affinePlan({
      symbols: [{ ...lengthSymbol, max: most }],
      buffers: [
        { kind: 'params', bytes: 16 },
        { kind: 'input', bytes: most * 4 },
        { kind: 'output', bytes: most * 4 },
      ],
      modules: [
        `${header}
        @compute @workgroup_size(1)
        fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) count: vec3u) {
          let i = wid.y * count.x + wid.x;
          if (i < params.n) { y[i] = 2 * x[i] + 1; }
        }`,
      ],
    });
    const [step] = plan.steps;
    if (step?.kind !== 'dispatches') throw new Error('the plan has changed');
    const dispatches = step.dispatches.map((dispatch) => ({ ...dispatch, workgroups: [{ expr: 0 }] }));
    const engine = await Engine.load(engineOf({ ...plan, steps: [{ kind: 'dispatches', dispatches }] }), gpu);
    const context = engine.createContext();
    for (const n of [65_535, 65_536, 131_071, most]) {
      const { y } = await context.run({ x: { data: ramp(n), dims: [n] } });
      expect(y!.data).toEqual(ramp(n).map((v) => 2 * v + 1));
    }
    await engine.dispose();
  });

  it('copies between dispatches, and binds parts of an arena', async () => {
    // t[0..] = 2x + 1 in the arena, copied to its second half in another buffer, and 2t + 1 of that: 4x + 3.
    const params = { buffer: 0, offset: 0, size: 16 };
    const dispatch = (from: object, to: object) => ({
      pipeline: 0,
      bindings: [params, from, to] as never,
      workgroups: [2, 1],
      label: 'map affine',
      nodes: [],
    });
    const plan = affinePlan({
      symbols: [],
      exprs: [],
      inputs: [f32('x', 1, [100])],
      outputs: [f32('y', 2, [100]), f32('copy', 5, [50])],
      params: [[0, 100]],
      buffers: [
        { kind: 'params', bytes: 16 },
        { kind: 'input', bytes: 400 },
        { kind: 'output', bytes: 400 },
        { kind: 'arena', bytes: 1024 },
        { kind: 'arena', bytes: 1024 },
        { kind: 'output', bytes: 200 },
      ],
      steps: [
        { kind: 'dispatches', dispatches: [dispatch({ buffer: 1, offset: 0 }, { buffer: 3, offset: 256, size: 400 })] },
        { kind: 'copy', from: { buffer: 3, offset: 256 }, to: { buffer: 4, offset: 512 }, bytes: 400 },
        { kind: 'copy', from: { buffer: 1, offset: 200 }, to: { buffer: 5, offset: 0 }, bytes: 200 },
        { kind: 'dispatches', dispatches: [dispatch({ buffer: 4, offset: 512, size: 400 }, { buffer: 2, offset: 0 })] },
      ],
    });
    const engine = await Engine.load(engineOf(plan), gpu);
    const { y, copy } = await engine.createContext().run({ x: { data: ramp(100), dims: [100] } });
    expect(y!.data).toEqual(ramp(100).map((v) => 4 * v + 3));
    expect(copy!.data).toEqual(ramp(50, 50));
    await engine.dispose();
  });

  it('hands several free dimensions to kernels', async () => {
    const plan = planOf({
      symbols: [
        { name: 'H', input: 0, axis: 0, min: 2, max: 16, multipleOf: 2 },
        { name: 'W', input: 0, axis: 1, min: 1, max: 16, multipleOf: 1 },
      ],
      exprs: [
        ['$', 0],
        ['#', 2],
        ['*', 0, 1],
        ['$', 1],
        ['*', 2, 3],
      ],
      inputs: [f32('x', 0, [{ expr: 2 }, { expr: 3 }]), f32('bias', 1, [{ expr: 3 }])],
      outputs: [f32('y', 2, [{ expr: 3 }, { expr: 2 }])],
      buffers: [
        { kind: 'input', bytes: 1024 },
        { kind: 'input', bytes: 64 },
        { kind: 'output', bytes: 1024 },
        { kind: 'params', bytes: 16 },
      ],
      params: [
        [1, { expr: 2 }],
        [2, { expr: 3 }],
      ],
      modules: [
        /* wgsl */ `
        struct Params { unused: u32, h: u32, w: u32 }
        @group(0) @binding(0) var<storage, read> x: array<f32>;
        @group(0) @binding(1) var<storage, read> bias: array<f32>;
        @group(0) @binding(2) var<storage, read_write> y: array<f32>;
        @group(0) @binding(3) var<uniform> params: Params;
        @compute @workgroup_size(1) fn transpose(@builtin(workgroup_id) id: vec3u) {
          y[id.x * params.h + id.y] = x[id.y * params.w + id.x] + bias[id.x];
        }`,
      ],
      pipelines: [{ module: 0, entryPoint: 'transpose', layout: ['read', 'read', 'read_write', 'uniform'] }],
      steps: [
        {
          kind: 'dispatches',
          dispatches: [
            {
              pipeline: 0,
              bindings: [
                { buffer: 0, offset: 0 },
                { buffer: 1, offset: 0 },
                { buffer: 2, offset: 0 },
                { buffer: 3, offset: 0, size: 16 },
              ],
              workgroups: [{ expr: 3 }, { expr: 2 }],
              label: 'transpose 1x1',
              nodes: ['Transpose_0'],
            },
          ],
        },
      ],
    });
    const engine = await Engine.load(engineOf(plan), gpu);
    const context = engine.createContext();
    for (const [h, w] of [
      [2, 1],
      [16, 16],
      [4, 7],
    ] as const) {
      const bias = ramp(w, 100);
      const { y } = await context.run({
        x: { data: ramp(h * w), dims: [h, w] },
        bias: { data: bias, dims: [w] },
      });
      expect(y!.dims).toEqual([w, h]);
      const want = Float32Array.from(
        { length: h * w },
        (_, i) => (i % h) * w + Math.floor(i / h) + bias[Math.floor(i / h)]!,
      );
      expect(y!.data).toEqual(want);
    }
    await engine.dispose();
  });

  it('gives the same bits each time', async () => {
    const { plan, blobs } = arenaPlan();
    const engine = await Engine.load(engineOf(plan, blobs), gpu);
    const context = engine.createContext();
    const data = ramp(1000).map(Math.sin);
    const first = await context.run({ x: { data, dims: [1000] } });
    for (let i = 0; i < 20; i++) expect(await context.run({ x: { data, dims: [1000] } })).toEqual(first);
    await engine.dispose();
  });
});

describe('contexts of one engine', () => {
  it('do not touch each other', async () => {
    const { plan, blobs, expected } = arenaPlan();
    const engine = await Engine.load(engineOf(plan, blobs), gpu);
    const contexts = [engine.createContext(), engine.createContext()];
    const runs = Array.from({ length: 100 }, async (_, i) => {
      const data = ramp(1 + ((i * 37) % 1000), i);
      const { z } = await contexts[i % 2]!.run({ x: { data, dims: [data.length] } });
      expect(z!.data).toEqual(expected(data));
    });
    await Promise.all(runs);
    await engine.dispose();
  });
});
