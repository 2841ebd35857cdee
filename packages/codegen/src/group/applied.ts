// What is applied to each element of one tensor by itself: a kernel that addresses its operands in memory reads through it.

import { sameShape, traitOf, type Value } from '@trtx/ir';
import { isNumber } from './formation.ts';

/** The tensor of which a pointwise node makes a value element by element, with numbers alone beside it. */
export function appliedTo({ producer, type }: Value): Value | undefined {
  if (producer?.outputs.length !== 1) return undefined;
  const trait = traitOf(producer.op, producer.view());
  if (trait.kind !== 'pointwise' || trait.alignment) return undefined;
  const [tensor, ...others] = new Set(producer.inputs.filter((input) => input && !isNumber(input)));
  return tensor && others.length === 0 && sameShape(tensor.type.shape, type.shape) ? tensor : undefined;
}
