// What an op definition is: one object that holds all that is special about an op. Shared code asks it, and never
// branches on an op's name.

import { TrtxError } from '@trtx/errors';
import type { Contents } from './contents.ts';
import type { Dim } from './dim.ts';
import type { DType } from './dtype.ts';
import type { IndexMap } from './index-map.ts';
import type { Interval } from './interval.ts';
import type { Scalar } from './scalar.ts';
import type { Constant, TensorType } from './tensor.ts';

export type AttributeValue = number | string | readonly number[] | readonly string[] | Constant;

export interface AttributeSpec {
  /** `type` is the type of a value as text: `float32`, `sequence(int64)`. */
  readonly type: 'int' | 'ints' | 'float' | 'floats' | 'string' | 'strings' | 'tensor' | 'type';
  /** The value where the node has none. An attribute with neither default nor `required` may be absent. */
  readonly default?: AttributeValue;
  readonly required?: boolean;
  /** True for what ONNX says in another way. */
  readonly internal?: boolean;
  /** Bounds of the number, or of every number of a list. */
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
  readonly doc?: string;
}

export interface OperandSpec {
  readonly name: string;
  /** Element types it may have; absent for any. */
  readonly types?: readonly DType[];
  /** Operands with the same letter have the same element type. */
  readonly sameAs?: string;
  readonly optional?: boolean;
  /** Whether it may also be a sequence or optional, where `types` does not say so itself. */
  readonly holds?: 'any';
  /** Whether the op never reads its elements: it puts it into a sequence or optional, or takes out what is in it. */
  readonly passedOn?: boolean;
  /** Whether it stays float32 where the rest becomes float16: its everyday numbers are past float16's range. */
  readonly staysWide?: boolean;
  /** The last operand only: stands for any number (at least one) of them. */
  readonly variadic?: boolean;
  /**
   * The values of this input steer the output's shape, or tell the axes that the op works along: it must be known, at
   * least symbolically, when shapes are.
   */
  readonly steersShape?: boolean;
  /** What such values are where only the run tells them; absent for what the build has to know (axes, steps). */
  readonly told?: Told;
}

/**
 * How integers steer a shape: as sizes; as sizes of parts of an axis of the first input; as positions, which may be negative;
 * as the target of a Reshape of it, which has its -1 and 0; as a shape that it is broadcast with.
 */
export type Told = 'sizes' | 'parts' | 'positions' | 'target' | 'broadcast';

/**
 * How an op computes, in the terms that grouping and kernels read:
 *   pointwise   each output element from the elements of its (broadcast) inputs at the same place, by `scalar`. With `codes`
 *               input 0 is codes, worth (input 0 − input 2) · input 1 by `quantizeGeometry`
 *   injective   each output element is one input element, by `map`
 *   reduction   over some axes of input 0 (`axes`), independently at each place of the others; the output has these axes
 *               reduced (to 1, or gone) or whole (Softmax, norms)
 *   contraction sums of products over axes that two inputs share; `weights` tells which operands may be weights
 *   shape       shape arithmetic: its contents are known when shapes are, it reads no data
 *   control     runs bodies, of which each sees the last `captured` inputs of the node as its last inputs
 *   opaque      anything else: kernels register for it. `selects`: each element of the first output is one of input 0
 */
export type Trait =
  | {
      readonly kind: 'pointwise';
      scalar(at: NodeView): Scalar;
      readonly alignment?: Alignment;
      readonly codes?: boolean;
    }
  | { readonly kind: 'injective'; map(at: NodeView, output?: number): IndexMap }
  | {
      readonly kind: 'reduction';
      axes(at: NodeView): readonly number[];
      /** The reduction as data; absent where it needs a kernel of its own (Softmax, ArgMax, norms). */
      readonly reducer?: Reducer;
      readonly delicate?: Delicate;
    }
  | { readonly kind: 'contraction'; weights?(at: NodeView): readonly WeightOperand[] }
  | { readonly kind: 'shape' }
  | { readonly kind: 'control'; captured(at: NodeView): number }
  | { readonly kind: 'opaque'; readonly delicate?: Delicate; readonly selects?: boolean };

/** An operand of a contraction, seen as weights: how its axes and those of the output belong together. */
export interface WeightOperand {
  /** Which input it is, and which one it is multiplied with. */
  readonly input: number;
  readonly with: number;
  /** Its axes that are summed over, in order. */
  readonly summed: readonly number[];
  /** Its axis that tells the output's channels apart (those of a group), and the output's axis; absent where it has none. */
  readonly channel?: { readonly axis: number; readonly output: number };
  /** The input whose elements, one for each channel, are added to the sums. */
  readonly bias?: number;
}

/**
 * What loses too much in float16: the whole op (true); or, of an op with an attribute that tells the type (an ONNX type number) in
 * which its delicate part is computed whatever its operands are, only that part.
 */
export type Delicate = boolean | { readonly computedIn: string };

/**
 * The output axis of each axis of an input, where it is not NumPy's (the last axes): a scale for each channel of
 * [N, C, H, W] has [1]. Undefined for inputs that broadcast as in NumPy.
 */
export type Alignment = (at: NodeView, input: number) => readonly AlignedAxis[] | undefined;

/** An output axis; with `block`, as many of its places share a place of the input. */
export type AlignedAxis = number | { readonly axis: number; readonly block: number };

/** A reduction as data: `combine` over `each` element, then `finish`. Of bools `min` is and, `max` is or. */
export interface Reducer {
  readonly combine: 'add' | 'mul' | 'min' | 'max';
  /** What is combined, of an element; its type is the accumulator's. The element itself where absent. */
  each?(element: Scalar): Scalar;
  /** The output's element, of what was combined and of the number of elements in the same type. */
  finish?(combined: Scalar, count: Scalar): Scalar;
}

/** What an op definition sees of a node: its input types, known contents and attributes. */
export interface NodeView {
  readonly inputs: readonly (TensorType | null)[];
  /** Number of outputs that the node has. */
  readonly outputCount: number;
  /** The type of an input that must be there. */
  input(index: number): TensorType;
  /** The elements of an integer or bool input, as dims, where they are known. */
  contents(index: number): Contents | undefined;
  /** The elements of a float input where shape arithmetic goes through them. */
  reals(index: number): Contents | undefined;
  /** As `contents`, and an error that names the input where they are not known. */
  need(index: number): Contents;
  /** The elements of an input as numbers where it is a constant (of any numeric type, up to 4,096 elements). */
  numbers(index: number): readonly number[] | undefined;
  int(name: string): number;
  ints(name: string): readonly number[] | undefined;
  float(name: string): number;
  floats(name: string): readonly number[] | undefined;
  string(name: string): string;
  strings(name: string): readonly string[] | undefined;
  tensor(name: string): Constant | undefined;
  /** The name of a symbol of the node's own. */
  symbolName(hint: string): string;
  /** True where the node has the attribute itself, not by default. */
  has(name: string): boolean;
  /** Records that two dims must be equal, and gives the one to go on with. */
  equal(a: Dim, b: Dim): Dim;
  /**
   * A size that only the elements tell, from 0 to `most`: a symbol of the node's own, with a value once the node has
   * run. `hint` names it among the node's.
   */
  unknown(hint: string, most: Dim): Dim;
  /** What the op reads of a body that the node has, by its place in `OpDef.bodies`. */
  body(index: number): BodyView;
  /** A TrtxError that names the node. */
  fail(message: string, hint?: string): TrtxError;
}

/** A body of a control-flow node, as its op's inference sees it. */
export interface BodyView {
  readonly inputCount: number;
  /** Infers the body anew for these inputs, in place, and gives its outputs. @throws TrtxError as `inferNode` */
  infer(inputs: readonly Inferred[]): readonly Inferred[];
}

export interface Inferred extends TensorType {
  /** The output's elements, where the op knows them from shapes alone. */
  readonly contents?: Contents;
  /** As `contents`, for floats: only what shape arithmetic goes through. */
  readonly reals?: Contents;
}

export interface OpDef {
  /** '' for the default ONNX domain. */
  readonly domain: string;
  readonly name: string;
  /** The opset version whose semantics this is: the newest that changed them. */
  readonly since: number;
  /** One line for the documentation. */
  readonly summary: string;
  readonly inputs: readonly OperandSpec[];
  readonly outputs: readonly OperandSpec[];
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
  readonly trait: Trait;
  /**
   * Names of the graphs that a node of the op has, in ONNX attributes. Each has one input for each value that it captures:
   * the last inputs of the node.
   */
  readonly bodies?: readonly string[];
  /** Gives other values at each run: such nodes are neither computed at build nor taken for one another. */
  readonly random?: boolean;
  /** The elements of its output are symbols, which have values once the node has run, where it is not known before. */
  readonly tells?: boolean;
  /** The trait of a node whose attributes make it simpler than `trait` says: Resize to the nearest is injective. */
  traitAt?(at: NodeView): Trait;
  /** Arithmetic of a node, for reports, where its trait does not tell: see `flopsOf`. A multiplication and an addition are two. */
  flops?(at: NodeView): Dim;
  /**
   * Between which numbers the elements of its outputs are, exactly, given between which those of an input are: for ops that
   * are neither pointwise nor injective and have no reducer. Where it is absent, or tells nothing of an output, that has no
   * integers but such as its type, or the narrower one of its inputs, holds: no sums or products of them.
   */
  range?(at: NodeView, of: (input: number) => Interval): readonly (Interval | undefined)[];
  /** Types of the outputs, one for each that the node has. */
  infer(at: NodeView): readonly Inferred[];
}

/** The trait of a node. */
export function traitOf(op: OpDef, at: NodeView): Trait {
  return op.traitAt?.(at) ?? op.trait;
}

/** Checks a definition's form and freezes it. */
export function defineOp(def: OpDef): OpDef {
  const variadic = def.inputs.findIndex((input) => input.variadic);
  if (variadic >= 0 && variadic !== def.inputs.length - 1)
    throw new TrtxError('OP_DEFINITION', `${def.name}: only the last input may be variadic`);
  return Object.freeze(def);
}

/** Counts up where op definitions, rules and passes that were written for the number before may no longer be right. */
export const IR_API = 1;

/** Op definitions by domain and name: a value that is passed in, never a global. */
export class OpRegistry {
  readonly #ops = new Map<string, OpDef>();

  constructor(ops: Iterable<OpDef> = []) {
    for (const op of ops) this.#ops.set(opKey(op.domain, op.name), op);
  }

  get(name: string, domain = ''): OpDef | undefined {
    return this.#ops.get(opKey(domain, name));
  }

  /** The op of a name as `opName` writes it: `Conv`, `com.microsoft::Gelu`. */
  find(id: string): OpDef | undefined {
    return this.#ops.get(id);
  }

  /** A registry with these ops as well; where a name is taken, the new definition holds. */
  with(ops: Iterable<OpDef>): OpRegistry {
    return new OpRegistry([...this, ...ops]);
  }

  [Symbol.iterator](): IterableIterator<OpDef> {
    return this.#ops.values();
  }
}

function opKey(domain: string, name: string): string {
  return domain === '' || domain === 'ai.onnx' ? name : `${domain}::${name}`;
}

/** `Conv`, `com.microsoft::Gelu` */
export function opName({ domain, name }: Pick<OpDef, 'domain' | 'name'>): string {
  return opKey(domain, name);
}
