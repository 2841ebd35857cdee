// Contractions and attention through workgroup memory give what the reference gives: some of each kind here, all of them in
// check:full.

import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { allCases } from './cases/index.ts';
import { expectStaged } from './staged.ts';
import { graphOf, variantsOf } from './support.ts';

const NAMES = [
  'MatMul: batches that broadcast',
  'MatMul: dynamic rows by a constant',
  'Gemm: both transposed, factors, a bias of the columns',
  'Conv: 3 groups',
  'Attention: features in sixteens, a dynamic number of queries and keys',
  'Attention: past keys, causal, groups of queries',
  'Attention: lengths, causal',
  'Conv: of what is Relu of the input',
  'ConvTranspose: stride 2, eight channels in groups, cropped',
  'ConvTranspose: stride 2, 16 channels, windows of three and four',
  'ConvTranspose: window smaller than the stride',
  'ConvTranspose: dynamic sizes, eight channels',
  'ConvTranspose: of eight channels, with what was there added',
  'ConvTranspose: of a Relu',
];

describe.each(NAMES.map((name, i) => [name, 5 * i + 1] as const))('%s', (name, number) => {
  const one = allCases.find((own) => own.name === name)!;

  it('gives what the reference gives', async () => {
    const { device } = await testDevice();
    const tiles = await expectStaged(device, one, number);
    expect(tiles.length).toBeGreaterThan(0);
  });

  it('is not offered to a software adapter', () => {
    const offered = [...variantsOf(() => graphOf(one))].flatMap(({ tactics }) => tactics);
    expect(offered.map(({ kernel }) => kernel.id).filter((id) => id.endsWith('.staged'))).toEqual([]);
  });
});
