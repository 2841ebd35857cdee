// Convolutions by minimal filtering, which no software adapter would take, give what the reference gives: some cases here, all
// of them in check:full. Their rounding errors, beside ONNX Runtime, are a tenth of what networks are allowed.

import { compile, PORTABLE, standardKernels } from '@trtx/codegen';
import { GraphBuilder, type Tensor, type Value } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { closeness } from '../support/closeness.ts';
import { runOpWithOnnxRuntime } from '../support/onnx-oracle.ts';
import { allCases } from './cases/index.ts';
import { expectChosen } from './chosen.ts';
import { random, runCompiled } from './support.ts';

const NAMES = [
  'Conv: odd channels, batch of 2',
  'Conv: 16 channels, scaled, with what was there added',
  'Conv: 24 channels likewise, of dynamic sizes',
  'Conv: 12 channels, asymmetric pads',
  'Conv: of what is Relu of the input',
];

describe('convolutions by minimal filtering', () => {
  const seen = new Set<string>();

  it.each(NAMES.map((name, i) => [name, i] as const))('%s', async (name, i) => {
    const one = allCases.find((own) => own.name === name)!;
    const { device } = await testDevice();
    for (const number of [7 * i, 7 * i + 23]) {
      const ways = await expectChosen(device, one, /^conv\.winograd$/, number, PORTABLE);
      expect(ways).toHaveLength(1);
      seen.add(ways[0]!.split(' ')[1]!);
    }
  });

  it('have been run with tiles of both lengths', () => {
    expect([...seen].sort()).toEqual(['output=2', 'output=4']);
  });
});

describe.each([2, 4])('tiles of %i results along each axis', (output) => {
  const kernels = standardKernels.filter(({ id }) => !id.startsWith('conv.') || id === 'conv.winograd');

  it.each([
    { inputs: 3, outputs: 16, size: 17, low: -1, high: 1 },
    { inputs: 64, outputs: 64, size: 20, low: -1, high: 1 },
    { inputs: 256, outputs: 32, size: 13, low: 0, high: 1 },
    { inputs: 512, outputs: 16, size: 7, low: -5, high: 100 },
  ])('$inputs to $outputs channels, numbers from $low to $high', async ({ inputs, outputs, size, low, high }) => {
    const x = random([1, inputs, size, size], { low, high, seed: inputs });
    const w = random([outputs, inputs, 3, 3], { low: -0.2, high: 0.2, seed: 2 });
    const bias = random([outputs], { seed: 3 });
    const attributes = { pads: [1, 1, 1, 1] };
    const [expected] = await runOpWithOnnxRuntime('Conv', [x, w, bias], attributes);
    const b = new GraphBuilder('conv');
    const [weights, added] = [w, bias].map(({ dims, data }) =>
      b.constant('float32', dims, Array.from(data as Float32Array)),
    ) as [Value, Value];
    b.output('y', b.Conv(b.input('x', 'float32', x.dims), weights, added, attributes));
    const compiled = compile(b.graph, {
      target: PORTABLE,
      kernels,
      choose: (tactics) =>
        tactics.find(({ params }) => (params as { output?: number })?.output === output) ?? tactics[0],
    });
    const { device } = await testDevice();
    const [results] = await runCompiled(device, compiled, [new Map<string, Tensor>([['x', x]])]);
    const { worst } = closeness(results!.get('y')!.data as Float32Array, expected!.data as Float32Array);
    expect(worst).toBeLessThan(0.1);
  });
});
