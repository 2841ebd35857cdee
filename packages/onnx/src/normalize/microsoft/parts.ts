// What the spellings of this folder are made of: attributes read with care, and the pieces of graph that all spellings use.

import type { AttributeValue, Value } from '@trtx/ir';
import { type Emitter, type LegacyNode, take, takeInts } from '../node.ts';

export * from '../pieces.ts';

/** Takes a number away from the node; it must have one where there is no default. */
export function takeNumber(node: LegacyNode, name: string, emit: Emitter, otherwise?: number): number {
  const value = take(node, name) ?? otherwise;
  if (typeof value !== 'number')
    throw emit.fail(value === undefined ? missing(name) : `attribute ${name} is no number`);
  return value;
}

/** Takes an attribute that is 0 or 1 away from the node; false where it has none. */
export function takeFlag(node: LegacyNode, name: string, emit: Emitter, otherwise = 0): boolean {
  return takeNumber(node, name, emit, otherwise) !== 0;
}

/** Takes a text away from the node. */
export function takeText(node: LegacyNode, name: string, emit: Emitter, otherwise?: string): string {
  const value = take(node, name) ?? otherwise;
  if (typeof value !== 'string') throw emit.fail(value === undefined ? missing(name) : `attribute ${name} is no text`);
  return value;
}

/** Takes a list of integers that must be there. */
export function needInts(node: LegacyNode, name: string, emit: Emitter): readonly number[] {
  const value = takeInts(node, name, emit);
  if (!value) throw emit.fail(missing(name));
  return value;
}

const missing = (name: string) => `attribute ${name} is missing`;

/** Takes those of the attributes that the node has, to be given to another. */
export function takeAll(node: LegacyNode, ...names: string[]): Record<string, AttributeValue> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = take(node, name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** An input that may be absent. */
export function optional(node: LegacyNode, index: number): Value | null {
  return node.inputs[index] ?? null;
}
