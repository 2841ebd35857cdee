import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { rejection, useDevice } from './testing/gpu.ts';
import { affinePlan, arenaPlan, copyPlan, engineOf } from './testing/plans.ts';
import { COPY_DST, COPY_SRC, MAP_READ, MODE_READ, STORAGE } from './usage.ts';

const gpu = useDevice();
const ramp = (n: number, from = 0) => Float32Array.from({ length: n }, (_, i) => i + from);
const affine = (x: Float32Array) => x.map((v) => 2 * v + 1);

describe('inputs and outputs', () => {
  it('have the types of the model', async () => {
    const engine = await Engine.load(
      engineOf(
        copyPlan([
          { dtype: 'int64', storage: 'i32' },
          { dtype: 'bool', storage: 'u32' },
          { dtype: 'float16', storage: 'u16x2' },
          { dtype: 'uint8', storage: 'u32' },
          { dtype: 'float16', storage: 'u32' },
        ]),
      ),
      gpu,
    );
    const data = [
      BigInt64Array.of(-1n, 2n, -(2n ** 31n)),
      Uint8Array.of(1, 0, 1),
      Uint16Array.of(0x3c00, 1, 0x7e00),
      Uint8Array.of(255, 0, 7),
      Uint16Array.of(0x3c00, 1, 0xfbff),
    ];
    const context = engine.createContext();
    const outputs = await context.run(
      Object.fromEntries(data.map((array, i) => [`x${i}`, { data: array, dims: [3] }])),
    );
    for (const [i, array] of data.entries()) expect(outputs[`y${i}`]).toEqual({ data: array, dims: [3] });
    await engine.dispose();
  });

  it('may be buffers of the caller, and feed one context from another', async () => {
    const engine = await Engine.load(engineOf(affinePlan()), gpu);
    const usage = STORAGE | COPY_SRC | COPY_DST;
    const between = gpu.device.createBuffer({ size: 4000, usage });
    const last = gpu.device.createBuffer({ size: 400, usage });
    const [first, second] = [engine.createContext(), engine.createContext()];
    for (const n of [100, 40, 7]) {
      const { y } = await first.run({ x: { data: ramp(n), dims: [n] } }, { outputs: { y: between } });
      expect(y).toEqual({ buffer: between, dims: [n] });
      const feeds = { x: { buffer: between, dims: y!.dims } };
      expect((await second.run(feeds)).y!.data).toEqual(affine(affine(ramp(n))));
      await second.run(feeds, { outputs: { y: last } });
      expect((await read(last)).subarray(0, n)).toEqual(affine(affine(ramp(n))));
    }
    await engine.dispose();
    expect(between.mapState).toBe('unmapped');
  });

  /** The floats in a buffer. */
  async function read(buffer: GPUBuffer): Promise<Float32Array> {
    const copy = gpu.device.createBuffer({ size: buffer.size, usage: COPY_DST | MAP_READ });
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
    gpu.device.queue.submit([encoder.finish()]);
    await copy.mapAsync(MODE_READ);
    const floats = new Float32Array(copy.getMappedRange().slice(0));
    copy.destroy();
    return floats;
  }

  it.each<[string, object, string]>([
    ['a missing input', {}, 'INPUT_MISSING: the run has no such input (tensor x)'],
    [
      'an unknown name',
      { x: { data: ramp(1), dims: [1] }, w: {} },
      'TENSOR_UNKNOWN: the engine has no such input (tensor w)',
    ],
    ['no dims', { x: { data: ramp(1) } }, 'TENSOR_SHAPE: has no dims (tensor x)'],
    [
      'another type',
      { x: { data: [1], dims: [1] } },
      'TENSOR_TYPE: is a object, float32 takes a Float32Array (tensor x)',
    ],
    [
      'a wrong length',
      { x: { data: ramp(2), dims: [1] } },
      'TENSOR_SHAPE: has 2 elements, its dims [1] make 1 (tensor x)',
    ],
    ['a name of Object', { toString: 1 }, 'TENSOR_UNKNOWN: the engine has no such input (tensor toString)'],
  ])('are refused with %s, and the context goes on', async (_, feeds, message) => {
    const engine = await Engine.load(engineOf(affinePlan()), gpu);
    const context = engine.createContext();
    expect((await rejection(context.run(feeds as never))).message.split('\n')[0]).toBe(message);
    const { y } = await context.run({ x: { data: ramp(3), dims: [3] } });
    expect(y!.data).toEqual(affine(ramp(3)));
    await engine.dispose();
  });

  it('tell a number that does not fit, and the context goes on', async () => {
    const engine = await Engine.load(engineOf(copyPlan([{ dtype: 'int64', storage: 'i32' }])), gpu);
    const context = engine.createContext();
    const run = (value: bigint) => context.run({ x0: { data: BigInt64Array.of(value), dims: [1] } });
    await expect(run(2n ** 40n)).rejects.toThrow(/TENSOR_RANGE: element 0 is 1099511627776.*tensor x0/);
    expect((await run(7n)).y0!.data).toEqual(BigInt64Array.of(7n));
    await expect(run(2n ** 40n)).rejects.toThrow(/TENSOR_RANGE/);
    expect((await run(8n)).y0!.data).toEqual(BigInt64Array.of(8n));
    await engine.dispose();
  });

  it('cannot be mixed up by a caller who changes dims later', async () => {
    const engine = await Engine.load(engineOf(affinePlan()), gpu);
    const context = engine.createContext();
    const dims = [2];
    const { y } = await context.run({ x: { data: ramp(2), dims } });
    (y!.dims as number[])[0] = 99;
    dims[0] = 3;
    expect((await context.run({ x: { data: ramp(3), dims } })).y!.dims).toEqual([3]);
    expect((await context.run({ x: { data: ramp(2), dims: [2] } })).y!.dims).toEqual([2]);
    await engine.dispose();
  });
});

describe('runs at the same time', () => {
  it('are done in the order of their calls', async () => {
    const { plan, blobs, expected } = arenaPlan();
    const engine = await Engine.load(engineOf(plan, blobs), gpu);
    for (const runsInFlight of [1, 2, 5]) {
      const context = engine.createContext({ runsInFlight });
      const done: number[] = [];
      await Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          const data = ramp(1 + ((i * 13) % 50), i);
          const { z } = await context.run({ x: { data, dims: [data.length] } });
          expect(z!.data).toEqual(expected(data));
          done.push(i);
        }),
      );
      expect(done).toEqual([...done].sort((a, b) => a - b));
      await context.dispose();
    }
    await engine.dispose();
  });

  it('go on after one that fails', async () => {
    const engine = await Engine.load(engineOf(affinePlan()), gpu);
    const context = engine.createContext();
    const runs = [3, 2000, 4, 5].map((n) => context.run({ x: { data: ramp(n), dims: [n] } }));
    const results = await Promise.allSettled(runs);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    await engine.dispose();
  });

  it('are refused where the context was made so', async () => {
    const engine = await Engine.load(engineOf(affinePlan()), gpu);
    const context = engine.createContext({ whenBusy: 'throw' });
    const first = context.run({ x: { data: ramp(3), dims: [3] } });
    expect((await rejection(context.run({ x: { data: ramp(3), dims: [3] } }))).code).toBe('CONTEXT_BUSY');
    await first;
    await context.run({ x: { data: ramp(3), dims: [3] } });
    await engine.dispose();
  });
});

describe('an error that WebGPU reports', () => {
  it('fails the run with what WebGPU said, and the context goes on', async () => {
    const engine = await Engine.load(engineOf(affinePlan()), gpu);
    const context = engine.createContext();
    const x = gpu.device.createBuffer({ size: 400, usage: STORAGE });
    const feeds = { x: { buffer: x, dims: [100] } };
    await context.run(feeds);
    x.destroy();
    const error = await rejection(context.run(feeds));
    expect(error.code).toBe('GPU_VALIDATION');
    expect(error.message).toMatch(/destroyed/);
    expect((await context.run({ x: { data: ramp(3), dims: [3] } })).y!.data).toEqual(affine(ramp(3)));
    await engine.dispose();
  });

  it('fails the next run where the run itself had been reported as done', async () => {
    const engine = await Engine.load(engineOf(affinePlan()), gpu);
    const context = engine.createContext();
    const [x, y] = [0, 1].map(() => gpu.device.createBuffer({ size: 400, usage: STORAGE })) as [GPUBuffer, GPUBuffer];
    const run = () => context.run({ x: { buffer: x, dims: [100] } }, { outputs: { y } });
    await run();
    x.destroy();
    await run();
    let code: string | undefined;
    for (let i = 0; i < 100 && !code; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      code = await run().then(
        () => undefined,
        (error) => error.code,
      );
    }
    expect(code).toBe('GPU_VALIDATION');
    await engine.dispose();
  });
});

describe('dispose', () => {
  it('lets a run that is under way end, and fails those that wait', async () => {
    const engine = await Engine.load(engineOf(affinePlan()), gpu);
    const context = engine.createContext({ runsInFlight: 1 });
    const runs = [3, 4].map((n) => context.run({ x: { data: ramp(n), dims: [n] } }));
    const disposed = context.dispose();
    const results = await Promise.allSettled(runs);
    await disposed;
    expect(results.map((r) => (r.status === 'rejected' ? r.reason.code : 'done'))).toEqual(['done', 'DISPOSED']);
    expect((await rejection(context.run({ x: { data: ramp(3), dims: [3] } }))).code).toBe('DISPOSED');
    await context.dispose();
    expect(engine.bytesHeld).toBe(0);
    const other = engine.createContext();
    await engine.dispose();
    expect((await rejection(other.run({ x: { data: ramp(3), dims: [3] } }))).code).toBe('DISPOSED');
    expect(() => engine.createContext()).toThrow(/DISPOSED/);
    await engine.dispose();
  });
});
