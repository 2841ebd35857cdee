// The commands of the README, run as they stand.

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { importModel } from '@trtx/onnx';
import { ReferenceRunner } from '@trtx/reference';
import { expect, it } from 'vitest';
import { encodeNpy } from '../../apps/cli/src/tensors/npy.ts';
import { randomTensor } from '../../apps/cli/src/tensors/random.ts';
import { bundledCommand } from './bundle.ts';
import { caches, filesIn, folder } from './command.ts';
import { writeFolder } from './tensors.ts';
import { pictureModel } from './tiny.ts';

const cli = new URL('../../apps/cli/', import.meta.url);
const readme = readFileSync(new URL('README.md', cli), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text!);

it.skipIf(process.platform === 'win32')('every command of the README works', async () => {
  const dir = folder();
  await prepare(dir);
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'trtx'), `#!/bin/sh\nexec '${process.execPath}' '${await bundledCommand()}' "$@"\n`, {
    mode: 0o755,
  });
  const env = { ...process.env, XDG_CACHE_HOME: caches, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const commands = blocks('sh').flatMap((block) => block.split('\n').filter(Boolean));
  expect(commands.length).toBeGreaterThan(10);
  // Those of the first block make the engine that others run; rejects where one fails.
  for (const command of commands) await promisify(execFile)('sh', ['-c', command], { cwd: dir, env });
  expect(filesIn(dir)).toEqual(expect.arrayContaining(['model.trtx', 'fixed.trtx', 'range.trtx', 'out/features.npy']));
});

it('names every code that the command throws', () => {
  for (const name of filesIn(fileURLToPath(new URL('src', cli)))) {
    if (!/(?<!\.test)\.ts$/.test(name)) continue;
    const text = readFileSync(new URL(`src/${name}`, cli), 'utf8');
    for (const [call, code] of text.matchAll(/new TrtxError\(\s*'([A-Z_]+)'.*?;\n/gs)) {
      expect(readme, name).toContain(`\`${code}\``);
      expect(call, name).toContain('hint');
    }
  }
});

/** The files that the README's commands find. */
async function prepare(dir: string): Promise<void> {
  const model = pictureModel();
  const image = randomTensor('float32', [1, 3, 32, 32], 1);
  const inputs = new Map([['image', image]]);
  const { graph } = await importModel(model);
  writeFolder(join(dir, 'inputs'), inputs);
  writeFolder(join(dir, 'outputs'), await new ReferenceRunner(graph).run(inputs));
  writeFileSync(join(dir, 'model.onnx'), model);
  writeFileSync(join(dir, 'image.npy'), encodeNpy(image));
  writeFileSync(join(dir, 'image.bin'), image.data as Float32Array);
  const { createCanvas } = createRequire(new URL('package.json', cli))('@napi-rs/canvas');
  writeFileSync(join(dir, 'cat.png'), await createCanvas(40, 30).encode('png'));
}
