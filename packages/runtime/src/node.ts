// @trtx/runtime/node: what the runtime needs of Node and browsers have built in: a WebGPU device, and files.
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource } from '@trtx/engine';
import { type Logger, TrtxError } from '@trtx/errors';
import { deviceDescriptor } from './device.ts';
import { type DeviceFeatures, dawnFlags, featuresOf } from './node-features.ts';

export type { DeviceFeatures } from './node-features.ts';

export type DeviceOffer = 'all' | 'minimum';

export interface NodeDeviceOptions {
  /** Dawn's back end, such as `vulkan` or `null`; the latter runs no shader, for tests of everything else. */
  readonly backend?: string;
  /** Whether an adapter on the CPU will do: `auto` (the default) takes what there is, `never` only a real GPU. */
  readonly software?: 'auto' | 'never';
  readonly powerPreference?: GPUPowerPreference;
  /** What to ask the adapter for: `all` it offers (the default), or the `minimum`: WebGPU's default limits, no features. */
  readonly offer?: DeviceOffer;
  /** Which features, of `all` that there are; `default` where it says nothing. */
  readonly features?: DeviceFeatures;
  /**
   * Whether a GPU is to leave out its checks that accesses are in bounds (Dawn's `disable_robustness`), for engines that are in
   * bounds whatever their inputs: `Plan.inBounds`. An adapter on the CPU keeps them.
   */
  readonly unchecked?: boolean;
  /** Takes records of the adapter that was found, and of what was asked of it. */
  readonly logger?: Logger;
  /** Further flags for `create` of the `webgpu` package. */
  readonly flags?: readonly string[];
}

export interface NodeDevice {
  readonly device: GPUDevice;
  /** The adapter in words, for people. */
  readonly description: string;
  /** Whether the adapter is a CPU that plays a GPU. */
  readonly isFallback: boolean;
  /** Whether accesses are not checked. */
  readonly isUnchecked: boolean;
  /** Destroys the device, after which nothing keeps the process from ending. */
  release(): void;
}

const UNCHECKED = 'enable-dawn-features=disable_robustness';

/** Not a literal in the import: a bundler would pack the package's script without the native library beside it. */
const PACKAGE: string = 'webgpu';

/**
 * Dawn lives as long as the object that `create` returns, so that object has to live as long as its device: also as a
 * destroyed one, of which the garbage collector frees what is left.
 */
const owners = new WeakMap<GPUDevice, GPU>();

/**
 * A device of the npm package `webgpu`, by default with everything that its adapter offers: all its limits, and the
 * features that kernels use, but for experimental ones. Null where the machine has no adapter, or none of the kind asked
 * for. Throws `WEBGPU_MISSING` where the package is not installed, and `DEVICE_UNSUITABLE` where the adapter lacks a
 * feature that `features` names.
 */
export async function requestNodeDevice(options: NodeDeviceOptions = {}): Promise<NodeDevice | null> {
  const {
    backend,
    software = 'auto',
    powerPreference = 'high-performance',
    offer = 'all',
    features = 'default',
    unchecked = false,
    flags = [],
    logger,
  } = options;
  const { create }: { create(flags: string[]): GPU } = await import(PACKAGE).catch((cause) => {
    throw new TrtxError('WEBGPU_MISSING', 'the package webgpu cannot be loaded', { hint: 'npm install webgpu', cause });
  });
  const open = (more: readonly string[]) =>
    create([...(backend ? [`backend=${backend}`] : []), ...dawnFlags(features, [...flags, ...more])]);
  let gpu = open(unchecked ? [UNCHECKED] : []);
  let adapter = await gpu.requestAdapter({ powerPreference });
  if (!adapter) return null;
  const isFallback = adapter.info.isFallbackAdapter || backend === 'null';
  if (isFallback && software === 'never') return null;
  if (isFallback && unchecked) {
    gpu = open([]);
    adapter = (await gpu.requestAdapter({ powerPreference }))!;
  }
  const { info } = adapter;

  const { vendor, architecture, description: text, device: name } = info;
  const description = [text || name, vendor, architecture].filter(Boolean).join(', ') || 'unnamed adapter';
  logger?.({ severity: 'info', message: `adapter ${description}${isFallback ? ', a CPU that plays a GPU' : ''}` });
  const wanted = offer === 'minimum' ? {} : descriptorFor(adapter, features);
  const { requiredFeatures = [], requiredLimits = {} } = wanted;
  logger?.({
    severity: 'verbose',
    message: `asked for ${[...requiredFeatures].join(', ') || 'no feature'}, ${JSON.stringify(requiredLimits)}`,
  });
  const device = await adapter.requestDevice(wanted);
  // Dawn leaves the subgroup matrices out of what its devices tell of their adapter.
  Object.defineProperty(device, 'adapterInfo', { value: info, configurable: true });
  owners.set(device, gpu);
  return {
    device,
    description,
    isFallback,
    isUnchecked: (unchecked && !isFallback) || flags.some((flag) => flag.includes('disable_robustness')),
    release() {
      device.destroy();
    },
  };
}

function descriptorFor(adapter: GPUAdapter, features: DeviceFeatures): GPUDeviceDescriptor {
  const all = deviceDescriptor(adapter);
  const usable = [...(all.requiredFeatures ?? [])];
  return { ...all, requiredFeatures: featuresOf(adapter.features, usable, features) as GPUFeatureName[] };
}

/** A source that reads an engine from a file in pieces. */
export interface FileSource extends ByteSource {
  /** Bytes of the file. */
  readonly size: number;
  close(): Promise<void>;
}

/** Opens a file as a source for `Engine.load`. Close it when the engine need not be reloaded from it any more. */
export async function fileSource(path: string): Promise<FileSource> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (cause) {
    throw new TrtxError('SOURCE_UNREADABLE', 'the file cannot be opened', {
      file: path,
      hint: 'see whether it is there and may be read',
      cause,
    });
  }
  const { size } = await file.stat();
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.min(length, Math.max(0, size - offset)));
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, offset + done);
        if (bytesRead === 0) return bytes.subarray(0, done);
        done += bytesRead;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}
