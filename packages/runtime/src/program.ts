// The plan of an optimization profile made ready for replay, once for all devices and contexts: its steps flattened, and for
// each input and output what its buffer has to be usable for.
import {
  dispatchesOf,
  type Plan,
  type PlanStatus,
  type PlanTensor,
  profileNames,
  profilesOf,
  walkSteps,
} from '@trtx/engine';
import { type FlatSteps, flattenSteps } from './flatten.ts';
import { type HostOp, type HostOps, resolveHostOps } from './host-ops.ts';
import { planStaging, type StagingPlan } from './staging-plan.ts';
import { COPY_DST, COPY_SRC, STORAGE } from './usage.ts';

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
  /** Bytes that a buffer has to have for its bindings: a tensor that is bound in parts needs room for all of them. */
  readonly least: number;
}

export interface Program extends FlatSteps {
  readonly plan: Plan;
  /** Name of the optimization profile. */
  readonly profile: string;
  /** Whether there are dispatches and copies only, on tensors that the GPU has: then all is one segment. */
  readonly isFlat: boolean;
  /** Values that dispatches and copies leave on the GPU. */
  readonly computed: readonly number[];
  /** Those of the plan, and its status. */
  readonly outputs: readonly (PlanTensor & Partial<PlanStatus>)[];
  readonly ports: readonly Port[];
  /** Port of each buffer of the plan, -1 where it has none. */
  readonly portOf: readonly number[];
  /** How outputs are read back. */
  readonly staging: StagingPlan;
  /** Names of inputs and outputs. */
  readonly names: { readonly input: ReadonlySet<string>; readonly output: ReadonlySet<string> };
}

/** A program for each profile of the plan. Throws `HOST_OPS_MISSING`. */
export function compilePrograms(plan: Plan, hostOps?: HostOps): Program[] {
  const plans = profilesOf(plan);
  const functions = resolveHostOps(plans, hostOps);
  const names = profileNames(plans);
  return plans.map((one, i) => compileProgram(one, names[i]!, functions));
}

function compileProgram(plan: Plan, profile: string, functions: ReadonlyMap<string, HostOp>): Program {
  const flat = flattenSteps(plan, functions);
  const needs = needsOf(plan, flat.set);
  const portOf: number[] = new Array(plan.buffers.length).fill(-1);
  const outputs = plan.outputs.concat(plan.status ?? []);
  const ports = [...plan.inputs, ...outputs].map((tensor, port): Port => {
    const { buffer = -1 } = tensor;
    const isInput = port < plan.inputs.length;
    if (buffer < 0) return { tensor, buffer, isInput, usage: 0, bytes: 0, least: 0 };
    portOf[buffer] = port;
    // Data that the caller hands in is written; data that goes back is copied out. Those flags only own buffers need.
    const { bytes } = plan.buffers[buffer]!;
    return { tensor, buffer, isInput, bytes, ...needs[buffer]! };
  });
  const names = {
    input: new Set(plan.inputs.map(({ name }) => name)),
    output: new Set(plan.outputs.map(({ name }) => name)),
  };
  const given = new Set(plan.inputs.map(({ value }) => value));
  const computed = [...(plan.values ?? []).entries()].flatMap(([i, { bytes, strings, elements, of }]) => {
    return flat.set.has(i) || given.has(i) || (bytes ?? strings ?? elements ?? of) !== undefined ? [] : [i];
  });
  const isFlat = flat.steps.every(({ kind }) => kind === 'work') && ports.every(({ buffer }) => buffer >= 0);
  const staging = planStaging(ports.slice(plan.inputs.length).map(({ bytes }) => bytes));
  return { ...flat, plan, profile, isFlat, computed, outputs, ports, portOf, names, staging };
}

/** What the steps need of each buffer: GPUBufferUsage flags, and bytes where its bindings are parts of one tensor. */
function needsOf({ buffers, steps, values = [] }: Plan, set: ReadonlySet<number>) {
  const needs = buffers.map(() => ({ usage: 0, least: 0 }));
  for (const step of walkSteps(steps)) {
    if (step.kind !== 'copy') continue;
    needs[step.from.buffer]!.usage |= COPY_SRC;
    needs[step.to.buffer]!.usage |= COPY_DST;
  }
  for (const { bindings } of dispatchesOf(steps)) {
    for (const { buffer, offset, size = 4 } of bindings) {
      const need = needs[buffer]!;
      need.usage |= STORAGE;
      if (offset > 0) need.least = Math.max(need.least, offset + size);
    }
  }
  for (const [i, { gpu }] of values.entries()) {
    if (gpu) needs[gpu.buffer]!.usage |= COPY_SRC | (set.has(i) ? COPY_DST : 0);
  }
  return needs;
}
