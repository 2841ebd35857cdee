// How much arithmetic a node is, for reports: an addition, a multiplication, a comparison or a function counts one. Traits
// tell it of what they describe; contractions and opaque ops tell it themselves.

import { type Dim, mul, product } from './dim.ts';
import type { Node } from './graph.ts';
import { traitOf } from './op.ts';
import { operandsOf, type Scalar } from './scalar.ts';

/** Undefined where the op does not tell. What is read once more by others counts once. */
export function flopsOf(node: Node): Dim | undefined {
  const at = node.view();
  if (node.op.flops) return node.op.flops(at);
  const trait = traitOf(node.op, at);
  if (trait.kind === 'pointwise') return mul(operationsIn(trait.scalar(at)), product(node.output.type.shape));
  if (trait.kind === 'reduction') return product(at.input(0).shape);
  return trait.kind === 'injective' || trait.kind === 'shape' ? 0 : undefined;
}

function operationsIn(root: Scalar): number {
  let count = 0;
  const stack = [root];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (next.kind !== 'arg' && next.kind !== 'const' && next.kind !== 'cast') count++;
    stack.push(...operandsOf(next));
  }
  return count;
}
