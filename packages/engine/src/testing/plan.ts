// A small plan that uses every feature of plans, for the tests of this package.
import type { Plan } from '../plan.ts';

export const samplePlan: Plan = {
  name: 'sample',
  symbols: [{ name: 'H', input: 0, axis: 1, min: 32, max: 64, multipleOf: 32 }],
  exprs: [
    ['$', 0],
    ['#', 32],
    ['*', 0, 1],
    ['#', 2],
    ['/', 2, 3],
    ['max', 4, 3],
  ],
  constraints: [{ a: { expr: 2 }, b: { expr: 2 }, node: 'Concat_3' }],
  inputs: [{ name: 'x', dtype: 'float32', storage: 'f32', shape: [1, { expr: 2 }], buffer: 0 }],
  outputs: [{ name: 'y', dtype: 'int64', storage: 'i32', shape: [{ expr: 4 }], buffer: 1 }],
  buffers: [
    { kind: 'input', bytes: 256 },
    { kind: 'output', bytes: 128 },
    { kind: 'arena', bytes: 1024 },
    { kind: 'weights', bytes: 300 },
    { kind: 'params', bytes: 16 },
  ],
  blobs: [
    { buffer: 3, offset: 0, bytes: 200, names: ['w'] },
    { buffer: 3, offset: 200, bytes: 100, names: ['b', 'c'] },
  ],
  params: [
    [0, { expr: 2 }],
    [3, 7],
  ],
  modules: ['@compute @workgroup_size(1) fn main() {}'],
  pipelines: [
    { module: 0, entryPoint: 'main', layout: ['uniform', 'read', 'read_write'] },
    { module: 0, entryPoint: 'main', layout: ['read_write', 'read_write', 'read'] },
  ],
  steps: [
    {
      kind: 'dispatches',
      dispatches: [
        {
          pipeline: 0,
          bindings: [
            { buffer: 4, offset: 0, size: 16 },
            { buffer: 0, offset: 0 },
            { buffer: 2, offset: 256, size: 512 },
          ],
          workgroups: [{ expr: 4 }],
          label: 'map 64',
          nodes: ['Add_1'],
        },
        {
          pipeline: 1,
          bindings: [
            { buffer: 2, offset: 0, size: 256 },
            { buffer: 2, offset: 256, size: 512 },
            { buffer: 3, offset: 0, size: 300 },
          ],
          workgroups: [2, { expr: 0 }],
          label: 'gemm 8x8',
          nodes: ['MatMul_2', 'Add_2'],
        },
      ],
    },
    { kind: 'copy', from: { buffer: 2, offset: 768 }, to: { buffer: 1, offset: 0 }, bytes: { expr: 2 } },
  ],
  hostNodes: [{ node: 'Shape_1', op: 'Shape', reason: 'shapes are known on the host' }],
  requires: { features: ['subgroups'], limits: { maxBufferSize: 1024 } },
  liveBytesPeak: 768,
};

export const sampleBlobs: readonly Uint8Array[] = [
  Uint8Array.from({ length: 200 }, (_, i) => (i * 7) & 255),
  Uint8Array.from({ length: 100 }, (_, i) => 255 - i),
];

/** Calls `change` with a copy that may be written to. */
export function changed(change: (plan: MutablePlan) => void): unknown {
  const plan = structuredClone(samplePlan) as MutablePlan;
  change(plan);
  return plan;
}

// biome-ignore lint/suspicious/noExplicitAny: tests put in values that the types forbid
export type MutablePlan = Record<string, any>;
