// The commands on real models: what they compute is what ONNX Runtime computes.

import { join } from 'node:path';
import type { Tensor, Tensors } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { decodePicture } from '../../apps/cli/src/picture.ts';
import { pictureTensor } from '../../apps/cli/src/tensors/picture.ts';
import { randomTensor } from '../../apps/cli/src/tensors/random.ts';
import { expectClose } from '../support/compare.ts';
import { hasShared, hydrated, sharedModel } from '../support/models.ts';
import { ortRunner } from '../support/ort.ts';
import { folder, trtx, trtxJson } from './command.ts';
import { readNpy, writeFolder } from './tensors.ts';

interface Verified {
  readonly ok: boolean;
  readonly adapter: string;
  readonly backend: string;
  readonly buildMs: number;
  readonly runMs: number;
  readonly outputs: readonly {
    name: string;
    maxAbs: number;
    maxRel: number;
    cosine: number;
    ok: boolean;
    reason?: string;
  }[];
  readonly engine?: { dispatches: number; symbols: readonly { name: string }[] };
}

async function oracle(model: string, inputs: Tensors): Promise<Map<string, Tensor>> {
  const runner = await ortRunner(model);
  const outputs = await runner.run(inputs);
  await runner.dispose?.();
  return outputs;
}

describe.runIf(hasShared)('mnist', () => {
  const model = sharedModel('mnist', 'mnist.onnx');
  const inputs = new Map([['Input3', randomTensor('float32', [1, 1, 28, 28], 1)]]);

  it('is verified on both backends; a wrong expectation is found', async () => {
    const dir = folder();
    const expected = await oracle(model, inputs);
    const folders = [
      '--inputs',
      writeFolder(join(dir, 'in'), inputs),
      '--expect',
      writeFolder(join(dir, 'out'), expected),
    ];
    for (const backend of ['webgpu', 'reference']) {
      const { status, data } = await trtxJson<Verified>('verify', model, ...folders, '--backend', backend);
      expect({ status, ...data }).toMatchObject({ status: 0, ok: true, backend, adapter: expect.stringMatching(/./) });
      expect(data.outputs).toHaveLength(1);
      expect(data.outputs[0]!.maxAbs).toBeLessThan(1e-4);
      expect(Math.min(data.buildMs, data.runMs)).toBeGreaterThan(0);
    }

    const [name, { data }] = [...expected][0]!;
    (data as Float32Array)[3]! += 0.1;
    writeFolder(join(dir, 'out'), expected);
    const wrong = await trtx('verify', model, ...folders, '--backend', 'reference');
    expect(wrong.status).toBe(1);
    expect(wrong.out).toMatch(/^WRONG {2}Plus214_Output_0.* 1 of 10 elements .* the first at 3: .*\nNOT verified/);
    expect((await trtx('verify', model, ...folders, '--backend', 'reference', '--atol', '0.5')).status).toBe(1);

    writeFolder(join(dir, 'out'), new Map([[name, { ...expected.get(name)!, dims: [10] }]]));
    const unlike = await trtxJson<Verified>('verify', model, ...folders, '--backend', 'reference');
    expect(unlike).toMatchObject({
      status: 1,
      data: { ok: false, outputs: [{ ok: false, reason: expect.stringMatching(/\[1, 10\].*\[10\]/) }] },
    });
  });

  it('is built and run', async () => {
    const dir = folder();
    const engine = join(dir, 'mnist.trtx');
    expect((await trtx('build', model, '-o', engine, '--quiet')).err).toMatch(/^adapter: .*\n$/);
    const { data } = await trtxJson<{ outputs: object[] }>('run', engine, '-i', 'Input3=random:1', '-o', dir);
    expect(data.outputs).toEqual([
      expect.objectContaining({ name: 'Plus214_Output_0', dtype: 'float32', dims: [1, 10], notFinite: 0 }),
    ]);
    const [expected] = (await oracle(model, inputs)).values();
    expectClose(readNpy(join(dir, 'Plus214_Output_0.npy')), expected!, { absolute: 1e-4 });
  });
});

describe.runIf(hasShared)('superres', () => {
  it('enlarges a picture as ONNX Runtime does', async () => {
    const dir = folder();
    const model = sharedModel('superres', 'supres_core.onnx');
    const cat = sharedModel('superres', 'cat_224x224.png');
    const engine = join(dir, 'superres.trtx');
    expect((await trtx('build', model, '-o', engine)).status).toBe(0);
    const run = await trtx('run', engine, '-i', `input=@${cat}`, '-o', dir);
    expect(run).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^output {2}float32\[1, 1, 672, 672\] {2}min /),
    });
    const input = pictureTensor(await decodePicture(cat), { name: 'input', dtype: 'float32', dims: [1, 1, 224, 224] });
    const expected = await oracle(model, new Map([['input', input]]));
    expectClose(readNpy(join(dir, 'output.npy')), expected.get('output')!, { absolute: 1e-4 });
  });
});

describe.runIf(hasShared)('squeezenet1_1', () => {
  it('is verified with a range of batches on the GPU, and on the reference', async () => {
    const { model, inputs, outputs } = hydrated('squeezenet1_1');
    const args = ['verify', model, '--inputs', inputs, '--expect', outputs];
    const gpu = await trtxJson<Verified>(...args, '--backend', 'webgpu');
    expect(gpu).toMatchObject({
      status: 0,
      data: { ok: true, engine: { symbols: [{ name: 'batch', min: 1, max: 2 }] } },
    });
    const reference = await trtxJson<Verified>(...args, '--backend', 'reference');
    expect(reference).toMatchObject({ status: 0, data: { ok: true, outputs: [{ name: 'output', ok: true }] } });
  });

  it('is inspected', async () => {
    const { data } = await trtxJson('inspect', hydrated('squeezenet1_1').model);
    expect(data).toMatchObject({
      producer: 'pytorch',
      opsets: { 'ai.onnx': 17 },
      inputs: [{ name: 'input', type: 'float32', dims: ['batch', 3, 224, 224] }],
      ops: { Conv: 26, Relu: 26 },
      parameters: expect.any(Number),
      unsupported: [],
      externalFiles: ['weights.bin'],
    });
  });
});
