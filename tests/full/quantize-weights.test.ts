// Weights of few bits for models of hundreds of megabytes: time, memory, bytes, and that ONNX Runtime runs what is exported. In
// processes of their own, since the peak of a process never falls.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isFloat } from '@trtx/ir';
import type { WeightOptions } from '@trtx/quantizer';
import { toFloat64 } from '@trtx/reference';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closeness } from '../support/closeness.ts';
import { hasShared, hydrated, readTensors } from '../support/models.ts';
import { ortRunner } from '../support/ort.ts';

const MB = 2 ** 20;
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Measured {
  readonly bytes: { readonly before: number; readonly after: number };
  readonly kept: readonly string[];
  /** Of quantizing alone. */
  readonly milliseconds: number;
  /** Largest resident set, in bytes. */
  readonly peak: number;
  /** The exported file. */
  readonly file: string;
}

/** Imports, optimizes, quantizes and exports in a new process, from source. */
async function quantizeFile(model: string, options: WeightOptions): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'trtx-quantized-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'model.onnx');
  const script = `
    import { exportFile, importFile } from '@trtx/onnx/node';
    import { optimize } from '@trtx/passes';
    import { quantizeWeights } from '@trtx/quantizer';
    const { graph } = await importFile(${JSON.stringify(model)});
    optimize(graph);
    const start = performance.now();
    const { bytes, kept } = quantizeWeights(graph, ${JSON.stringify(options)});
    const milliseconds = performance.now() - start;
    await exportFile(graph, ${JSON.stringify(file)});
    const peak = process.resourceUsage().maxRSS * 1024;
    console.log(JSON.stringify({ bytes, kept: kept.map(({ node }) => node), milliseconds, peak }));
  `;
  const args = ['--conditions=@trtx/source', '--import', 'tsx', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 64 * MB });
  return { ...(JSON.parse(stdout) as Omit<Measured, 'file'>), file };
}

/** The least cosine of an output of the file with what the model is to give. */
async function leastCosine(file: string, { inputs, outputs }: ReturnType<typeof hydrated>): Promise<number> {
  const runner = await ortRunner(file);
  const actual = await runner.run(readTensors(inputs));
  await runner.dispose?.();
  const floats = [...readTensors(outputs)].filter(([, { dtype }]) => isFloat(dtype));
  return Math.min(...floats.map(([name, tensor]) => closeness(toFloat64(actual.get(name)!), toFloat64(tensor)).cosine));
}

describe.skipIf(!hasShared)('quantizeWeights', () => {
  it('takes gpt2 in 3 minutes and 2.5 GB', async () => {
    const model = hydrated('gpt2');
    const measured = await quantizeFile(model.model, { type: 'int4' });
    expect(measured.kept).toEqual([]);
    expect(measured.milliseconds).toBeLessThan(180_000);
    expect(measured.peak).toBeLessThan(2.5e9);
    expect(measured.bytes.after).toBeLessThan(0.16 * measured.bytes.before);
    expect(statSync(measured.file).size).toBeLessThan(measured.bytes.after + MB);
    expect(await leastCosine(measured.file, model)).toBeGreaterThan(0.97);
  });

  it.each([
    [{ type: 'int4' }, 0.16, 0.97],
    [{ type: 'int8', block: 'channel' }, 0.27, 0.999],
  ] as const)('makes bert_base, its embeddings too, as small as %j can', async (options, share, cosine) => {
    const model = hydrated('bert_base');
    const { kept, bytes, file } = await quantizeFile(model.model, options);
    expect(kept).toEqual([]);
    expect(bytes.after).toBeLessThan(share * bytes.before);
    expect(await leastCosine(file, model)).toBeGreaterThan(cosine);
  });
});
