// Times MobileNetV2 on @trtx beside other engines, on the adapter of this machine: `trtx bench --vs` of a network that is written
// for each of them. One file when bundled, for a machine with nothing but Node and the packages of the engines beside it:
//
//   node versus.mjs [--peers ort-node,ort-web,tfjs] [--size 224] [--width 1] [--json] [-- ARGS of trtx bench]

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { trtx } from '../../../apps/cli/src/program.ts';
import { mobileNet, type NetworkOptions } from './mobilenet/layers.ts';
import { onnxOf } from './mobilenet/onnx.ts';
import { graphModelOf } from './mobilenet/tfjs.ts';
import type { Bench, Result, VersusReport } from './versus-report.ts';

/** Each peer gets a process of its own: packages for browsers change globals, and Dawn comes with some of them. */
const COMMAND = 'trtx';

interface Options extends NetworkOptions {
  readonly peers: string;
  readonly json?: boolean;
}

if (process.argv[2] === COMMAND) process.exitCode = await trtx(process.argv.slice(3));
else await main();

async function main(): Promise<void> {
  const program = new Command('versus')
    .description('Times MobileNetV2 on @trtx beside other engines, in turn, on one adapter.')
    .option('--peers <names>', 'engines as trtx bench --vs takes them', 'ort-node,ort-web,tfjs')
    .option('--size <n>', 'height and width of the picture', Number, 224)
    .option('--width <factor>', 'of the numbers of channels', Number, 1)
    .option('--json', 'print one JSON object, which npm run bench -- --results takes')
    .argument('[args...]', 'further arguments of trtx bench, behind --');
  program.parse();
  const { peers, size, width, json } = program.opts<Options>();
  const folder = mkdtempSync(join(tmpdir(), 'trtx-versus-'));
  try {
    const files = writeNetworks(folder, { size, width });
    const results = peers.split(',').map((peer) => measure(peer, files, program.args));
    const network = width === 1 ? 'mobilenet_v2' : `mobilenet_v2 × ${width}`;
    const report = { network, dims: [1, 3, size, size], date: new Date().toISOString().slice(0, 10), results };
    if (json) console.log(JSON.stringify(report, null, 2));
    else print(report);
    if (results.some(({ isRight }) => !isRight)) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Files {
  readonly model: string;
  /** For TensorFlow.js. */
  readonly twin: string;
}

/** Writes the network in both formats. */
function writeNetworks(folder: string, options: NetworkOptions): Files {
  const network = mobileNet(options);
  const files = { model: join(folder, 'model.onnx'), twin: join(folder, 'model.json') };
  const weights = 'weights.bin';
  const graph = graphModelOf(network, weights);
  writeFileSync(files.model, onnxOf(network));
  writeFileSync(files.twin, JSON.stringify(graph.json));
  writeFileSync(join(folder, weights), graph.weights);
  return files;
}

function measure(peer: string, { model, twin }: Files, args: readonly string[]): Result {
  const own = [...process.execArgv, fileURLToPath(import.meta.url), COMMAND];
  const versus = ['--vs', peer, ...(peer.startsWith('tfjs') ? ['--vs-model', twin] : [])];
  const done = spawnSync(process.execPath, [...own, 'bench', model, ...versus, ...args, '--json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const bench: Bench = done.stdout ? JSON.parse(done.stdout) : { error: { message: `ended by ${done.signal}` } };
  return { peer, isRight: done.status === 0, ...bench };
}

function print({ network, dims, results }: VersusReport): void {
  const adapter = results.find(({ adapter }) => adapter)?.adapter ?? 'no adapter';
  console.log(`${network} ${dims.join('x')} on ${adapter}, medians in ms of pairs in turn, from arrays to arrays`);
  for (const { peer, vs, error } of results) {
    if (!vs) {
      console.log(`${peer}: FAILED: ${error?.message}`);
      continue;
    }
    const largest = Math.max(...vs.outputs.map(({ maxAbs }) => maxAbs ?? Number.POSITIVE_INFINITY));
    const same = vs.outputs.every(({ ok }) => ok) ? 'the same' : 'DIFFERENT';
    console.log(
      `${vs.name}: @trtx ${vs.ours.median.toFixed(3)}, it ${vs.theirs.median.toFixed(3)}, ratio ${vs.ratio.median.toFixed(3)}; ` +
        `its first run ${vs.firstRunMs.toFixed(0)}; outputs ${same}, |difference| ≤ ${largest.toExponential(1)}`,
    );
  }
}
