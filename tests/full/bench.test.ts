// PP-OCR detection is no slower than ONNX Runtime's WebGPU provider on the same software adapter, in turn in one run.

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

it('npm run bench -- detector', () => {
  const done = spawnSync('npm', ['run', '-s', 'bench', '--', 'detector', '--rounds', '3', '--json'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, TRTX_GPU: 'software' },
  });
  expect(done.status, done.stderr).toBe(0);
  const { ratio, maxAbs } = JSON.parse(done.stdout);
  console.log(`@trtx / ONNX Runtime: ${ratio.toFixed(3)}`);
  expect(maxAbs).toBeLessThan(1e-4);
  expect(ratio).toBeLessThan(1);
});
