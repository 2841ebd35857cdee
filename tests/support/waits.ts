// How often a run waits for the GPU before it is done, as its plan tells: each time that the host needs what only the GPU has.

import type { Plan, PlanBlock, Step } from '@trtx/engine';

/** Of a plan without loops; of branches both blocks count. */
export function waitsOf({ steps, inputs, values = [] }: Plan): number {
  const onHost = new Set(inputs.map(({ value }) => value));
  let waits = 0;
  /** Brings values to the host at once. */
  const need = (wanted: readonly (number | null)[]) => {
    const missing = wanted.flatMap((value) => (value === null ? [] : rootOf(value))).filter((value) => isAway(value));
    if (missing.length > 0) waits++;
    for (const value of missing) onHost.add(value);
  };
  const rootOf = (value: number): number => {
    const { of } = values[value]!;
    return of === undefined ? value : rootOf(of);
  };
  const isAway = (value: number) => values[value]!.gpu !== undefined && !onHost.has(value);
  const block = ({ steps, moves }: PlanBlock) => {
    walk(steps);
    need(moves.flatMap(({ from, to }) => (values[to]!.gpu ? [] : from)));
    for (const { from, to } of moves) if (!isAway(rootOf(from))) onHost.add(to);
  };
  const walk = (list: readonly Step[]) => {
    for (const step of list) {
      if (step.kind === 'loop') throw new Error(`${step.node} is a loop`);
      if (step.kind === 'host') {
        need(step.inputs);
        for (const value of step.outputs) onHost.add(value);
      } else if (step.kind === 'if') {
        need([step.condition]);
        block(step.onTrue);
        block(step.onFalse);
      }
    }
  };
  walk(steps);
  return waits;
}
