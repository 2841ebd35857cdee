// Attention as the products that it is made of: Q′ · K′, what is added to that, Softmax, and the product with V′. Heads that
// share keys and values form groups, for which there is an axis of their own, so that nothing is repeated.

import { type AttentionGeometry, attentionGeometry, type DType, type Heads, type Node, type Value } from '@trtx/ir';
import { ints, like } from '../../normalize/pieces.ts';
import { castTo } from '../../normalize/steps.ts';
import { dtypeOf } from '../../source/dtypes.ts';
import { addBias, padMask, type Scores, widenMask } from './attention-bias.ts';
import { neutralOf } from './neutral.ts';
import { reshapeBy, transposed } from './pieces.ts';
import { type ExportEmitter, given, spelling } from './spelling.ts';

/** What opset 25 brought. */
const WINDOW = ['left_window_size', 'right_window_size'];

export const attentionSpellings = [
  spelling('Attention', 25, (node, emit) => {
    const at = node.view();
    const g = attentionGeometry(at);
    const hasWindow = WINDOW.some((name) => at.int(name) >= 0);
    if (emit.opset < 23 || hasWindow || (emit.opset < 24 && node.inputs[6])) return attention(node, g, emit);
    return olderAttention(node, g, emit);
  }),
];

/** The form of opsets 23 and 24: without windows, in 23 with a mask for all keys; and with a row of it for each query. */
function olderAttention(node: Node, g: AttentionGeometry, emit: ExportEmitter): readonly Value[] | undefined {
  const mask = node.inputs[3];
  const padded = mask && emit.opset < 24 ? padMask(mask, g, emit) : mask;
  const whole = padded && widenMask(padded, node, g, emit);
  const without = neutralOf(node, WINDOW);
  if (whole === mask && without.length === 0) return undefined;
  return emit.older(node, { inputs: node.inputs.map((input, i) => (i === 3 ? (whole ?? null) : input)), without });
}

function attention(node: Node, g: AttentionGeometry, emit: ExportEmitter): readonly Value[] {
  const groups = g.key.heads === 1 ? 1 : g.query.heads / g.key.heads;
  const keys = present(node, 1, 4, g.key, emit);
  const values = present(node, 2, 5, g.value, emit);
  const key = operand(keys, g.key, groups, true, emit);
  const value = operand(values, g.value, groups, false, emit);
  const { probabilities, kept } = softmax(node, g, groups, key, emit);
  const sum = emit.node('MatMul', [castTo(probabilities, value.type.dtype, emit), value]);
  const y = castTo(joined(sum, g, groups, emit), node.output.type.dtype, emit);
  const wanted = [y, keys.whole, values.whole, kept && ungrouped(kept, node, groups, emit)];
  return wanted.slice(0, node.outputs.length) as Value[];
}

interface Present {
  /** All keys or values as [batch, heads, length, size], where the node is asked for them or has earlier ones. */
  readonly whole: Value | undefined;
  /** Those of this step, as they came. */
  readonly own: Value;
}

function present(node: Node, index: number, past: number, heads: Heads, emit: ExportEmitter): Present {
  const own = given(node, index);
  const before = node.inputs[past] ?? null;
  const isWanted = node.outputs[past - 3] !== undefined;
  if (!before && !isWanted) return { whole: undefined, own };
  const rows = heads.packed ? emit.node('Reshape', [own, ints(emit, 0, 0, heads.heads, heads.size)]) : own;
  const apart = heads.packed ? emit.node('Transpose', [rows], { perm: [0, 2, 1, 3] }) : own;
  return { whole: before ? emit.node('Concat', [before, apart], { axis: 2 }) : apart, own };
}

/** Keys as [batch, heads, (1,) size, length] or values as [batch, heads, (1,) length, size]. */
function operand({ whole, own }: Present, heads: Heads, groups: number, turn: boolean, emit: ExportEmitter): Value {
  if (heads.packed && !whole) {
    const middle = groups > 1 ? [heads.heads, 1] : [heads.heads];
    const rows = emit.node('Reshape', [own, ints(emit, 0, 0, ...middle, heads.size)]);
    const last = middle.length + 2;
    const perm = [0, ...middle.map((_, i) => i + 2), ...(turn ? [last, 1] : [1, last])];
    return emit.node('Transpose', [rows], { perm });
  }
  const all = whole ?? own;
  const turned = turn ? transposed(all, [0, 1, 3, 2], emit) : all;
  return groups > 1 ? emit.node('Unsqueeze', [turned, ints(emit, 2)]) : turned;
}

/** Queries as [batch, heads, length, size], or [batch, heads of keys, groups, length, size]. */
function queries(q: Value, { query, key }: AttentionGeometry, groups: number, emit: ExportEmitter): Value {
  if (query.packed) {
    const middle = groups > 1 ? [key.heads, groups] : [query.heads];
    const rows = emit.node('Reshape', [q, ints(emit, 0, 0, ...middle, query.size)]);
    const perm = [0, ...middle.map((_, i) => i + 2), 1, middle.length + 2];
    return emit.node('Transpose', [rows], { perm });
  }
  return groups > 1 ? emit.node('Reshape', [q, ints(emit, 0, key.heads, groups, -1, query.size)]) : q;
}

/** The probabilities, and what output 3 holds where the node has it. */
function softmax(node: Node, g: AttentionGeometry, groups: number, key: Value, emit: ExportEmitter) {
  const asked = node.outputs.length > 3 ? g.scores : undefined;
  let kept: Value | undefined;
  const stage = (name: AttentionGeometry['scores'], value: Value): Value => {
    if (name === asked) kept = value;
    return value;
  };
  const scaled = (value: Value, factor: number) =>
    factor === 1 ? value : emit.node('Mul', [value, like(value, factor, emit)]);
  // Queries are scaled, not scores: these are more, and may be beyond float16 without it.
  const apart = asked === 'product' && g.softcap > 0;
  const query = scaled(
    queries(given(node, 0), g, groups, emit),
    apart || g.softcap === 0 ? g.scale : g.scale / g.softcap,
  );
  let scores = stage('product', emit.node('MatMul', [query, key]));
  if (g.softcap > 0) {
    const tanh = emit.node('Tanh', [apart ? scaled(scores, 1 / g.softcap) : scores]);
    scores = scaled(tanh, g.softcap);
  }
  stage('capped', scores);
  const { biased, hide } = addBias({ node, g, groups, scores } satisfies Scores, emit);
  const wide = castTo(stage('biased', biased), precision(node, biased), emit);
  const all = castTo(emit.node('Softmax', [wide]), biased.type.dtype, emit);
  return { probabilities: stage('probabilities', hide(all)), kept };
}

/** The type in which the node wants the softmax to be computed. */
function precision(node: Node, scores: Value): DType {
  const number = node.attributes.get('softmax_precision');
  return (typeof number === 'number' ? dtypeOf(number) : undefined) ?? scores.type.dtype;
}

/** The output as it leaves the node, of [batch, heads, length, size] or [batch, heads of keys, groups, length, size]. */
function joined(sum: Value, { query, value }: AttentionGeometry, groups: number, emit: ExportEmitter): Value {
  const grouped = groups > 1;
  if (!query.packed) return grouped ? emit.node('Reshape', [sum, ints(emit, 0, query.heads, -1, value.size)]) : sum;
  const rows = emit.node('Transpose', [sum], { perm: grouped ? [0, 3, 1, 2, 4] : [0, 2, 1, 3] });
  return emit.node('Reshape', [rows, ints(emit, 0, 0, query.heads * value.size)]);
}

/** Scores as [batch, heads, queries, keys]. */
function ungrouped(scores: Value, node: Node, groups: number, emit: ExportEmitter): Value {
  if (groups === 1) return scores;
  const heads = node.outputs[3]!.type.shape[1] as number;
  return reshapeBy(scores, [[scores, 0], heads, [scores, 3], [scores, 4]], emit);
}
