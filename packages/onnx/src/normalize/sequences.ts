// Sequences and optionals: what the types of values tell at import.

import { isContainer } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode, type Step, take } from './node.ts';

export const sequenceSteps: readonly Step[] = [
  { ops: ['Identity'], before: Number.POSITIVE_INFINITY, apply: passContainer },
  { ops: ['Optional'], before: Number.POSITIVE_INFINITY, apply: splitType },
  // From version 18 on, the input may also be no optional, or be absent.
  { ops: ['OptionalHasElement'], before: Number.POSITIVE_INFINITY, apply: hasElement },
  { ops: ['OptionalGetElement'], before: Number.POSITIVE_INFINITY, apply: getElement },
];

function passContainer(node: LegacyNode, emit: Emitter): void {
  const input = inputOf(node, 0, emit);
  if (isContainer(input.type.dtype)) node.value = input;
}

/** `sequence(float32)` as the two attributes of the definition. */
function splitType(node: LegacyNode, emit: Emitter): void {
  const type = take(node, 'type');
  if (type === undefined) return;
  const [, sequence, dtype] = /^(sequence)?\(?(\w+)\)?$/.exec(String(type)) ?? [];
  if (!dtype) throw emit.fail(`an optional of ${type}`);
  node.attributes.set('dtype', dtype);
  if (sequence) node.attributes.set('sequence', 1);
}

function hasElement(node: LegacyNode, emit: Emitter): void {
  const input = node.inputs[0];
  if (input?.type.dtype !== 'optional') node.value = emit.constant('bool', [], [input ? 1 : 0]);
}

function getElement(node: LegacyNode, emit: Emitter): void {
  const input = inputOf(node, 0, emit);
  if (input.type.dtype !== 'optional') node.value = input;
}
