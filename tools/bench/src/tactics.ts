// Times the contractions of whole networks under tactics drawn at random, to fit cost models to what they take where weights
// come from memory and the device has other work. One file when bundled, for a machine with nothing but Node:
//
//   node tactics.mjs FOLDER FILE [--only REGEX] [--kernels REGEX] [--rounds 8] [--within 2.5] [--fp16]
//
// FOLDER has generated models, as models.ts takes them. Of the tactics whose kernels --kernels takes, those that cost no more
// than --within times the cheapest are drawn from. The file gets, for each dispatch, what it computes, its tactic and its
// time, and what a run of the network takes.

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineRunner, profileOf } from '@trtx/builder';
import type { Group, Tactic } from '@trtx/codegen';
import { importFile } from '@trtx/onnx/node';
import { medianOf, profile } from '@trtx/profiler';
import type { HostTensor } from '@trtx/runtime';
import { requestNodeDevice } from '@trtx/runtime/node';
import { spinner } from './spin.ts';
import { readTensors } from './tensors.ts';

const [folder = '.', file = 'tactics.json', ...flags] = process.argv.slice(2);
const option = (name: string) => (flags.includes(name) ? flags[flags.indexOf(name) + 1] : undefined);
const kernels = new RegExp(option('--kernels') ?? '\\.staged$');
const rounds = Number(option('--rounds') ?? 8);
const within = Number(option('--within') ?? 2.5);
const gpu = await requestNodeDevice({
  features: 'experimental',
  flags: ['disable-dawn-features=timestamp_quantization', 'enable-dawn-features=disable_robustness'],
});
if (!gpu) throw new Error('there is no WebGPU adapter');
console.log(`adapter ${gpu.description}`);

const spin = await spinner(gpu);
let state = 1;
const rows: unknown[] = [];
for (const name of readdirSync(folder)) {
  if (!existsSync(join(folder, name, 'model.onnx')) || !new RegExp(option('--only') ?? '').test(name)) continue;
  for (let round = 0; round < rounds; round++) await measure(name, round);
  writeFileSync(file, JSON.stringify(rows));
}
gpu.release();

/** The first round takes what the cost model chooses. */
async function measure(name: string, round: number): Promise<void> {
  const inputs = readTensors(join(folder, name, 'inputs'));
  const { graph } = await importFile(join(folder, name, 'model.onnx'));
  const dims = new Map([...inputs].map(([input, tensor]) => [input, tensor.dims]));
  const computed = new Map<string, object>();
  const runner = await EngineRunner.create(graph, {
    profile: profileOf(dims),
    fp16: flags.includes('--fp16'),
    device: gpu!.device,
    software: gpu!.isFallback,
    unchecked: gpu!.isUnchecked,
    choose(tactics, group) {
      const tactic = round === 0 ? tactics[0] : drawn(tactics);
      for (const node of group.nodes) computed.set(node.name, { ...whatOf(group), cost: tactic?.cost });
      return tactic;
    },
  });
  const given = Object.fromEntries(inputs) as unknown as Record<string, HostTensor>;
  await spin();
  const { dispatches, whole } = await profile(runner.engine, given, { mostMs: 600 });
  const total = 1000 * medianOf(whole.samples);
  console.log(`${name} ${round}: ${total.toFixed(1)} µs`);
  for (const { tactic, nodes, times } of dispatches) {
    const what = computed.get(nodes.find((node) => computed.has(node)) ?? '');
    rows.push({ model: name, round, total, tactic, us: 1000 * medianOf(times.samples), nodes, ...what });
  }
  await runner.dispose();
}

function drawn(tactics: readonly Tactic[]): Tactic | undefined {
  const ours = tactics.filter(({ kernel }) => kernels.test(kernel.id));
  const least = Math.min(...ours.map(({ cost }) => cost));
  const near = ours.filter(({ cost }) => cost <= within * least);
  return near[Math.floor(random() * near.length)] ?? tactics[0];
}

function whatOf({ anchor, nodes }: Group): object {
  const node = anchor ?? nodes[0]!;
  return {
    op: node.op.name,
    inputs: node.inputs.map((value) => value?.type.shape),
    output: node.output.type.shape,
    attributes: Object.fromEntries(node.attributes),
  };
}

function random(): number {
  state = (state * 16807) % 2147483647;
  return state / 2147483647;
}
