// What a run leaves in memory changes nothing in the next one: arenas are filled with NaN between two runs.

import type { Profile, Tensor } from '@trtx/ir';
import type { ImportOptions } from '@trtx/onnx';
import { toFloat64 } from '@trtx/reference';
import { expect } from 'vitest';
import { engineRunner, testDevice } from './chain.ts';

/** Runs a model twice, with poisoned memory in between, and expects the same outputs. */
export async function expectPoisonHarmless(
  model: string,
  profile: Profile | string | undefined,
  feeds: ReadonlyMap<string, Tensor>,
  constants?: ImportOptions['constants'],
): Promise<void> {
  const real = (await testDevice()).device;
  const { device, arenas } = watched(real);
  const runner = await engineRunner(model, profile, device, constants);
  try {
    const first = await runner.run(feeds);
    expect(arenas.length).toBeGreaterThan(0);
    poison(real, arenas);
    const second = await runner.run(feeds);
    for (const [output, tensor] of first) expect(numbers(second.get(output)!), output).toEqual(numbers(tensor));
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

function numbers(tensor: Tensor): number[] {
  return [...toFloat64(tensor)];
}
