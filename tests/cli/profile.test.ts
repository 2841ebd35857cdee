// trtx profile, and what bench and profile do on request: tactics, other engines, traces.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { GraphBuilder } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { expectTraceFile } from '../../packages/profiler/src/testing/trace.ts';
import { folder, trtx, trtxJson } from './command.ts';
import { pageData } from './page-data.ts';
import { tinyModel } from './tiny.ts';

interface Profile {
  readonly mode: string;
  readonly coverage: number;
  readonly peak: object;
  readonly dispatches: readonly { readonly tactic: string; readonly nodes: readonly string[]; readonly ms: number }[];
}

const QUICK = ['--duration', '0.05'];

function tiny(): string {
  const model = join(folder(), 'tiny.onnx');
  writeFileSync(model, tinyModel());
  return model;
}

it('profiles the dispatches of a model, writes a trace, and takes a tactic that is asked for', async () => {
  const model = tiny();
  const trace = join(folder(), 'trace.json');
  const html = join(folder(), 'page.html');
  const { status, data } = await trtxJson<Profile>('profile', model, '--trace', trace, '--html', html, ...QUICK);
  expect(status).toBe(0);
  expect(data).toMatchObject({ mode: 'apart', peak: { flopsPerSecond: expect.any(Number) } });
  const [first] = data.dispatches;
  expect(first).toMatchObject({
    kernel: expect.any(String),
    nodes: expect.arrayContaining([expect.any(String)]),
    ms: expect.any(Number),
    share: expect.any(Number),
    flops: expect.any(Number),
    bytesRead: expect.any(Number),
    roof: { bound: expect.stringMatching(/compute|memory/) },
  });
  expect(data).toMatchObject({ page: { file: html, bytes: readFileSync(html).length } });
  expect(pageData(html)).toMatchObject({
    title: 'tiny.onnx',
    layers: [{ ms: first!.ms, share: 1, roof: expect.any(Object) }],
    runs: { mode: 'apart' },
    modules: [expect.stringContaining('@compute')],
  });
  expectTraceFile(readFileSync(trace, 'utf8'));
  const { traceEvents } = JSON.parse(readFileSync(trace, 'utf8'));
  const tracks = traceEvents.flatMap(({ name, args }: { name: string; args: { name: string } }) =>
    name === 'thread_name' ? [args.name] : [],
  );
  expect(tracks).toEqual(expect.arrayContaining(['GPU', 'compile', 'encode', 'read back', 'run', 'submit', 'upload']));

  const node = first!.nodes[0]!;
  const wrong = await trtxJson<{ error: { details: string[] } }>(
    'profile',
    model,
    '--tactic',
    `${node}=none`,
    ...QUICK,
  );
  expect(wrong).toMatchObject({ status: 1, data: { error: { code: 'TACTIC_UNKNOWN', node } } });
  const other = wrong.data.error.details.at(-1)!;
  const forced = await trtxJson<Profile>('profile', model, '--tactic', `${node}=${other}`, ...QUICK);
  expect(forced.data.dispatches.map(({ tactic }) => tactic)).toContain(other);

  const { out } = await trtx('profile', model, '--top', '1', ...QUICK);
  expect(out).toMatch(/ms +GFLOP\/s +GB\/s +roof +dispatch +workgroups +nodes\n *\d+\.\d %/);
  expect(out).toMatch(/whole run .+, dispatches \d+ % of it; \d+ runs, a pass for each dispatch\ndevice: /);
});

it('says on top of the page that outputs are NaN', async () => {
  const b = new GraphBuilder('nan');
  b.output('y', b.Log(b.Neg(b.Exp(b.input('x', 'float32', [8])))));
  const [model, html] = [join(folder(), 'nan.onnx'), join(folder(), 'page.html')];
  writeFileSync(model, exportModel(b.graph));
  const { status, data } = await trtxJson<Profile>('profile', model, '--html', html, ...QUICK);
  expect(status).toBe(1);
  expect(data).toMatchObject({ notes: [{ code: 'NOT_FINITE' }] });
  expect(pageData(html)).toMatchObject({ notes: ['output y: 8 of 8 elements are NaN or infinite'] });
});

it('times a model beside ONNX Runtime, pair by pair, and compares what both compute', async () => {
  const model = tiny();
  const { status, data } = await trtxJson<{ vs: object }>('bench', model, '--vs', 'ort-node:cpu', ...QUICK);
  expect(status).toBe(0);
  expect(data.vs).toMatchObject({
    name: expect.stringMatching(/^onnxruntime-node .* \(cpu\)$/),
    ratio: { median: expect.any(Number) },
    pairs: expect.arrayContaining([
      { ours: expect.any(Number), theirs: expect.any(Number), ratio: expect.any(Number) },
    ]),
    outputs: [{ name: 'y', ok: true }],
  });
});

it('gives the other engine what is a constant of ours, too', async () => {
  const b = new GraphBuilder('scaled');
  const [scale, x] = [b.input('scale', 'float32', [1]), b.input('x', 'float32', [2, 3])];
  b.output('y', b.Mul(x, scale));
  const model = join(folder(), 'scaled.onnx');
  writeFileSync(model, exportModel(b.graph));
  const { status, data } = await trtxJson<{ vs: object }>(
    ...['bench', model, '--constant', 'scale=2.5', '--vs', 'ort-node:cpu'],
    ...QUICK,
  );
  expect({ status, data }).toMatchObject({ status: 0, data: { vs: { outputs: [{ name: 'y', ok: true }] } } });
});

it('says which engines it knows, which package is missing, and what it needs', async () => {
  const model = tiny();
  const unknown = await trtxJson('bench', model, '--vs', 'ort-node:gpu', ...QUICK);
  expect(unknown).toMatchObject({ status: 2, data: { error: { code: 'USAGE' } } });
  const cli = createRequire(new URL('../../apps/cli/package.json', import.meta.url));
  const isThere = (() => {
    try {
      return Boolean(cli.resolve('onnxruntime-web'));
    } catch {
      return false;
    }
  })();
  if (!isThere) {
    const missing = await trtxJson('bench', model, '--vs', 'ort-web', ...QUICK);
    expect(missing).toMatchObject({ status: 1, data: { error: { code: 'PACKAGE_MISSING' } } });
  }
});
