// Sequences and optionals: what the types of values tell at import.

import { isContainer } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode, type Step } from './node.ts';

export const sequenceSteps: readonly Step[] = [
  { ops: ['Identity'], before: Number.POSITIVE_INFINITY, apply: passContainer },
  // From version 18 on, the input may also be no optional, or be absent.
  { ops: ['OptionalHasElement'], before: Number.POSITIVE_INFINITY, apply: hasElement },
  { ops: ['OptionalGetElement'], before: Number.POSITIVE_INFINITY, apply: getElement },
];

function passContainer(node: LegacyNode, emit: Emitter): void {
  const input = inputOf(node, 0, emit);
  if (isContainer(input.type.dtype)) node.value = input;
}

function hasElement(node: LegacyNode, emit: Emitter): void {
  const input = node.inputs[0];
  if (input?.type.dtype !== 'optional') node.value = emit.constant('bool', [], [input ? 1 : 0]);
}

function getElement(node: LegacyNode, emit: Emitter): void {
  const input = inputOf(node, 0, emit);
  if (input.type.dtype !== 'optional') node.value = input;
}
