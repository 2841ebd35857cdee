// Contractions and attention through workgroup memory give what the reference gives: some of each kind here, all of them in
// check:full.

import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { allCases } from './cases/index.ts';
import { expectStaged } from './staged.ts';

const NAMES = [
  'MatMul: batches that broadcast',
  'MatMul: dynamic rows by a constant',
  'Gemm: both transposed, factors, a bias of the columns',
  'Conv: 3 groups',
  'Attention: features in sixteens, a dynamic number of queries and keys',
  'Attention: past keys, causal, groups of queries',
  'Attention: lengths, causal',
];

describe.each(NAMES.map((name, i) => [name, 5 * i + 1] as const))('%s', (name, number) => {
  it('gives what the reference gives', async () => {
    const { device } = await testDevice();
    const tiles = await expectStaged(device, allCases.find((one) => one.name === name)!, number);
    expect(tiles.length).toBeGreaterThan(0);
  });
});
