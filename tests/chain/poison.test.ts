// What a run leaves in memory changes nothing in the next one: arenas are filled with NaN between two runs.

import type { Tensor } from '@trtx/ir';
import { toFloat64 } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { engineRunner, testDevice } from '../support/chain.ts';
import { hasShared, hydrated, readTensors } from '../support/models.ts';

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

describe.runIf(hasShared)('poisoned memory', () => {
  it.each([
    ['squeezenet1_1', 'input:1x3x224x224'],
    ['rnn_ctc_dynamo', undefined],
    ['llama_tiny_dynamo', undefined],
  ])('%s', async (name, profile) => {
    const { model, inputs } = hydrated(name);
    const real = (await testDevice()).device;
    const { device, arenas } = watched(real);
    const runner = await engineRunner(model, profile, device);
    const feeds = readTensors(inputs);
    const first = await runner.run(feeds);
    expect(arenas.length).toBeGreaterThan(0);
    poison(real, arenas);
    const second = await runner.run(feeds);
    for (const [output, tensor] of first) expect(numbers(second.get(output)!), output).toEqual(numbers(tensor));
    await runner.dispose();
  });
});

function numbers(tensor: Tensor): number[] {
  return [...toFloat64(tensor)];
}
