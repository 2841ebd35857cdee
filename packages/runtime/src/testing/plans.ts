// Plans written by hand, so that the runtime is tested without anything that builds plans.
import {
  type Dispatch,
  type ExprNode,
  engineBytes,
  type Plan,
  type PlanBinding,
  type PlanProfile,
  type PlanTensor,
  type Size,
  type Step,
} from '@trtx/engine';

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

/**
 * z = (x * w) + b over a free length, in two dispatches through an arena, with two weights. Buffers: 0 params, 1 x, 2 z,
 * 3 arena, 4 weights. Blobs: w and b, 1,000 floats each.
 */
export function arenaPlan(): { plan: Plan; blobs: Uint8Array<ArrayBuffer>[]; expected(x: Float32Array): Float32Array } {
  const w = Float32Array.from({ length: 1000 }, (_, i) => (i % 7) - 3);
  const b = Float32Array.from({ length: 1000 }, (_, i) => (i % 5) * 0.5);
  const kernel = (op: string) => /* wgsl */ `
    struct Params { n: u32 }
    @group(0) @binding(0) var<uniform> params: Params;
    @group(0) @binding(1) var<storage, read> left: array<f32>;
    @group(0) @binding(2) var<storage, read> right: array<f32>;
    @group(0) @binding(3) var<storage, read_write> y: array<f32>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
      if (id.x < params.n) { y[id.x] = left[id.x] ${op} right[id.x]; }
    }`;
  const layout = ['uniform', 'read', 'read', 'read_write'] as const;
  const params = { buffer: 0, offset: 0, size: 16 };
  const plan = planOf({
    symbols: [lengthSymbol],
    exprs: lengthExprs,
    inputs: [f32('x', 1, [{ expr: 0 }])],
    outputs: [f32('z', 2, [{ expr: 0 }])],
    buffers: [
      { kind: 'params', bytes: 16 },
      { kind: 'input', bytes: 4000 },
      { kind: 'output', bytes: 4000 },
      { kind: 'arena', bytes: 4096 },
      { kind: 'weights', bytes: 8192 },
    ],
    blobs: [
      { buffer: 4, offset: 0, bytes: 4000, names: ['w'] },
      { buffer: 4, offset: 4096, bytes: 4000, names: ['b'] },
    ],
    params: [[0, { expr: 0 }]],
    modules: [kernel('*'), kernel('+')],
    pipelines: [
      { module: 0, entryPoint: 'main', layout },
      { module: 1, entryPoint: 'main', layout },
    ],
    steps: [
      {
        kind: 'dispatches',
        dispatches: [
          {
            pipeline: 0,
            bindings: [
              params,
              { buffer: 1, offset: 0 },
              { buffer: 4, offset: 0, size: 4096 },
              { buffer: 3, offset: 0, size: 4096 },
            ],
            workgroups: [{ expr: 4 }],
            label: 'map mul',
            nodes: ['Mul_0'],
          },
          {
            pipeline: 1,
            bindings: [
              params,
              { buffer: 3, offset: 0, size: 4096 },
              { buffer: 4, offset: 4096, size: 4096 },
              { buffer: 2, offset: 0 },
            ],
            workgroups: [{ expr: 4 }],
            label: 'map add',
            nodes: ['Add_1'],
          },
        ],
      },
    ],
    liveBytesPeak: 4096,
  });
  return {
    plan,
    blobs: [new Uint8Array(w.buffer), new Uint8Array(b.buffer)],
    expected: (x) => x.map((v, i) => v * w[i]! + b[i]!),
  };
}

/**
 * `arenaPlan` in two profiles with the same weights: `small` for a length of up to 10, with buffers for that, and `large` for
 * 5 to 1,000, which gives z = (x * w) + w, so that a result tells which of them ran.
 */
export function profilesPlan() {
  const { plan, blobs, expected: small } = arenaPlan();
  const [step] = plan.steps as [Step & { kind: 'dispatches' }];
  const rebound = (dispatch: Dispatch, i: number, binding: PlanBinding): Dispatch => {
    return { ...dispatch, bindings: dispatch.bindings.with(i, binding) };
  };
  const [mul, add] = step.dispatches as [Dispatch, Dispatch];
  const arena = { buffer: 3, offset: 0, size: 256 };
  const large: PlanProfile = {
    profile: 'large',
    symbols: [{ ...lengthSymbol, min: 5 }],
    buffers: plan.buffers,
    steps: [{ ...step, dispatches: [mul, rebound(add, 2, { buffer: 4, offset: 0, size: 4096 })] }],
    liveBytesPeak: 4096,
  };
  const w = new Float32Array(blobs[0]!.buffer);
  return {
    plan: {
      ...plan,
      profile: 'small',
      symbols: [{ ...lengthSymbol, max: 10 }],
      buffers: [
        { kind: 'params', bytes: 16 },
        { kind: 'input', bytes: 40 },
        { kind: 'output', bytes: 40 },
        { kind: 'arena', bytes: 256 },
        { kind: 'weights', bytes: 8192 },
      ],
      steps: [{ ...step, dispatches: [rebound(mul, 3, arena), rebound(add, 1, arena)] }],
      liveBytesPeak: 256,
      profiles: [large],
    } satisfies Plan,
    blobs,
    small,
    large: (x: Float32Array) => x.map((v, i) => v * w[i]! + w[i]!),
  };
}

/** An output for each tensor of `types`, which is a copy of the input of the same type: conversions, and nothing else. */
export function copyPlan(types: readonly Pick<PlanTensor, 'dtype' | 'storage'>[], most = 64): Plan {
  const inputs = types.map((type, i) => ({ ...type, name: `x${i}`, shape: [{ expr: 0 }], buffer: 2 * i }));
  const outputs = types.map((type, i) => ({ ...type, name: `y${i}`, shape: [{ expr: 0 }], buffer: 2 * i + 1 }));
  return planOf({
    symbols: [{ ...lengthSymbol, max: most }],
    // 1: 4, 2: bytes of words; 3: 2, 4: 3, 5..8: bytes of halves, rounded up to 4.
    exprs: [
      ['$', 0],
      ['#', 4],
      ['*', 0, 1],
      ['#', 2],
      ['#', 3],
      ['*', 0, 3],
      ['+', 5, 4],
      ['/', 6, 1],
      ['*', 7, 1],
    ],
    inputs,
    outputs,
    buffers: types.flatMap(() => [
      { kind: 'input' as const, bytes: most * 4 },
      { kind: 'output' as const, bytes: most * 4 },
    ]),
    steps: types.map(({ storage }, i) => ({
      kind: 'copy' as const,
      from: { buffer: 2 * i, offset: 0 },
      to: { buffer: 2 * i + 1, offset: 0 },
      bytes: { expr: storage === 'u16x2' ? 8 : 2 },
    })),
  });
}

/**
 * x → y = 2x + 1 on the GPU → the host keeps some of y, k of them, and tells how it is called → w = 2 kept + 1 on the GPU.
 * Outputs: w[k], kept[k] as the host has it, a text, and n, the length of x. Buffers: 0 params, 1 x, 2 w, 3 arena (y, then
 * kept), 4 a constant of float64 on the host.
 */
export function hostPlan(parts: Partial<Plan> = {}): Plan {
  const base = affinePlan();
  const dispatch = (from: number, param: number, to: number, count: number): Dispatch => ({
    pipeline: 0,
    bindings: [
      { buffer: 0, offset: param, size: 16 },
      { buffer: from, offset: 0, ...(from === 3 ? { size: 4096 } : {}) },
      { buffer: to, offset: 0, ...(to === 3 ? { size: 4096 } : {}) },
    ],
    workgroups: [{ expr: count }],
    label: 'map affine',
    nodes: ['Affine'],
  });
  const [n, k] = [{ expr: 0 }, { expr: 5 }];
  const place = { buffer: 3, offset: 0, storage: 'f32' } as const;
  return {
    ...base,
    symbols: [lengthSymbol, { name: 'k', value: 1, axis: 0, min: 0, max: 1000, multipleOf: 1 }],
    // 5: k, 6: k + 63, 7: workgroups of 64.
    exprs: [...lengthExprs, ['$', 1], ['+', 5, 2], ['/', 6, 1]],
    values: [
      { name: 'y', dtype: 'float32', shape: [n], gpu: place },
      { name: 'kept', dtype: 'float32', shape: [k], gpu: place },
      { name: 'least', dtype: 'float64', shape: [], bytes: { buffer: 4, offset: 8 } },
      { name: 'text', dtype: 'string', shape: [1] },
      { name: 'prefix', dtype: 'string', shape: [1], strings: ['kept '] },
      { name: 'sizes', dtype: 'int64', shape: [2], elements: [n, -1] },
      { name: 'column', dtype: 'float32', shape: [n, 1], of: 0 },
    ],
    inputs: base.inputs,
    outputs: [
      f32('w', 2, [k]),
      { name: 'kept', dtype: 'float32', shape: [k], value: 1 },
      { name: 'text', dtype: 'string', shape: [1], value: 3 },
    ],
    buffers: [
      { kind: 'params', bytes: 512 },
      { kind: 'input', bytes: 4000 },
      { kind: 'output', bytes: 4000 },
      { kind: 'arena', bytes: 4096 },
      { kind: 'host', bytes: 16 },
    ],
    blobs: [{ buffer: 4, offset: 0, bytes: 16, names: ['least'] }],
    params: [
      [0, n],
      [64, k],
    ],
    steps: [
      { kind: 'dispatches', dispatches: [dispatch(1, 0, 3, 4)] },
      {
        kind: 'host',
        op: 'test::Keep',
        attributes: { gain: { number: 'Infinity' }, axes: [0, 1], least: { value: 2 } },
        inputs: [6, null, 4, 5],
        outputs: [1, 3],
        node: 'Keep_1',
        reason: 'the size of its output depends on the elements of its input',
      },
      { kind: 'dispatches', dispatches: [dispatch(3, 256, 2, 7)] },
    ],
    ...parts,
  };
}
