// The Plan: everything that a run does, as data. Codegen writes it, the engine file stores it as its JSON manifest, the
// runtime replays it. It names no graph, no operator semantics and no device objects.
//
// Codegen makes one plan for one optimization profile. An engine of several has the plan of the first, and of each other one
// what is different in it: see `profiles.ts`.
import type { ExprNode, PlanRange, Size, SourceType, StorageType } from './terms.ts';
import type { PlanWork } from './work.ts';

/** A free dimension of an input, or a size that only the run tells. */
export type PlanSymbol = InputSymbol | DataSymbol;

/** A free dimension of the inputs. It is read off `inputs[input].shape[axis]`. */
export interface InputSymbol extends SymbolRange {
  readonly input: number;
  readonly axis: number;
}

/**
 * A size that only the run tells: that of axis `axis` of `plan.values[value]`, or (`element`) the integer at that place of
 * it. It is read off whenever a step sets the value, and sizes that depend on it are known from there on, until a step
 * sets the value anew.
 */
export type DataSymbol = SymbolRange & { readonly value: number } & (
    | { readonly axis: number }
    | { readonly element: number }
  );

export interface SymbolRange {
  readonly name: string;
  /** Bounds of the dimension itself, or of the integer that a value's element is, both inclusive. */
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

/** An input or output: in a buffer of its own, or (`value`) on the host; an input that both sides read has both. */
export interface PlanTensor {
  readonly name: string;
  readonly dtype: SourceType;
  readonly shape: readonly Size[];
  /** With `buffer`: what the GPU has it as. */
  readonly storage?: StorageType;
  /** Index into `plan.buffers`. */
  readonly buffer?: number;
  /** Index into `plan.values`: the same tensor as host steps see it. */
  readonly value?: number;
}

/**
 * A tensor that the host reads or writes, or that is moved. It has at most one of `bytes`, `strings`, `elements` and `of`,
 * is a plan's input, is set by a step (a host step's output, the `to` of a move or stack, a loop's `iteration`), or else is
 * what dispatches have left at `gpu`, read back when the host wants it.
 */
export interface PlanValue {
  readonly name: string;
  readonly dtype: SourceType;
  readonly shape: readonly Size[];
  /** Where the GPU has it. What sets the value writes it there. */
  readonly gpu?: PlanRange & { readonly storage: StorageType };
  /** A constant: where its bytes are in a buffer of kind `host`, in the source type; the offset a multiple of 8. */
  readonly bytes?: PlanRange;
  /** A constant of texts. */
  readonly strings?: readonly string[];
  /** Integers that follow from shapes: each a number, also a negative one, or an expression. */
  readonly elements?: readonly Size[];
  /** Has the elements, in order, of an earlier entry of `plan.values`, in another shape. */
  readonly of?: number;
}

/**
 * What dispatches have found out about the integers of 64 bits that they computed: words of which they raise bits, after a
 * step that makes them 0. A run that ends with one raised fails.
 */
export interface PlanStatus extends PlanTensor {
  /** What each bit means, those that are the cause of others first. */
  readonly checks: readonly PlanCheck[];
}

/** A tensor of which 32 bits do not hold an element, where `bit` of the status' word number `word` is raised. */
export interface PlanCheck {
  readonly word: number;
  /** A power of two. */
  readonly bit: number;
  readonly tensor: string;
  /** Name of the graph's node. */
  readonly node: string;
  /** Names of the source model's nodes that it came from. */
  readonly origin: string;
}

/**
 * A GPU buffer. `arena` holds intermediates, `weights` constants (read-only, filled from `plan.blobs`), `params` the
 * dynamic sizes that kernels read (at most one such buffer, the only kind that can be bound as uniform); `input` and
 * `output` are made by the context, or are the caller's, and each belongs to one tensor; so does `plan.status`, of
 * kind `output`. Kernels may write to arenas and outputs only. `host` is no GPU buffer: it holds constants that host steps
 * read, filled from `plan.blobs`.
 */
export interface PlanBuffer {
  readonly kind: 'arena' | 'weights' | 'params' | 'input' | 'output' | 'host';
  /** Bytes at the profile's maximum, a multiple of 4. */
  readonly bytes: number;
}

/** Bytes of the engine file that fill a range of a weights or host buffer. */
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
  /** Names of the source model's nodes that this dispatch computes, wholly or in part. */
  readonly nodes: readonly string[];
}

/** What a run does, in order: a tree, for branches and loops have steps of their own. */
export type Step =
  | { readonly kind: 'dispatches'; readonly dispatches: readonly Dispatch[] }
  | { readonly kind: 'copy'; readonly from: PlanRange; readonly to: PlanRange; readonly bytes: Size }
  | HostStep
  | IfStep
  | LoopStep;

/**
 * Sets a value: `plan.values[to]` becomes what `plan.values[from]` is. Where both are on the GPU, it is copied there; what
 * only one side has is brought to where `to` is.
 */
export interface PlanMove {
  readonly from: number;
  readonly to: number;
}

/** Steps that may be run or not, and then the moves that set what others read of them. */
export interface PlanBlock {
  /** What has to hold while the steps are done: it is checked when they begin, and when a step tells a size. */
  readonly constraints?: readonly PlanConstraint[];
  readonly steps: readonly Step[];
  readonly moves: readonly PlanMove[];
}

/** Runs one of two blocks. Their moves set the same values. */
export interface IfStep {
  readonly kind: 'if';
  /** Index into `plan.values`: a bool of one element. */
  readonly condition: number;
  readonly onTrue: PlanBlock;
  readonly onFalse: PlanBlock;
  /** Name of the graph's node. */
  readonly node: string;
}

/**
 * Runs its body again and again. Before each iteration k = 0, 1, … it ends if k has reached `trips` or the condition is
 * false. An iteration sets `iteration` to k (an int64 of no axes), runs `steps`, and then `carry`. At first `enter` has
 * been done; at the end `exit` is.
 */
export interface LoopStep {
  readonly kind: 'loop';
  /** Index into `plan.values`: an int64 of one element; absent where only the condition ends the loop. */
  readonly trips?: number;
  /** Index into `plan.values`, a bool of one element: whether the first iteration is run; absent for true. */
  readonly condition?: number;
  /** Likewise, set by `steps`: whether the next one is; absent for true. */
  readonly next?: number;
  readonly iteration?: number;
  readonly enter: readonly PlanMove[];
  /** As those of a block, in each iteration. */
  readonly constraints?: readonly PlanConstraint[];
  readonly steps: readonly Step[];
  /** From what `steps` give to what the next iteration reads; no move reads what another one sets. */
  readonly carry: readonly PlanMove[];
  readonly exit: readonly PlanMove[];
  /** `to` becomes the `from` of all iterations, one after the other along a new first axis. */
  readonly stacks: readonly PlanMove[];
  readonly node: string;
}

/** A node that a function of the host computes, found by the id of its op. */
export interface HostStep {
  readonly kind: 'host';
  /** `TopK`, `com.microsoft::X` */
  readonly op: string;
  readonly attributes: Readonly<Record<string, PlanAttribute>>;
  /** Indices into `plan.values`; null for an optional input that is absent. */
  readonly inputs: readonly (number | null)[];
  /** Indices into `plan.values`. */
  readonly outputs: readonly number[];
  /** Name of the graph's node. */
  readonly node: string;
  /** Why it is not on the GPU. */
  readonly reason: string;
}

/** A tensor is an entry of `plan.values` that is constant. */
export type PlanAttribute =
  | string
  | PlanNumber
  | readonly string[]
  | readonly PlanNumber[]
  | { readonly value: number };

/** JSON has no other notation for these. */
export type PlanNumber = number | { readonly number: 'Infinity' | '-Infinity' | 'NaN' | '-0' };

/** A node that no dispatch computes and that build did not fold away. */
export interface HostNode {
  /** Name of the graph's node. */
  readonly node: string;
  /** Names of the source model's nodes that it came from. */
  readonly nodes: readonly string[];
  readonly op: string;
  readonly reason: string;
  /**
   * The step that computes it at each run, by its number in `walkSteps`; absent for shape arithmetic, which is done when
   * shapes change.
   */
  readonly step?: number;
}

/** A node of the source model. */
export interface SourceNode {
  readonly node: string;
  /** `Conv`, `com.microsoft::Gelu` */
  readonly op: string;
  /** What build did with it, where it is neither in a dispatch nor among the host nodes. */
  readonly built?: string;
}

export interface Requirements {
  /** Names of WebGPU features. */
  readonly features: readonly string[];
  /**
   * Least values of WebGPU limits, beyond the defaults of the specification. Besides limits, the adapter's
   * `subgroupMinSize`, at least, and `subgroupMaxSize`, at most: the sizes of subgroups that shaders are right for.
   */
  readonly limits: Readonly<Record<string, number>>;
  /** Products of subgroup matrices; absent where shaders use none. */
  readonly matrices?: readonly PlanMatrix[];
}

/** A product of subgroup matrices, M×K times K×N added to M×N, as an adapter's `subgroupMatrixConfigs` have them. */
export interface PlanMatrix {
  /** Element type of the factors: `f16` */
  readonly componentType: string;
  /** Element type of what they are added to. */
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

export interface Plan {
  readonly name: string;
  readonly symbols: readonly PlanSymbol[];
  readonly exprs: readonly ExprNode[];
  /** Checked at each new shape, and when a step tells a size. */
  readonly constraints: readonly PlanConstraint[];
  readonly inputs: readonly PlanTensor[];
  readonly outputs: readonly PlanTensor[];
  /** Absent where no dispatch checks what it computes. Its name is empty, its type uint32. */
  readonly status?: PlanStatus;
  /** What host steps read and write; absent where there are none. */
  readonly values?: readonly PlanValue[];
  readonly buffers: readonly PlanBuffer[];
  readonly blobs: readonly PlanBlob[];
  /**
   * 32-bit words of the params buffer that hold dynamic sizes: [word index, size]. An expression may be negative here: its
   * word is the two's complement. Every other word is 0.
   */
  readonly params: readonly (readonly [word: number, value: Size])[];
  /** WGSL texts. */
  readonly modules: readonly string[];
  readonly pipelines: readonly PlanPipeline[];
  readonly steps: readonly Step[];
  readonly hostNodes: readonly HostNode[];
  /** All nodes of the source model, in data order, for reports alone; absent in a plan that codegen was asked for itself. */
  readonly sourceNodes?: readonly SourceNode[];
  /** What each dispatch does, for reports alone. */
  readonly work?: PlanWork;
  readonly requires: Requirements;
  /**
   * True where no dispatch reads or writes out of bounds, whatever the inputs, also on a device that does not check that.
   * Absent where it is not known.
   */
  readonly inBounds?: boolean;
  /** The largest sum, over dispatches, of arena tensors and workspace still to be read, each rounded up to 256 bytes. */
  readonly liveBytesPeak: number;
  /** Name of the optimization profile; where it has none it goes by its number. */
  readonly profile?: string;
  /** What it was built with, for those that build it again with other weights. Nothing else reads it. */
  readonly built?: Readonly<Record<string, unknown>>;
  /** The optimization profiles after the first, which is the plan itself; absent where that is the only one. */
  readonly profiles?: readonly PlanProfile[];
}

/** Fields of a plan that are the same for all its optimization profiles. */
export type SharedField = 'name' | 'built' | 'blobs' | 'modules' | 'pipelines';

/** A further optimization profile: the fields of its plan, but for those that are as in the first profile. */
export type PlanProfile = Partial<Omit<Plan, SharedField | 'profiles'>>;
