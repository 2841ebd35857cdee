// `trtx verify` of a generated model, in a process of its own.

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { hydrated } from './models.ts';

const main = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));
const root = resolve(main, '../../../..');

/** Expects a generated model to give its expected outputs, with dynamic dims as ranges. */
export function expectVerified(name: string, backend: 'webgpu' | 'reference'): void {
  const { model, inputs, outputs } = hydrated(name);
  const args = ['verify', model, '--inputs', inputs, '--expect', outputs, '--backend', backend, '--json'];
  const node = ['--conditions=@trtx/source', '--import', 'tsx', main, ...args];
  const done = spawnSync(process.execPath, node, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  expect(done.status, done.stderr + done.stdout).toBe(0);
  const result = JSON.parse(done.stdout);
  expect(result.ok).toBe(true);
  for (const output of result.outputs) expect(output.cosine).toBeGreaterThanOrEqual(0.99999);
}
