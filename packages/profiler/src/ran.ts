// Which plan a run has had, of an engine that has several.
import { type Plan, profileNames, profilesOf } from '@trtx/engine';
import type { Engine, ExecutionContext } from '@trtx/runtime';

/** The plan of the optimization profile that the context's last run took. */
export function ranPlan({ plan }: Engine, { profile }: ExecutionContext): Plan {
  const plans = profilesOf(plan);
  return plans[profileNames(plans).indexOf(profile!)]!;
}
