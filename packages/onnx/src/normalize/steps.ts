// The steps that many ops share, as functions that make them from data.

import type { AttributeValue, DType, Value } from '@trtx/ir';
import { type Emitter, type LegacyNode, type Step, setInput, take, takeInts, typeOf } from './node.ts';

/** For steps that every version needs, the newest too: where the graph's form of an op is not ONNX's. */
export const NEVER = Number.POSITIVE_INFINITY;

/** A step of one or several ops, told by their names separated by spaces. */
export function step(ops: string, before: number, apply: Step['apply']): Step {
  return { ops: ops.split(' '), before, apply };
}

/** Attributes that lost their meaning. */
export function dropped(ops: string, before: number, ...names: string[]): Step {
  return step(ops, before, (node) => {
    for (const name of names) node.attributes.delete(name);
  });
}

/** Defaults that a version changed: written out where the node relies on the old ones. */
export function defaults(ops: string, before: number, values: Readonly<Record<string, AttributeValue>>): Step {
  return step(ops, before, (node) => {
    for (const [name, value] of Object.entries(values))
      if (!node.attributes.has(name)) node.attributes.set(name, value);
  });
}

/** A list of integers that became an int64 input. */
export function intsToInput(ops: string, before: number, name: string, index: number, required = false): Step {
  return step(ops, before, (node, emit) => {
    const values = takeInts(node, name, emit);
    if (values) setInput(node, index, emit.constant('int64', [values.length], values));
    else if (required) throw emit.fail(`attribute ${name} is missing`);
  });
}

/** A number that became an input of rank 0, in the type of input 0. */
export function numberToInput(ops: string, before: number, name: string, index: number): Step {
  return step(ops, before, (node, emit) => {
    const value = take(node, name);
    if (value === undefined) return;
    if (typeof value !== 'number') throw emit.fail(`attribute ${name} is no number`);
    setInput(node, index, emit.scalar(typeOf(node, 0, emit).dtype, value));
  });
}

/** The node becomes another one, with the newest semantics. */
export function become(
  node: LegacyNode,
  op: string,
  inputs: readonly (Value | null)[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
): void {
  node.op = op;
  node.inputs = [...inputs];
  node.attributes.clear();
  for (const [name, value] of Object.entries(attributes)) node.attributes.set(name, value);
}

/** The value in another element type; itself where it has that type. */
export function castTo(value: Value, dtype: DType, emit: Emitter): Value {
  return value.type.dtype === dtype ? value : emit.node('Cast', [value], { to: dtype });
}
