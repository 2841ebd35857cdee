// Which change of the optimizer makes a model fail: bisection over the firings of its rules, in the order of their trace.

import { TrtxError } from '@trtx/errors';
import { cloneGraph, type Graph, type Tensors } from '@trtx/ir';
import { type Firing, type OptimizeOptions, optimize, PIPELINES } from '@trtx/passes';
import type { Check } from '../check.ts';
import { firstThat } from '../search/first.ts';

/** One graph that was checked: after so many changes. */
export interface PassStep {
  /** 1 for the first check. */
  readonly check: number;
  readonly changes: number;
  readonly fails: boolean;
}

export interface BisectPassesOptions extends Omit<OptimizeOptions, 'stopAfter' | 'onTrace' | 'onPass'> {
  readonly onStep?: (step: PassStep) => void;
}

export interface PassFault {
  /** The change after which the check begins to fail: its pass, rule, nodes, and where in the model these came from. */
  readonly firing: Firing;
  /** What to leave out, as `skip` takes it: `pass/rule`, or a pass that has no rules. */
  readonly skip: string;
  /** Whether the check holds where that is left out. False where something else fails too. */
  readonly confirmed: boolean;
  /** Changes that the optimizer makes in all. */
  readonly changes: number;
  readonly checks: number;
}

/**
 * Finds the change that is to blame. The graph stays as it is; it is given to the check as the passes left it, in the shapes
 * that it has, and is to be run with no further pass.
 * @throws TrtxError CHECK_NEVER_FAILS, CHECK_ALWAYS_FAILS where it fails before any change, as `optimize`, and what the check
 *   throws
 */
export async function bisectPasses(
  graph: Graph,
  inputs: Tensors,
  fails: Check,
  { onStep, ...options }: BisectPassesOptions = {},
): Promise<PassFault> {
  let checks = 0;
  const rewritten = (more: OptimizeOptions) => optimize(cloneGraph(graph), { ...options, ...more });
  const ask = async (changed: Graph, changes: number) => {
    const failed = await fails(changed, inputs);
    checks++;
    onStep?.({ check: checks, changes, fails: failed });
    return failed;
  };
  const whole = rewritten({});
  const { trace } = whole;
  if (!(await ask(whole.graph, trace.length)))
    throw new TrtxError('CHECK_NEVER_FAILS', `the check holds after all ${trace.length} changes of the optimizer`, {
      hint: 'Passes are not to blame: see `trtx debug reduce` and `trtx debug tactics`. Else give other inputs.',
    });
  if (trace.length === 0 || (await ask(cloneGraph(graph), 0)))
    throw new TrtxError('CHECK_ALWAYS_FAILS', 'the check fails before the optimizer changed anything', {
      hint: 'Passes are not to blame alone: see `trtx debug reduce`.',
    });
  const step = await firstThat(0, trace.length, (n) => ask(rewritten({ stopAfter: n }).graph, n));
  const firing = trace[step - 1]!;
  const skip = nameOf(firing, options);
  const without = rewritten({ skip: [...(options.skip ?? []), skip] });
  const confirmed = !(await ask(without.graph, without.trace.length));
  return { firing, skip, confirmed, changes: trace.length, checks };
}

/** A pass that is a function has no rules that could be left out alone. */
function nameOf({ pass: name, rule }: Firing, { pipeline, level = 2 }: OptimizeOptions): string {
  const pass = (pipeline ?? PIPELINES[level]).find((one) => one.name === name);
  return pass?.rules ? `${name}/${rule}` : name;
}
