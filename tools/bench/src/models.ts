// Runs generated models (folders with model.onnx, inputs and outputs) on the adapter of this machine: are the outputs
// right, and how long does a run take from arrays to arrays. One file when bundled, for a machine with nothing but Node.
//
//   node models.mjs FOLDER [--runs 50] [--dynamic]

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineRunner, profileAround, profileOf } from '@trtx/builder';
import type { Tensor } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import { requestNodeDevice } from '@trtx/runtime/node';

const [folder = '.', ...flags] = process.argv.slice(2);
const runs = Number(flags[flags.indexOf('--runs') + 1] || 50);
const gpu = await requestNodeDevice();
if (!gpu) throw new Error('there is no WebGPU adapter');
console.log(`adapter ${gpu.description}`);
let failed = 0;
for (const name of readdirSync(folder)) {
  if (!existsSync(join(folder, name, 'model.onnx'))) continue;
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
  const inputs = readTensors(join(model, 'inputs'));
  const expected = readTensors(join(model, 'outputs'));
  const { graph } = await importFile(join(model, 'model.onnx'));
  const dims = new Map([...inputs].map(([name, tensor]) => [name, tensor.dims]));
  const start = performance.now();
  const runner = await EngineRunner.create(graph, {
    device: gpu!.device,
    software: gpu!.isFallback,
    profile: dynamic ? profileAround(graph, dims) : profileOf(dims),
  });
  const ready = performance.now();
  const outputs = await runner.run(inputs);
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const before = performance.now();
    await runner.run(inputs);
    times.push(performance.now() - before);
  }
  await runner.dispose();
  times.sort((a, b) => a - b);
  const worst = [...expected].map(([name, tensor]) => excess(outputs.get(name)!, tensor));
  const excessive = Math.max(...worst);
  if (!(excessive <= 1)) throw new Error(`outputs are ${excessive.toFixed(2)} times the tolerance off`);
  const median = times[Math.floor(times.length / 2)]!;
  return `${median.toFixed(3)} ms median, ${times[0]!.toFixed(3)} min; build and load ${(ready - start).toFixed(0)} ms; error ${excessive.toFixed(4)} of tolerance`;
}

/** The largest |a − e| / (1e-4·max|e| + 1e-3·|e|). */
function excess(actual: Tensor, expected: Tensor): number {
  const [a, e] = [actual.data as Float32Array, expected.data as Float32Array];
  const largest = e.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  let worst = a.length === e.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < e.length; i++) {
    const error = Math.abs(a[i]! - e[i]!) / (1e-4 * largest + 1e-3 * Math.abs(e[i]!));
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }
  return worst;
}

function readTensors(folder: string): Map<string, Tensor> {
  const index: { name: string; file: string; dims: number[] }[] = JSON.parse(
    readFileSync(join(folder, 'index.json'), 'utf8'),
  );
  return new Map(
    index.map(({ name, file, dims }): [string, Tensor] => {
      const bytes = readFileSync(join(folder, file));
      const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
      return [name, { dtype: 'float32', dims, data }];
    }),
  );
}
