// A device that notes what its user does with it. Engines that are loaded on it need not know.
import { Timeline } from './timeline.ts';

export interface Observed {
  /** Stands for the device. */
  readonly device: GPUDevice;
  readonly timeline: Timeline;
}

/** Notes pipelines that are compiled, buffers that are written, mapped, and commands that are recorded and submitted. */
export function observeDevice(real: GPUDevice): Observed {
  const timeline = new Timeline();
  const queue = standIn(real.queue, {
    writeBuffer: (...args: Parameters<GPUQueue['writeBuffer']>) => {
      const [buffer, , data] = args;
      const details = { bytes: data.byteLength };
      return timeline.time('upload', buffer.label || 'buffer', () => real.queue.writeBuffer(...args), details);
    },
    submit: (commands: GPUCommandBuffer[]) => timeline.time('submit', 'submit', () => real.queue.submit(commands)),
  });
  const device = standIn(real, {
    queue,
    createBuffer(descriptor: GPUBufferDescriptor) {
      const buffer = real.createBuffer(descriptor);
      const { mapAsync } = buffer;
      // WebGPU takes no stand-in for a buffer, so that the method is replaced on the buffer itself.
      return Object.assign(buffer, {
        mapAsync: (...args: Parameters<typeof mapAsync>) =>
          timeline.time('read back', buffer.label || 'buffer', () => mapAsync.apply(buffer, args), {
            bytes: buffer.size,
          }),
      });
    },
    createCommandEncoder(descriptor?: GPUCommandEncoderDescriptor) {
      const begin = performance.now();
      const encoder = real.createCommandEncoder(descriptor);
      const { finish } = encoder;
      return Object.assign(encoder, {
        finish(...args: Parameters<typeof finish>) {
          const commands = finish.apply(encoder, args);
          timeline.add({ track: 'encode', name: 'encode', begin, end: performance.now() });
          return commands;
        },
      });
    },
    createComputePipelineAsync: (descriptor: GPUComputePipelineDescriptor) =>
      timeline.time('compile', descriptor.label || 'pipeline', () => real.createComputePipelineAsync(descriptor)),
  });
  return { device, timeline };
}

/** `target` with some members of its own; methods are called on the target, which natives insist on. */
function standIn<T extends object>(target: T, own: Readonly<Record<string, unknown>>): T {
  return new Proxy(target, {
    get(_, key) {
      if (Object.hasOwn(own, key)) return own[key as string];
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
