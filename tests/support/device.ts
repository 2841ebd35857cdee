// A device that counts what is asked of it.

export interface Counts {
  /** Calls of each create… method since the last `take`. */
  readonly creates: Record<string, number>;
  readonly dispatches: number;
  readonly passes: number;
  readonly submits: number;
}

/** Wraps a device (and its queue, encoders and passes) so that `take` tells what was called since it was last asked. */
export function countingDevice(device: GPUDevice): { device: GPUDevice; take(): Counts } {
  let counts = fresh();
  const bump = (name: string) => {
    counts.creates[name] = (counts.creates[name] ?? 0) + 1;
  };
  const pass = (real: GPUComputePassEncoder) =>
    wrap(real, {
      dispatchWorkgroups(...args: [number, number?, number?]) {
        counts.dispatches++;
        real.dispatchWorkgroups(...args);
      },
    });
  const encoder = (real: GPUCommandEncoder) =>
    wrap(real, {
      beginComputePass(descriptor?: GPUComputePassDescriptor) {
        counts.passes++;
        return pass(real.beginComputePass(descriptor));
      },
    });
  const queue = wrap(device.queue, {
    submit(buffers: Iterable<GPUCommandBuffer>) {
      counts.submits++;
      device.queue.submit(buffers);
    },
  });
  const wrapped = new Proxy(device, {
    get(target, name) {
      if (name === 'queue') return queue;
      const member = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (String(name).startsWith('create')) bump(String(name));
        const result = member.apply(target, args);
        return name === 'createCommandEncoder' ? encoder(result) : result;
      };
    },
  });
  return {
    device: wrapped,
    take() {
      const taken = counts;
      counts = fresh();
      return taken;
    },
  };
}

function fresh() {
  return { creates: {} as Record<string, number>, dispatches: 0, passes: 0, submits: 0 };
}

function wrap<T extends object>(target: T, own: Partial<T>): T {
  return new Proxy(target, {
    get(object, name) {
      if (name in own) return own[name as keyof T];
      const member = Reflect.get(object, name, object);
      return typeof member === 'function' ? member.bind(object) : member;
    },
  });
}
