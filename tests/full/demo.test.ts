// The demo as a user starts it: right in every character, in at most five minutes without a GPU.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

it('npm run demo takes at most five minutes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trtx-demo-'));
  try {
    const start = performance.now();
    const done = spawnSync('npm', ['run', '-s', 'demo', '--', '--out', join(folder, 'demo.png')], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, TRTX_GPU: 'software' },
    });
    const seconds = (performance.now() - start) / 1000;
    expect(done.status, done.stderr).toBe(0);
    expect(done.stdout).toContain('all 11 lines are read right');
    expect(done.stdout).toMatch(/adapter +SwiftShader/);
    console.log(`the demo took ${seconds.toFixed(0)} s`);
    expect(seconds).toBeLessThan(300);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
