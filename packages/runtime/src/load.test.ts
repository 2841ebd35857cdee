import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { fileSource } from './node.ts';
import type { LoadProgress } from './progress.ts';
import type { LoadSource } from './source.ts';
import { watchDevice } from './testing/device.ts';
import { rejection, useDevice } from './testing/gpu.ts';
import { affinePlan, arenaPlan, engineOf, planOf } from './testing/plans.ts';

const gpu = useDevice();
const { plan, blobs, expected } = arenaPlan();
const file = engineOf(plan, blobs);
const x = Float32Array.from({ length: 300 }, (_, i) => i);

/** Loads, runs, compares, disposes. */
async function works(source: LoadSource): Promise<void> {
  const engine = await Engine.load(source, gpu);
  const { z } = await engine.createContext().run({ x: { data: x, dims: [300] } });
  expect(z!.data).toEqual(expected(x));
  await engine.dispose();
}

/** A body that arrives in chunks of odd sizes. */
function bodyOf(bytes: Uint8Array<ArrayBuffer>, chunk: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at + chunk));
      at += chunk;
    },
  });
}

describe('an engine is loaded', () => {
  it('from bytes, wherever they lie', async () => {
    await works(file);
    await works(file.buffer);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    await works(shifted.subarray(3));
  });

  it('from a Blob', () => works(new Blob([file.subarray(0, 1000), file.subarray(1000)])));

  it.each([1, 127, 5000, 1 << 20])('from a response that arrives in chunks of %i', async (chunk) => {
    await works(new Response(bodyOf(file, chunk)));
  });

  it('from a file', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'trtx-'));
    try {
      const path = join(dir, 'model.trtx');
      await writeFile(path, file);
      const source = await fileSource(path);
      await works(source);
      await works(source);
      await source.close();
      await expect(Engine.load(source, gpu)).rejects.toThrow(/SOURCE_UNREADABLE/);
      await expect(fileSource(join(dir, 'other'))).rejects.toThrow(/SOURCE_UNREADABLE/);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('with news of its progress', async () => {
    const news: LoadProgress[] = [];
    const engine = await Engine.load(file, { ...gpu, device: gpu.device, onProgress: (step) => news.push(step) });
    const last = (stage: string) => news.findLast((step) => step.stage === stage);
    expect(last('weights')).toEqual({ stage: 'weights', done: 8000, total: 8000, label: 'weights' });
    expect(last('pipelines')).toMatchObject({ done: 2, total: 2 });
    expect(news.map(({ label }) => label).sort()).toEqual(['map add', 'map mul', 'weights', 'weights']);
    await engine.dispose();
  });

  it('with weights that are larger than a piece', async () => {
    const floats = Float32Array.from({ length: 3 << 20 }, (_, i) => i);
    const big = planOf({
      outputs: [{ name: 'y', dtype: 'float32', storage: 'f32', shape: [floats.length], buffer: 1 }],
      buffers: [
        { kind: 'weights', bytes: floats.byteLength },
        { kind: 'output', bytes: floats.byteLength },
      ],
      blobs: [{ buffer: 0, offset: 0, bytes: floats.byteLength, names: ['w'] }],
      steps: [{ kind: 'copy', from: { buffer: 0, offset: 0 }, to: { buffer: 1, offset: 0 }, bytes: floats.byteLength }],
    });
    const bytes = engineOf(big, [new Uint8Array(floats.buffer)]);
    const engine = await Engine.load(new Response(bodyOf(bytes, 300_001)), gpu);
    const { y } = await engine.createContext().run({});
    expect(Buffer.compare(Buffer.from((y!.data as Float32Array).buffer), Buffer.from(floats.buffer))).toBe(0);
    await engine.dispose();
  });
});

describe('a load that fails', () => {
  /** The error; checks that nothing is left on the device. */
  async function failure(source: LoadSource): Promise<Error & { code?: string; details?: readonly string[] }> {
    const watched = watchDevice(gpu.device);
    gpu.device.pushErrorScope('validation');
    const error = await rejection(Engine.load(source, { device: watched.device }));
    expect(watched.live.size).toBe(0);
    expect(watched.openScopes).toBe(0);
    expect(await gpu.device.popErrorScope()).toBeNull();
    return error;
  }

  const without = (parts: Partial<Plan>) => engineOf({ ...plan, ...parts }, blobs);

  it('tells a damaged file, also when it is the last weight', async () => {
    const bytes = file.slice();
    bytes[bytes.length - 1]! ^= 1;
    expect((await failure(bytes)).code).toBe('ENGINE_DAMAGED');
    expect((await failure(new Response(bytes))).code).toBe('ENGINE_DAMAGED');
    expect((await failure(new Uint8Array(10))).code).toBe('NOT_AN_ENGINE');
  });

  it('tells a download that fails', async () => {
    expect((await failure(new Response('gone', { status: 404 }))).message).toMatch(/SOURCE_UNREADABLE: .* status 404/);
    const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        controller.enqueue(file.slice(0, 5000));
      },
      pull(controller) {
        controller.error(new Error('reset'));
      },
    });
    expect((await failure(new Response(broken))).code).toBe('SOURCE_UNREADABLE');
    const used = new Response(file);
    await used.arrayBuffer();
    expect((await failure(used)).code).toBe('SOURCE_UNREADABLE');
  });

  it('tells the line of WGSL that is wrong, and its kernel', async () => {
    const broken = plan.modules.map((code, i) => (i === 1 ? code.replace('left[id.x]', 'wrong[id.x]') : code));
    const error = await failure(without({ modules: broken }));
    expect(error.message).toMatch(/^SHADER_INVALID: WGSL line 8: .*wrong.*y\[id\.x\] = wrong\[id\.x\].*kernel map add/);
  });

  it('tells a pipeline that cannot be made', async () => {
    const pipelines = plan.pipelines.map((pipeline) => ({ ...pipeline, entryPoint: 'other' }));
    expect((await failure(without({ pipelines }))).message).toMatch(/^PIPELINE_FAILED: .*other.*kernel map mul/s);
  });

  it('tells everything that the device lacks', async () => {
    const requires = {
      features: ['shader-f64', 'subgroups'],
      limits: { maxBufferSize: 2 ** 50, minStorageBufferOffsetAlignment: 16, maxFantasy: 1, toString: 1 },
    };
    const error = await failure(without({ requires }));
    expect(error.code).toBe('DEVICE_UNSUITABLE');
    expect(error.details).toEqual([
      'feature shader-f64',
      expect.stringMatching(/^maxBufferSize of 1125899906842624, the device has \d+$/),
      'maxFantasy of 1, the device has none',
      'minStorageBufferOffsetAlignment of 16, the device has 256',
      'toString of 1, the device has none',
    ]);
  });

  it('finds limits that the plan forgot to require', async () => {
    const buffers = affinePlan().buffers.map((buffer) =>
      buffer.kind === 'params' ? buffer : { ...buffer, bytes: 2 ** 40 },
    );
    expect((await failure(engineOf(affinePlan({ buffers })))).details).toEqual([
      expect.stringMatching(/^maxBufferSize of/),
      expect.stringMatching(/^maxStorageBufferBindingSize of/),
    ]);
  });

  it('tells how much memory was asked for', async () => {
    const watched = watchDevice(gpu.device);
    watched.failAt('createBuffer', 1, 'out-of-memory');
    const error = await rejection(Engine.load(file, { device: watched.device }));
    expect(error.message).toMatch(/^OUT_OF_MEMORY: no 8192 bytes for trtx weights 4; the engine holds 0 bytes/);
    expect(watched.live.size).toBe(0);
  });
});
