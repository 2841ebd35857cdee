// What stays in float32 by default, and why: read from traits, scalar expressions and constants.

import { elementsOf, type Graph, isInteger, type Node, type Scalar, traitOf, type Value } from '@trtx/ir';
import { splatOf } from '../match.ts';
import { staysWide } from './assign.ts';
import { LARGEST, SMALLEST_NORMAL, shortest } from './constants.ts';

/** Functions that leave float16's range for everyday arguments, or lose all digits of large ones. */
const STEEP: ReadonlySet<string> = new Set(['exp', 'sinh', 'cosh', 'pow', 'sin', 'cos', 'tan']);
/** What turns a small number into a large one, or passes it on to what does. */
const SENSITIVE: ReadonlySet<string> = new Set(['sqrt', 'log', 'pow']);

/**
 * Nodes whose work is not done in float16, each with the reason: sums and what their traits call delicate, exponentials,
 * powers and squares, numbers past float16's range, small ones that are added so that something can be divided by the sum,
 * positions.
 */
export function delicateNodes(graph: Graph): Map<Node, string> {
  const reasons = new Map<Node, string>();
  const small = new Set<Value>();
  const beyond = new Map<Value, boolean>();
  for (const node of graph.topological()) {
    const reason = reasonOf(node, small, beyond);
    if (reason !== undefined) reasons.set(node, reason);
  }
  return reasons;
}

function reasonOf(node: Node, small: Set<Value>, beyond: Map<Value, boolean>): string | undefined {
  const view = node.view();
  const trait = traitOf(node.op, view);
  if (node.bodies.length > 0) return 'runs bodies';
  if ('delicate' in trait && trait.delicate === true) return 'delicate';
  if (trait.kind === 'reduction' && (trait.reducer?.combine === 'add' || trait.reducer?.combine === 'mul'))
    return 'a sum';
  if (node.inputs.some((input, i) => input && !staysWide(node, i) && isBeyond(input, beyond)))
    return 'a number past the range of float16';
  if (trait.kind !== 'pointwise' || node.outputs.length !== 1) return undefined;
  const scalar = trait.scalar(view);
  if (dividesBySmall(scalar, node, small)) {
    if (isSensitive(scalar)) small.add(node.output);
    return 'divides by what may be small';
  }
  const epsilon = node.inputs.map(splatOf).find((value) => value && Math.abs(value) < SMALLEST_NORMAL);
  if (epsilon !== undefined && node.inputs.some((input) => input?.constant?.dtype === 'float32')) {
    small.add(node.output);
    return `${shortest(epsilon)} is below the range of float16`;
  }
  if ((scalar.kind === 'unary' || scalar.kind === 'binary') && STEEP.has(scalar.op)) return scalar.op;
  if (isSquare(scalar, node)) return 'a square';
  return node.inputs.some(isCounted) ? 'of integers' : undefined;
}

function isBeyond(value: Value, known: Map<Value, boolean>): boolean {
  if (value.constant?.dtype !== 'float32') return false;
  let found = known.get(value);
  if (found === undefined) {
    found = hasBeyond(elementsOf(value.constant) as Float32Array);
    known.set(value, found);
  }
  return found;
}

function hasBeyond(elements: Float32Array): boolean {
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i]!;
    if (Math.abs(element) > LARGEST && Number.isFinite(element)) return true;
  }
  return false;
}

function isSensitive(scalar: Scalar): boolean {
  return (scalar.kind === 'unary' || scalar.kind === 'binary') && SENSITIVE.has(scalar.op);
}

/** A root, logarithm or power of what may be small, or a division by it. */
function dividesBySmall(scalar: Scalar, node: Node, small: ReadonlySet<Value>): boolean {
  const isSmall = (s: Scalar) => s.kind === 'arg' && small.has(node.inputs[s.index]!);
  if (isSensitive(scalar)) return isSmall((scalar as { a: Scalar }).a);
  return scalar.kind === 'binary' && scalar.op === 'div' && isSmall(scalar.b);
}

function isSquare(scalar: Scalar, node: Node): boolean {
  if (scalar.kind !== 'binary' || scalar.op !== 'mul' || scalar.a.kind !== 'arg' || scalar.b.kind !== 'arg')
    return false;
  return node.inputs[scalar.a.index] === node.inputs[scalar.b.index];
}

/** True for integers as floats: positions, sizes, which float16 has up to 2,048 only. */
function isCounted(value: Value | null): boolean {
  const node = value?.producer;
  if (node?.inputs.length !== 1 || !isInteger(node.inputs[0]!.type.dtype)) return false;
  const trait = traitOf(node.op, node.view());
  return trait.kind === 'pointwise' && trait.scalar(node.view()).kind === 'cast';
}
