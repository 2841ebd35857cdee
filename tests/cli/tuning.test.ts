// Tactics by measured times: build, bench and inspect --tactics.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MARGIN } from '@trtx/codegen';
import { GraphBuilder } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { folder, trtx, trtxJson } from './command.ts';
import { FAILED, failure, MISUSED, write } from './failure.ts';
import { tinyEngine, tinyModel } from './tiny.ts';

interface Tuned {
  readonly tuning: {
    readonly problems: number;
    readonly timed: number;
    readonly known: number;
    readonly tactics: number;
  };
}

interface Tactics {
  readonly profiles: readonly {
    readonly dispatches: readonly { readonly timing?: { readonly us?: number; readonly timed: number } }[];
  }[];
  readonly problems?: readonly { readonly problem: string; readonly tactics: readonly { readonly us?: number }[] }[];
}

it('times kernels, keeps the times, and builds the same engine from them', async () => {
  const dir = folder();
  const model = write(dir, 'tiny.onnx', tinyModel());
  const [first, second, cache] = ['a.trtx', 'b.trtx', 'times.json'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const { data } = await trtxJson<Tuned>('build', model, '-o', first, '--tuning-budget', '20', '--timing-cache', cache);
  expect(data.tuning).toMatchObject({ problems: 1, timed: 1, known: 0, tactics: expect.any(Number) });
  expect(data.tuning.tactics).toBeGreaterThan(1);
  const again = ['--timing-cache', cache, '--error-on-cache-miss'];
  const { err } = await trtx('build', model, '-o', second, ...again);
  expect(err).toMatch(/^adapter: /m);
  expect(readFileSync(second)).toEqual(readFileSync(first));

  const { data: why } = await trtxJson<Tactics>('inspect', first, '--tactics', '--timing-cache', cache);
  const { timing } = why.profiles[0]!.dispatches[0]!;
  expect(timing!.timed).toBe(data.tuning.tactics);
  // The fastest, or the cost model's choice if that is nearly so.
  const [fastest] = why.problems![0]!.tactics;
  expect(timing!.us).toBeGreaterThanOrEqual(fastest!.us!);
  expect(timing!.us! * (1 - MARGIN)).toBeLessThanOrEqual(fastest!.us!);
  const { out } = await trtx('inspect', first, '--tactics', '--timing-cache', cache);
  expect(out).toMatch(
    /^# +nodes +tactic +µs +why\n0 .* (the|within 3 % of the) fastest of \d+ timed \(\d+ there are\); .* × \d/,
  );
  expect(out).toMatch(/^%0 = \*MatMul\(m0\(input\) float32\[2,3\], .* on .+\n +[\d.]+ µs +± [\d.]+ % +\d+ rounds /m);
  const { out: untimed } = await trtx('inspect', write(dir, 'c.trtx', await tinyEngine()), '--tactics');
  expect(untimed).toMatch(/by the cost model; .* × \d/);

  const { status } = await trtxJson('bench', model, '--duration', '0.05', '--warm-up', '5', ...again);
  expect(status).toBe(0);
});

it('builds the same bytes of the same cache in every process, formats and all', async () => {
  const dir = folder();
  const b = new GraphBuilder('net');
  const weights = (outputs: number, inputs: number) =>
    b.constant(
      'float32',
      [outputs, inputs, 3, 3],
      Array.from({ length: outputs * inputs * 9 }, (_, i) => ((i * 7) % 13) / 13 - 0.5),
    );
  const stem = b.Relu(b.Conv(b.input('x', 'float32', [1, 3, 12, 12]), weights(8, 3), { pads: [1, 1, 1, 1] }));
  const inner = b.Relu(b.Conv(stem, weights(8, 8), { pads: [1, 1, 1, 1] }));
  b.output('y', b.GlobalAveragePool(b.Add(inner, stem)));
  const model = write(dir, 'net.onnx', exportModel(b.graph));
  const cache = join(dir, 'times.json');
  const built = async (name: string, ...args: string[]) => {
    const file = join(dir, name);
    expect((await trtx('build', model, '-o', file, '--timing-cache', cache, ...args)).status).toBe(0);
    return readFileSync(file);
  };
  const tuned = await built('tuned.trtx', '--tuning-budget', '30');
  const times = readFileSync(cache);
  expect(await built('again.trtx')).toEqual(tuned);
  expect(await built('third.trtx')).toEqual(tuned);
  expect(readFileSync(cache)).toEqual(times);
});

it('refuses what is no timing cache, and does without times only where it may', async () => {
  const dir = folder();
  const model = write(dir, 'tiny.onnx', tinyModel());
  const output = ['-o', join(dir, 'a.trtx')];
  const broken = write(dir, 'broken.json', '{"format": "trtx timing cache"');
  const error = await failure(MISUSED, 'TIMING_CACHE', ['build', model, ...output, '--timing-cache', broken], dir);
  expect(error).toMatchObject({ file: broken });
  const missing = ['--timing-cache', join(dir, 'none.json')];
  await failure(FAILED, 'TIMING_CACHE_MISS', ['build', model, ...output, ...missing, '--error-on-cache-miss'], dir);
  await failure(MISUSED, 'USAGE', ['build', model, ...output, '--error-on-cache-miss'], dir);
  await failure(MISUSED, 'USAGE', ['build', model, ...output, '--timing-cache', model], dir);
  await failure(MISUSED, 'USAGE', ['build', model, ...output, '--tuning-budget', '-1'], dir);
  await failure(MISUSED, 'NOT_AN_ENGINE', ['inspect', model, '--tactics'], dir);
});
