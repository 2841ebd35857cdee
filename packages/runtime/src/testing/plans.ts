// Plans written by hand, so that the runtime is tested without anything that builds plans.
import { type Dispatch, type ExprNode, engineBytes, type Plan, type PlanTensor, type Size } from '@trtx/engine';

/** A plan with what most plans share filled in. */
export function planOf(parts: Partial<Plan>): Plan {
  return {
    name: 'test',
    symbols: [],
    exprs: [],
    constraints: [],
    inputs: [],
    outputs: [],
    buffers: [],
    blobs: [],
    params: [],
    modules: [],
    pipelines: [],
    steps: [],
    hostNodes: [],
    requires: { features: [], limits: {} },
    liveBytesPeak: 0,
    ...parts,
  };
}

export function engineOf(plan: Plan, blobs: readonly Uint8Array[] = []): Uint8Array<ArrayBuffer> {
  return engineBytes({ plan, blobs, builder: 'test' });
}

export function f32(name: string, buffer: number, shape: readonly Size[]): PlanTensor {
  return { name, dtype: 'float32', storage: 'f32', shape, buffer };
}

export function bytesOfFloats(...values: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Float32Array(values).buffer);
}

/** Symbol 0 is the length of input 0. */
export const lengthSymbol = { name: 'n', input: 0, axis: 0, min: 0, max: 1000, multipleOf: 1 };

/** Expressions: 0 the length, 1 the number 64, 2 the number 63, 3 length + 63, 4 workgroups of 64. */
export const lengthExprs: readonly ExprNode[] = [
  ['$', 0],
  ['#', 64],
  ['#', 63],
  ['+', 0, 2],
  ['/', 3, 1],
];

export const header = /* wgsl */ `
struct Params { n: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
`;

/** y = 2x + 1 over a free length of up to 1,000. Buffers: 0 params, 1 x, 2 y. */
export function affinePlan(parts: Partial<Plan> = {}): Plan {
  const dispatch: Dispatch = {
    pipeline: 0,
    bindings: [
      { buffer: 0, offset: 0, size: 16 },
      { buffer: 1, offset: 0 },
      { buffer: 2, offset: 0 },
    ],
    workgroups: [{ expr: 4 }],
    label: 'map affine',
    nodes: ['Mul_0', 'Add_1'],
  };
  return planOf({
    symbols: [lengthSymbol],
    exprs: lengthExprs,
    inputs: [f32('x', 1, [{ expr: 0 }])],
    outputs: [f32('y', 2, [{ expr: 0 }])],
    buffers: [
      { kind: 'params', bytes: 16 },
      { kind: 'input', bytes: 4000 },
      { kind: 'output', bytes: 4000 },
    ],
    params: [[0, { expr: 0 }]],
    modules: [
      `${header}
      @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
        if (id.x < params.n) { y[id.x] = 2 * x[id.x] + 1; }
      }`,
    ],
    pipelines: [{ module: 0, entryPoint: 'main', layout: ['uniform', 'read', 'read_write'] }],
    steps: [{ kind: 'dispatches', dispatches: [dispatch] }],
    ...parts,
  });
}
