// `trtx verify` of every generated model, with dynamic dims as ranges: on the software adapter and on the reference.

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { GENERATED, hasShared, hydrated } from '../support/models.ts';

const main = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));
const root = resolve(main, '../../../..');

describe.runIf(hasShared)('trtx verify', () => {
  for (const backend of ['webgpu', 'reference'] as const)
    it.each(GENERATED)(`%s on ${backend}`, (name) => {
      const { model, inputs, outputs } = hydrated(name);
      const args = ['verify', model, '--inputs', inputs, '--expect', outputs, '--backend', backend, '--json'];
      const node = ['--conditions=@trtx/source', '--import', 'tsx', main, ...args];
      const done = spawnSync(process.execPath, node, { cwd: root, encoding: 'utf8' });
      expect(done.status, done.stderr).toBe(0);
      const result = JSON.parse(done.stdout);
      expect(result.ok).toBe(true);
      for (const output of result.outputs) expect(output.cosine).toBeGreaterThanOrEqual(0.99999);
    });
});
