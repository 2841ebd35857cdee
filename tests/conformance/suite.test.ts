// The ONNX project's cases on both backends: exactly those of tools/conformance/expected.json are not passed.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SHARED } from '../support/models.ts';

const SUITE = join(SHARED, 'onnx-backend-tests');
const RUN = join(import.meta.dirname, '../../tools/bootstrap/run.mjs');
const MINUTES = 60_000;

describe.skipIf(!existsSync(SUITE))('cases of the ONNX project', () => {
  it.each(['reference', 'webgpu'])(
    '%s passes all that are not listed',
    (backend) => {
      const args = ['conformance', '--suite', SUITE, '--backend', backend, '--check'];
      const { stdout, stderr, status } = spawnSync(process.execPath, [RUN, ...args], { encoding: 'utf8' });
      expect(status, `${stderr}\n${stdout}`).toBe(0);
    },
    15 * MINUTES,
  );
});
