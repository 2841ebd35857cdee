// What packages for browsers need and Node has not: WebGPU, and where their files are.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { importOpponent, packageMissing } from './opponent.ts';

/**
 * The path of a package's main file, or of another one that it exports.
 * @param file as its `exports` call it
 * @throws TrtxError PACKAGE_MISSING
 */
export function entryOf(name: string, file?: string): string {
  try {
    return createRequire(import.meta.url).resolve(file === undefined ? name : `${name}/${file}`);
  } catch (cause) {
    throw packageMissing(name, cause);
  }
}

/** A package as its main file, wherever that is found. @throws TrtxError PACKAGE_MISSING */
export async function importEntry<T>(name: string): Promise<T> {
  const found = await importOpponent<T & { default?: T }>(name, pathToFileURL(entryOf(name)).href);
  // Of a CommonJS module exports are named or not as the loader sees them.
  return found.default ?? found;
}

/**
 * `navigator.gpu`, and WebGPU's flags. When `signal` is aborted devices are destroyed: such packages cannot be told to stop,
 * and go on for minutes where kernels take long to compile.
 */
export async function provideGpu(signal: AbortSignal): Promise<void> {
  const entry: string = 'webgpu';
  const { create, globals } = await importOpponent<{
    create(flags: string[]): GPU;
    globals: Record<string, unknown> & { GPUQueue: { prototype: GPUQueue }; GPUAdapter: { prototype: GPUAdapter } };
  }>(entry);
  Object.assign(globalThis, globals);
  const navigator = { gpu: create([]), userAgent: 'node', hardwareConcurrency: 1 };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true });
  copyShared(globals.GPUQueue.prototype);
  destroyWith(signal, globals.GPUAdapter.prototype);
}

function destroyWith(signal: AbortSignal, adapter: GPUAdapter): void {
  const { requestDevice } = adapter;
  adapter.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    signal.addEventListener('abort', () => device.destroy());
    return device;
  };
}

/** Browsers write from shared memory to buffers, which the binding for Node refuses: it gets a copy. */
function copyShared(queue: GPUQueue): void {
  const { writeBuffer } = queue;
  queue.writeBuffer = function (buffer, offset, data, start = 0, size) {
    const isShared = ArrayBuffer.isView(data) && data.buffer instanceof SharedArrayBuffer;
    const source = isShared
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
      : (data as GPUAllowSharedBufferSource);
    return writeBuffer.call(this, buffer, offset, source, start, size);
  };
}
