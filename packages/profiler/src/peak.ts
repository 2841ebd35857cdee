// What a device can do at best: the rate of multiply-adds in registers, and of copying through memory. Both bound the time
// that a dispatch can take: its roofline (Williams, Waterman and Patterson, 2009).
import { milliseconds } from './timer-quality.ts';
import { hasTimestamps, Timestamps } from './timestamps.ts';

export interface DevicePeak {
  /** Of float32; a multiply-add counts two. */
  readonly flopsPerSecond: number;
  /** Read and written. */
  readonly bytesPerSecond: number;
}

/** Where peaks are kept. What it throws ends the measurement. */
export interface PeakStore {
  get(key: string): Promise<DevicePeak | undefined>;
  set(key: string, peak: DevicePeak): Promise<void>;
}

/** The bound of a dispatch, and what sets it. */
export interface Roof {
  readonly ms: number;
  readonly bound: 'compute' | 'memory';
}

export function roofOf({ flopsPerSecond, bytesPerSecond }: DevicePeak, flops: number, bytes: number): Roof {
  const [compute, memory] = [(flops / flopsPerSecond) * 1000, (bytes / bytesPerSecond) * 1000];
  return compute > memory ? { ms: compute, bound: 'compute' } : { ms: memory, bound: 'memory' };
}

/** GPUBufferUsage flags by number: Node has no such global. */
const [COPY_DST, UNIFORM, STORAGE] = [0x08, 0x40, 0x80];
const SIZE = 64;
/** A measurement is long enough for the timer, and for the device to be in its stride. */
const LONG_MS = 10;
/** Work that takes as long by the clock of the host, and no time by the device's, shows that this one tells none. */
const SILENT_MS = 1000;
const REPEATS = 5;
/** More than any cache holds, where the device allows it. */
const [LEAST_BYTES, MOST_BYTES] = [2 ** 22, 2 ** 28];
const MOST_ROUNDS = 2 ** 14;
const INVOCATIONS = 2 ** 17;
/** Chains of multiply-adds of an invocation, enough to hide the latency of one, and links of each in a round of the loop. */
const [CHAINS, LINKS] = [4, 16];

/**
 * The peak of a device: what `store` has for it, or measured and kept there.
 *
 * Undefined where the device has no timestamp queries, or a timer that stands still or goes backwards.
 */
export async function devicePeak(device: GPUDevice, store?: PeakStore): Promise<DevicePeak | undefined> {
  const key = keyOf(device);
  const known = await store?.get(key);
  if (known) return known;
  if (!hasTimestamps(device)) return undefined;
  const bytesPerSecond = await bandwidth(device);
  // Some software adapters compute an exact `fma` by hand; devices join a product and a sum.
  const rates = [await multiplyAdds(device, 'fma($, a, b)'), await multiplyAdds(device, '$ * a + b')];
  const flopsPerSecond = Math.max(...rates.map((rate) => rate ?? 0));
  if (!bytesPerSecond || !flopsPerSecond) return undefined;
  const peak = { flopsPerSecond, bytesPerSecond };
  await store?.set(key, peak);
  return peak;
}

function keyOf({ adapterInfo }: GPUDevice): string {
  const { vendor, architecture, device, description } = adapterInfo;
  return [vendor, architecture, device, description].filter(Boolean).join(', ');
}

async function bandwidth(device: GPUDevice): Promise<number | undefined> {
  const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupsPerDimension } = device.limits;
  const reach = maxComputeWorkgroupsPerDimension * SIZE * 16;
  const most = Math.min(MOST_BYTES, maxStorageBufferBindingSize, maxBufferSize, reach);
  for (let bytes = LEAST_BYTES; ; bytes *= 4) {
    const size = Math.min(bytes, most);
    const usage = STORAGE;
    const buffers = [device.createBuffer({ size, usage }), device.createBuffer({ size, usage })];
    const ms = await best(device, {
      code: `
        @group(0) @binding(0) var<storage, read> source: array<vec4f>;
        @group(0) @binding(1) var<storage, read_write> copy: array<vec4f>;
        @compute @workgroup_size(${SIZE}) fn main(@builtin(global_invocation_id) id: vec3u) { copy[id.x] = source[id.x]; }`,
      buffers,
      workgroups: size / 16 / SIZE,
    });
    for (const buffer of buffers) buffer.destroy();
    if (ms === undefined) return undefined;
    if (size === most || ms > LONG_MS) return rate(2 * size, ms);
  }
}

/** @param form a multiply-add of `$` */
async function multiplyAdds(device: GPUDevice, form: string): Promise<number | undefined> {
  const chains = Array.from({ length: CHAINS }, (_, i) => i);
  const round = chains
    .map((i) => `x${i} = ${form.replace('$', `x${i}`)};`)
    .join(' ')
    .repeat(LINKS);
  const rounds = device.createBuffer({ size: 16, usage: UNIFORM | COPY_DST });
  const out = device.createBuffer({ size: INVOCATIONS * 4, usage: STORAGE });
  try {
    for (let count = 1; ; count *= 4) {
      device.queue.writeBuffer(rounds, 0, Uint32Array.of(count, 0, 0, 0));
      const ms = await best(device, {
        code: `
          @group(0) @binding(0) var<uniform> rounds: vec4u;
          @group(0) @binding(1) var<storage, read_write> out: array<f32>;
          @compute @workgroup_size(${SIZE}) fn main(@builtin(global_invocation_id) id: vec3u) {
            let a = vec4f(f32(id.x) * 1e-9 + 0.999);
            let b = vec4f(f32(id.x) * 1e-9);
            ${chains.map((i) => `var x${i} = vec4f(${i}.5);`).join(' ')}
            for (var k = 0u; k < rounds.x; k++) { ${round} }
            let sum = ${chains.map((i) => `x${i}`).join(' + ')};
            out[id.x] = sum.x + sum.y + sum.z + sum.w;
          }`,
        buffers: [rounds, out],
        workgroups: INVOCATIONS / SIZE,
      });
      if (ms === undefined) return undefined;
      if (ms > LONG_MS || count >= MOST_ROUNDS) return rate(INVOCATIONS * count * CHAINS * LINKS * 4 * 2, ms);
    }
  } finally {
    rounds.destroy();
    out.destroy();
  }
}

function rate(amount: number, ms: number): number | undefined {
  return ms > 0 ? (amount * 1000) / ms : undefined;
}

interface Task {
  readonly code: string;
  readonly buffers: readonly GPUBuffer[];
  readonly workgroups: number;
}

/** The least time of a few, in milliseconds: 0 where it is too short for the timer, undefined where the timer tells none. */
async function best(device: GPUDevice, { code, buffers, workgroups }: Task): Promise<number | undefined> {
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
  });
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const timestamps = new Timestamps(device);
  const start = performance.now();
  for (let i = 0; i < REPEATS; i++) {
    const { set: querySet, index } = timestamps.take();
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass({
      timestampWrites: { querySet, beginningOfPassWriteIndex: index, endOfPassWriteIndex: index + 1 },
    });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(workgroups);
    pass.end();
    device.queue.submit([encoder.finish()]);
  }
  const times = (await timestamps.read()).map(milliseconds).filter((ms) => ms !== undefined && ms > 0) as number[];
  timestamps.destroy();
  if (times.length > 0) return Math.min(...times);
  return performance.now() - start > SILENT_MS ? undefined : 0;
}
