// A dimension that may be 0: the cache of a decoder before its first token.

import { EngineRunner } from '@trtx/builder';
import { parseProfile, type Tensor } from '@trtx/ir';
import { importModel } from '@trtx/onnx';
import { ReferenceRunner } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { cacheInputs, cacheModel } from '../support/cache.ts';
import { testDevice } from '../support/chain.ts';
import { expectClose } from '../support/compare.ts';
import { runModelWithOnnxRuntime } from '../support/onnx-oracle.ts';

const model = cacheModel();
const profile = parseProfile('past:1x2x{0..9}x4,x:1x2x{1..3}x4');
const feeds = (past: number, count: number) => new Map<string, Tensor>(Object.entries(cacheInputs(past, count)));

async function build(at: 'import' | 'build', level: 0 | 2 = 2): Promise<EngineRunner> {
  const { device, isFallback: software } = await testDevice();
  const { graph } = await importModel(model, at === 'import' ? { profile } : {});
  return EngineRunner.create(graph, { device, software, level, ...(at === 'build' ? { profile } : {}) });
}

describe('a cache that is empty at first', () => {
  it.each([
    ['import', 0],
    ['import', 2],
    ['build', 0],
    ['build', 2],
  ] as const)('is of the range that the profile gives at %s, at level %i', async (at, level) => {
    const runner = await build(at, level);
    for (const [past, count] of [
      [0, 3],
      [3, 1],
      [0, 1],
      [9, 2],
      [1, 1],
    ] as const) {
      const expected = await runModelWithOnnxRuntime(model, cacheInputs(past, count));
      const actual = await runner.run(feeds(past, count));
      for (const [name, tensor] of expected) expectClose(actual.get(name)!, tensor, {}, `${name} after ${past}`);
    }
    await runner.dispose();
  });

  it('needs no profile on the reference', async () => {
    const runner = new ReferenceRunner((await importModel(model)).graph);
    for (const past of [0, 2]) {
      const expected = await runModelWithOnnxRuntime(model, cacheInputs(past, 2));
      const actual = await runner.run(feeds(past, 2));
      for (const [name, tensor] of expected) expectClose(actual.get(name)!, tensor, {}, `${name} after ${past}`);
    }
  });

  it('grows in buffers of the caller, of which the first has no bytes', async () => {
    const { device } = await testDevice();
    const runner = await build('import');
    const context = runner.engine.createContext();
    const usage = 0x80 | 0x4 | 0x8; // STORAGE, COPY_SRC, COPY_DST
    const made: GPUBuffer[] = [];
    const buffer = (size: number) => {
      made.push(device.createBuffer({ size, usage }));
      return made.at(-1)!;
    };
    let [past, length] = [buffer(0), 0];
    let state = cacheInputs(0, 1).past;
    for (const count of [3, 1, 2]) {
      const { x } = cacheInputs(length, count);
      const present = buffer(4 * 8 * (length + count));
      const { y } = await context.run(
        { x: { data: x.data as Float32Array, dims: x.dims }, past: { buffer: past, dims: [1, 2, length, 4] } },
        { outputs: { present } },
      );
      const expected = await runModelWithOnnxRuntime(model, { x, past: state });
      expectClose({ dtype: 'float32', dims: y!.dims, data: y!.data as Float32Array }, expected.get('y')!, {}, 'y');
      [past, length, state] = [present, length + count, expected.get('present')!];
    }
    const nothing = context.run(
      { x: { data: new Float32Array(8), dims: [1, 2, 1, 4] }, past: { data: new Float32Array(0), dims: [1, 2, 0, 4] } },
      { outputs: { kept: buffer(0) } },
    );
    await expect(nothing).rejects.toThrow(
      /^BUFFER_UNSUITABLE: the GPU buffer has 0 bytes, and needs 4 \(tensor kept\)/,
    );
    await runner.dispose();
    for (const each of made) each.destroy();
  });

  it('that was built for more says what to build for', async () => {
    const { device, isFallback: software } = await testDevice();
    const { graph } = await importModel(model, { profile: parseProfile('past:1x2x{1..9}x4,x:1x2x{1..3}x4') });
    const runner = await EngineRunner.create(graph, { device, software });
    await expect(runner.run(feeds(0, 1))).rejects.toThrow(
      /^SHAPE_OUT_OF_PROFILE: dimension 2 \(P\) is 0, built for 1\.\.9 \(tensor past\)\n {2}hint: build the engine for it: \{0\.\.9\} there/,
    );
    await runner.dispose();
  });
});
