// Functions of the host: what a caller registers for the ops that an engine does not compute on the GPU.
import { type HostStep, type Plan, type PlanAttribute, type PlanNumber, walkSteps } from '@trtx/engine';
import { quote, TrtxError } from '@trtx/errors';
import type { HostValue } from './tensors.ts';

/**
 * Computes a node: gives `outputCount` tensors. An optional input that is absent is null. Data of inputs may not be
 * written to; data of outputs may be that of inputs.
 */
export interface HostOp {
  (
    attributes: Readonly<Record<string, HostAttribute>>,
    inputs: readonly (HostValue | null)[],
    outputCount: number,
  ): readonly HostValue[] | Promise<readonly HostValue[]>;
  /**
   * Inputs, the last one standing for all that follow, of whose tensors the function reads no elements, nor of those that
   * they hold: it gives them on, data and all. These stay on the GPU, and their data are an object that has a length alone.
   */
  readonly passesOn?: readonly boolean[];
}

export type HostAttribute = number | string | readonly number[] | readonly string[] | HostValue;

/** By op id: `TopK`, `com.microsoft::X`. */
export type HostOps = ReadonlyMap<string, HostOp> | Readonly<Record<string, HostOp>>;

/** The functions of all host steps. Throws `HOST_OPS_MISSING` with everything that is missing. */
export function resolveHostOps(plans: readonly Plan[], ops: HostOps = {}): ReadonlyMap<string, HostOp> {
  const found = new Map<string, HostOp>();
  const missing = new Map<string, string>();
  for (const step of plans.flatMap(({ steps }) => [...walkSteps(steps)])) {
    if (step.kind !== 'host') continue;
    const run = ops instanceof Map ? ops.get(step.op) : own(ops as Readonly<Record<string, HostOp>>, step.op);
    if (run) found.set(step.op, run);
    else if (!missing.has(step.op)) missing.set(step.op, `${quote(step.op)}: ${quote(step.node)}, ${step.reason}`);
  }
  if (missing.size === 0) return found;
  throw new TrtxError('HOST_OPS_MISSING', 'the engine computes nodes on the host, and has no functions for them', {
    details: [...missing.values()],
    hint: 'give load `hostOps`; hostOps() of @trtx/reference has a function for each op that it knows',
  });
}

/** What a record has of its own: a name may be `toString`. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The attributes of a step; `constant` gives a tensor of the plan. */
export function decodeAttributes(
  { attributes }: HostStep,
  constant: (value: number) => HostValue,
): Record<string, HostAttribute> {
  const decode = (attribute: PlanAttribute): HostAttribute => {
    if (Array.isArray(attribute)) return attribute.map((item) => decode(item) as number);
    if (typeof attribute !== 'object') return attribute as number | string;
    return 'value' in attribute ? constant(attribute.value) : Number((attribute as Exclude<PlanNumber, number>).number);
  };
  return Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, decode(attribute)]));
}
