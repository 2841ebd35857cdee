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

  it('tells what becomes of models that are written', async () => {
    const path = model();
    const dir = folder();
    const told = async (...args: string[]) => {
      const { status, err } = await trtx(...args, '--quiet', '--log-level', 'verbose');
      expect(status).toBe(0);
      return err.split('\n').filter((line) => line.startsWith('['));
    };
    const [smaller, part, whole] = ['smaller', 'part', 'whole'].map((name) => join(dir, `${name}.onnx`));
    const read = expect.stringMatching(/^\[info\] read a model of \d+ nodes, opset ONNX \d+, [\d.]+ ms \(file /);
    const wrote = (file: string) =>
      expect.stringMatching(`^\\[info\\] wrote \\d+ bytes, opset \\d+ \\(file ${file}\\)$`);

    const optimized = await told('optimize', path, smaller!, '--fp16');
    expect(optimized).toEqual(expect.arrayContaining([read, wrote(smaller!)]));
    expect(optimized).toContainEqual(expect.stringMatching(/^\[info\] optimized: \d+ nodes to \d+, [\d.]+ ms$/));
    expect(optimized).toContainEqual(expect.stringMatching(/^\[verbose\] pass .*: \d+ firings in \d+ runs/));
    expect(optimized).toContainEqual(expect.stringMatching(/^\[info\] 2 nodes in float16 with 2 casts/));
    expect(await told('extract', path, part!, '--outputs', 'y')).toEqual(
      expect.arrayContaining([read, '[info] extracted 2 of 2 nodes', wrote(part!)]),
    );
    expect(await told('merge', path, part!, '-o', whole!)).toContainEqual('[info] merged 2 models to 4 nodes');
  });

  it('tells what inspecting reads, and does', async () => {
    const path = model();
    const told = async (...args: string[]) => (await trtx('inspect', path, ...args, '--log-level', 'info')).err;
    expect(await told()).toMatch(/^\[info\] read \d+ bytes, [\d.]+ ms \(file .*tiny\.onnx\)$/m);
    expect(await told('--placement')).toMatch(/^\[info\] optimized: /m);
    expect(await told('--support')).toMatch(/^\[info\] read a model of 2 nodes/m);
  });

  it('refuses a severity that there is not', async () => {
    const { status, err } = await trtx('build', model(), '-o', 'x.trtx', '--log-level', 'loud');
    expect(status).toBe(2);
    expect(err).toMatch(/Allowed choices are internal-error, error, warning, info, verbose/);
  });
});
