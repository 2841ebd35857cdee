// Optimization profiles: several ranges of shapes in one engine, each with a plan that was made for it alone: its steps, its
// kernels and how these are launched, its arena, its symbols with their ranges. A run has one profile.
//
// Shared is what is the same whichever profile runs: weights, and host constants, as far as their bytes are equal; WGSL
// modules and pipelines, as far as their text is; names and types of inputs and outputs. So buffers of kind `weights` and
// `host` have one index and size in all profiles. All other buffers are a profile's own. Where two profiles have one at the
// same index, a context makes do with one that is large enough for both.
import type { Plan } from './plan.ts';

/** The complete plan of each optimization profile, in order; of an engine of one, the plan itself. */
export function profilesOf(plan: Plan): [Plan, ...Plan[]] {
  const { profiles = [], name, blobs, modules, pipelines } = plan;
  const shared = { name, blobs, modules, pipelines, profiles: undefined };
  return [
    plan,
    ...profiles.map((own) => ({ ...plan, profile: undefined, status: undefined, ...own, ...shared }) as Plan),
  ];
}

/** How each of the profiles is called: by its name, or else its number. */
export function profileNames(profiles: readonly Plan[]): string[] {
  return profiles.map(({ profile }, i) => profile ?? String(i));
}
