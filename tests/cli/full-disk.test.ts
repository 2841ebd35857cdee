// What is exported where no room is left: each command says so, and leaves nothing half written.

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Failure, filesIn, folder, start, trtxJson } from './command.ts';
import { write } from './failure.ts';
import { withFullDisk } from './faults.ts';
import { tinyModel } from './tiny.ts';

const QUICK = ['--duration', '0.05'];

it.each([
  ['bench', 'times.json', (model: string, out: string) => [model, '--export-times', out, ...QUICK]],
  ['profile', 'trace.json', (model: string, out: string) => [model, '--trace', out, ...QUICK]],
  ['profile', 'page.html', (model: string, out: string) => [model, '--html', out, ...QUICK]],
  ['inspect', 'page.html', (_: string, out: string, engine: string) => [engine, '--html', out]],
  ['optimize', 'smaller.onnx', (model: string, out: string) => [model, out]],
  ['build', 'other.trtx', (model: string, out: string) => [model, '-o', out]],
])('trtx %s: %s', async (command, name, argsOf) => {
  const dir = folder();
  const [model, engine] = [write(dir, 'tiny.onnx', tinyModel()), join(dir, 'tiny.trtx')];
  expect(await trtxJson('build', model, '-o', engine, '--portable')).toMatchObject({ status: 0 });
  const before = filesIn(dir);
  const args = [command, ...argsOf(model, join(dir, name), engine), '--json'];
  const { status, out } = await (await start(args, { env: withFullDisk() })).outcome;
  const { error } = JSON.parse(out) as Failure;
  expect({ status, error }).toMatchObject({
    status: 2,
    error: { code: 'FILE_WRITE', message: expect.stringContaining('no room is left'), file: join(dir, name) },
  });
  expect(filesIn(dir)).toEqual(before);
});
