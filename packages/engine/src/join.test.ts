import { describe, expect, it } from 'vitest';
import { joinProfiles } from './join.ts';
import type { ProfilePlan } from './join-tables.ts';
import type { Dispatch, Plan } from './plan.ts';
import { profileNames, profilesOf } from './profiles.ts';
import { renumber } from './renumber.ts';
import type { PlanRange } from './terms.ts';
import { changed, flowPlan, hostPlan, type MutablePlan, sampleBlobs, samplePlan } from './testing/plan.ts';
import { validatePlan } from './validate.ts';
import { writeEngine } from './write.ts';

function profile(plan: Plan, blobs: readonly Uint8Array[] = sampleBlobs): ProfilePlan {
  return { plan, blobs: blobs.map((bytes) => () => bytes) };
}

/** The sample for other sizes, with what `change` does to it. */
function other(change: (plan: MutablePlan) => void = () => {}): Plan {
  return changed((plan) => {
    plan.symbols[0] = { ...plan.symbols[0], min: 96, max: 128 };
    plan.buffers[0].bytes = 512;
    plan.buffers[2].bytes = 4096;
    change(plan);
  }) as Plan;
}

/** As a file has it. */
function joined(...profiles: [ProfilePlan, ...ProfilePlan[]]): { plan: Plan; plans: Plan[]; blobs: Uint8Array[] } {
  const { plan, blobs } = joinProfiles(profiles);
  const read = validatePlan(JSON.parse(JSON.stringify(plan)));
  return { plan: read, plans: profilesOf(read), blobs: blobs.map((bytes) => bytes()) };
}

function dispatches({ steps }: Plan): readonly Dispatch[] {
  return steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches : []));
}

describe('joinProfiles', () => {
  it('leaves a single profile as it is', () => {
    const one = profile(samplePlan);
    expect(joinProfiles([one])).toBe(one);
    expect(profilesOf(samplePlan)).toEqual([samplePlan]);
  });

  it('keeps of a further profile what is different in it', () => {
    const { plan, plans, blobs } = joined(profile(samplePlan), profile(other()));
    expect(blobs).toEqual(sampleBlobs);
    const { profiles, ...first } = plan;
    expect(first).toEqual(samplePlan);
    expect(Object.keys(profiles![0]!).sort()).toEqual(['buffers', 'symbols']);
    expect(plans[1]).toEqual({ ...other(), profile: undefined, profiles: undefined });
  });

  it('has equal blobs once, wherever they were, and appends others', () => {
    const third = Uint8Array.from({ length: 8 }, (_, i) => i);
    const moved = other((plan) => {
      plan.buffers.splice(3, 0, { kind: 'weights', bytes: 512 });
      plan.buffers[4].bytes = 512;
      plan.blobs = [
        { buffer: 3, offset: 0, bytes: 8, names: ['new'] },
        { buffer: 3, offset: 256, bytes: 200, names: ['w again'] },
        { buffer: 4, offset: 256, bytes: 100, names: ['b'] },
      ];
      const [first, second] = plan.steps[0].dispatches;
      first.bindings[0].buffer = 5;
      plan.pipelines[1].layout = ['read_write', 'read', 'read', 'read'];
      second.bindings = [
        { buffer: 2, offset: 0, size: 256 },
        { buffer: 3, offset: 0, size: 8 },
        { buffer: 3, offset: 256, size: 200 },
        { buffer: 4, offset: 256, size: 100 },
      ];
    });
    const aligned = changed((plan) => {
      plan.buffers[3].bytes = 512;
      plan.blobs[1].offset = 256;
      plan.steps[0].dispatches[1].bindings[2].size = 356;
    }) as Plan;
    const { plan, plans, blobs } = joined(profile(aligned), profile(moved, [third, ...sampleBlobs]));
    expect(blobs).toEqual([...sampleBlobs, third]);
    expect(plan.blobs.map(({ names }) => names)).toEqual([['w'], ['b', 'c'], ['new']]);
    expect(plan.buffers).toEqual([...aligned.buffers, { kind: 'weights', bytes: 8 }]);
    expect(dispatches(plans[1]!)[1]).toMatchObject({
      pipeline: 2,
      bindings: [
        { buffer: 2, offset: 0, size: 256 },
        { buffer: 5, offset: 0, size: 8 },
        { buffer: 3, offset: 0, size: 200 },
        { buffer: 3, offset: 256, size: 100 },
      ],
    });
    expect(dispatches(plans[1]!)[0]!.bindings[0]).toEqual({ buffer: 4, offset: 0, size: 16 });
    expect(writeEngine({ plan, blobs, builder: '' }).size).toBeGreaterThan(0);
  });

  it('tells blobs apart that only differ in their bytes', () => {
    const { plan, blobs } = joined(profile(samplePlan), profile(other(), [sampleBlobs[0]!, new Uint8Array(100)]));
    expect(blobs).toEqual([...sampleBlobs, new Uint8Array(100)]);
    expect(plan.blobs[2]).toMatchObject({ buffer: 5, offset: 0 });
  });

  it('has modules and pipelines by what they are', () => {
    const swapped = other((plan) => {
      plan.modules = ['@compute @workgroup_size(2) fn main() {}', ...plan.modules];
      for (const pipeline of plan.pipelines) pipeline.module = 1;
      plan.pipelines.reverse();
      plan.pipelines.push({ ...plan.pipelines[0], module: 0 });
      plan.steps[0].dispatches[0].pipeline = 1;
      plan.steps[0].dispatches[1].pipeline = 2;
    });
    const { plan, plans } = joined(profile(samplePlan), profile(swapped));
    expect(plan.modules).toEqual([...samplePlan.modules, swapped.modules[0]]);
    expect(plan.pipelines).toEqual([...samplePlan.pipelines, { ...samplePlan.pipelines[1], module: 1 }]);
    expect(dispatches(plans[1]!).map(({ pipeline }) => pipeline)).toEqual([0, 2]);
  });

  it('gives buffers that only some profiles have a place of their own in each', () => {
    const two = other((plan) => plan.buffers.push({ kind: 'arena', bytes: 64 }));
    const none = other((plan) => {
      plan.buffers[2].kind = 'weights';
      plan.buffers.push({ kind: 'arena', bytes: 128 });
      plan.blobs.push({ buffer: 2, offset: 0, bytes: 100, names: ['n'] });
      plan.steps.pop();
      plan.steps[0].dispatches.pop();
      plan.steps[0].dispatches[0].bindings[2] = { buffer: 5, offset: 0, size: 128 };
    });
    const { plans } = joined(profile(samplePlan), profile(two), profile(none, [...sampleBlobs, new Uint8Array(100)]));
    const added = { kind: 'weights', bytes: 100 };
    expect(plans.map(({ buffers }) => buffers)).toEqual([
      [...samplePlan.buffers, added],
      [...other().buffers, added, { kind: 'arena', bytes: 64 }],
      [...other().buffers.with(2, { kind: 'arena', bytes: 128 }), added],
    ]);
    expect(dispatches(plans[2]!)[0]!.bindings[2]).toEqual({ buffer: 2, offset: 0, size: 128 });
  });

  it.each([
    ['dispatches', samplePlan],
    ['steps of the host', hostPlan],
    ['branches and loops', flowPlan],
  ])('finds the places of the first profile for %s, whatever the order of buffers was', (_, plan) => {
    const blobs = plan.blobs.map(({ bytes }) => Uint8Array.from({ length: bytes }, (_, i) => i));
    const range = ({ buffer, offset }: PlanRange) => ({ buffer: plan.buffers.length - 1 - buffer, offset });
    const reversed = {
      ...renumber(plan, { range, pipeline: (i) => plan.pipelines.length - 1 - i }),
      buffers: plan.buffers.toReversed(),
      pipelines: plan.pipelines.toReversed(),
      blobs: plan.blobs.map((blob) => ({ ...blob, ...range(blob) })).toReversed(),
      liveBytesPeak: 1,
    };
    validatePlan(reversed);
    const { plans } = joined(profile(plan, blobs), profile(reversed, blobs.toReversed()));
    const { modules, pipelines, ...rest } = JSON.parse(JSON.stringify(plan)) as Plan;
    expect(plans[1]).toMatchObject({ ...rest, liveBytesPeak: 1 });
    expect(plans[0]!.profiles).toEqual([{ liveBytesPeak: 1 }]);
    expect(plans[0]).toMatchObject({ modules, pipelines });
  });

  it('keeps that a profile has nothing of what only the first one has', () => {
    const values: Plan['values'] = [{ name: 'sizes', dtype: 'int64', shape: [1], elements: [7] }];
    const work = { exprs: [], dispatches: [{ flops: 1 }, {}] };
    const { plans } = joined(profile({ ...samplePlan, values, work }), profile(samplePlan));
    expect(plans.map((plan) => [plan.values, plan.work?.dispatches])).toEqual([
      [values, work.dispatches],
      [[], []],
    ]);
  });

  it('tells where reports find tensors, wherever they are now', () => {
    const at = { buffer: 4, offset: 256 };
    const result = { name: 't', dtype: 'float32', shape: [1], storage: 'f32', at } as const;
    const work = {
      exprs: [],
      dispatches: [{ flops: 1, results: [result] }, { flops: 2 }],
      memory: [{ name: 't', at, bytes: 4, first: 0, last: 1 }],
    };
    const range = ({ buffer, offset }: PlanRange) => ({ buffer: buffer + 1, offset: offset + 256 });
    const moved = renumber({ ...samplePlan, work }, { range, pipeline: (i) => i }).work!;
    expect(moved.dispatches).toEqual([{ flops: 1, results: [{ ...result, at: range(at) }] }, { flops: 2 }]);
    expect(moved.memory).toEqual([{ ...work.memory[0], at: range(at) }]);
  });

  it('names each profile, by its number where it has no name', () => {
    const named = { ...other(), profile: 'large' };
    const { plans } = joined(profile({ ...samplePlan, profile: 'small' }), profile(other()), profile(named));
    expect(profileNames(plans)).toEqual(['small', '1', 'large']);
  });
});
