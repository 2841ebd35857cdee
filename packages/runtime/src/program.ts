// A plan flattened for replay, once for all devices and contexts: its steps in a row, equal bind groups and layouts
// merged, and for each input and output what its buffer has to be usable for.
import type { BindingKind, HostStep, Plan, PlanBinding, PlanTensor, Size } from '@trtx/engine';
import { type HostOp, type HostOps, resolveHostOps } from './host-ops.ts';
import { COPY_DST, COPY_SRC, STORAGE } from './usage.ts';

export interface BindGroupPlan {
  readonly layout: number;
  readonly bindings: readonly PlanBinding[];
  /** Whether it binds a buffer of an input or output, which the caller may change. */
  readonly io: boolean;
}

export interface DispatchOp {
  readonly pipeline: number;
  readonly group: number;
  readonly workgroups: readonly Size[];
  readonly label: string;
}

export interface CopyOp {
  readonly from: number;
  readonly fromOffset: number;
  readonly to: number;
  readonly toOffset: number;
  readonly bytes: Size;
}

/** Ops that are submitted together, and the host step that waits for them, if one does. */
export interface Segment {
  /** Range of `ops`. */
  readonly start: number;
  readonly end: number;
  readonly call?: HostCall;
}

export interface HostCall {
  readonly step: HostStep;
  /** Index of the step in the plan. */
  readonly at: number;
  readonly run: HostOp;
}

/** An input or output. Their numbers: inputs in order, then outputs. */
export interface Port {
  readonly tensor: PlanTensor;
  /** Index of its buffer in the plan; -1 for a tensor that only the host has. */
  readonly buffer: number;
  readonly isInput: boolean;
  /** GPUBufferUsage flags that a caller's buffer needs here. */
  readonly usage: number;
  /** Bytes of the buffer at the profile's maximum. */
  readonly bytes: number;
}

export interface Program {
  readonly plan: Plan;
  /** Dispatches and copies in order. */
  readonly ops: readonly (DispatchOp | CopyOp)[];
  /** All ops in order. The last segment has no host step, and is the only one where there is none. */
  readonly segments: readonly Segment[];
  readonly groups: readonly BindGroupPlan[];
  readonly layouts: readonly (readonly BindingKind[])[];
  /** Layout of each pipeline. */
  readonly layoutOf: readonly number[];
  readonly ports: readonly Port[];
  /** Port of each buffer of the plan, -1 where it has none. */
  readonly portOf: readonly number[];
  /** Names of inputs and outputs. */
  readonly names: { readonly input: ReadonlySet<string>; readonly output: ReadonlySet<string> };
  /** A label for each pipeline, of the first dispatch that uses it. */
  readonly labels: readonly string[];
}

export function isCopy(op: DispatchOp | CopyOp): op is CopyOp {
  return 'from' in op;
}

/** Throws `HOST_OPS_MISSING`. */
export function compileProgram(plan: Plan, hostOps?: HostOps): Program {
  const functions = resolveHostOps(plan, hostOps);
  const layouts = new Interned<readonly BindingKind[]>();
  const layoutOf = plan.pipelines.map(({ layout }) => layouts.add(layout.join(), layout));
  const groups = new Interned<BindGroupPlan>();
  const labels: string[] = plan.pipelines.map(({ entryPoint }) => entryPoint);
  const labelled = new Set<number>();
  const usages: number[] = new Array(plan.buffers.length).fill(0);
  const ops: (DispatchOp | CopyOp)[] = [];
  const segments: Segment[] = [];
  let start = 0;

  for (const [at, step] of plan.steps.entries()) {
    if (step.kind === 'host') {
      segments.push({ start, end: ops.length, call: { step, at, run: functions.get(step.op)! } });
      start = ops.length;
      continue;
    }
    if (step.kind === 'copy') {
      const { from, to, bytes } = step;
      usages[from.buffer]! |= COPY_SRC;
      usages[to.buffer]! |= COPY_DST;
      ops.push({ from: from.buffer, fromOffset: from.offset, to: to.buffer, toOffset: to.offset, bytes });
      continue;
    }
    for (const { pipeline, bindings, workgroups, label } of step.dispatches) {
      if (!labelled.has(pipeline)) labels[pipeline] = label;
      labelled.add(pipeline);
      for (const { buffer } of bindings) usages[buffer]! |= STORAGE;
      const layout = layoutOf[pipeline]!;
      const key = `${layout}:${bindings.map(({ buffer, offset, size }) => `${buffer},${offset},${size}`).join(';')}`;
      const io = bindings.some(({ buffer }) => /^(in|out)put$/.test(plan.buffers[buffer]!.kind));
      ops.push({ pipeline, group: groups.add(key, { layout, bindings, io }), workgroups, label });
    }
  }

  segments.push({ start, end: ops.length });
  for (const { gpu } of plan.values ?? []) if (gpu) usages[gpu.buffer]! |= COPY_SRC;

  const portOf: number[] = new Array(plan.buffers.length).fill(-1);
  const ports = [...plan.inputs, ...plan.outputs].map((tensor, port): Port => {
    const { buffer = -1 } = tensor;
    const isInput = port < plan.inputs.length;
    if (buffer < 0) return { tensor, buffer, isInput, usage: 0, bytes: 0 };
    portOf[buffer] = port;
    // Data that the caller hands in is written; data that goes back is copied out. Those flags only own buffers need.
    return { tensor, buffer, isInput, usage: usages[buffer]!, bytes: plan.buffers[buffer]!.bytes };
  });
  const names = {
    input: new Set(plan.inputs.map(({ name }) => name)),
    output: new Set(plan.outputs.map(({ name }) => name)),
  };
  return { plan, ops, segments, groups: groups.all, layouts: layouts.all, layoutOf, ports, portOf, names, labels };
}

/** A list without repetitions. */
class Interned<T> {
  readonly all: T[] = [];
  readonly #indices = new Map<string, number>();

  /** The index of the entry under `key`, which is added if it is new. */
  add(key: string, entry: T): number {
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    this.#indices.set(key, this.all.length);
    return this.all.push(entry) - 1;
  }
}
