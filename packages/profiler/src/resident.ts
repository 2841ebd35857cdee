// Inputs that are on the GPU already and outputs that stay there, for runs without transfers.
import type { Plan } from '@trtx/engine';
import { type HostTensor, type RunOptions, type Tensor, type TensorData, toStorage } from '@trtx/runtime';

/** GPUBufferUsage flags by number: Node has no such global. */
const [COPY_SRC, COPY_DST, STORAGE] = [0x04, 0x08, 0x80];
/** A kernel may read vectors. */
const LEAST_BYTES = 16;

export interface Feed {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: NonNullable<RunOptions['outputs']>;
  destroy(): void;
}

/** Tensors as they are, uploaded and read back in each run. */
export function hostFeed(inputs: Readonly<Record<string, HostTensor>>): Feed {
  return { inputs, outputs: {}, destroy() {} };
}

/**
 * Uploads the inputs, and makes buffers for the outputs. What only the host has (texts, and what is read and written by
 * nodes that it computes) stays as it is.
 */
export function residentFeed(device: GPUDevice, plan: Plan, inputs: Readonly<Record<string, HostTensor>>): Feed {
  const made: GPUBuffer[] = [];
  const buffer = (index: number) => {
    const size = Math.max(plan.buffers[index]!.bytes, LEAST_BYTES);
    const one = device.createBuffer({ size, usage: STORAGE | COPY_DST | COPY_SRC });
    made.push(one);
    return one;
  };
  const resident: Record<string, Tensor> = { ...inputs };
  for (const { name, dtype, storage, buffer: index, value } of plan.inputs) {
    const tensor = inputs[name];
    if (!tensor || index === undefined || !storage || value !== undefined) continue;
    const target = buffer(index);
    const bytes = toStorage({ name, dtype, storage }, tensor.data as TensorData);
    device.queue.writeBuffer(target, 0, bytes);
    resident[name] = { buffer: target, dims: tensor.dims };
  }
  const outputs: Record<string, GPUBuffer> = {};
  for (const { name, buffer: index } of plan.outputs) if (index !== undefined) outputs[name] = buffer(index);
  return {
    inputs: resident,
    outputs,
    destroy() {
      for (const one of made) one.destroy();
    },
  };
}
