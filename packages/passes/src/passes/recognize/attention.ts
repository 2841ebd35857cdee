// Attention written out, softmax(scale · Q·Kᵀ + mask)·V, is Attention: with the scale before or after the product, as it is
// or as its root on both sides; scores limited by a tanh; any mask; a softmax in another float type; and with zeros where
// the softmax of a query that sees nothing is NaN. `attention-operands.ts` then works into it what is around it.

import { type Dim, isFloat, type Node, type Value } from '@trtx/ir';
import { permutationOf, producerOf } from '../../match.ts';
import { isExisting, type NewValue, type Operand, type Patch } from '../../patch.ts';
import { any, type Match, number, oneOf, op, optionally, type Pattern } from '../../pattern.ts';
import { recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';
import { masked, maskOf } from './attention-mask.ts';
import { attentionOperands } from './attention-operands.ts';
import { maskedInWindows, withWindows } from './attention-windows.ts';

const product = op('MatMul', scaled(any('query'), 'query'), scaled(any('transposed'), 'key'));

const limited = (scores: Pattern) =>
  op('Mul', op('Tanh', oneOf(op('Div', scores, number('cap')), op('Mul', scores, number('1/cap')))), number('limit'));

const unmasked = cast(optionally(limited, scaled(product, 'scores')));

/** Masks for each head, where the products are of batch and heads as one axis. */
const apartOf = op('Reshape', unmasked, any()).as('apart');
const maskedApart = op('Reshape', masked(apartOf.where(({ output }) => output.type.shape.length === 4)), any());

const scores = oneOf(masked(unmasked), maskedApart, maskedInWindows(masked(unmasked)));

const softmax = op('Softmax', cast(scores))
  .where((node) => [-1, node.output.type.shape.length - 1].includes(node.view().int('axis')))
  .as('softmax');

const guarded = oneOf(
  softmax,
  op('Where', op('IsNaN', softmax), number(0), softmax),
  op('Where', op('Not', op('IsNaN', softmax)), softmax, number(0)),
);

const writtenOut = recognize({
  name: 'written-out',
  pattern: op('MatMul', cast(guarded), any('value')),
  reason: 'softmax(Q·Kᵀ)·V as Attention',
  make(match, patch) {
    const query = match.value('query');
    const given = [query, keysOf(match.value('transposed'), patch), match.value('value')];
    const apart = match.find('apart');
    const operands = apart ? headsApart(given, apart, patch) : given;
    if (!operands) return undefined;
    const geometry = scoresOf(operands, patch);
    const limit = limitOf(match);
    if (!geometry || limit === undefined) return undefined;
    const { rank, shape } = geometry;
    if (apart && !patch.sameShape(shape, apart.type.shape)) return undefined;
    const mask = withWindows(maskOf(match, shape, rank === 3 ? [1] : [], patch), { match, query, shape }, patch);
    if (mask === 'unfit') return undefined;
    // One head is packed as it lies.
    const heads = rank === 4 ? undefined : 1;
    const batch = rank === 2 ? [0] : [];
    const lifted = operands.map((operand) => withAxes('Unsqueeze', operand, batch, patch));
    const y = patch.node('Attention', [...lifted, mask], {
      scale: factorOf(match, 'query') * factorOf(match, 'key') * factorOf(match, 'scores'),
      softcap: limit || undefined,
      softmax_precision: precisionOf(match.node('softmax'), query),
      q_num_heads: heads,
      kv_num_heads: heads,
    });
    return apart ? likeFirst(y, given, patch) : withAxes('Squeeze', y, batch, patch);
  },
});

export const recognizeAttention = definePass({
  name: 'recognize-attention',
  summary: 'softmax(Q·Kᵀ)·V as Attention, with its masks, grouped heads, cache of keys and values, and packed heads',
  rules: [writtenOut, ...attentionOperands],
});

/** The pattern, or a number times it, of which `factorOf` tells. */
function scaled(inner: Pattern, name: string): Pattern {
  return oneOf(
    op('Mul', inner, number(`${name}·`, Number.isFinite)),
    op('Div', inner, number(`${name}/`, Number.isFinite)),
    inner,
  );
}

function factorOf(match: Match, name: string): number {
  return (match.findNumber(`${name}·`) ?? 1) / (match.findNumber(`${name}/`) ?? 1);
}

/** The pattern, or what it is in another float type. */
function cast(inner: Pattern): Pattern {
  return optionally((x) => op('Cast', x).where(({ output }) => isFloat(output.type.dtype)), inner);
}

/** What c is in c · tanh(scores / c): 0 where the scores are not limited, undefined for other products. */
function limitOf(match: Match): number | undefined {
  const limit = match.findNumber('limit');
  if (limit === undefined) return 0;
  const cap = match.findNumber('cap') ?? 1 / match.number('1/cap');
  return limit > 0 && Math.abs(cap - limit) <= 1e-5 * limit ? limit : undefined;
}

/** Numbers that ONNX has for float types. */
const TYPE_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['float32', 1],
  ['float16', 10],
  ['float64', 11],
  ['bfloat16', 16],
]);

function precisionOf({ output }: Node, query: Value): number | undefined {
  return output.type.dtype === query.type.dtype ? undefined : TYPE_NUMBERS.get(output.type.dtype);
}

/** [..., keys, features] of what is [..., features, keys]. */
function keysOf(transposed: Value, patch: Patch): Operand {
  const axes = transposed.type.shape.map((_, axis) => axis);
  const swapped = [...axes.slice(0, -2), ...axes.slice(-2).reverse()];
  const node = transposed.producer;
  if (node?.op.domain === '' && node.op.name === 'Transpose') {
    patch.covers(node);
    const before = permutationOf(node);
    const perm = swapped.map((axis) => before[axis]!);
    return perm.every((axis, i) => axis === i) ? node.inputs[0]! : patch.node('Transpose', [node.inputs[0]], { perm });
  }
  return withoutMerging(transposed, patch) ?? patch.node('Transpose', [transposed], { perm: swapped });
}

/** What is transposed between Reshapes that make one axis of batch and heads, and take it apart again. */
function withoutMerging(transposed: Value, patch: Patch): Value | undefined {
  const apart = producerOf(transposed, 'Reshape');
  const middle = apart && producerOf(apart.inputs[0]!, 'Transpose');
  const merge = middle && producerOf(middle.inputs[0]!, 'Reshape');
  if (!merge || permutationOf(middle).join() !== '0,2,1') return undefined;
  const keys = merge.inputs[0]!;
  const { shape } = keys.type;
  if (shape.length !== 4 || !patch.sameShape(shape.slice(2), merge.output.type.shape.slice(1))) return undefined;
  const expected = [shape[0]!, shape[1]!, shape[3]!, shape[2]!];
  if (!patch.sameShape(expected, transposed.type.shape)) return undefined;
  patch.covers(apart, middle, merge);
  return keys;
}

/** Q, K and V as they are before batch and heads become one axis, where the scores take that apart in the same way. */
function headsApart(operands: readonly Operand[], apart: Value, patch: Patch): readonly Operand[] | undefined {
  const [batch, heads] = apart.type.shape;
  const found = operands.flatMap((operand) => {
    const before = isExisting(operand) ? producerOf(operand, 'Reshape')?.inputs[0] : undefined;
    if (apart.type.shape.length !== 4 || before?.type.shape.length !== 4) return [];
    const shape = [batch!, heads!, ...operand.type.shape.slice(1)];
    return patch.sameShape(before.type.shape, shape) ? [before] : [];
  });
  return found.length === operands.length ? found : undefined;
}

/** [batch · heads, positions, size] of what has these apart, as an operand of that shape has it. */
function likeFirst(y: NewValue, operands: readonly Operand[], patch: Patch): NewValue | undefined {
  const { shape } = patch.anchor.output.type;
  const like = operands.find(({ type }) => patch.sameShape(type.shape, shape));
  const target = like && isExisting(like) ? like.producer?.inputs[1] : undefined;
  const copies = target?.contents?.values.includes(0) ?? true;
  return target && !copies ? patch.node('Reshape', [y, target]) : undefined;
}

interface ScoresGeometry {
  readonly rank: number;
  /** [batch, heads, queries, keys] */
  readonly shape: readonly Dim[];
}

/** Scores of Q, K and V of one rank, undefined where Attention does not take them: K and V broadcast to other heads alone. */
function scoresOf(operands: readonly Operand[], patch: Patch): ScoresGeometry | undefined {
  const rank = operands[0]!.type.shape.length;
  if (rank < 2 || rank > 4 || operands.some(({ type }) => type.shape.length !== rank)) return undefined;
  const [q, k, v] = operands.map(({ type: { shape } }) =>
    rank === 4 ? shape : rank === 3 ? [shape[0]!, 1, ...shape.slice(1)] : [1, 1, ...shape],
  ) as [readonly Dim[], readonly Dim[], readonly Dim[]];
  const same = (a: Dim, b: Dim) => patch.sameDim(a, b);
  const isKnown = [q, k, v].every((shape) => typeof shape[1] === 'number' && typeof shape[3] === 'number');
  const fits = same(q[0]!, k[0]!) && same(q[0]!, v[0]!) && k[1] === v[1] && (k[1] === 1 || k[1] === q[1]);
  if (!isKnown || !fits || q[3] !== k[3] || !same(k[2]!, v[2]!)) return undefined;
  return { rank, shape: [q[0]!, q[1]!, q[2]!, k[2]!] };
}

function withAxes(name: 'Squeeze' | 'Unsqueeze', operand: Operand, axes: readonly number[], patch: Patch): Operand {
  return axes.length === 0 ? operand : patch.node(name, [operand, patch.integers(axes, 'axes')]);
}
