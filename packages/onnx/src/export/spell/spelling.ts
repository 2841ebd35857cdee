// What it takes to write a node in an opset that lacks it: other nodes in its place, or the form that the op had then.

import type { AttributeSpec, AttributeValue, Node, TensorType, Value } from '@trtx/ir';
import type { Emitter } from '../../normalize/node.ts';

/** How the node is in the file where it is not what its op is today. */
export interface OlderForm {
  /** Those of the node by default. */
  readonly inputs?: readonly (Value | null)[];
  /** Attributes of the node that the older form has not. */
  readonly without?: readonly string[];
  /** Attributes that it has instead, or with another value. */
  readonly attributes?: Readonly<Record<string, readonly [type: AttributeSpec['type'], value: AttributeValue]>>;
}

/** What spellings add to the graph. The same node or constant is added once, however many spellings ask for it. */
export interface ExportEmitter extends Emitter {
  /** The opset of the file. */
  readonly opset: number;
  /** What `make` gives, once for each key. */
  shared(key: string, make: () => Value): Value;
  /** The outputs of the node in the form that its op had, which says no more and no less. */
  older(node: Node, form: OlderForm): readonly Value[];
}

/** Writes a node otherwise; its outputs in order, or undefined where it can stay as it is. */
export type Spell = (node: Node, emit: ExportEmitter) => readonly Value[] | undefined;

export interface ExportSpelling {
  readonly ops: readonly string[];
  /** For opsets below this one. */
  readonly before: number;
  readonly spell: Spell;
}

/** A spelling of one or several ops, told by their names separated by spaces. */
export function spelling(ops: string, before: number, spell: Spell): ExportSpelling {
  return { ops: ops.split(' '), before, spell };
}

/** An input that the op cannot do without. */
export function given(node: Node, index: number): Value {
  return node.inputs[index]!;
}

/** The numbers of an input that steers shapes, where all are known. */
export function knownInts(value: Value | null | undefined): readonly number[] | undefined {
  const values = value?.contents?.values;
  return values?.every((dim) => typeof dim === 'number') ? (values as readonly number[]) : undefined;
}

/** The sizes of a tensor, where all are known. */
export function knownShape({ shape }: TensorType): readonly number[] | undefined {
  return shape.every((dim) => typeof dim === 'number') ? (shape as readonly number[]) : undefined;
}

/** Axes counted from the first. */
export function positive(axes: readonly number[], rank: number): number[] {
  return axes.map((axis) => (axis < 0 ? axis + rank : axis));
}
