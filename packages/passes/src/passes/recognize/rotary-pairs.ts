// The parts of rotary embeddings that exporters write out: one feature of each pair, and cosines or sines that are repeated
// for both.

import { type Dim, elementCount, type Node, traitOf, type Value } from '@trtx/ir';
import { float64Of, floatConstant, fromFloat64, producerOf, splatOf } from '../../match.ts';
import type { Operand, Patch } from '../../patch.ts';
import type { Pattern } from '../../pattern.ts';

/** Which features are a pair: i and i + size/2, or 2i and 2i + 1. */
export type Pairs = 'halves' | 'neighbours';

/** The first (0) or second (1) feature of each pair of what the pattern holds of. */
export function partOf(whole: Pattern, index: 0 | 1, pairs: Pairs): Pattern {
  return {
    match(value, state, next) {
      const source = value && takenFrom(value, index, pairs);
      return source !== undefined && source !== null && whole.match(source, state, next);
    },
  };
}

function takenFrom(value: Value, index: 0 | 1, pairs: Pairs): Value | undefined {
  const taken = rangeOf(value);
  const size = taken?.source.type.shape.at(-1);
  if (!taken || typeof size !== 'number' || taken.count !== size / 2) return undefined;
  const isIt =
    pairs === 'halves'
      ? taken.start === index * taken.count && taken.step === 1
      : taken.start === index && taken.step === 2;
  return isIt ? taken.source : undefined;
}

/** What a value has the first or the last features of. */
export function sourceOf(value: Value, side: 'start' | 'end'): Value | undefined {
  const taken = rangeOf(value);
  if (taken?.step !== 1) return undefined;
  const isIt = side === 'start' ? taken.start === 0 : taken.start + taken.count === taken.source.type.shape.at(-1);
  return isIt ? taken.source : undefined;
}

interface Range {
  readonly source: Value;
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

/** The features that a Slice or Split of the last axis alone takes. */
function rangeOf(value: Value): Range | undefined {
  const node = value.producer;
  const source = node?.inputs[0];
  const [size, count] = [source?.type.shape.at(-1), value.type.shape.at(-1)];
  if (node?.op.domain !== '' || !source || typeof size !== 'number' || typeof count !== 'number') return undefined;
  const last = source.type.shape.length - 1;
  if (node.op.name === 'Split') {
    if (![last, -1].includes(node.view().int('axis'))) return undefined;
    const before = node.outputs.slice(0, node.outputs.indexOf(value));
    const start = before.reduce((sum, output) => sum + (output.type.shape[last] as number), 0);
    return { source, start, count, step: 1 };
  }
  if (node.op.name !== 'Slice') return undefined;
  const [starts, axes, steps] = [1, 3, 4].map((i) => node.inputs[i]?.contents?.values);
  const axis = axes ? axes[0] : 0;
  const [start, step] = [starts?.[0], steps?.[0] ?? 1];
  if (starts?.length !== 1 || (axis !== last && axis !== -1)) return undefined;
  if (typeof start !== 'number' || typeof step !== 'number' || step < 1) return undefined;
  return { source, start: start < 0 ? start + size : start, count, step };
}

/** How far producers are followed. */
const MAX_DEPTH = 12;

/**
 * What a tensor has for each pair where both features of each have the same; axes of size 1 may have gone. Undefined where
 * they may differ.
 */
export function ofPairs(value: Value, pairs: Pairs, patch: Patch, depth = 0): Operand | undefined {
  if (depth > MAX_DEPTH || typeof value.type.shape.at(-1) !== 'number') return undefined;
  if (value.constant) return constantOfPairs(value, pairs, patch);
  const node = value.producer;
  if (node?.op.domain !== '' || value !== node.outputs[0]) return undefined;
  const inner = (input: Value) => ofPairs(input, pairs, patch, depth + 1);
  const own = OWN[node.op.name];
  if (own) return own(node, pairs, inner, patch);
  return traitOf(node.op, node.view()).kind === 'pointwise' ? pointwise(node, inner, patch) : undefined;
}

type Inner = (input: Value) => Operand | undefined;
type Rule = (node: Node, pairs: Pairs, inner: Inner, patch: Patch) => Operand | undefined;

const OWN: Readonly<Record<string, Rule>> = {
  Concat: twice,
  Reshape: (node, pairs, inner) => (pairs === 'neighbours' ? stacked(node) : undefined) ?? throughUnits(node, inner),
  Unsqueeze: (node, _pairs, inner) => throughUnits(node, inner),
  Squeeze: (node, _pairs, inner) => throughUnits(node, inner),
  Gather(node, _pairs, inner, patch) {
    const table = node.inputs[0]!;
    const half = node.view().int('axis') === 0 && table.type.shape.length === 2 ? inner(table) : undefined;
    return half && patch.node('Gather', [half, node.inputs[1]], node.attributes);
  },
  Slice(node, _pairs, inner, patch) {
    const rank = node.output.type.shape.length;
    const axes = node.inputs[3]?.contents?.values ?? node.inputs[1]!.contents?.values.map((_, i) => i);
    const half = axes && !axes.includes(-1) && !axes.includes(rank - 1) ? inner(node.inputs[0]!) : undefined;
    return half?.type.shape.length === rank ? patch.node('Slice', [half, ...node.inputs.slice(1)]) : undefined;
  },
};

function constantOfPairs(value: Value, pairs: Pairs, patch: Patch): Operand | undefined {
  const constant = floatConstant(value);
  const size = constant?.dims.at(-1);
  if (!constant || !size || size % 2 !== 0) return undefined;
  const half = size / 2;
  const values = float64Of(constant);
  const [first, second] =
    pairs === 'halves' ? [(i: number) => i, (i: number) => i + half] : [(i: number) => 2 * i, (i: number) => 2 * i + 1];
  const taken = new Float64Array(elementCount(constant.dims) / 2);
  for (let row = 0; row < taken.length / half; row++)
    for (let i = 0; i < half; i++) {
      const at = (place: (i: number) => number) => values[row * size + place(i)]!;
      if (!Object.is(at(first), at(second))) return undefined;
      taken[row * half + i] = at(first);
    }
  return patch.constant(fromFloat64(constant.dtype, [...constant.dims.slice(0, -1), half], taken), value.name);
}

/** Halves: the same twice, one after the other. */
function twice(node: Node, pairs: Pairs): Operand | undefined {
  const [a, b] = node.inputs;
  const isLast = [-1, node.output.type.shape.length - 1].includes(node.view().int('axis'));
  return pairs === 'halves' && node.inputs.length === 2 && a === b && isLast ? a! : undefined;
}

/** Neighbours: the same twice along a new last axis, which is merged with the one before. */
function stacked(node: Node): Operand | undefined {
  const whole = node.inputs[0]!;
  const stack = producerOf(whole, 'Concat') ?? producerOf(whole, 'Expand');
  const alone = stack && (producerOf(stack.inputs[0]!, 'Unsqueeze') ?? producerOf(stack.inputs[0]!, 'Reshape'));
  if (!alone) return undefined;
  const angles = alone.inputs[0]!;
  const { shape } = angles.type;
  const isAlone = alone.output.type.shape.length === shape.length + 1 && alone.output.type.shape.at(-1) === 1;
  const isTwice = stack.output.type.shape.at(-1) === 2 && stack.output.type.shape.length === shape.length + 1;
  const isSame = stack.op.name === 'Expand' || (stack.inputs.length === 2 && stack.inputs[0] === stack.inputs[1]);
  const isMerged =
    node.output.type.shape.at(-1) === 2 * (shape.at(-1) as number) && node.output.type.shape.length === shape.length;
  return isAlone && isTwice && isSame && isMerged ? angles : undefined;
}

/** Axes of size 1 come and go. */
function throughUnits(node: Node, inner: Inner): Operand | undefined {
  const long = (shape: readonly Dim[]) => shape.filter((dim) => dim !== 1).join();
  const [before, after] = [node.inputs[0]!.type.shape, node.output.type.shape];
  return before.at(-1) === after.at(-1) && long(before) === long(after) ? inner(node.inputs[0]!) : undefined;
}

/** An op of one tensor that has it twice, and of numbers. */
function pointwise(node: Node, inner: Inner, patch: Patch): Operand | undefined {
  const parts = node.inputs.map((input) =>
    input && splatOf(input) !== undefined && isNumber(input) ? input : undefined,
  );
  const wide = node.inputs.filter((_, i) => !parts[i]);
  if (wide.length !== 1 || !wide[0] || wide[0].type.shape.at(-1) !== node.output.type.shape.at(-1)) return undefined;
  const half = inner(wide[0]);
  if (!half) return undefined;
  return patch.node(
    node.op.name,
    node.inputs.map((input, i) => (parts[i] ? input : half)),
    node.attributes,
    node.name,
  );
}

function isNumber(value: Value): boolean {
  return value.type.shape.every((dim) => dim === 1);
}
