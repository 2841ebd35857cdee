// Products of few rows, and attention of few queries, give what the reference gives, in float32 and float16, in some of their
// ways: with subgroups and float16 as a type where the adapter has them, and without. More are in check:full.

import { targetOf } from '@trtx/builder';
import { PORTABLE, type Target } from '@trtx/codegen';
import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { attentionCases } from './cases/attention.ts';
import { gemvCases } from './cases/gemv.ts';
import { expectChosen } from './chosen.ts';
import { inType } from './support.ts';

const { device } = await testDevice();
const { features, limits } = targetOf(device, false);
const targets: readonly (readonly [string, Target])[] = [
  ['with nothing optional', { ...PORTABLE, limits: { ...limits, maxComputeInvocationsPerWorkgroup: 256 } }],
  ...(features.has('subgroups') ? [['with what the adapter has', targetOf(device, false)] as const] : []),
];
const HALF = { relative: 2e-3, absolute: 2e-3 };

const FEW = attentionCases.filter(({ name }) => /: (one query, |few queries, |a dynamic number of few)/.test(name));
const cases = [...gemvCases, ...FEW];

describe.each(targets)('of few rows, %s', (what, target) => {
  it.each(cases.map((one, i) => [one.name, one, i] as const))('%s', async (_, one, i) => {
    const isHalf = (i + targets.findIndex(([name]) => name === what)) % 2 === 1;
    const own = isHalf ? inType(one, 'float16')! : one;
    const ways = await expectChosen(
      device,
      own,
      /\.(gemv|gemv-blocks|split)$/,
      7 * i,
      target,
      isHalf ? HALF : undefined,
    );
    expect(ways.length).toBeGreaterThan(0);
  });
});
