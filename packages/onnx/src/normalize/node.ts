// A node of any opset version on its way to the newest semantics, and what a step of that way is.

import type { TrtxError } from '@trtx/errors';
import type { AttributeValue, Constant, DType, TensorType, Value } from '@trtx/ir';

/** A node that steps change in place. */
export interface LegacyNode {
  op: string;
  /** The opset version whose semantics the node has now. */
  version: number;
  /** null for an optional input that is absent. */
  inputs: (Value | null)[];
  readonly attributes: Map<string, AttributeValue>;
  /** Outputs that the node has. */
  outputCount: number;
  /** What the model's output is, where no node of its own is needed for it. */
  value?: Value;
  /** Nodes behind this one: what the model's outputs are, given this node's. */
  behind?: (outputs: readonly Value[]) => readonly Value[];
}

type Attributes = Readonly<Record<string, AttributeValue>>;

/** What a step may add to the graph, and how it refuses. */
export interface Emitter {
  /** A node of one output, with the newest semantics; `domain::Name` outside of the default domain. */
  node(op: string, inputs: readonly (Value | null)[], attributes?: Attributes): Value;
  /** A node with the first `count` of its outputs. */
  outputs(op: string, count: number, inputs: readonly (Value | null)[], attributes?: Attributes): readonly Value[];
  /** A constant with data of its own. */
  add(constant: Constant): Value;
  constant(dtype: DType, dims: readonly number[], values: readonly number[]): Value;
  /** A constant of rank 0, rounded to the type. */
  scalar(dtype: DType, value: number): Value;
  fail(message: string, hint?: string): TrtxError;
}

/** What makes a node of an older opset version one of version `before`. */
export interface Step {
  readonly ops: readonly string[];
  /** For nodes of versions below this one. */
  readonly before: number;
  apply(node: LegacyNode, emit: Emitter): void;
}

/**
 * Writes a node whose op the graph has not in ops that it has. Gives the node's outputs in order; undefined where nothing
 * says what an output is, which is an error if it is read. It takes all attributes that it knows away from the node.
 */
export type Spelling = (node: LegacyNode, emit: Emitter) => readonly (Value | undefined)[];

/** Spellings by op, as `opName` writes it. */
export type Spellings = ReadonlyMap<string, Spelling>;

/** An input that must be there. */
export function inputOf(node: LegacyNode, index: number, emit: Emitter): Value {
  const input = node.inputs[index];
  if (!input) throw emit.fail(`input ${index} is missing`);
  return input;
}

/** The type of an input that must be there. */
export function typeOf(node: LegacyNode, index: number, emit: Emitter): TensorType {
  return inputOf(node, index, emit).type;
}

/** Takes an attribute away from the node; undefined where it has none. */
export function take(node: LegacyNode, name: string): AttributeValue | undefined {
  const value = node.attributes.get(name);
  node.attributes.delete(name);
  return value;
}

/** Takes a list of integers away from the node; undefined where it has none. */
export function takeInts(node: LegacyNode, name: string, emit: Emitter): readonly number[] | undefined {
  const value = take(node, name);
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.some((item) => !Number.isSafeInteger(item)))
    throw emit.fail(`attribute ${name} is no list of integers`);
  return value as number[];
}

/** Puts a value at an input, with holes before it where the node has fewer. */
export function setInput(node: LegacyNode, index: number, value: Value | null): void {
  while (node.inputs.length < index) node.inputs.push(null);
  node.inputs[index] = value;
}
