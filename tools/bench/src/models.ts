// Runs generated models (folders with model.onnx, inputs and outputs) on the adapter of this machine: are the outputs
// right, and how long does a run take from arrays to arrays. One file when bundled, for a machine with nothing but Node.
//
//   node models.mjs FOLDER [--only REGEX] [--runs 50] [--dynamic] [--batch 32] [--fp16] [--fast] [--layers 12] [--tune 30] [--timing-cache FILE]
//
// --batch repeats inputs and outputs along their first axis; --fast asks Dawn not to check accesses, for engines that are in
// bounds by themselves; --layers prints the dearest dispatches; --tune times kernels for so many seconds.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EngineRunner, profileAround, profileOf, targetOf, tune } from '@trtx/builder';
import { nodeImplementation, readTimingCache, writeTimingCache } from '@trtx/builder/node';
import { arrayType, cloneGraph, type Tensor } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import { bench, type Measurement, medianOf, profile } from '@trtx/profiler';
import type { HostTensor } from '@trtx/runtime';
import { requestNodeDevice } from '@trtx/runtime/node';
import { readTensors } from './tensors.ts';

const [folder = '.', ...flags] = process.argv.slice(2);
const option = (name: string) => (flags.includes(name) ? flags[flags.indexOf(name) + 1] : undefined);
const iterations = Number(option('--runs') ?? 50);
const layers = Number(option('--layers') ?? 0);
const budget = Number(option('--tune') ?? 0);
const cacheFile = option('--timing-cache');
const batch = Number(option('--batch') ?? 1);
const isHalf = flags.includes('--fp16');
const gpu = await requestNodeDevice({
  features: 'experimental',
  unchecked: flags.includes('--fast'),
  flags: ['disable-dawn-features=timestamp_quantization'],
});
if (!gpu) throw new Error('there is no WebGPU adapter');
console.log(`adapter ${gpu.description}`);
let failed = 0;
for (const name of readdirSync(folder)) {
  if (!existsSync(join(folder, name, 'model.onnx')) || !new RegExp(option('--only') ?? '').test(name)) continue;
  for (const dynamic of flags.includes('--dynamic') ? [false, true] : [false]) {
    const line = await measure(join(folder, name), dynamic).catch((error: Error) => {
      failed++;
      return `FAILED ${error.message}`;
    });
    console.log(`${name}${dynamic ? ' (dynamic)' : ''}: ${line}`);
  }
}
console.log(`${failed} failed`);
gpu.release();
process.exitCode = failed ? 1 : 0;

async function measure(model: string, dynamic: boolean): Promise<string> {
  const [inputs, expected] = ['inputs', 'outputs'].map((part) => repeated(readTensors(join(model, part)), batch)) as [
    Map<string, Tensor>,
    Map<string, Tensor>,
  ];
  const { graph } = await importFile(join(model, 'model.onnx'));
  const dims = new Map([...inputs].map(([name, tensor]) => [name, tensor.dims]));
  const start = performance.now();
  const { device, isFallback: software, isUnchecked: unchecked } = gpu!;
  const options = { profile: dynamic ? profileAround(graph, dims) : profileOf(dims), fp16: isHalf };
  const tuning =
    budget > 0
      ? await tune(cloneGraph(graph), {
          ...options,
          device,
          software,
          target: targetOf(device, software, unchecked),
          budget,
          implementation: nodeImplementation(),
          cache: cacheFile ? await readTimingCache(cacheFile) : undefined,
        })
      : undefined;
  if (tuning && cacheFile) await writeTimingCache(cacheFile, tuning.cache);
  const tuned = performance.now();
  let built = tuned;
  const onProgress = () => {
    built = performance.now();
  };
  const runner = await EngineRunner.create(graph, {
    ...options,
    device,
    software,
    unchecked,
    timings: tuning?.timings,
    onProgress,
  });
  const ready = performance.now();
  const outputs = await runner.run(inputs);
  const ran = performance.now();
  const worst = [...expected].map(([name, tensor]) =>
    isHalf ? (1 - cosine(outputs.get(name)!, tensor)) / 1e-3 : excess(outputs.get(name)!, tensor),
  );
  const given = Object.fromEntries(inputs) as unknown as Record<string, HostTensor>;
  const times = { iterations, durationMs: 500, warmUpMs: 500 };
  const arrays = (await bench(runner.engine, given, times)).runs;
  const resident = (await bench(runner.engine, given, { ...times, transfers: false })).runs;
  const excessive = Math.max(...worst);
  const text = (times: Measurement | undefined) => (times ? medianOf(times.samples).toFixed(3) : '?');
  const lines = [
    `GPU ${text(resident.gpu)}, resident ${text(resident.latency)}, arrays ${text(arrays.latency)}, encode ${text(resident.encode)} ms`,
    ...(tuning ? [`tuned in ${(tuned - start).toFixed(0)} ms: ${tuning.timed} of ${tuning.problems} problems`] : []),
    `build ${(built - tuned).toFixed(0)}, load ${(ready - built).toFixed(0)}, first run ${(ran - ready).toFixed(0)} ms; error ${excessive.toFixed(4)} of tolerance`,
  ];
  if (layers > 0) lines.push(...(await dearest(runner, given)));
  await runner.dispose();
  if (!(excessive <= 1))
    throw new Error(`outputs are ${excessive.toFixed(2)} times the tolerance off; ${lines.join('\n')}`);
  return lines.join('\n');
}

/** The dispatches that take the most time, in microseconds. */
async function dearest(runner: EngineRunner, inputs: Readonly<Record<string, HostTensor>>): Promise<string[]> {
  const { dispatches, coverage } = await profile(runner.engine, inputs, { mostMs: 2000 });
  const rows = dispatches.map(({ tactic, nodes, times, workgroups }) => ({
    tactic,
    nodes,
    us: 1000 * medianOf(times.samples),
    workgroups,
  }));
  rows.sort((a, b) => b.us - a.us);
  const kinds = new Map<string, number>();
  for (const { tactic, us } of rows) kinds.set(tactic.split(' ')[0]!, (kinds.get(tactic.split(' ')[0]!) ?? 0) + us);
  return [
    `  ${dispatches.length} dispatches, coverage ${coverage.toFixed(2)}: ${[...kinds].map(([kind, us]) => `${kind} ${us.toFixed(0)}`).join(', ')} µs`,
    ...rows
      .slice(0, layers)
      .map(
        ({ tactic, nodes, us, workgroups }) =>
          `  ${us.toFixed(1)} µs ${tactic} [${workgroups}] ${nodes.join(' ').slice(0, 80)}`,
      ),
  ];
}

/** Tensors that lie so many times behind one another along their first axis. */
function repeated(tensors: ReadonlyMap<string, Tensor>, times: number): Map<string, Tensor> {
  return new Map(
    [...tensors].map(([name, tensor]): [string, Tensor] => {
      if (times === 1) return [name, tensor];
      const { dtype, dims, data } = tensor;
      const all = new (arrayType(dtype))(data.length * times);
      for (let i = 0; i < times; i++) all.set(data as never, i * data.length);
      return [name, { dtype, dims: [dims[0]! * times, ...dims.slice(1)], data: all } as Tensor];
    }),
  );
}

function cosine({ data: a }: Tensor, { data: b }: Tensor): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < b.length; i++) {
    const [x, y] = [Number(a[i]), Number(b[i])];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

/** The largest |a − e| / (1e-4·max|e| + 1e-3·|e|). */
function excess(actual: Tensor, expected: Tensor): number {
  const [a, e] = [actual, expected].map(({ data }) => Array.from(data as ArrayLike<number | bigint>, Number)) as [
    number[],
    number[],
  ];
  const largest = e.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  let worst = a.length === e.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < e.length; i++) {
    const error = Math.abs(a[i]! - e[i]!) / (1e-4 * largest + 1e-3 * Math.abs(e[i]!));
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }
  return worst;
}
