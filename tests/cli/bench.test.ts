// trtx bench: what it prints, and what its options do.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphBuilder } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { encodeNpy } from '../../apps/cli/src/tensors/npy.ts';
import { folder, trtx, trtxJson } from './command.ts';
import { pictureModel, tinyModel } from './tiny.ts';

const QUICK = ['--duration', '0.05', '--warm-up', '5'];

interface Times {
  readonly count: number;
  readonly median: number;
}

interface Bench {
  readonly load: { readonly totalMs: number };
  readonly firstRunMs: number;
  readonly runs: object;
  readonly latency: Times & Record<string, number>;
  readonly encode: Times;
  readonly gpu: Times;
  readonly notes: readonly { readonly code: string }[];
}

it('times a model, and prints load, first run and a table', async () => {
  const model = join(folder(), 'tiny.onnx');
  writeFileSync(model, tinyModel());
  const { status, out, err } = await trtx('bench', model, ...QUICK);
  expect({ status, err }).toEqual({ status: 0, err: expect.stringMatching(/^adapter: .+$/m) });
  expect(out).toMatch(
    /^build {6}.+\nload {7}.+ \(weights after .+, pipelines after .+\)\nfirst run {2}.+\nruns {7}\d+ in .+ a second\n/,
  );
  expect(out).toMatch(
    /ms +min +mean +median +p90 +p95 +p99 +max\n {2}end to end .+\n {2}encode and submit .+\n {2}GPU .+\n {2}\(end to end: from the call to its outputs; /,
  );
});

it('times an engine over a range at given sizes, side by side, and exports the time of each run', async () => {
  const dir = folder();
  const [model, engine, times] = ['p.onnx', 'p.trtx', 'times.json'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(model, pictureModel());
  await trtx('build', model, '-o', engine, '--shapes', 'image:1x3x{8..32}x{8..32}');
  const lanes = ['--contexts', '2', '--in-flight', '2', '--no-transfers', '--percentile', '50,99.9'];
  const { status, data } = await trtxJson<Bench>(
    'bench',
    engine,
    ...['--shapes', 'image:1x3x16x16', '--iterations', '20', '--export-times', times],
    ...lanes,
    ...QUICK,
  );
  expect(status).toBe(0);
  expect(data).toMatchObject({
    load: { totalMs: expect.any(Number) },
    firstRunMs: expect.any(Number),
    runs: { contexts: 2, inFlight: 2, transfers: false },
  });
  expect(Object.keys(data.latency)).toEqual(['count', 'min', 'mean', 'median', 'max', 'spread', 'p50', 'p99.9']);
  expect(data.latency.count).toBeGreaterThanOrEqual(20);
  const exported = JSON.parse(readFileSync(times, 'utf8'));
  for (const name of ['latency', 'encode', 'gpu'] as const) expect(exported[name]).toHaveLength(data[name].count);
});

it('takes inputs of files, and fails where an output is NaN', async () => {
  const dir = folder();
  const b = new GraphBuilder('nan');
  b.output('y', b.Sqrt(b.input('x', 'float32', [4])));
  const [model, x] = ['nan.onnx', 'x.npy'].map((name) => join(dir, name)) as [string, string];
  writeFileSync(model, exportModel(b.graph));
  writeFileSync(x, encodeNpy({ dtype: 'float32', dims: [4], data: Float32Array.of(1, -1, 2, -2) }));
  const { status, out } = await trtx('bench', model, '--input', `x=@${x}`, ...QUICK);
  expect(status).toBe(1);
  expect(out).toMatch(/^note: output y: 2 of 4 elements are NaN or infinite$/m);
});

it('needs sizes where there are several, and takes none that make no sense', async () => {
  const model = join(folder(), 'p.onnx');
  writeFileSync(model, pictureModel());
  const open = await trtxJson<{ error: object }>('bench', model);
  expect(open).toMatchObject({ status: 2, data: { error: { code: 'PROFILE_MISSING' } } });
  const wrong = await trtxJson<{ error: object }>('bench', model, '--percentile', '101');
  expect(wrong).toMatchObject({ status: 2, data: { error: { code: 'USAGE' } } });
  const unknown = await trtxJson<{ error: object }>('bench', model, '--shapes', 'picture:1x3x8x8');
  expect(unknown).toMatchObject({ status: 2, data: { error: { code: 'PROFILE' } } });
});
