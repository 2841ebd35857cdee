// What it costs to compute an element, in simple operations.

import { type Node, type Scalar, scalar, type Trait } from '@trtx/ir';

/** What takes several instructions, or a unit of its own. */
const DEAR: ReadonlySet<string> = new Set([
  'sqrt', 'exp', 'log', 'erf', 'pow',
  'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh',
]); // biome-ignore format: a table

const DEAR_WEIGHT = 8;

/** What a group may spend on computing again what it could have read, for each element that is read. */
export const MOST_EXTRA = 16;

/** Of a pointwise or injective node, what it reads counted in. */
export function weightOf(trait: Trait, node: Node): number {
  const at = node.view();
  if (trait.kind === 'pointwise') return node.inputs.length + scalarWeight(trait.scalar(at));
  return trait.kind === 'injective' ? 1 + trait.map(at).sources.length : DEAR_WEIGHT;
}

function scalarWeight(root: Scalar): number {
  let weight = 0;
  const stack = [root];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (next.kind === 'arg' || next.kind === 'const') continue;
    weight += 'op' in next && DEAR.has(next.op) ? DEAR_WEIGHT : 1;
    stack.push(...scalar.operandsOf(next));
  }
  return weight;
}
