import type { TrtxError } from '@trtx/errors';
import { expect, it } from 'vitest';
import { checkDevice } from './requirements.ts';
import { affinePlan } from './testing/plans.ts';

const plan = affinePlan();
const subgroups = {
  subgroupMinSize: 8,
  subgroupMaxSize: 32,
  subgroupMatrixConfigs: [{ componentType: 'f16', resultComponentType: 'f32', M: 16, N: 8, K: 16 }],
};
const [matrix] = subgroups.subgroupMatrixConfigs;
const other = { ...matrix!, K: 8 };
const otherText = 'subgroup matrix {"componentType":"f16","resultComponentType":"f32","M":16,"N":8,"K":8}';

/** What a device of all limits, which tells this of its subgroups, lacks for plans that require it. */
function lacking(requires: readonly Partial<typeof plan.requires>[], adapterInfo: object | undefined = subgroups) {
  const limits = new Proxy({}, { get: (_, name) => (String(name).startsWith('m') ? 2 ** 40 : undefined) });
  const device = { features: new Set(['subgroups']), limits, adapterInfo } as unknown as GPUDevice;
  const plans = requires.map((own) => ({ ...plan, requires: { features: [], limits: {}, ...own } }));
  try {
    checkDevice(plans, device);
  } catch (error) {
    return (error as TrtxError).details;
  }
  return [];
}

it('compares sizes of subgroups with what the adapter tells', () => {
  expect(lacking([{ features: ['subgroups'], limits: { subgroupMinSize: 8, subgroupMaxSize: 32 } }])).toEqual([]);
  expect(lacking([{ limits: { subgroupMinSize: 4, subgroupMaxSize: 64 } }])).toEqual([]);
  expect(lacking([{ limits: { subgroupMinSize: 16, subgroupMaxSize: 16 } }])).toEqual([
    'subgroupMinSize of 16, the device has 8',
    'subgroupMaxSize of 16, the device has 32',
  ]);
});

it('takes the narrowest sizes of all profiles', () => {
  const limits = [
    { subgroupMinSize: 4, subgroupMaxSize: 16 },
    { subgroupMinSize: 16, subgroupMaxSize: 128 },
  ];
  expect(lacking(limits.map((own) => ({ limits: own })))).toEqual([
    'subgroupMinSize of 16, the device has 8',
    'subgroupMaxSize of 16, the device has 32',
  ]);
});

it('compares subgroup matrices with those that the adapter lists', () => {
  expect(lacking([{ matrices: [{ ...matrix! }] }])).toEqual([]);
  const both = { features: ['shader-f16'], matrices: [other, matrix!] };
  expect(lacking([both, both])).toEqual(['feature shader-f16', otherText]);
});

it('does without a description of the adapter', () => {
  expect(lacking([{ limits: { subgroupMinSize: 8 }, matrices: [other] }], {})).toEqual([
    otherText,
    'subgroupMinSize of 8, the device has none',
  ]);
});
