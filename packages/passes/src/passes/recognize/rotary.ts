// Rotary position embeddings written out, x · cos + turned(x) · sin, are RotaryEmbedding. Pairs of features are the two halves
// of a head or neighbours, and cosines and sines are given once for each feature or once for each pair.

import { type Dim, type Node, sameDim, type Value } from '@trtx/ir';
import { permutationOf, producerOf } from '../../match.ts';
import type { Operand, Patch } from '../../patch.ts';
import { any, op, type Pattern } from '../../pattern.ts';
import { recognize } from '../../recognize.ts';
import { definePass, defineRule } from '../../rule.ts';
import { targetOf } from '../simplify/canonical-reshapes.ts';
import { ofPairs, type Pairs, partOf, sourceOf } from './rotary-pairs.ts';

const TYPES: ReadonlySet<string> = new Set(['float32', 'float16', 'bfloat16']);

const x = any('x');

/** (−b, a) of each pair (a, b) of halves. */
const turnedHalves = op('Concat', op('Neg', partOf(x, 1, 'halves')), partOf(x, 0, 'halves')).where(isLast);

const alone = (part: Pattern) => op(['Unsqueeze', 'Reshape'], part, any()).where(addsLastAxis);
const stack = op('Concat', alone(op('Neg', partOf(x, 1, 'neighbours'))), alone(partOf(x, 0, 'neighbours'))).where(
  isLast,
);

/** (−b, a) of each pair (a, b) of neighbours. */
const turnedNeighbours = op('Reshape', stack, any());

/** Cosines or sines, one for each pair; axes of size 1 are as in `shape`. */
interface Angles {
  readonly operand: Operand;
  readonly shape: readonly Dim[];
}

/** A rule for cosines and sines that are given for each feature. */
const featurewise = (name: string, turned: Pattern, pairs: Pairs) =>
  recognize({
    name,
    pattern: op('Add', op('Mul', x, any('cos')), op('Mul', turned, any('sin'))),
    reason: 'x · cos + turned(x) · sin',
    make(match, patch) {
      const [cos, sin] = ['cos', 'sin'].map((name): Angles | undefined => {
        const { shape } = match.value(name).type;
        const operand = ofPairs(match.value(name), pairs, patch);
        return operand && { operand, shape: [...shape.slice(0, -1), operand.type.shape.at(-1)!] };
      });
      return cos && sin && rotated(match.value('x'), cos, sin, pairs, patch);
    },
  });

const a = partOf(x, 0, 'halves');
const b = partOf(x, 1, 'halves');

/** Halves computed apart, with cosines and sines for each pair. */
const pairwise = recognize({
  name: 'halves-apart',
  pattern: op(
    'Concat',
    op('Sub', op('Mul', a, any('cos')), op('Mul', b, any('sin'))),
    op('Add', op('Mul', b, any('cos')), op('Mul', a, any('sin'))),
  ).where(isLast),
  reason: '(a · cos − b · sin, b · cos + a · sin)',
  make(match, patch) {
    const [cos, sin] = ['cos', 'sin'].map((name): Angles => {
      const operand = match.value(name);
      return { operand, shape: operand.type.shape };
    }) as [Angles, Angles];
    return rotated(match.value('x'), cos, sin, 'halves', patch);
  },
});

function isLast(node: Node): boolean {
  return [-1, node.output.type.shape.length - 1].includes(node.view().int('axis'));
}

function addsLastAxis({ inputs, output }: Node): boolean {
  const { shape } = output.type;
  return shape.length === inputs[0]!.type.shape.length + 1 && shape.at(-1) === 1;
}

/** The RotaryEmbedding of heads in whichever order the cosines, one for each pair and position, show. */
function rotated(given: Value, cos: Angles, sin: Angles, pairs: Pairs, patch: Patch): Operand | undefined {
  const { shape } = given.type;
  const size = shape.at(-1)!;
  if (shape.length < 3 || shape.length > 4 || typeof size !== 'number' || !TYPES.has(given.type.dtype))
    return undefined;
  const attributes = { interleaved: pairs === 'neighbours' ? 1 : undefined };
  // [batch, heads, positions, size], [batch, positions, heads, size] or [batch, positions, size].
  const places = shape.length === 3 ? [1] : [2, 1];
  for (const place of places) {
    const heads = shape.length === 3 ? 1 : shape[3 - place];
    const angles = [cos, sin].map((each) => cacheOf(each, given, place, patch));
    if (typeof heads !== 'number' || angles.includes(undefined)) continue;
    if (place === 2) return patch.node('RotaryEmbedding', [given, ...angles], attributes);
    const packed = shape.length === 3 ? given : patch.node('Reshape', [given, patch.integers([0, 0, heads * size])]);
    const y = patch.node('RotaryEmbedding', [packed, ...angles], { ...attributes, num_heads: heads });
    return shape.length === 3 ? y : patch.node('Reshape', [y, patch.integers([0, 0, heads, size])]);
  }
  return undefined;
}

/** [batch, positions, size / 2] of cosines that broadcast to a tensor whose positions are on axis `place`. */
function cacheOf({ operand, shape: given }: Angles, value: Value, place: number, patch: Patch): Operand | undefined {
  const { shape } = value.type;
  const half = (shape.at(-1) as number) / 2;
  const skip = shape.length - given.length;
  if (skip < 0) return undefined;
  const at = (axis: number): Dim => given[axis - skip] ?? 1;
  const isPlain = (axis: number) => axis === 0 || axis === place || axis === shape.length - 1 || at(axis) === 1;
  if (!shape.every((_, axis) => isPlain(axis)) || at(shape.length - 1) !== half) return undefined;
  if (!patch.sameDim(at(place), shape[place]!)) return undefined;
  const isShared = at(0) === 1 && shape[0] !== 1;
  if (!isShared && !patch.sameDim(at(0), shape[0]!)) return undefined;
  const target = targetOf(operand.type.shape, [at(0), shape[place]!, half], patch);
  if (!target) return undefined;
  const cache = patch.node('Reshape', [operand, patch.integers(target)]);
  if (!isShared) return cache;
  const batch = patch.node('Shape', [sourceOfBatch(value)], { start: 0, end: 1 });
  const sizes = patch.node('Concat', [batch, patch.integers([1, 1])], { axis: 0 });
  return patch.node('Expand', [cache, sizes]);
}

/** What the batch of a value is that of: a value from further up, so that views of it may still be moved. */
function sourceOfBatch(value: Value): Value {
  let source = value;
  for (let next: Value | undefined = value; next; ) {
    source = next;
    const [batch] = source.type.shape;
    next = source.producer?.inputs.find((input) => input && sameDim(input.type.shape[0] ?? 1, batch!)) ?? undefined;
  }
  return source;
}

/** A head's features in front of the positions: turned where they are, and moved after. */
const packed = defineRule({
  name: 'packed-heads',
  ops: ['RotaryEmbedding'],
  apply(node, patch) {
    const given = node.inputs[0]!;
    if (given.type.shape.length !== 4 || !patch.onlyUsedBy(given, node)) return undefined;
    const [, heads, positions, size] = given.type.shape as [Dim, number, Dim, number];
    const move = producerOf(given, 'Transpose');
    const isMoved = move && permutationOf(move).join() === '0,2,1,3';
    // Of one position no element moves.
    if (!isMoved && (positions !== 1 || !producerOf(given, 'Reshape'))) return undefined;
    const reshaped = (x: Operand, ...dims: number[]) => patch.node('Reshape', [x, patch.integers(dims)]);
    const merged = isMoved
      ? reshaped(patch.covers(move) && move.inputs[0]!, 0, 0, heads * size)
      : reshaped(given, 0, 1, heads * size);
    const attributes = { ...Object.fromEntries(node.attributes), num_heads: heads };
    const y = patch.node('RotaryEmbedding', [merged, ...node.inputs.slice(1)], attributes);
    const apart = isMoved
      ? patch.node('Transpose', [reshaped(y, 0, 0, heads, size)], { perm: [0, 2, 1, 3] })
      : reshaped(y, 0, heads, 1, size);
    return patch.replace(node.output, apart, 'heads where they are');
  },
});

/** Features that stay as they are behind those that are turned. */
const partial = defineRule({
  name: 'first-features',
  ops: ['Concat'],
  apply(node, patch) {
    const [first, rest] = node.inputs;
    const rotary = node.inputs.length === 2 && isLast(node) ? producerOf(first!, 'RotaryEmbedding') : undefined;
    const whole = rotary && sourceOf(rotary.inputs[0]!, 'start');
    if (!whole || whole !== sourceOf(rest!, 'end') || !patch.onlyUsedBy(first!, node)) return undefined;
    const { shape } = whole.type;
    const turned = first!.type.shape.at(-1) as number;
    if (shape.length !== 4 || shape.at(-1) !== turned + (rest!.type.shape.at(-1) as number)) return undefined;
    const attributes = { ...Object.fromEntries(rotary.attributes), rotary_embedding_dim: turned };
    const y = patch.covers(rotary).node('RotaryEmbedding', [whole, ...rotary.inputs.slice(1)], attributes);
    return patch.replace(node.output, y, 'the first features of each head');
  },
});

export const recognizeRotary = definePass({
  name: 'recognize-rotary',
  summary: 'pairs of features turned by the angle of their position as RotaryEmbedding',
  rules: [
    featurewise('halves', turnedHalves, 'halves'),
    featurewise('neighbours', turnedNeighbours, 'neighbours'),
    pairwise,
    partial,
    packed,
  ],
});
