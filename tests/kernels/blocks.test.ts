// Products with codes in blocks, on kernels that make numbers of them where they read them: no matrix of numbers is in memory, and
// sums are those of the reference, exactly where no rounding is in them. In float32 and float16, with subgroups and without.

import { targetOf } from '@trtx/builder';
import { compile, PORTABLE, type Tactic, type Target } from '@trtx/codegen';
import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { blockCases, blockTileCases, exactCases } from './cases/blocks.ts';
import { expectChosen } from './chosen.ts';
import { graphOf, inType } from './support.ts';

const { device } = await testDevice();
const own = targetOf(device, false);
const portable: Target = { ...PORTABLE, limits: { ...own.limits, maxComputeInvocationsPerWorkgroup: 256 } };
const targets = [portable, ...(own.features.has('subgroups') ? [own] : [])];
const HALF = { relative: 2e-3, absolute: 2e-3 };
const EXACT = { relative: 0, absolute: 0 };

/** What kernels take the place of, where blocks are not of whole eights. */
const isOdd = (name: string) => /blocks of 33/.test(name);

describe('few rows by codes', () => {
  it.each(blockCases.filter(({ name }) => !isOdd(name)).map((one, i) => [one.name, one, i] as const))(
    '%s',
    async (_, one, i) => {
      for (const [t, target] of targets.entries()) {
        const isHalf = (i + t) % 2 === 1;
        const typed = isHalf ? inType(one, 'float16')! : one;
        const ways = await expectChosen(device, typed, /\.gemv-blocks$/, 5 * i, target, isHalf ? HALF : undefined);
        expect(ways.length).toBeGreaterThan(0);
      }
    },
  );
});

describe('exact sums of codes', () => {
  it.each(exactCases.map((one, i) => [one.name, one, i] as const))('%s', async (_, one, i) => {
    const target = targets[i % targets.length]!;
    const ways = await expectChosen(device, one, /\.gemv-blocks$/, 3 * i, target, EXACT);
    expect(ways.length).toBeGreaterThan(0);
  });
});

describe('codes through workgroup memory', () => {
  it.each(blockTileCases.map((one, i) => [one.name, one, i] as const))('%s', async (_, one, i) => {
    const ways = await expectChosen(device, one, /\.staged$/, 7 * i, portable);
    expect(ways.length).toBeGreaterThan(0);
  });
});

describe.each([...blockCases, ...blockTileCases, ...exactCases].map((one) => [one.name, one] as const))(
  '%s',
  (_, one) => {
    it('is a dispatch a product, which no memory of numbers is for', () => {
      for (const target of [PORTABLE, { ...PORTABLE, software: true }]) {
        const kernels: string[] = [];
        const choose = ([tactic]: readonly Tactic[]) => {
          kernels.push(tactic!.kernel.id);
          return tactic;
        };
        compile(graphOf(one), { target, choose });
        const others = kernels.filter((id) => !/^(matmul|gemm)\./.test(id));
        expect(others.length).toBeLessThanOrEqual(/look-up/.test(one.name) ? 1 : 0);
      }
    });
  },
);
