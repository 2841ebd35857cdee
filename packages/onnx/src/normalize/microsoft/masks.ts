// What attention adds to its scores. Masks of com.microsoft ops come in several shapes, told apart by rank and sizes:
//   [batch]                    how many keys are seen, the first ones
//   [2 · batch]                where the keys that are seen end, then where they begin
//   [3 · batch + 2]            how many keys are seen, then what packed kernels need beside
//   [batch, keys], [batch, queries, keys], [batch, 1, most, most]    above 0 where a key is seen

import { add, mul, neverEqual, sameDim, type Value } from '@trtx/ir';
import type { Emitter } from '../node.ts';
import { counted, ints, sizeOf, unsqueeze } from './parts.ts';

export interface Scores {
  /** Anything whose axis 0 is the batch. */
  readonly query: Value;
  /** Numbers of queries, of keys of earlier steps (absent for none) and of all keys, as int64[1]. */
  readonly queries: Value;
  readonly past: Value | undefined;
  readonly keys: Value;
}

/** The mask as a bool that broadcasts to [batch, heads, queries, keys]: true where a key is seen. */
function seen(mask: Value, scores: Scores, emit: Emitter): Value {
  const above = (value: Value) => emit.node('Greater', [value, emit.scalar(value.type.dtype, 0)]);
  switch (mask.type.shape.length) {
    case 1:
      return withinLengths(mask, scores, emit);
    case 2:
      return unsqueeze(above(mask), [1, 2], emit);
    case 3:
      return unsqueeze(above(mask), [1], emit);
    case 4: {
      const zero = ints(emit, 0);
      const start = scores.past ?? zero;
      const starts = emit.node('Concat', [start, zero], { axis: 0 });
      const ends = emit.node('Concat', [emit.node('Add', [start, scores.queries]), scores.keys], { axis: 0 });
      return above(emit.node('Slice', [mask, starts, ends, ints(emit, 2, 3)]));
    }
    default:
      throw emit.fail(`a mask of [${mask.type.shape}]`);
  }
}

function withinLengths(mask: Value, { query, keys }: Scores, emit: Emitter): Value {
  const size = mask.type.shape[0]!;
  const batch = query.type.shape[0]!;
  const forms = [batch, mul(batch, 2), add(mul(batch, 3), 2)];
  const known = forms.findIndex((dim) => sameDim(size, dim));
  // Symbols that are not told to be one are taken for the batch: a run checks it.
  const form = known < 0 && !neverEqual(size, batch) ? 0 : known;
  if (form < 0) throw emit.fail(`a mask of [${size}] for a batch of ${batch}`);
  const count = sizeOf(query, 0, emit);
  /** As many numbers as the batch has elements, behind the first of them or not. */
  const rows = (start: Value, end: Value) =>
    unsqueeze(form === 0 ? mask : emit.node('Slice', [mask, start, end]), [1, 2, 3], emit);
  const places = counted(keys, mask.type.dtype, emit);
  const before = emit.node('Less', [places, rows(ints(emit, 0), count)]);
  if (form !== 1) return before;
  const starts = rows(count, emit.node('Add', [count, count]));
  return emit.node('And', [before, emit.node('GreaterOrEqual', [places, starts])]);
}

/** What is added to the scores: `filter` where the mask hides a key, and a bias. Null where there is neither. */
export function scoreBias(
  mask: Value | null,
  bias: Value | null,
  filter: Value,
  scores: Scores,
  emit: Emitter,
): Value | null {
  if (!mask) return bias;
  const zero = emit.scalar(filter.type.dtype, 0);
  const hidden = emit.node('Where', [seen(mask, scores, emit), zero, filter]);
  if (bias) return emit.node('Add', [hidden, bias]);
  if (hidden.type.shape[2] !== 1) return hidden;
  // ONNX Runtime takes masks that have a row for each query only.
  const rows = emit.node('Concat', [ints(emit, 1, 1), scores.queries, ints(emit, 1)], { axis: 0 });
  return emit.node('Expand', [hidden, rows]);
}
