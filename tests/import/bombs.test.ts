// Small models that ask for much. Import, optimization and code generation answer each with an engine or with a TrtxError
// that names its place, soon and within little memory; what an engine or the reference then does is bounded too.

import { compile } from '@trtx/codegen';
import { isTrtxError } from '@trtx/errors';
import { specialize } from '@trtx/ir';
import { importModel } from '@trtx/onnx';
import { optimize } from '@trtx/passes';
import { ReferenceRunner } from '@trtx/reference';
import { afterAll, describe, expect, it } from 'vitest';
import { modelBytes } from '../../packages/onnx/src/testing/models.ts';
import { BOMBS } from './bombs.ts';

/** On a machine that does something else too. */
const MAX_SECONDS = 4;
const MAX_BYTES = 512 * 2 ** 20;

describe('models that ask for much', () => {
  const before = process.resourceUsage().maxRSS;

  it.each(BOMBS)('%s', async (_, input, code) => {
    const start = performance.now();
    let error: unknown;
    try {
      const { graph } = await importModel(modelBytes(input));
      specialize(
        graph,
        Object.fromEntries(
          graph.inputs.map(({ name, type }) => [
            name,
            type.shape.map((dim) => (typeof dim === 'number' ? null : { min: 1, max: 64 })),
          ]),
        ),
      );
      optimize(graph);
      compile(graph);
    } catch (caught) {
      error = caught;
    }
    expect(performance.now() - start).toBeLessThan(1000 * MAX_SECONDS);
    if (error !== undefined && !isTrtxError(error)) throw error;
    expect(error?.code ?? null, error?.message).toBe(code);
    if (!error) return;
    expect(error.place.node ?? error.place.tensor, error.message).toBeTruthy();
    expect(error.message.length).toBeLessThan(2000);
  });

  afterAll(() => {
    expect(1024 * (process.resourceUsage().maxRSS - before)).toBeLessThan(MAX_BYTES);
  });
});

/** Those that become engines, and what the host, or the reference, says when it is to compute them. */
const LATER: [string, string][] = [
  ['Expand of texts', 'TENSOR_TOO_LARGE'],
  ['HannWindow of 2^40', 'TENSOR_TOO_LARGE'],
  ['a Fourier transform of length 2^40', 'TENSOR_TOO_LARGE'],
  ['Multinomial of 2^31 samples', 'TENSOR_TOO_LARGE'],
  ['RoiAlign of 2^32 cells', 'TENSOR_TOO_LARGE'],
  ['Resize through a large tensor', 'TENSOR_TOO_LARGE'],
  ['a sum of 2^48 products', 'TENSOR_TOO_LARGE'],
  ['an expression that repeats repeats', 'REGEX'],
  ['an expression of 100,000 groups', 'REGEX'],
];

describe('what they ask for when they run', () => {
  it.each(LATER)('%s is refused with its place', async (name, code) => {
    const [, input] = BOMBS.find(([bomb]) => bomb === name)!;
    const { graph } = await importModel(modelBytes(input));
    const start = performance.now();
    const run = new ReferenceRunner(graph).run(
      new Map([['x', { dtype: 'float32', dims: [1], data: new Float32Array(1) }]]),
    );
    const error: unknown = await run.then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(performance.now() - start).toBeLessThan(1000 * MAX_SECONDS);
    if (!isTrtxError(error)) throw error ?? new Error('it ran');
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/node n_y .*tensor y/);
    expect(error.message.length).toBeLessThan(2000);
  });
});
