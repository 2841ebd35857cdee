import { isTrtxError } from '@trtx/errors';
import { expect, it } from 'vitest';
import type { Plan, PlanProfile } from './plan.ts';
import { profilesOf } from './profiles.ts';
import { samplePlan } from './testing/plan.ts';
import { validatePlan } from './validate.ts';

const large: PlanProfile = { symbols: [{ ...samplePlan.symbols[0]!, min: 96, max: 128 } as Plan['symbols'][0]] };

function refusal(profiles: unknown, first: Plan = samplePlan): string {
  try {
    validatePlan({ ...first, profiles });
  } catch (error) {
    if (!isTrtxError(error) || error.code !== 'ENGINE_INVALID') throw error;
    return error.summary;
  }
  return 'valid';
}

it('takes profiles that differ in what may differ', () => {
  expect(
    refusal([large, { ...large, profile: 'large', buffers: [...samplePlan.buffers, samplePlan.buffers[2]] }]),
  ).toBe('valid');
  expect(refusal([])).toBe('valid');
});

it('does not let a profile have tables of its own', () => {
  const own = { ...large, modules: [], pipelines: [], blobs: [], name: 'x', profiles: [{}] };
  expect(refusal([own])).toBe('valid');
  const [, read] = profilesOf({ ...samplePlan, profiles: [own] });
  const { modules, pipelines, blobs, name } = samplePlan;
  expect(read).toMatchObject({ modules, pipelines, blobs, name, profiles: undefined });
});

it.each<[string, unknown, RegExp]>([
  ['no list', {}, /profiles is not an array/],
  ['a profile that is no object', [[]], /profiles\[0\] is not an object/],
  ['too many', Array.from({ length: 64 }, (_, i) => ({ profile: `p${i}` })), /profiles are more than 64/],
  ['a plan that is wrong', [large, { params: 1 }], /^profile 2: .*params is not an array/],
  [
    'steps that bind past an arena',
    [{ buffers: samplePlan.buffers.with(2, { kind: 'arena', bytes: 256 }) }],
    /^profile 1: /,
  ],
  [
    'other weights',
    [{ buffers: samplePlan.buffers.with(3, { kind: 'weights', bytes: 512 }) }],
    /buffers\[3\] is not shared/,
  ],
  [
    'weights of its own',
    [{ buffers: [...samplePlan.buffers, { kind: 'weights', bytes: 4 }] }],
    /buffers\[5\] is not shared/,
  ],
  ['another input', [{ inputs: [{ ...samplePlan.inputs[0], name: 'z' }] }], /inputs and outputs are not those/],
  ['an input of another rank', [{ inputs: [{ ...samplePlan.inputs[0], shape: [1, 32, 1] }] }], /not those/],
  ['an output of another type', [{ outputs: [{ ...samplePlan.outputs[0], dtype: 'int32' }] }], /not those/],
  ['a name that is no text', [{ profile: 1 }], /^profile 1: .*profile is not a text/],
  ['one name twice', [{ profile: 'a' }, { profile: 'a' }], /profiles has a twice/],
  ['a name that is the number of another one', [{ profile: '2' }, {}], /profiles has 2 twice/],
])('refuses %s', (_, profiles, message) => {
  expect(refusal(profiles)).toMatch(message);
});
