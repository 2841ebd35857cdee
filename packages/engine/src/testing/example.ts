import { engineBytes, inspectEngine, type Plan, parseEngine } from '@trtx/engine';

// y = 2x for four floats.
const plan: Plan = {
  name: 'double',
  symbols: [],
  exprs: [],
  constraints: [],
  inputs: [{ name: 'x', dtype: 'float32', storage: 'f32', shape: [4], buffer: 0 }],
  outputs: [{ name: 'y', dtype: 'float32', storage: 'f32', shape: [4], buffer: 1 }],
  buffers: [
    { kind: 'input', bytes: 16 },
    { kind: 'output', bytes: 16 },
  ],
  blobs: [],
  params: [],
  modules: [
    `@group(0) @binding(0) var<storage, read> x: array<f32>;
     @group(0) @binding(1) var<storage, read_write> y: array<f32>;
     @compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) { y[i] = 2 * x[i]; }`,
  ],
  pipelines: [{ module: 0, entryPoint: 'main', layout: ['read', 'read_write'] }],
  steps: [
    {
      kind: 'dispatches',
      dispatches: [
        {
          pipeline: 0,
          bindings: [
            { buffer: 0, offset: 0 },
            { buffer: 1, offset: 0 },
          ],
          workgroups: [1],
          label: 'map 4',
          nodes: ['Mul_0'],
        },
      ],
    },
  ],
  hostNodes: [],
  requires: { features: [], limits: {} },
  liveBytesPeak: 0,
};

const bytes = engineBytes({ plan, blobs: [], builder: '1.0.0' });
console.log(parseEngine(bytes).plan.name);
console.log(inspectEngine(bytes).kernels);
