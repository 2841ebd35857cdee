import type { Candidate, CandidateStage } from '@trtx/codegen';
import { expect, it } from 'vitest';
import { watchDevice } from '../../../runtime/src/testing/device.ts';
import { useDevice } from '../../../runtime/src/testing/gpu.ts';
import { DeviceTimer } from './device-timer.ts';

const gpu = useDevice();

/** So many float32, of a binding. */
const words = (workgroups: number) =>
  ({ bytes: workgroups * 256, dtype: 'float32', storage: 'f32', isConstant: false }) as const;

/** y = x · p.d0, for 64 numbers a workgroup; in rounds, to take longer. */
const stage = (workgroups: number, rounds = 1): CandidateStage => ({
  wgsl: `
    struct Params { d0: u32 }
    @group(0) @binding(2) var<uniform> p: Params;
    @group(0) @binding(0) var<storage, read> x: array<f32>;
    @group(0) @binding(1) var<storage, read_write> y: array<f32>;
    @compute @workgroup_size(64)
    fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) wgs: vec3u, @builtin(local_invocation_index) lid: u32) {
      let i = (wg.y * wgs.x + wg.x) * 64 + lid;
      var sum = 0.0;
      for (var r = 0u; r < ${rounds}u; r++) { sum = sum * 0.5 + x[i] * f32(p.d0); }
      y[i] = sum;
    }`,
  bindings: [
    { ...words(workgroups), kind: 'read', memory: 0, isWritten: false },
    { ...words(workgroups), kind: 'read_write', memory: 1, isWritten: true },
  ],
  params: [3],
  workgroups,
});

const candidate = (workgroups: number, rounds = 1): Candidate => ({ stages: [stage(workgroups, rounds)] });

/** The device, as if it had no timestamps. */
const withoutTimestamps = (device: GPUDevice) =>
  new Proxy(device, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (key === 'features') return new Set();
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** The device, with a method that tells what it is called with. */
const telling = <K extends 'createBuffer' | 'createBindGroup'>(
  device: GPUDevice,
  name: K,
  tell: (descriptor: Parameters<GPUDevice[K]>[0]) => void,
) =>
  new Proxy(device, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (key !== name) return value.bind(target);
      return (descriptor: Parameters<GPUDevice[K]>[0]) => {
        tell(descriptor);
        return value.call(target, descriptor);
      };
    },
  });

/** The device, telling how large the buffers are that are made. */
const withSizes = (device: GPUDevice, sizes: number[]) =>
  telling(device, 'createBuffer', ({ size }) => void sizes.push(size));

/** The device, telling what bind groups bind before any uniform. */
const withGroups = (device: GPUDevice, groups: GPUBuffer[][]) =>
  telling(device, 'createBindGroup', ({ entries }) => {
    const resources = [...entries].map(({ resource }) => (resource as GPUBufferBinding).buffer);
    groups.push(resources.slice(0, 2));
  });

it.each([
  ['timestamps', (device: GPUDevice) => device],
  ['the clock', withoutTimestamps],
])('tells by %s what is longer, on memory that it shares and frees', async (_, view) => {
  const watched = watchDevice(view(gpu.device));
  const timer = new DeviceTimer(watched.device);
  const [short, long] = await Promise.all([timer.compile(candidate(4)), timer.compile(candidate(64, 5000))]);
  await timer.measure([{ ready: short!, repeats: 1 }]);
  const alive = watched.live.size;
  const [a, b] = await timer.measure([
    { ready: short!, repeats: 4 },
    { ready: long!, repeats: 2 },
  ]);
  expect(a).toBeGreaterThanOrEqual(0);
  expect(b).toBeGreaterThan(a!);
  // The larger took the place of the smaller.
  expect(watched.live.size).toBe(alive);
  timer.dispose();
  expect([watched.live.size, watched.openScopes]).toEqual([0, 0]);
});

it('tells what is wrong with a candidate', async () => {
  const timer = new DeviceTimer(gpu.device);
  const wrong = { stages: [stage(1), { ...stage(1), wgsl: 'fn main() { let a: u32 = 1.5; }' }] };
  await expect(timer.compile(wrong)).rejects.toMatchObject({ code: 'TACTIC_FAILED' });
  const [binding] = stage(1).bindings;
  const written = { ...binding!, kind: 'read_write', memory: 1, bytes: 2 ** 40, isWritten: true } as const;
  const huge: Candidate = { stages: [{ ...stage(1), bindings: [binding!, written] }] };
  const ready = await timer.compile(huge);
  await expect(timer.measure([{ ready, repeats: 1 }])).rejects.toMatchObject({ code: 'TACTIC_FAILED' });
  const good = await timer.compile(candidate(1));
  expect(await timer.measure([{ ready: good, repeats: 1 }])).toHaveLength(1);
  timer.dispose();
});

it('times stages one after the other, what one leaves to the next in one memory', async () => {
  const bound: GPUBuffer[][] = [];
  const timer = new DeviceTimer(withGroups(gpu.device, bound));
  const [x, y] = stage(64, 3000).bindings;
  const left = { ...y!, memory: 2 };
  const [one, two] = await Promise.all([
    timer.compile(candidate(64, 3000)),
    timer.compile({
      stages: [
        { ...stage(64, 3000), bindings: [x!, left] },
        { ...stage(64, 3000), bindings: [{ ...left, kind: 'read' }, y!] },
      ],
    }),
  ]);
  const times = await timer.measure([one!, two!, one!, two!].map((ready) => ({ ready, repeats: 2 })));
  expect(times[1]! + times[3]!).toBeGreaterThan(1.2 * (times[0]! + times[2]!));
  const [first, second] = bound.slice(-2);
  expect(second![0]).toBe(first![1]);
  expect(new Set([...first!, ...second!]).size).toBe(3);
  timer.dispose();
});

it('gives a GPU constants at other places for each dispatch, in more than its caches hold, and a software adapter one', async () => {
  const one = stage(64);
  const [x, y] = one.bindings;
  const ready = { stages: [{ ...one, bindings: [{ ...x!, isConstant: true }, y!] }] };
  const bytesOf = async (isGpu: boolean) => {
    const sizes: number[] = [];
    const timer = new DeviceTimer(withSizes(gpu.device, sizes), isGpu);
    await timer.measure([{ ready: await timer.compile(ready), repeats: 40 }]);
    timer.dispose();
    return sizes;
  };
  const cache = 96 * 2 ** 20;
  expect(await bytesOf(true)).toContain(cache);
  const own = await bytesOf(false);
  expect(own).toContain(x!.bytes);
  expect(own).not.toContain(cache);
});
