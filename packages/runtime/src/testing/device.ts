// A device that is watched: it counts calls, knows which buffers are alive, and fails, or dies, where a test wants it to.

/** What happens at a call: it throws or rejects; memory is said to be short; or the device is destroyed before it. */
export type Fault = 'throw' | 'out-of-memory' | 'destroy';

export interface WatchedDevice {
  readonly device: GPUDevice;
  /** How often each method has been called, by name. */
  readonly calls: Map<string, number>;
  /** Buffers that have been made and not been destroyed. */
  readonly live: Set<GPUBuffer>;
  /** Calls of `method` (`*` for all) from `nth` on, counted from 1 and from now, end in `fault`; once. */
  failAt(method: string, nth: number, fault: Fault): void;
  /** Whether the fault has happened. */
  readonly failed: boolean;
  /** Whether error scopes are balanced. */
  readonly openScopes: number;
}

const ASYNC = new Set(['createComputePipelineAsync', 'mapAsync', 'onSubmittedWorkDone']);

export function watchDevice(real: GPUDevice): WatchedDevice {
  const calls = new Map<string, number>();
  const live = new Set<GPUBuffer>();
  const scopes: GPUErrorFilter[] = [];
  let noMemory = false;
  let plan: { method: string; left: number; fault: Fault } | undefined;
  let failed = false;

  /** Counts a call, and tells whether it has to fail. */
  function enter(method: string): boolean {
    calls.set(method, (calls.get(method) ?? 0) + 1);
    if (!plan || (plan.method !== '*' && plan.method !== method) || --plan.left > 0) return false;
    const { fault } = plan;
    plan = undefined;
    failed = true;
    if (fault === 'destroy') real.destroy();
    if (fault === 'out-of-memory') noMemory = true;
    return fault === 'throw';
  }

  /** `target` with all its methods watched. */
  function watch<T extends object>(target: T, special: Record<string, unknown> = {}): T {
    return new Proxy(target, {
      get(_, key) {
        const name = String(key);
        if (name in special) return special[name];
        const value = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (enter(name)) {
            const error = new Error(`injected into ${name}`);
            if (ASYNC.has(name)) return Promise.reject(error);
            throw error;
          }
          return value.apply(target, args);
        };
      },
    });
  }

  function createBuffer(descriptor: GPUBufferDescriptor): GPUBuffer {
    if (enter('createBuffer')) throw new Error('injected into createBuffer');
    const buffer = real.createBuffer(descriptor);
    live.add(buffer);
    const { destroy, mapAsync } = buffer;
    // Buffers go back into WebGPU, which takes no proxy, so these two are replaced on the object itself.
    Object.assign(buffer, {
      destroy() {
        live.delete(buffer);
        return destroy.call(buffer);
      },
      mapAsync(...args: Parameters<typeof mapAsync>) {
        if (enter('mapAsync')) return Promise.reject(new Error('injected into mapAsync'));
        return mapAsync.apply(buffer, args);
      },
    });
    return buffer;
  }

  function pushErrorScope(filter: GPUErrorFilter): void {
    scopes.push(filter);
    real.pushErrorScope(filter);
  }

  async function popErrorScope(): Promise<GPUError | null> {
    const short = scopes.pop() === 'out-of-memory' && noMemory;
    if (short) noMemory = false;
    const error = await real.popErrorScope();
    return short ? ({ message: 'injected' } as GPUError) : error;
  }

  const device = watch(real, { createBuffer, pushErrorScope, popErrorScope, queue: watch(real.queue) });
  return {
    device,
    calls,
    live,
    failAt(method, nth, fault) {
      plan = { method, left: nth, fault };
      failed = false;
    },
    get failed() {
      return failed;
    },
    get openScopes() {
      return scopes.length;
    },
  };
}
