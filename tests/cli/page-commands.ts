// The commands of a page, run as they stand: each line of its `sh` blocks, in one folder that has the files they name.

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { importModel } from '@trtx/onnx';
import { ReferenceRunner } from '@trtx/reference';
import { encodeNpy } from '../../apps/cli/src/tensors/npy.ts';
import { randomTensor } from '../../apps/cli/src/tensors/random.ts';
import { bundledCommand } from './bundle.ts';
import { caches, folder } from './command.ts';
import { writeFolder } from './tensors.ts';
import { pictureModel } from './tiny.ts';

const cli = new URL('../../apps/cli/', import.meta.url);

/** Runs all commands of the page in order; rejects where one fails. Gives them and the folder. */
export async function runCommands(page: URL): Promise<{ commands: string[]; dir: string }> {
  const dir = folder();
  await prepare(dir);
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'trtx'), `#!/bin/sh\nexec '${process.execPath}' '${await bundledCommand()}' "$@"\n`, {
    mode: 0o755,
  });
  const env = { ...process.env, XDG_CACHE_HOME: caches, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const blocks = [...readFileSync(page, 'utf8').matchAll(/```sh\n(.*?)```/gs)].map(([, text]) => text!);
  const commands = blocks.flatMap((block) => block.split('\n').filter(Boolean));
  for (const command of commands) await promisify(execFile)('sh', ['-c', command], { cwd: dir, env });
  return { commands, dir };
}

/** A pass that is wrong: Relu as Abs. */
const PLUGIN = `
const rule = {
  name: 'relu-as-abs', ops: ['Relu'],
  apply: (node, patch) => patch.replace(node.output, patch.node('Abs', [node.inputs[0]]), 'planted'),
};
export const plugin = {
  name: 'planted', version: '1.0.0', apiVersion: { ir: 1, kernels: 1 },
  passes: [{ pass: { name: 'planted', summary: 'wrong', rules: [rule] }, after: 'merge-unary', level: 1 }],
};
`;

/** A check that holds for all models but those with a convolution. */
const CHECK = `
import { readFileSync } from 'node:fs';
process.exitCode = readFileSync(process.argv[2], 'latin1').includes('Conv') ? 1 : 0;
`;

/** The files that the commands find. */
async function prepare(dir: string): Promise<void> {
  const model = pictureModel();
  const image = randomTensor('float32', [1, 3, 32, 32], 1);
  const inputs = new Map([['image', image]]);
  const { graph } = await importModel(model);
  writeFolder(join(dir, 'inputs'), inputs);
  writeFolder(join(dir, 'outputs'), await new ReferenceRunner(graph).run(inputs));
  writeFileSync(join(dir, 'model.onnx'), model);
  writeFileSync(join(dir, 'plugin.mjs'), PLUGIN);
  writeFileSync(join(dir, 'check.mjs'), CHECK);
  writeFileSync(join(dir, 'image.npy'), encodeNpy(image));
  writeFileSync(join(dir, 'image.bin'), image.data as Float32Array);
  const { createCanvas } = createRequire(new URL('package.json', cli))('@napi-rs/canvas');
  writeFileSync(join(dir, 'cat.png'), await createCanvas(40, 30).encode('png'));
}
