// Tactics by measured times: build, bench and inspect --tactics.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  expect(timing).toMatchObject({ timed: data.tuning.tactics, us: why.problems![0]!.tactics[0]!.us });
  const { out } = await trtx('inspect', first, '--tactics', '--timing-cache', cache);
  expect(out).toMatch(/^# +nodes +tactic +µs +why\n0 .* the fastest of \d+ timed \(\d+ there are\); .* × \d/);
  expect(out).toMatch(/^%0 = \*MatMul\(m0\(input\) float32\[2,3\], .* on .+\n +[\d.]+ µs +± [\d.]+ % +\d+ rounds /m);
  const { out: untimed } = await trtx('inspect', write(dir, 'c.trtx', await tinyEngine()), '--tactics');
  expect(untimed).toMatch(/by the cost model; .* × \d/);

  const { status } = await trtxJson('bench', model, '--duration', '0.05', '--warm-up', '5', ...again);
  expect(status).toBe(0);
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
