// Other weights for an engine. What was chosen when it was built is chosen again, so that this needs no device and times
// nothing; what comes of it has to be the same plan. Graph passes and packing are gone through anew, for constants may be
// computed from several weights.

import { tacticLabel } from '@trtx/codegen';
import { canonicalJson, dispatchesOf, type Plan, profileNames, profilesOf, writeEngine } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import type { Graph } from '@trtx/ir';
import { type BuildOptions, type BuiltEngine, buildPlan } from './build.ts';
import { optionsOf } from './built.ts';
import { BUILDER } from './version.ts';

/** What no run depends on, what follows from the rest, and what profiles have of their own. */
const APART: ReadonlySet<string> = new Set(['name', 'built', 'work', 'sourceNodes', 'inBounds', 'profiles']);

/** What a tactic is said to take that the engine has, and one that it has not, in microseconds. */
const [TAKEN, OTHER] = [1, 1e6];

/** What a plan cannot tell: functions, to be given as they were to the build. */
export type RefitOptions = Pick<
  BuildOptions,
  'kernels' | 'plugins' | 'passes' | 'tactics' | 'choose' | 'onProgress' | 'logger'
>;

/**
 * The engine of a plan with the weights of a model: of the same one, where it was stripped of them, or of one that was
 * trained on.
 *
 * @param plan of an engine, stripped or not (`readPlan` of @trtx/engine)
 * @param graph as for `build`, changed as by it
 * @throws TrtxError REFIT where the plan does not tell what it was built with, plugins are others, or the model makes another
 *   plan, with what is different; and as `build`
 */
export function refit(plan: Plan, graph: Graph, options: RefitOptions = {}): BuiltEngine {
  const { sourceNodes } = plan;
  const again = buildPlan(graph, {
    ...options,
    ...optionsOf(plan, options.plugins),
    timings: chosenIn(plan),
    sourceNodes,
  });
  const details = differences(plan, again.plan);
  if (details.length > 0)
    throw new TrtxError('REFIT', 'the model does not make this engine with other weights', {
      details,
      hint: 'Build it anew: single numbers are parts of shaders, and passes may simplify what weights make constant.',
    });
  const file = writeEngine({ plan, blobs: again.blobs.map((bytes) => bytes()), builder: BUILDER });
  return { plan, file };
}

/** What takes the tactics that a plan has; undefined where none was taken by times. */
function chosenIn(plan: Plan): BuildOptions['timings'] {
  const chosen = new Map<string, Set<string>>();
  for (const { steps, work } of profilesOf(plan)) {
    const dispatches = [...dispatchesOf(steps)];
    for (const [i, { timing }] of (work?.dispatches ?? []).entries()) {
      if (!timing) continue;
      const labels = chosen.get(timing.problem) ?? new Set();
      chosen.set(timing.problem, labels.add(dispatches[i]!.label));
    }
  }
  if (chosen.size === 0) return undefined;
  return { of: (problem, tactic) => ({ us: chosen.get(problem)?.has(tacticLabel(tactic)) ? TAKEN : OTHER }) };
}

/** Of each profile the fields of a plan that are others, but for those of reports. */
function differences(before: Plan, after: Plan): string[] {
  const plans = profilesOf(before);
  const names = plans.length > 1 ? profileNames(plans).map((name) => `profile ${name}: `) : [''];
  const others = profilesOf(after);
  return plans.flatMap((plan, i) => {
    const other: Partial<Plan> = others[i] ?? {};
    const fields = Object.keys({ ...plan, ...other }).filter((field) => !APART.has(field)) as (keyof Plan)[];
    return fields.flatMap((field) =>
      difference(plan[field], other[field]).map((what) => `${names[i]}${field} ${what}`),
    );
  });
}

function difference(a: unknown, b: unknown): string[] {
  if (canonicalJson(a) === canonicalJson(b)) return [];
  if (!Array.isArray(a) || !Array.isArray(b)) return ['are others'];
  const count = Math.max(a.length, b.length);
  const differ = Array.from({ length: count }, (_, i) => i).filter((i) => canonicalJson(a[i]) !== canonicalJson(b[i]));
  return [`are others: ${differ.length} of ${count}`];
}
