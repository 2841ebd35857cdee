// Attention, one query of one head at a time: scores, what it may see, probabilities, and the values weighed by them.

import { type AttentionGeometry, attentionGeometry, elementCount, type Heads, type Tensor } from '@trtx/ir';
import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { fromFloat64, stridesOf, toFloat64 } from '../tensors.ts';

export const attention = defineReference({
  op: 'Attention',
  run(call) {
    const g = attentionGeometry(call.at);
    const { query, key, value } = g;
    const [batch, queries, total] = [query.batch, query.length, g.total] as [number, number, number];
    const q = toFloat64(inputOf(call, 0));
    const keys = present(call, key, 1, 4, total);
    const values = present(call, value, 2, 5, total);
    const bias = biasOf(call, g);
    const y = new Float64Array(elementCount(call.outputs[0]!.dims));
    const kept = call.outputs.length > 3 ? new Float64Array(batch * query.heads * queries * total) : undefined;
    const scores = new Float64Array(total);
    const sum = new Float64Array(value.size);
    const row = rowsOf(query);
    const out = rowsOf({ ...query, size: value.size });
    for (let b = 0; b < batch; b++)
      for (let h = 0; h < query.heads; h++) {
        const shared = b * key.heads + Math.floor(h / (query.heads / key.heads));
        for (let i = 0; i < queries; i++) {
          const keep = kept?.subarray(((b * query.heads + h) * queries + i) * total);
          const stage = (name: AttentionGeometry['scores']) => {
            if (name === g.scores) keep?.set(scores);
          };
          const from = row(b, h, i);
          products(q.subarray(from, from + query.size), keys, shared * total * key.size, g.scale, scores);
          stage('product');
          if (g.softcap > 0) for (let j = 0; j < total; j++) scores[j] = g.softcap * Math.tanh(scores[j]! / g.softcap);
          stage('capped');
          const seen = bias(b, h, i);
          const blind = seen.every((x) => x === Number.NEGATIVE_INFINITY);
          for (let j = 0; j < total; j++) scores[j]! += seen[j]!;
          stage('biased');
          // A query that sees nothing gives zeros, whatever the scores are.
          if (blind) scores.fill(0);
          else probabilities(scores);
          stage('probabilities');
          sum.fill(0);
          for (let j = 0; j < total; j++) {
            const weight = scores[j]!;
            if (weight === 0) continue;
            const at = (shared * total + j) * value.size;
            for (let k = 0; k < value.size; k++) sum[k]! += weight * values[at + k]!;
          }
          y.set(sum, out(b, h, i));
        }
      }
    return call.outputs.map(({ dtype, dims }, i) => fromFloat64(dtype, dims, [y, keys, values, kept!][i]!));
  },
  steps(at) {
    const { query, value, total } = attentionGeometry(at);
    const scores = (query.batch as number) * query.heads * (query.length as number) * (total as number);
    // A score is also masked, compared and raised.
    return scores * (query.size + value.size + 32);
  },
});

/** scores[j] = scale · query · key j */
function products(query: Float64Array, keys: Float64Array, start: number, scale: number, scores: Float64Array): void {
  const size = query.length;
  for (let j = 0; j < scores.length; j++) {
    const at = start + j * size;
    let sum = 0;
    for (let k = 0; k < size; k++) sum += query[k]! * keys[at + k]!;
    scores[j] = scale * sum;
  }
}

function probabilities(scores: Float64Array): void {
  let max = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < scores.length; j++) max = Math.max(max, scores[j]!);
  let sum = 0;
  for (let j = 0; j < scores.length; j++) {
    scores[j] = Math.exp(scores[j]! - max);
    sum += scores[j]!;
  }
  for (let j = 0; j < scores.length; j++) scores[j]! /= sum;
}

/** Where the elements of one head at one place begin. */
function rowsOf({ heads, length, size, packed }: Heads): (b: number, h: number, i: number) => number {
  const rows = length as number;
  return (b, h, i) => (packed ? (b * rows + i) * heads + h : (b * heads + h) * rows + i) * size;
}

/** Keys or values of all steps: [batch, heads, total, size]. */
function present(call: KernelCall, heads: Heads, index: number, pastIndex: number, total: number): Float64Array {
  const { size } = heads;
  const now = toFloat64(inputOf(call, index));
  const past = call.inputs[pastIndex] ? toFloat64(call.inputs[pastIndex]) : new Float64Array();
  const [batch, length] = [heads.batch, heads.length] as [number, number];
  const before = (total - length) * size;
  const row = rowsOf(heads);
  const all = new Float64Array(batch * heads.heads * total * size);
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads.heads; h++) {
      const group = b * heads.heads + h;
      const to = group * total * size;
      all.set(past.subarray(group * before, (group + 1) * before), to);
      for (let i = 0; i < length; i++) {
        const from = row(b, h, i);
        all.set(now.subarray(from, from + size), to + before + i * size);
      }
    }
  return all;
}

/** What is added to the scores of a query: −∞ for keys that it does not see. The array is overwritten by the next call. */
function biasOf(call: KernelCall, g: AttentionGeometry): (b: number, h: number, i: number) => Float64Array {
  const total = g.total as number;
  const queries = g.query.length as number;
  const row = new Float64Array(total);
  const mask = call.inputs[3] ? maskRow(call.inputs[3], total) : undefined;
  const lengths = call.inputs[6] ? toFloat64(call.inputs[6]) : undefined;
  return (b, h, i) => {
    if (mask) mask(b, h, i, row);
    else row.fill(0);
    const place = i + (lengths ? lengths[b]! - queries : (g.past as number));
    const end = Math.min(lengths ? lengths[b]! - 1 : total, place + g.right);
    for (let j = 0; j < total; j++) if (j < place - g.left || j > end) row[j] = Number.NEGATIVE_INFINITY;
    return row;
  };
}

/** Writes the row of a mask for a query, broadcast and as an addend. */
function maskRow(mask: Tensor, total: number): (b: number, h: number, i: number, row: Float64Array) => void {
  const numbers = toFloat64(mask);
  const values = mask.dtype === 'bool' ? numbers.map((x) => (x ? 0 : Number.NEGATIVE_INFINITY)) : numbers;
  const dims = [...new Array<number>(4 - mask.dims.length).fill(1), ...mask.dims];
  const [sb, sh, si] = stridesOf(dims).map((stride, axis) => (dims[axis] === 1 ? 0 : stride)) as [
    number,
    number,
    number,
  ];
  const width = Math.min(dims[3]!, total);
  return (b, h, i, row) => {
    const from = b * sb + h * sh + i * si;
    for (let j = 0; j < width; j++) row[j] = values[from + j]!;
    row.fill(Number.NEGATIVE_INFINITY, width);
  };
}
