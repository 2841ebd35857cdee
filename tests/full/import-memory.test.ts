// Memory of importing a model of half a gigabyte: the weights once, and nothing of them on the JavaScript heap. In a process
// of its own, since the peak of a process never falls.

import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hasShared, hydrated } from '../support/models.ts';

const MB = 2 ** 20;
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Measured {
  nodes: number;
  milliseconds: number;
  /** Largest resident set, in bytes, before the import and after. */
  before: number;
  peak: number;
  heap: number;
}

/** Imports in a new process, from source. */
async function measure(model: string): Promise<Measured> {
  const script = `
    import { importFile } from '@trtx/onnx/node';
    const peak = () => process.resourceUsage().maxRSS * 1024;
    const before = peak();
    const start = performance.now();
    const { graph } = await importFile(${JSON.stringify(model)});
    const milliseconds = performance.now() - start;
    const report = { nodes: graph.nodes.size, milliseconds, before, peak: peak(), heap: process.memoryUsage().heapUsed };
    console.log(JSON.stringify(report));
  `;
  const args = ['--conditions=@trtx/source', '--import', 'tsx', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return JSON.parse(stdout) as Measured;
}

describe.skipIf(!hasShared)('memory of importFile', () => {
  it.each(['gpt2', 'gpt2_dynamo'])('%s peaks at 1.5 times its file and 200 MB at most', async (name) => {
    const { model } = hydrated(name);
    const weights = join(model, '..', 'weights.bin');
    expect(existsSync(weights)).toBe(true);
    const size = statSync(weights).size + statSync(model).size;
    const measured = await measure(model);
    console.log(
      `${name}: ${Math.round(size / MB)} MB in ${Math.round(measured.milliseconds)} ms, peak ${Math.round(measured.peak / MB)} MB ` +
        `(${Math.round(measured.before / MB)} MB before), heap ${Math.round(measured.heap / MB)} MB`,
    );
    expect(measured.peak).toBeLessThanOrEqual(1.5 * size + 200 * MB);
    expect(measured.heap).toBeLessThan(100 * MB);
  });
});
