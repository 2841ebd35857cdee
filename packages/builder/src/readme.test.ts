import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectEngine } from '@trtx/engine';
import { exportModel } from '@trtx/onnx';
import { expect, it, vi } from 'vitest';
import { matmulGraph } from './testing/models.ts';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

it('has an example that works', async () => {
  expect(await read('../README.md')).toContain(`\`\`\`ts\n${await read('testing/example.ts')}\`\`\``);
  const dir = await mkdtemp(join(tmpdir(), 'trtx-builder-'));
  const before = process.cwd();
  process.chdir(dir);
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    await writeFile('model.onnx', exportModel(matmulGraph()));
    await import('./testing/example.ts');
    expect(new Set(log.mock.calls.flat())).toEqual(new Set(['optimize', 'kernels', 'write', 'y']));
    const { symbols } = inspectEngine(new Uint8Array(await readFile('model.trtx')));
    expect(symbols).toEqual([{ name: 'N', min: 1, max: 8, multipleOf: 1 }]);
  } finally {
    log.mockRestore();
    process.chdir(before);
    await rm(dir, { recursive: true });
  }
});
