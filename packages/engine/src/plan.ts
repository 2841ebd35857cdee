// The Plan: everything that a run does, as data. Codegen writes it, the engine file stores it as its JSON manifest, the
// runtime replays it. It names no graph, no operator semantics and no device objects.

/** Element type of a tensor in the source model, by its ONNX name in lower case. */
export type SourceType =
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'float64'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint64'
  | 'uint32'
  | 'uint16'
  | 'uint8'
  | 'bool'
  | 'string';

/** Element type of a tensor in a GPU buffer. A source type that the GPU lacks is stored in a wider one. */
export type StorageType = 'f32' | 'f16' | 'i32' | 'u32';

/** A non-negative integer that is known at build, or the value of `plan.exprs[expr]` for the shapes of this run. */
export type Size = number | { readonly expr: number };

/**
 * One operation on integers. Arguments are indices of earlier entries of `plan.exprs`.
 * `$` reads symbol k (in units of its `multipleOf`), `#` is a constant, `/` is the floor of the quotient.
 */
export type ExprNode =
  | readonly ['$', symbol: number]
  | readonly ['#', value: number]
  | readonly ['+' | '-' | '*' | '/' | 'min' | 'max', a: number, b: number];

/** A free dimension of the inputs. It is read off `inputs[input].shape[axis]`. */
export interface PlanSymbol {
  readonly name: string;
  readonly input: number;
  readonly axis: number;
  /** Bounds of the dimension itself, both inclusive, in elements. */
  readonly min: number;
  readonly max: number;
  /** The dimension is a multiple of this; expressions see dimension / multipleOf. */
  readonly multipleOf: number;
}

/** Two sizes that the model needs to be equal and that could not be proved equal at build. */
export interface PlanConstraint {
  readonly a: Size;
  readonly b: Size;
  /** For the message: the node that needs it. */
  readonly node: string;
}

export interface PlanTensor {
  readonly name: string;
  readonly dtype: SourceType;
  readonly storage: StorageType;
  readonly shape: readonly Size[];
  /** Index into `plan.buffers`. */
  readonly buffer: number;
}

/**
 * A GPU buffer. `arena` holds intermediates, `weights` constants (read-only, filled from `plan.blobs`), `params` the
 * dynamic sizes that kernels read (at most one such buffer, the only kind that can be bound as uniform); `input` and
 * `output` are made by the context, or are the caller's, and each belongs to one tensor. Kernels may write to arenas and
 * outputs only.
 */
export interface PlanBuffer {
  readonly kind: 'arena' | 'weights' | 'params' | 'input' | 'output';
  /** Bytes at the profile's maximum, a multiple of 4. */
  readonly bytes: number;
}

/** Bytes of the engine file that fill a range of a weights buffer. */
export interface PlanBlob {
  readonly buffer: number;
  readonly offset: number;
  readonly bytes: number;
  /** Source constants in it, for reports. */
  readonly names: readonly string[];
}

export interface PlanPipeline {
  /** Index into `plan.modules`. */
  readonly module: number;
  readonly entryPoint: string;
  /** One for each binding of group 0, in order of binding number. */
  readonly layout: readonly BindingKind[];
}

export type BindingKind = 'uniform' | 'read' | 'read_write';

export interface PlanBinding {
  readonly buffer: number;
  /** Bytes, a multiple of 256. */
  readonly offset: number;
  /**
   * Bytes, a multiple of 4 and not 0; absent for input and output buffers that are bound to their end, since the caller
   * may supply them and they may be shorter than the profile's maximum.
   */
  readonly size?: number;
}

export interface Dispatch {
  readonly pipeline: number;
  readonly bindings: readonly PlanBinding[];
  /**
   * Workgroups. One number is a linear count, which the runtime folds into x and y where it passes the device's limit
   * for one dimension; kernels then see `workgroup_id.y * num_workgroups.x + workgroup_id.x`, which can pass the count.
   */
  readonly workgroups: readonly Size[];
  /** For people: the kernel's id, then, after a space, its parameters. */
  readonly label: string;
  /** Names of the graph's nodes that this dispatch computes. */
  readonly nodes: readonly string[];
}

/** What a run does, in order. */
export type Step =
  | { readonly kind: 'dispatches'; readonly dispatches: readonly Dispatch[] }
  | { readonly kind: 'copy'; readonly from: PlanRange; readonly to: PlanRange; readonly bytes: Size };

export interface PlanRange {
  readonly buffer: number;
  readonly offset: number;
}

/** A node that no dispatch computes and that build did not fold away. */
export interface HostNode {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
}

export interface Requirements {
  /** Names of WebGPU features. */
  readonly features: readonly string[];
  /** Least values of WebGPU limits, beyond the defaults of the specification. */
  readonly limits: Readonly<Record<string, number>>;
}

export interface Plan {
  readonly name: string;
  readonly symbols: readonly PlanSymbol[];
  readonly exprs: readonly ExprNode[];
  readonly constraints: readonly PlanConstraint[];
  readonly inputs: readonly PlanTensor[];
  readonly outputs: readonly PlanTensor[];
  readonly buffers: readonly PlanBuffer[];
  readonly blobs: readonly PlanBlob[];
  /** 32-bit words of the params buffer that hold dynamic sizes: [word index, size]. Every other word is 0. */
  readonly params: readonly (readonly [word: number, value: Size])[];
  /** WGSL texts. */
  readonly modules: readonly string[];
  readonly pipelines: readonly PlanPipeline[];
  readonly steps: readonly Step[];
  readonly hostNodes: readonly HostNode[];
  readonly requires: Requirements;
  /** The largest sum, over dispatches, of arena tensors and workspace still to be read, each rounded up to 256 bytes. */
  readonly liveBytesPeak: number;
}
