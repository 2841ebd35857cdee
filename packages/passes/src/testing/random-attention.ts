// Attentions and rotary embeddings as exporters write them out, in as many spellings as seeds choose, of what random graphs
// have. Scores stay small, so that rounding does not decide which key is seen.

import type { GraphBuilder, Value } from '@trtx/ir';
import { integers, numbers, scalar } from './step.ts';

const HEADS = 2;
const SIZE = 4;
/** Positions, and features of each, of what steps work on: [N, 4, 4, 6] as [N, 4, 24]. */
const POSITIONS = 4;
const WIDTH = 24;

/** A choice that each seed makes in its own way: one of `count`. */
type Choose = (count: number) => number;

function chooser(seed: number): Choose {
  let left = seed;
  return (count) => {
    const choice = left % count;
    left = Math.floor(left / count);
    return choice;
  };
}

/** softmax(Q·Kᵀ)·V of projections of x. */
export function writtenAttention(b: GraphBuilder, x: Value, _: Value, seed: number): Value {
  const choose = chooser(seed);
  const rows = b.Reshape(b.Clip(x, scalar(b, -3), scalar(b, 3)), integers(b, [-1, POSITIONS, WIDTH]));
  const project = (width: number, of: number) =>
    b.MatMul(rows, b.Mul(numbers(b, [WIDTH, width], seed + of), scalar(b, 0.01)));
  const isGrouped = choose(2) === 1;
  const shared = isGrouped ? 1 : HEADS;
  const projected = project(HEADS * SIZE, 0);
  const query = apart(b, choose(2) ? b.Mul(b.Relu(projected), scalar(b, 0.5)) : projected, HEADS);
  const [key, value] = [1, 2].map((of) => {
    const now = apart(b, project(shared * SIZE, of), shared);
    return isGrouped ? repeated(b, now) : now;
  }) as [Value, Value];
  const isCached = choose(3) === 2 && !isGrouped;
  const [keys, values] = isCached ? [key, value].map((now) => b.Concat([query, now], { axis: 2 })) : [key, value];
  const product = b.MatMul(query, b.Transpose(keys!, { perm: [0, 1, 3, 2] }));
  const scores = choose(2) ? b.Div(product, scalar(b, 2)) : product;
  const masked = isCached
    ? scores
    : [scores, added(b, scores, seed), causal(b, scores), seen(b, scores, rows, seed)][choose(4)]!;
  const y = b.MatMul(b.Softmax(masked), values!);
  return b.Reshape(b.Transpose(y, { perm: [0, 2, 1, 3] }), integers(b, [0, 0, HEADS * SIZE]));
}

function apart(b: GraphBuilder, x: Value, heads: number): Value {
  return b.Transpose(b.Reshape(x, integers(b, [0, 0, heads, SIZE])), { perm: [0, 2, 1, 3] });
}

function repeated(b: GraphBuilder, x: Value): Value {
  const wide = b.Expand(b.Unsqueeze(x, integers(b, [2])), integers(b, [1, 1, HEADS, 1, 1]));
  return b.Reshape(wide, integers(b, [0, HEADS, -1, SIZE]));
}

function added(b: GraphBuilder, scores: Value, seed: number): Value {
  return b.Add(scores, numbers(b, [POSITIONS, POSITIONS], seed));
}

function causal(b: GraphBuilder, scores: Value): Value {
  const places = Array.from({ length: POSITIONS ** 2 }, (_, i) => i);
  const lower = places.map((i) => (i % POSITIONS <= Math.floor(i / POSITIONS) ? 1 : 0));
  const mask = b.constant('bool', [POSITIONS, POSITIONS], lower);
  return b.Where(mask, scores, scalar(b, Number.NEGATIVE_INFINITY));
}

/** Each position sees itself: a row that sees nothing is NaN as it is written, and 0 as an Attention. */
function seen(b: GraphBuilder, scores: Value, rows: Value, seed: number): Value {
  const places = Array.from({ length: POSITIONS ** 2 }, (_, i) => i);
  const self = places.map((i) => (i % POSITIONS === Math.floor(i / POSITIONS) ? 1 : 0));
  const some = b.Or(
    b.GreaterOrEqual(b.MatMul(rows, numbers(b, [WIDTH, POSITIONS], seed)), scalar(b, 0)),
    b.constant('bool', [POSITIONS, POSITIONS], self),
  );
  const mask = b.Where(b.Unsqueeze(some, integers(b, [1])), scalar(b, 0), scalar(b, Number.NEGATIVE_INFINITY));
  return b.Add(scores, mask);
}

/** Features of [N, 4, 4, 6] turned by angles whose sines and cosines are exact. */
export function writtenRotary(b: GraphBuilder, x: Value, _: Value, seed: number): Value {
  const choose = chooser(seed);
  // RotaryEmbedding takes no float64.
  const given = b.Cast(b.Clip(x, scalar(b, -3), scalar(b, 3)), { to: 'float32' });
  const heads = choose(2) ? b.Transpose(b.Reshape(given, integers(b, [-1, 4, 4, 6])), { perm: [0, 2, 1, 3] }) : given;
  const isPartial = choose(2) === 1;
  const turned = isPartial ? cut(b, heads, 0, 4) : heads;
  const size = isPartial ? 4 : 6;
  const y = [halves, neighbours, halvesApart][choose(3)]!(b, turned, size);
  return b.Cast(isPartial ? b.Concat([y, cut(b, heads, 4, 6)], { axis: -1 }) : y, { to: 'float64' });
}

function cut(b: GraphBuilder, x: Value, start: number, end: number, step = 1): Value {
  return b.Slice(x, integers(b, [start]), integers(b, [end]), integers(b, [-1]), integers(b, [step]));
}

/** A power of two for each position and pair, each so often in a row, and the row so often. */
function table(b: GraphBuilder, pairs: number, first: number, each: number, rows: number): Value {
  const row = (position: number) => Array.from({ length: pairs }, (_, i) => 2 ** -((position + i + first) % 3));
  const values = [0, 1, 2, 3].flatMap((position) =>
    Array.from({ length: rows }, () => row(position).flatMap((value) => new Array<number>(each).fill(value))).flat(),
  );
  return b.constant('float32', [POSITIONS, pairs * each * rows], values);
}

function halves(b: GraphBuilder, x: Value, size: number): Value {
  const half = size / 2;
  const turned = b.Concat([b.Neg(cut(b, x, half, size)), cut(b, x, 0, half)], { axis: -1 });
  return b.Add(b.Mul(x, table(b, half, 0, 1, 2)), b.Mul(turned, table(b, half, 1, 1, 2)));
}

function neighbours(b: GraphBuilder, x: Value, size: number): Value {
  const parts = [b.Neg(cut(b, x, 1, size, 2)), cut(b, x, 0, size, 2)].map((part) =>
    b.Unsqueeze(part, integers(b, [-1])),
  );
  const turned = b.Reshape(b.Concat(parts, { axis: -1 }), integers(b, [0, 0, 0, size]));
  return b.Add(b.Mul(x, table(b, size / 2, 0, 2, 1)), b.Mul(turned, table(b, size / 2, 1, 2, 1)));
}

function halvesApart(b: GraphBuilder, x: Value, size: number): Value {
  const half = size / 2;
  const [first, second] = [cut(b, x, 0, half), cut(b, x, half, size)];
  const [cos, sin] = [table(b, half, 0, 1, 1), table(b, half, 1, 1, 1)];
  const a = b.Sub(b.Mul(first, cos), b.Mul(second, sin));
  return b.Concat([a, b.Add(b.Mul(second, cos), b.Mul(first, sin))], { axis: -1 });
}
