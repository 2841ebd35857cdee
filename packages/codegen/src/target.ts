// What the device offers, as far as code generation cares.

export interface Target {
  /** WebGPU features that kernels may use. */
  readonly features: ReadonlySet<string>;
  /** WebGPU limits that tensors and kernels must keep to. */
  readonly limits: TargetLimits;
  /** A software adapter: lanes are few, workgroup memory and barriers are dear. */
  readonly software: boolean;
  /** Sizes that its subgroups may have; absent without the feature `subgroups`. */
  readonly subgroups?: SubgroupSizes;
  /** Products that its subgroups compute together; none without the feature `chromium-experimental-subgroup-matrix`. */
  readonly matrices: readonly SubgroupMatrix[];
  /** True where the device does not see to it that accesses are in bounds, so that shaders have to. */
  readonly unchecked?: boolean;
}

/** Invocations of a subgroup, both inclusive. */
export interface SubgroupSizes {
  readonly min: number;
  readonly max: number;
}

export type MatrixElement = 'f16' | 'f32' | 'i8' | 'u8' | 'i32' | 'u32';

/** A configuration of subgroup matrices: m×k times k×n, added to m×n. */
export interface SubgroupMatrix {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Element type of both factors. */
  readonly operand: MatrixElement;
  /** Element type of what they are added to. */
  readonly result: MatrixElement;
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

/** Whether a device runs a workgroup of so many invocations, with so many bytes of workgroup memory. */
export function fitsWorkgroup({ limits }: Target, invocations: number, bytes: number): boolean {
  return invocations <= limits.maxComputeInvocationsPerWorkgroup && bytes <= limits.maxComputeWorkgroupStorageSize;
}

/** Runs on every WebGPU device: default limits, no feature. */
export const PORTABLE: Target = { features: new Set(), limits: DEFAULT_LIMITS, software: false, matrices: [] };

/** Of a dispatch's invocations how many count, in a cost: on a GPU fewer than fill it take as long as those that do. */
export function rounds({ software }: Target, threads: number): number {
  return software ? threads : Math.max(threads, PARALLELISM);
}
