// A plan with other numbers for its pipelines, and other places for what is in its buffers.
import type { Plan, PlanBlock, PlanTensor, PlanValue, Step } from './plan.ts';
import type { PlanRange } from './terms.ts';
import type { PlanWork } from './work.ts';

export interface Renumbering {
  pipeline(index: number): number;
  /** Where a range of a buffer is now; of all else that it has, such as its size, nothing changes. */
  range(at: PlanRange): PlanRange;
}

/** All but the tables of buffers, blobs and pipelines themselves. */
export function renumber(plan: Plan, numbers: Renumbering): Plan {
  const tensor = <T extends PlanTensor>(one: T): T => {
    return one.buffer === undefined ? one : { ...one, buffer: numbers.range({ buffer: one.buffer, offset: 0 }).buffer };
  };
  const value = (one: PlanValue): PlanValue => ({
    ...one,
    ...(one.gpu ? { gpu: { ...one.gpu, ...numbers.range(one.gpu) } } : {}),
    ...(one.bytes ? { bytes: numbers.range(one.bytes) } : {}),
  });
  return {
    ...plan,
    inputs: plan.inputs.map(tensor),
    outputs: plan.outputs.map(tensor),
    ...(plan.status ? { status: tensor(plan.status) } : {}),
    ...(plan.values ? { values: plan.values.map(value) } : {}),
    ...(plan.work ? { work: renumberWork(plan.work, numbers) } : {}),
    steps: plan.steps.map((step) => renumberStep(step, numbers)),
  };
}

function renumberWork({ exprs, dispatches, memory }: PlanWork, numbers: Renumbering): PlanWork {
  const moved = <T extends { readonly at: PlanRange }>(one: T): T => ({ ...one, at: numbers.range(one.at) });
  return {
    exprs,
    dispatches: dispatches.map(({ results, ...work }) => ({
      ...work,
      ...(results ? { results: results.map(moved) } : {}),
    })),
    ...(memory ? { memory: memory.map(moved) } : {}),
  };
}

// As deep as branches and loops are inside each other, of which a plan may have few.
function renumberStep(step: Step, numbers: Renumbering): Step {
  const steps = (all: readonly Step[]) => all.map((inner) => renumberStep(inner, numbers));
  const block = (one: PlanBlock): PlanBlock => ({ ...one, steps: steps(one.steps) });
  if (step.kind === 'copy') return { ...step, from: numbers.range(step.from), to: numbers.range(step.to) };
  if (step.kind === 'if') return { ...step, onTrue: block(step.onTrue), onFalse: block(step.onFalse) };
  if (step.kind === 'loop') return { ...step, steps: steps(step.steps) };
  if (step.kind === 'host') return step;
  return {
    ...step,
    dispatches: step.dispatches.map((dispatch) => ({
      ...dispatch,
      pipeline: numbers.pipeline(dispatch.pipeline),
      bindings: dispatch.bindings.map((binding) => ({ ...binding, ...numbers.range(binding) })),
    })),
  };
}
