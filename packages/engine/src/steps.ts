// The steps of a plan in order.

import type { Dispatch, Step } from './plan.ts';

/** All steps, each before those that are inside it: the blocks of a branch one after the other. */
export function* walkSteps(steps: readonly Step[]): IterableIterator<Step> {
  const stack = [steps[Symbol.iterator]()];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const { value: step, done } = top.next();
    if (done) {
      stack.pop();
      continue;
    }
    yield step;
    if (step.kind === 'if') stack.push(step.onFalse.steps[Symbol.iterator](), step.onTrue.steps[Symbol.iterator]());
    if (step.kind === 'loop') stack.push(step.steps[Symbol.iterator]());
  }
}

/** Their dispatches, in the same order. */
export function* dispatchesOf(steps: readonly Step[]): IterableIterator<Dispatch> {
  for (const step of walkSteps(steps)) if (step.kind === 'dispatches') yield* step.dispatches;
}
