// Attributes that ops got later, written down with the value that changes nothing: older forms have them not at all.

import type { AttributeValue, Node, OpDef } from '@trtx/ir';
import { type ExportSpelling, spelling } from './spelling.ts';

/** True where the op does what it does without the attribute. */
export function isNeutral(op: OpDef, name: string, value: AttributeValue): boolean {
  if (name === 'dilations') return (value as readonly number[]).every((dilation) => dilation === 1);
  return op.attributes[name]?.default === value;
}

/** Those of the attributes that the node has and that change nothing. */
export function neutralOf(node: Node, names: readonly string[]): string[] {
  return names.filter((name) => {
    const value = node.attributes.get(name);
    return value !== undefined && isNeutral(node.op, name, value);
  });
}

/** Leaves out attributes that change nothing. One that does stays, which is an error where the opset lacks it. */
export function dropNeutral(ops: string, before: number, ...names: string[]): ExportSpelling {
  return spelling(ops, before, (node, emit) => {
    const without = neutralOf(node, names);
    return without.length > 0 ? emit.older(node, { without }) : undefined;
  });
}
