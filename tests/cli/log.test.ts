// --log-level: what goes on, on stderr.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, trtx, trtxJson } from './command.ts';
import { tinyModel } from './tiny.ts';

function model(): string {
  const path = join(folder(), 'tiny.onnx');
  writeFileSync(path, tinyModel());
  return path;
}

describe('--log-level', () => {
  it('tells as much as is asked for', async () => {
    const path = model();
    const build = async (...args: string[]) => {
      const { status, err } = await trtx('build', path, '-o', `${path}.trtx`, '--portable', '--quiet', ...args);
      expect(status).toBe(0);
      return err.split('\n').filter((line) => line.startsWith('['));
    };
    expect(await build()).toEqual([]);
    const info = await build('--log-level', 'info');
    expect(info).toContainEqual(expect.stringMatching(/^\[info\] optimized: \d+ nodes to \d+, [\d.]+ ms$/));
    expect(info.every((line) => line.startsWith('[info] '))).toBe(true);
    const verbose = await build('--log-level=verbose');
    expect(verbose.length).toBeGreaterThan(info.length);
    expect(verbose).toContainEqual(
      expect.stringMatching(/^\[verbose\] tactic matmul\.\S+.* \(node .*, kernel matmul\./),
    );
  });

  it('goes on to the runtime, and leaves stdout alone', async () => {
    const path = model();
    const engine = `${path}.trtx`;
    await trtxJson('build', path, '-o', engine);
    const out = join(folder(), 'out');
    const {
      status,
      out: printed,
      err,
    } = await trtx('run', engine, '-i', 'x=random', '-o', out, '--json', '--log-level', 'verbose');
    expect(status).toBe(0);
    expect(JSON.parse(printed)).toHaveProperty('outputs');
    expect(err).toMatch(/^\[info\] adapter /m);
    expect(err).toMatch(/^\[verbose\] compiled, [\d.]+ ms \(kernel matmul\./m);
    expect(err).toMatch(/^\[info\] loaded /m);
    expect(err).toMatch(/^\[verbose\] shapes 2,3: profile 0$/m);
  });

  it('refuses a severity that there is not', async () => {
    const { status, err } = await trtx('build', model(), '-o', 'x.trtx', '--log-level', 'loud');
    expect(status).toBe(2);
    expect(err).toMatch(/Allowed choices are internal-error, error, warning, info, verbose/);
  });
});
