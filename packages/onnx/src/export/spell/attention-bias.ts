// What attention adds to its scores: the mask, and −∞ for keys that causality, windows or lengths hide. All of it that does
// not depend on the layer is the same value for all nodes that ask for it.

import {
  type AttentionGeometry,
  elementCount,
  isFloat,
  type Node,
  numbersOf,
  sameDim,
  type TensorType,
  type Value,
} from '@trtx/ir';
import { ints } from '../../normalize/pieces.ts';
import { castTo } from '../../normalize/steps.ts';
import { knownFinite } from './finite.ts';
import { counting, reshapeBy, size, unsqueezed } from './pieces.ts';
import { type ExportEmitter, given, knownInts, knownShape } from './spelling.ts';

export interface Scores {
  readonly node: Node;
  readonly g: AttentionGeometry;
  /** Heads of queries for one of keys, where there is an axis for them; else 1. */
  readonly groups: number;
  /** [batch, heads, queries, keys] or [batch, heads of keys, groups, queries, keys] */
  readonly scores: Value;
}

const UNSEEN = Number.NEGATIVE_INFINITY;

/**
 * The scores with all that is added to them, and what makes the probabilities of a query that sees no key 0 instead of NaN,
 * where there may be such a query.
 */
export function addBias(at: Scores, emit: ExportEmitter): { biased: Value; hide(probabilities: Value): Value } {
  const { node, g, groups, scores } = at;
  const { dtype } = scores.type;
  const raw = node.inputs[3] ?? null;
  const mask = raw && forGroups(padMask(raw, g, emit), g, groups, emit);
  const hidden = windowBias(at, emit);
  const [zero, unseen] = [emit.scalar(dtype, 0), emit.scalar(dtype, UNSEEN)];
  const blind = mayBeBlind(node, g);
  const keep = (seen: Value) => (probabilities: Value) =>
    blind ? emit.node('Where', [seen, probabilities, zero]) : probabilities;
  if (mask?.type.dtype === 'bool' && !hidden)
    return { biased: emit.node('Where', [mask, scores, unseen]), hide: keep(mask) };
  const own = hidden ? castTo(hidden, dtype, emit) : null;
  let bias: Value | null = own;
  if (mask?.type.dtype === 'bool') bias = emit.node('Where', [mask, own!, unseen]);
  else if (mask) bias = own ? emit.node('Add', [castTo(mask, dtype, emit), own]) : castTo(mask, dtype, emit);
  if (!bias) return { biased: scores, hide: (probabilities) => probabilities };
  const biased = emit.node('Add', [scores, bias]);
  return { biased, hide: blind ? keep(emit.node('Greater', [bias, unseen])) : (probabilities) => probabilities };
}

/** How many keys the last ones of a mask are that it lacks; where sizes are dynamic it lacks none. */
function missingKeys(mask: Value, { total }: AttentionGeometry): number {
  const last = mask.type.shape.at(-1);
  return typeof last === 'number' && typeof total === 'number' ? total - last : 0;
}

/** The mask with the keys that it lacks, which are hidden. */
export function padMask(mask: Value, g: AttentionGeometry, emit: ExportEmitter): Value {
  const missing = missingKeys(mask, g);
  if (missing === 0) return mask;
  const { shape, dtype } = mask.type;
  const none = new Array<number>(2 * shape.length - 1).fill(0);
  const hidden = emit.scalar(dtype, isFloat(dtype) ? UNSEEN : 0);
  return emit.node('Pad', [mask, ints(emit, ...none, missing), hidden]);
}

/** The mask with a row for each query: what ONNX Runtime 1.30 wants of it. */
export function widenMask(mask: Value, node: Node, g: AttentionGeometry, emit: ExportEmitter): Value {
  const { shape } = mask.type;
  if (shape.length < 2 || sameDim(shape.at(-2)!, g.query.length)) return mask;
  const around = ints(emit, ...new Array<number>(shape.length - 2).fill(1));
  const sizes = [...(shape.length > 2 ? [around] : []), queryCount(node, g, emit), ints(emit, 1)];
  const known = sizes.flatMap((one) => knownInts(one) ?? []);
  const target = known.length === shape.length ? ints(emit, ...known) : emit.node('Concat', sizes, { axis: 0 });
  return emit.node('Expand', [mask, target]);
}

/** A mask for [batch, heads, …] made one for [batch, heads of keys, groups, …]. */
function forGroups(mask: Value, { key }: AttentionGeometry, groups: number, emit: ExportEmitter): Value {
  const { shape } = mask.type;
  if (groups === 1 || shape.length <= 2) return mask;
  const heads = shape.at(-3)!;
  if (heads === 1) return shape.length === 4 ? unsqueezed(mask, [1], emit) : mask;
  const rows = shape.length - 2;
  const batch = shape.length === 4 ? [[mask, 0] as const] : [];
  return reshapeBy(mask, [...batch, key.heads, groups, [mask, rows], [mask, rows + 1]], emit);
}

/** int64[1] */
function queryCount(node: Node, { query }: AttentionGeometry, emit: ExportEmitter): Value {
  return size(given(node, 0), query.packed ? 1 : 2, emit);
}

/** Keys of this step and of earlier ones, as int64[1]. */
function keyCount(node: Node, g: AttentionGeometry, emit: ExportEmitter): Value {
  if (typeof g.total === 'number') return ints(emit, g.total);
  const own = size(given(node, 1), g.key.packed ? 1 : 2, emit);
  return node.inputs[4] ? emit.node('Add', [size(node.inputs[4], 2, emit), own]) : own;
}

/** 0 for keys that a query may see by its position, else −∞; undefined where it may see all. In float32. */
function windowBias({ node, g, groups }: Scores, emit: ExportEmitter): Value | undefined {
  if (node.inputs[6]) return lengthBias(node, g, groups, node.inputs[6], emit);
  const isOpen = (bound: number) => bound === Number.POSITIVE_INFINITY;
  if (isOpen(g.left) && isOpen(g.right)) return undefined;
  const all = emit.node('ConstantOfShape', [scoresShape(node, g, emit)], { value: UNSEEN_VALUE });
  const diagonal = (offset: number) => {
    if (typeof g.past === 'number') return emit.scalar('int64', g.past + offset);
    const past = emit.node('Squeeze', [size(node.inputs[4]!, 2, emit)]);
    return emit.node('Add', [past, emit.scalar('int64', offset)]);
  };
  const triangles = [
    ...(isOpen(g.right) ? [] : [emit.node('Trilu', [all, diagonal(g.right + 1)], { upper: 1 })]),
    ...(isOpen(g.left) ? [] : [emit.node('Trilu', [all, diagonal(-g.left - 1)], { upper: 0 })]),
  ];
  return triangles.length > 1 ? emit.node('Add', triangles) : triangles[0];
}

const UNSEEN_VALUE = {
  dtype: 'float32' as const,
  dims: [1],
  read: () => new Uint8Array(Float32Array.of(UNSEEN).buffer),
};

/** Queries and keys, as int64[2]. */
function scoresShape(node: Node, g: AttentionGeometry, emit: ExportEmitter): Value {
  const sizes = [queryCount(node, g, emit), keyCount(node, g, emit)];
  const known = sizes.flatMap((one) => knownInts(one) ?? []);
  return known.length === 2 ? ints(emit, ...known) : emit.node('Concat', sizes, { axis: 0 });
}

/** As `windowBias`, where each batch element has a number of keys of its own, of which its queries are the last ones. */
function lengthBias(node: Node, g: AttentionGeometry, groups: number, lengths: Value, emit: ExportEmitter): Value {
  const axes = groups > 1 ? [1, 2, 3, 4] : [1, 2, 3];
  const ends = unsqueezed(lengths, axes, emit);
  const number = (value: number) => emit.scalar('int64', value);
  const keys = counting(keyCount(node, g, emit), emit);
  let seen = emit.node('Less', [keys, ends]);
  const bounded = [g.left, g.right].some((bound) => bound !== Number.POSITIVE_INFINITY);
  if (bounded) {
    const queries = queryCount(node, g, emit);
    const rows = unsqueezed(counting(queries, emit), [1], emit);
    const places = emit.node('Add', [rows, emit.node('Sub', [ends, queries])]);
    const moved = (offset: number) => (offset === 0 ? places : emit.node('Add', [places, number(offset)]));
    if (g.right !== Number.POSITIVE_INFINITY)
      seen = emit.node('And', [seen, emit.node('LessOrEqual', [keys, moved(g.right)])]);
    if (g.left !== Number.POSITIVE_INFINITY)
      seen = emit.node('And', [seen, emit.node('GreaterOrEqual', [keys, moved(-g.left)])]);
  }
  return emit.node('Where', [seen, emit.scalar('float32', 0), emit.scalar('float32', UNSEEN)]);
}

/** Whether there may be a query that sees no key at all. */
function mayBeBlind(node: Node, g: AttentionGeometry): boolean {
  if (node.inputs[6]) return true;
  const mask = node.inputs[3];
  const bounded = g.left !== Number.POSITIVE_INFINITY || g.right !== Number.POSITIVE_INFINITY;
  // With as many keys of this step as there are queries, each has its own.
  if (g.left !== Number.POSITIVE_INFINITY && !sameDim(g.query.length, g.key.length)) return true;
  if (!mask) return false;
  if (missingKeys(mask, g) > 0) return true;
  if (isFloat(mask.type.dtype) && knownFinite(mask)) return false;
  return bounded || !showsSomething(mask);
}

/** True where each row of a mask that is a constant shows a key. */
function showsSomething({ constant, type }: Value): boolean {
  const dims = constant && knownRows(type);
  if (!dims || constant.dtype === 'string') return false;
  const numbers = numbersOf(constant);
  const isHidden = type.dtype === 'bool' ? (x: number) => x === 0 : (x: number) => x === UNSEEN;
  for (let at = 0; at < numbers.length; at += dims) {
    if (numbers.slice(at, at + dims).every(isHidden)) return false;
  }
  return true;
}

/** The length of rows, where a mask is small enough to be looked through. */
function knownRows(type: TensorType): number | undefined {
  const dims = knownShape(type);
  return dims && elementCount(dims) <= 2 ** 20 ? dims.at(-1) : undefined;
}
