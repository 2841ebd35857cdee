// The command as a process: its help, its streams, and how it ends.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspectEngine } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import { readBytes } from '../../apps/cli/src/files.ts';
import { hasShared, hydrated } from '../support/models.ts';
import { filesIn, folder, start, trtx } from './command.ts';
import { tinyModel } from './tiny.ts';

it.each(['optimize', 'build', 'run', 'inspect', 'verify', 'merge', 'extract'])(
  'trtx %s --help has an example',
  async (name) => {
    const { status, out, err } = await trtx(name, '--help');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(new RegExp(`^Usage: trtx ${name} .*\n\nExample:\n {2}trtx ${name} `, 's'));
  },
);

it('without arguments it tells what it can do', async () => {
  const { status, out, err } = await trtx();
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toMatch(/optimize .*build .*run .*inspect .*verify .*merge .*extract /s);
});

it('a pipe whose reader leaves is no error, and the file is whole', async () => {
  const dir = folder();
  const [model, engine] = [join(dir, 'tiny.onnx'), join(dir, 'tiny.trtx')];
  writeFileSync(model, tinyModel());
  const { child, outcome } = await start(['build', model, '-o', engine]);
  child.stdout!.destroy();
  child.stderr!.destroy();
  expect(await outcome).toMatchObject({ status: 0, signal: null });
  expect(inspectEngine(await readBytes(engine)).outputs).toHaveLength(1);
  expect(filesIn(dir)).toEqual(['tiny.onnx', 'tiny.trtx']);
});

describe.runIf(hasShared && process.platform !== 'win32')('Ctrl-C', () => {
  it('while the engine is written leaves nothing of it', async () => {
    const dir = folder();
    const { model } = hydrated('resnet18');
    const shapes = ['--shapes', 'input:1x3x224x224'];
    const { child, outcome } = await start(['build', model, '-o', join(dir, 'out.trtx'), '--portable', ...shapes]);
    const until = Date.now() + 60_000;
    while (readdirSync(dir).length === 0 && child.exitCode === null && Date.now() < until)
      await new Promise((resolve) => setImmediate(resolve));
    const early = !existsSync(join(dir, 'out.trtx'));
    child.kill('SIGINT');
    const { signal } = await outcome;
    // The signal may come when the file is whole already, but it is never half there.
    if (early && signal) expect(filesIn(dir)).toEqual([]);
    else expect(filesIn(dir)).toEqual(['out.trtx']);
  });
});

it('runs from its sources, as `npm run trtx` starts it', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const args = ['--conditions=@trtx/source', '--import', tsx, join(root, 'apps/cli/src/main.ts'), '--version'];
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.base.json') };
  const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  const { version } = JSON.parse(readFileSync(join(root, 'apps/cli/package.json'), 'utf8'));
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${version}\n` });
});
