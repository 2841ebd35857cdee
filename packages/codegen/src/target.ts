// What the device offers, as far as code generation cares.

export interface Target {
  /** WebGPU features that kernels may use. */
  readonly features: ReadonlySet<string>;
  /** WebGPU limits that tensors and kernels must keep to. */
  readonly limits: TargetLimits;
  /** A software adapter: lanes are few, workgroup memory and barriers are dear. */
  readonly software: boolean;
}

export interface TargetLimits {
  readonly maxStorageBuffersPerShaderStage: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxBufferSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
  readonly maxComputeWorkgroupStorageSize: number;
}

/** The limits that every WebGPU device has. */
export const DEFAULT_LIMITS: TargetLimits = {
  maxStorageBuffersPerShaderStage: 8,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxBufferSize: 256 * 2 ** 20,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16384,
};

/** Invocations that a GPU wants in flight before what each of them does matters, for cost models. */
export const PARALLELISM = 65536;

/** Runs on every WebGPU device: default limits, no feature. */
export const PORTABLE: Target = { features: new Set(), limits: DEFAULT_LIMITS, software: false };

/** Of a dispatch's invocations how many count, in a cost: on a GPU fewer than fill it take as long as those that do. */
export function rounds({ software }: Target, threads: number): number {
  return software ? threads : Math.max(threads, PARALLELISM);
}
