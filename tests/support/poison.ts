// What a run leaves in memory changes nothing in the next one: arenas are filled with NaN between two runs.

import { EngineRunner, profileAround } from '@trtx/builder';
import type { Tensor } from '@trtx/ir';
import { expect } from 'vitest';
import { testDevice } from './chain.ts';
import { fedModel } from './optimized.ts';
import { LIGHT_REAL } from './real-models.ts';

/** Those that take a second or two. */
export const POISONED_QUICKLY: readonly string[] = [
  'squeezenet1_1',
  'mobilenet_v2',
  'espcn',
  'rnn_ctc_dynamo',
  'llama_tiny_dynamo',
  ...LIGHT_REAL.filter((name) => !['superres-core', 'mlsd-tiny-320'].includes(name)),
];

/** Runs a model twice, its dynamic sizes as ranges, with poisoned memory in between, and expects the same outputs. */
export async function expectPoisonHarmless(name: string): Promise<void> {
  const { device: real, isFallback } = await testDevice();
  const { device, arenas } = watched(real);
  const { graph, inputs } = await fedModel(name);
  const profile = profileAround(graph, new Map([...inputs].map(([input, { dims }]) => [input, dims])));
  const runner = await EngineRunner.create(graph, { device, software: isFallback, profile });
  try {
    const first = await runner.run(inputs);
    expect(arenas.length).toBeGreaterThan(0);
    poison(real, arenas);
    const second = await runner.run(inputs);
    for (const [output, { data }] of first) {
      expect([...(data as Float32Array)].some(Number.isNaN), output).toBe(false);
      expect(bytesOf(second.get(output)!).equals(bytesOf({ data })), output).toBe(true);
    }
  } finally {
    await runner.dispose();
  }
}

/** A device that remembers its buffers for intermediate tensors. */
function watched(device: GPUDevice): { device: GPUDevice; arenas: GPUBuffer[] } {
  const arenas: GPUBuffer[] = [];
  const createBuffer = (descriptor: GPUBufferDescriptor) => {
    const buffer = device.createBuffer(descriptor);
    if (descriptor.label?.startsWith('trtx arena')) arenas.push(buffer);
    return buffer;
  };
  const wrapped = new Proxy(device, {
    get(target, name) {
      if (name === 'createBuffer') return createBuffer;
      const member = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { device: wrapped, arenas };
}

function poison({ queue }: GPUDevice, arenas: readonly GPUBuffer[]): void {
  for (const buffer of arenas) queue.writeBuffer(buffer, 0, new Float32Array(buffer.size / 4).fill(Number.NaN));
}

function bytesOf({ data }: Pick<Tensor, 'data'>): Buffer {
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  return Buffer.from(buffer, byteOffset, byteLength);
}
