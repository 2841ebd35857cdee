// A small plan that uses every feature of plans, for the tests of this package.
import type { Dispatch, HostStep, IfStep, Plan, PlanBlock } from '../plan.ts';

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
  hostNodes: [{ node: 'Shape_1', nodes: ['Shape_1'], op: 'Shape', reason: 'shapes are known on the host' }],
  requires: {
    features: ['subgroups', 'chromium-experimental-subgroup-matrix'],
    limits: { maxBufferSize: 1024, subgroupMinSize: 32, subgroupMaxSize: 32 },
    matrices: [{ componentType: 'f16', resultComponentType: 'f32', M: 16, N: 16, K: 16 }],
  },
  liveBytesPeak: 768,
};

/** A small plan with host steps that uses every feature of theirs. */
export const hostPlan: Plan = {
  ...samplePlan,
  symbols: [
    { name: 'H', input: 0, axis: 0, min: 0, max: 64, multipleOf: 1 },
    { name: 'k', value: 2, axis: 0, min: 0, max: 64, multipleOf: 1 },
  ],
  exprs: [
    ['$', 0],
    ['$', 1],
    ['#', 4],
    ['*', 1, 2],
  ],
  constraints: [{ a: { expr: 1 }, b: { expr: 0 }, node: 'Add_1' }],
  values: [
    { name: 'x', dtype: 'int64', shape: [{ expr: 0 }], gpu: { buffer: 0, offset: 0, storage: 'i32' } },
    { name: 'y', dtype: 'float32', shape: [{ expr: 0 }], gpu: { buffer: 2, offset: 256, storage: 'f32' } },
    { name: 'z', dtype: 'float32', shape: [{ expr: 1 }], gpu: { buffer: 2, offset: 0, storage: 'f32' } },
    { name: 'names', dtype: 'string', shape: [{ expr: 1 }] },
    { name: 'w', dtype: 'float64', shape: [2], bytes: { buffer: 4, offset: 8 } },
    { name: 'texts', dtype: 'string', shape: [2], strings: ['a', ''] },
    { name: 'sizes', dtype: 'int64', shape: [2], elements: [-1, { expr: 0 }] },
    { name: 'row', dtype: 'float32', shape: [1, { expr: 0 }], of: 1 },
    { name: 'words', dtype: 'string', shape: [1] },
  ],
  inputs: [
    { name: 'x', dtype: 'int64', storage: 'i32', shape: [{ expr: 0 }], buffer: 0, value: 0 },
    { name: 'words', dtype: 'string', shape: [1], value: 8 },
  ],
  outputs: [
    { name: 'y', dtype: 'float32', storage: 'f32', shape: [{ expr: 1 }], buffer: 1 },
    { name: 'names', dtype: 'string', shape: [{ expr: 1 }], value: 3 },
  ],
  buffers: [
    { kind: 'input', bytes: 256 },
    { kind: 'output', bytes: 256 },
    { kind: 'arena', bytes: 1024 },
    { kind: 'params', bytes: 272 },
    { kind: 'host', bytes: 24 },
  ],
  blobs: [{ buffer: 4, offset: 0, bytes: 24, names: ['w'] }],
  params: [
    [0, { expr: 0 }],
    [64, { expr: 1 }],
  ],
  pipelines: [{ module: 0, entryPoint: 'main', layout: ['uniform', 'read', 'read_write'] }],
  steps: [
    { kind: 'dispatches', dispatches: [scale(0, 0, 0)] },
    {
      kind: 'host',
      op: 'com.example::Pick',
      attributes: {
        mode: 'a',
        axes: [0, { number: '-Infinity' }],
        names: ['x'],
        fill: { number: 'NaN' },
        w: { value: 4 },
      },
      inputs: [7, null, 0, 5, 6, 8],
      outputs: [2, 3],
      node: 'Pick_1',
      reason: 'no kernel',
    },
    { kind: 'dispatches', dispatches: [scale(2, 256, 1)] },
    { kind: 'copy', from: { buffer: 2, offset: 0 }, to: { buffer: 1, offset: 0 }, bytes: { expr: 3 } },
  ],
  hostNodes: [{ node: 'Pick_1', nodes: ['Pick_1'], op: 'com.example::Pick', reason: 'no kernel', step: 1 }],
};

/** A small plan with a branch and loops that uses every feature of theirs. The state of the outer loop grows. */
export const flowPlan: Plan = {
  ...hostPlan,
  symbols: [
    { name: 'H', input: 0, axis: 0, min: 0, max: 64, multipleOf: 1 },
    { name: 'n', value: 3, axis: 0, min: 0, max: 64, multipleOf: 1 },
    { name: 'k', value: 7, element: 0, min: 0, max: 64, multipleOf: 1 },
    { name: 'm', value: 9, axis: 0, min: 0, max: 64, multipleOf: 1 },
  ],
  exprs: [
    ['$', 0],
    ['$', 1],
    ['$', 2],
    ['$', 3],
  ],
  constraints: [],
  values: [
    { name: 'x', dtype: 'int64', shape: [{ expr: 0 }], gpu: { buffer: 0, offset: 0, storage: 'i32' } },
    { name: 'flag', dtype: 'bool', shape: [] },
    { name: 'trips', dtype: 'int64', shape: [1] },
    { name: 'state', dtype: 'float32', shape: [{ expr: 1 }], gpu: { buffer: 2, offset: 256, storage: 'f32' } },
    { name: 'start', dtype: 'float32', shape: [0], bytes: { buffer: 4, offset: 0 } },
    { name: 'grown', dtype: 'float32', shape: [{ expr: 2 }], gpu: { buffer: 2, offset: 512, storage: 'f32' } },
    { name: 'more', dtype: 'bool', shape: [] },
    { name: 'length', dtype: 'int64', shape: [1] },
    { name: 'k', dtype: 'int64', shape: [] },
    { name: 'rows', dtype: 'int64', shape: [{ expr: 3 }], gpu: { buffer: 1, offset: 0, storage: 'i32' } },
    { name: 'words', dtype: 'sequence', shape: [] },
    { name: 'chosen', dtype: 'sequence', shape: [] },
    { name: 'last', dtype: 'float32', shape: [{ expr: 1 }] },
    { name: 'maybe', dtype: 'optional', shape: [] },
    { name: 'j', dtype: 'int64', shape: [] },
  ],
  inputs: [
    { name: 'x', dtype: 'int64', storage: 'i32', shape: [{ expr: 0 }], buffer: 0, value: 0 },
    { name: 'flag', dtype: 'bool', shape: [], value: 1 },
    { name: 'trips', dtype: 'int64', shape: [1], value: 2 },
    { name: 'words', dtype: 'sequence', shape: [], value: 10 },
  ],
  outputs: [
    { name: 'rows', dtype: 'int64', storage: 'i32', shape: [{ expr: 3 }], buffer: 1 },
    { name: 'chosen', dtype: 'sequence', shape: [], value: 11 },
    { name: 'last', dtype: 'float32', shape: [{ expr: 1 }], value: 12 },
  ],
  blobs: [{ buffer: 4, offset: 0, bytes: 24, names: ['start'] }],
  params: [[0, { expr: 1 }]],
  steps: [
    branch(
      1,
      { constraints: [{ a: { expr: 0 }, b: 4, node: 'Add_2' }], steps: [], moves: [{ from: 10, to: 11 }] },
      {
        steps: [host('com.example::Wrap', [10], [13]), host('com.example::Unwrap', [13], [])],
        moves: [{ from: 10, to: 11 }],
      },
    ),
    {
      kind: 'loop',
      trips: 2,
      condition: 1,
      next: 6,
      iteration: 8,
      enter: [{ from: 4, to: 3 }],
      constraints: [{ a: { expr: 1 }, b: { expr: 2 }, node: 'Add_3' }],
      steps: [
        { kind: 'dispatches', dispatches: [{ ...scale(0, 0, 1), workgroups: [{ expr: 1 }] }] },
        host('com.example::Grow', [3, 8], [6, 7]),
        { kind: 'copy', from: { buffer: 0, offset: 0 }, to: { buffer: 2, offset: 512 }, bytes: { expr: 2 } },
        {
          kind: 'loop',
          trips: 7,
          iteration: 14,
          enter: [],
          steps: [],
          carry: [],
          exit: [],
          stacks: [],
          node: 'Loop_1',
        },
      ],
      carry: [{ from: 5, to: 3 }],
      exit: [{ from: 3, to: 12 }],
      stacks: [{ from: 8, to: 9 }],
      node: 'Loop_2',
    },
  ],
  hostNodes: [{ node: 'Grow', nodes: ['Grow'], op: 'com.example::Grow', reason: 'no kernel', step: 5 }],
};

export function branch(condition: number, yes: PlanBlock, no: PlanBlock): IfStep {
  return { kind: 'if', condition, onTrue: yes, onFalse: no, node: 'If_0' };
}

function host(op: string, inputs: readonly number[], outputs: readonly number[]): HostStep {
  return { kind: 'host', op, attributes: {}, inputs, outputs, node: op, reason: 'no kernel' };
}

/** A dispatch from the start of a buffer to byte 512 of the arena. */
function scale(from: number, params: number, count: number): Dispatch {
  return {
    pipeline: 0,
    bindings: [
      { buffer: 3, offset: params, size: 16 },
      { buffer: from, offset: 0, size: 256 },
      { buffer: from === 2 ? 1 : 2, offset: from === 2 ? 0 : 256, size: 256 },
    ],
    workgroups: [{ expr: count }],
    label: 'map',
    nodes: ['Mul_1'],
  };
}

export const sampleBlobs: readonly Uint8Array[] = [
  Uint8Array.from({ length: 200 }, (_, i) => (i * 7) & 255),
  Uint8Array.from({ length: 100 }, (_, i) => 255 - i),
];

/** Calls `change` with a copy that may be written to. */
export function changed(change: (plan: MutablePlan) => void, from: Plan = samplePlan): unknown {
  const plan = structuredClone(from) as MutablePlan;
  change(plan);
  return plan;
}

// biome-ignore lint/suspicious/noExplicitAny: tests put in values that the types forbid
export type MutablePlan = Record<string, any>;
