// Makes one plan of the plans of several optimization profiles. What is equal is there once: texts of WGSL, pipelines, and
// blobs by their bytes, whatever they are called and wherever they were. The first plan keeps its numbers; what others have
// beyond it comes after, and they are renumbered.
import { BufferSlots } from './join-buffers.ts';
import { type ProfilePlan, SharedTables } from './join-tables.ts';
import type { Plan, PlanProfile } from './plan.ts';
import { renumber } from './renumber.ts';
import type { PlanRange } from './terms.ts';

/**
 * The plan of an engine of these profiles: plans of one model, each made for other ranges of its inputs. Of one profile it is
 * that plan. Blobs are made one after the other, to be compared, and stay in memory as far as they are kept.
 */
export function joinProfiles(profiles: readonly [ProfilePlan, ...ProfilePlan[]]): ProfilePlan {
  const [first, ...others] = profiles;
  if (others.length === 0) return first;
  const tables = new SharedTables(first);
  const shared = others.map((profile) => tables.add(profile));
  const slots = new BufferSlots(first.plan.buffers, tables.newBuffers);
  const { modules, pipelines, blobs } = tables;
  const base: Plan = { ...first.plan, modules, pipelines, blobs, buffers: slots.place(first.plan.buffers).buffers };
  const joined = others.map(({ plan }, i) => {
    const { pipelineOf, rangeOf } = shared[i]!;
    const { buffers, indexOf } = slots.place(plan.buffers);
    const range = (at: PlanRange): PlanRange => rangeOf(at) ?? { buffer: indexOf[at.buffer]!, offset: at.offset };
    return difference(base, { ...renumber(plan, { range, pipeline: (index) => pipelineOf[index]! }), buffers });
  });
  return { plan: { ...base, profiles: joined }, blobs: tables.contents };
}

/** The fields that are not as in the first profile. */
function difference(first: Plan, plan: Plan): PlanProfile {
  const { name, blobs, modules, pipelines, profiles, profile, status, ...own } = plan;
  // A field that is left out is the first profile's, but for its name and status: what only that one has is told to be empty.
  const whole = {
    ...(first.values ? { values: [] } : {}),
    ...(first.work ? { work: { exprs: [], dispatches: [] } } : {}),
    ...own,
  };
  const fields = Object.entries(whole).filter(([field, value]) => {
    return JSON.stringify(value) !== JSON.stringify(first[field as keyof Plan]);
  });
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(status === undefined ? {} : { status }),
    ...Object.fromEntries(fields),
  };
}
