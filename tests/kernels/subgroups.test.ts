// Reductions by subgroups: rows that a workgroup shares, on an adapter whose subgroups have one size.

import { targetOf } from '@trtx/builder';
import { compile } from '@trtx/codegen';
import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { allCases } from './cases/index.ts';
import { type Case, expectedOf, expectSame, feedsOf, graphOf, runCompiled } from './support.ts';

const { device } = await testDevice();
// As if it were a GPU: on a software adapter no kernel would use them.
const target = targetOf(device, false);
const { subgroups } = target;
const cases = allCases.filter(({ name }) =>
  /^(Reduce|Softmax|LogSoftmax|LayerN|RMSN|GroupN|InstanceN|LpN|Arg)/.test(name),
);

describe.runIf(subgroups && subgroups.min === subgroups.max)('reductions by subgroups', () => {
  let used = 0;

  it.each(cases.map((one, i) => [one.name, one, i] as const))('%s', async (_, one: Case, i) => {
    const lanes = [64, 256][i % 2];
    const compiled = compile(graphOf(one), {
      target,
      choose: (tactics) => tactics.find(({ params }) => (params as { lanes?: number })?.lanes === lanes) ?? tactics[0],
    });
    if (compiled.plan.requires.features.includes('subgroups')) used++;
    const feeds = feedsOf(one);
    expectSame(await runCompiled(device, compiled, feeds), await expectedOf(graphOf(one), feeds), one.name);
  });

  it('were used', () => {
    expect(used).toBeGreaterThan(cases.length / 2);
  });
});
