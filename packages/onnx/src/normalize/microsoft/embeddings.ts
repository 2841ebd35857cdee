// The first layer of BERT: rows of three tables (words, places, segments), added up and normalized.

import type { Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode } from '../node.ts';
import { dequantize } from '../quantize.ts';
import type { SpelledOps } from '../spelled.ts';
import { counted, ints, optional, sizeOf, sum, takeNumber } from './parts.ts';

export const embeddings: SpelledOps = {
  EmbedLayerNormalization: (node, emit) => {
    const row = (index: number) => (ids: Value) => emit.node('Gather', [inputOf(node, index, emit), ids]);
    const rows = { word: row(2), place: row(3), segment: row(4) };
    const positions = optional(node, 8);
    return embed(node, { ...rows, gamma: inputOf(node, 5, emit), beta: inputOf(node, 6, emit), positions }, emit);
  },
  QEmbedLayerNormalization: (node, emit) => {
    // Scales of the five tables from input 8 on, zero points from input 13 on.
    const operand = (value: Value, table: number) =>
      dequantize({ value, scale: inputOf(node, 8 + table, emit), zero: inputOf(node, 13 + table, emit) }, 0, emit);
    const row = (table: number) => (ids: Value) =>
      operand(emit.node('Gather', [inputOf(node, 2 + table, emit), ids]), table);
    const [gamma, beta] = [3, 4].map((table) => operand(inputOf(node, 2 + table, emit), table)) as [Value, Value];
    return embed(node, { word: row(0), place: row(1), segment: row(2), gamma, beta, positions: null }, emit);
  },
};

/** Rows of the tables by number, and the rest of what the two ops have in different places. */
interface Tables {
  word(ids: Value): Value;
  place(ids: Value): Value;
  segment(ids: Value): Value;
  readonly gamma: Value;
  readonly beta: Value;
  readonly positions: Value | null;
}

/** The normalized sum, how many words the mask says there are, and the sum. */
function embed(node: LegacyNode, { gamma, beta, positions, ...rows }: Tables, emit: Emitter): Value[] {
  const ids = inputOf(node, 0, emit);
  const segments = optional(node, 1);
  const places = positions ?? counted(sizeOf(ids, 1, emit), 'int64', emit);
  const total = sum(emit, rows.word(ids), rows.place(places), segments && rows.segment(segments));
  const epsilon = takeNumber(node, 'epsilon', emit, 1e-12);
  const y = emit.node('LayerNormalization', [total, gamma, beta], { epsilon });
  takeNumber(node, 'mask_index_type', emit, 0);
  if (node.outputCount < 2) return [y];
  const mask = optional(node, 7);
  const words = mask
    ? emit.node('ReduceSum', [mask, ints(emit, 1)], { keepdims: 0 })
    : emit.node('Expand', [emit.scalar('int32', 0), sizeOf(ids, 0, emit)]);
  return [y, words, total];
}
