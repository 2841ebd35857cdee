// An Attention in place of another one.

import type { Attributes, AttributeValue, Node } from '@trtx/ir';
import type { Operand, Patch } from '../../patch.ts';

/** Replaces all outputs of an Attention by those of one with other operands or attributes. */
export function replaceAttention(
  node: Node,
  patch: Patch,
  inputs: readonly (Operand | null)[],
  attributes: Readonly<Record<string, AttributeValue>>,
  reason: string,
): Patch {
  const outputs = patch.outputs(node.outputs.length, 'Attention', inputs, attributes);
  node.outputs.forEach((output, i) => {
    patch.replace(output, outputs[i]!, reason);
  });
  return patch;
}

export function attributesOf({ attributes }: { readonly attributes: Attributes }): Record<string, AttributeValue> {
  return Object.fromEntries(attributes);
}
