// What stands around an Attention that it can do itself: a scale of queries or keys, heads that are repeated for a group of
// queries, keys and values of earlier steps, and heads that are moved in front of positions and back.

import { attentionGeometry, type Dim, type Node, type Value } from '@trtx/ir';
import { permutationOf, producerOf, splatOf } from '../../match.ts';
import type { Operand, Patch } from '../../patch.ts';
import { defineRule } from '../../rule.ts';
import { targetOf } from '../simplify/canonical-reshapes.ts';
import { causalMask, seenMask } from './attention-causal.ts';
import { attributesOf, replaceAttention } from './attention-replace.ts';

const [QUERY, KEY, VALUE, MASK, PAST_KEY, LENGTHS] = [0, 1, 2, 3, 4, 6];

/** A number times Q or K is a part of the scale. */
const scaledOperand = defineRule({
  name: 'scaled-operand',
  ops: ['Attention'],
  apply(node, patch) {
    // Keys that are scaled before they are kept are not what is given on.
    const indices = node.inputs[PAST_KEY] || node.outputs.length > 1 ? [QUERY] : [QUERY, KEY];
    for (const index of indices) {
      const found = scaleOf(node.inputs[index]!, node, patch);
      if (!found) continue;
      const scale = attentionGeometry(node.view()).scale * found.factor;
      const inputs = node.inputs.with(index, found.operand);
      return replaceAttention(
        node,
        patch.covers(found.node),
        inputs,
        { ...attributesOf(node), scale },
        'a scale of an operand',
      );
    }
    return undefined;
  },
});

function scaleOf(value: Value, user: Node, patch: Patch): { operand: Value; factor: number; node: Node } | undefined {
  const node = producerOf(value, 'Mul') ?? producerOf(value, 'Div');
  if (!node || !patch.onlyUsedBy(value, user)) return undefined;
  const [a, b] = node.inputs as [Value, Value];
  const pairs: [Value, Value][] =
    node.op.name === 'Mul'
      ? [
          [a, b],
          [b, a],
        ]
      : [[a, b]];
  for (const [operand, by] of pairs) {
    const number = splatOf(by);
    if (number === undefined || !Number.isFinite(number) || operand.type.shape.length !== value.type.shape.length)
      continue;
    if (!patch.sameShape(operand.type.shape, value.type.shape)) continue;
    return { operand, factor: node.op.name === 'Mul' ? number : 1 / number, node };
  }
  return undefined;
}

/** Heads of K and V that are repeated, each in a row, are shared by as many queries' heads. */
const groupedHeads = defineRule({
  name: 'grouped-heads',
  ops: ['Attention'],
  apply(node, patch) {
    const [key, value] = [node.inputs[KEY]!, node.inputs[VALUE]!];
    const [keys, values] = [repeatedHeads(key, patch), repeatedHeads(value, patch)];
    if (!keys || !values || keys.type.shape[1] !== values.type.shape[1]) return undefined;
    if (node.inputs[PAST_KEY] || node.outputs.length > 1) return undefined;
    const inputs = (node.inputs as readonly (Operand | null)[]).with(KEY, keys).with(VALUE, values);
    patch.covers(key.producer!, value.producer!);
    return replaceAttention(node, patch, inputs, attributesOf(node), 'heads that are repeated');
  },
});

/** [batch, heads, keys, size] of which a value has each head some times in a row. */
function repeatedHeads(value: Value, patch: Patch): Operand | undefined {
  const merge = producerOf(value, 'Reshape');
  const expand = merge ? producerOf(merge.inputs[0]!, 'Expand') : undefined;
  if (!expand) return undefined;
  const alone = expand.inputs[0]!;
  const [before, after] = [alone.type.shape, expand.output.type.shape];
  if (before.length !== 5 || after.length !== 5) return undefined;
  const [batch, count, , keys, size] = before as [Dim, Dim, Dim, Dim, Dim];
  const times = after[2]!;
  if (typeof count !== 'number' || typeof times !== 'number') return undefined;
  const shape = [batch, count, keys, size];
  const isRepeat =
    before[2] === 1 &&
    patch.sameShape(after, [batch, count, times, keys, size]) &&
    patch.sameShape(value.type.shape, [batch, count * times, keys, size]);
  if (!isRepeat) return undefined;
  const heads = (producerOf(alone, 'Unsqueeze') ?? producerOf(alone, 'Reshape'))?.inputs[0];
  if (heads && patch.sameShape(heads.type.shape, shape)) return heads;
  const target = targetOf(before, shape, patch);
  return target && patch.node('Reshape', [alone, patch.integers(target)]);
}

/** Keys and values behind those of earlier steps: Attention puts them there, and gives on both. */
const cache = defineRule({
  name: 'cache',
  ops: ['Attention'],
  apply(node, patch) {
    const [key, value] = [node.inputs[KEY]!, node.inputs[VALUE]!];
    const [keys, values] = [appended(key, patch), appended(value, patch)];
    const at = node.view();
    // Positions count from the first key.
    const counts =
      ['left_window_size', 'right_window_size'].some((name) => at.int(name) >= 0) || at.int('is_causal') === 1;
    if (!keys || !values || node.inputs[PAST_KEY] || node.inputs[LENGTHS] || node.outputs.length > 1 || counts)
      return undefined;
    if (!patch.sameDim(keys.past.type.shape[2]!, values.past.type.shape[2]!)) return undefined;
    const [query, , , mask] = node.inputs;
    const operands = [query, keys.now, values.now, mask, keys.past, values.past];
    const isGiven = (given: Value) => !patch.onlyUsedBy(given, node);
    if ([key, value].some((given) => isGiven(given) && reaches(given, operands, node))) return undefined;
    const count = isGiven(value) ? 3 : isGiven(key) ? 2 : 1;
    const outputs = patch.covers(key.producer!, value.producer!).outputs(count, 'Attention', operands, node.attributes);
    patch.replace(node.output, outputs[0]!, 'a cache of keys and values');
    if (isGiven(key)) patch.replace(key, outputs[1]!);
    if (isGiven(value)) patch.replace(value, outputs[2]!);
    return patch;
  },
});

/** The two parts of a Concat along the keys of [batch, heads, keys, size]. */
function appended(value: Value, patch: Patch): { past: Value; now: Value } | undefined {
  const node = producerOf(value, 'Concat');
  if (node?.inputs.length !== 2 || value.type.shape.length !== 4) return undefined;
  if (![2, -2].includes(node.view().int('axis'))) return undefined;
  const [past, now] = node.inputs as [Value, Value];
  const without = (shape: readonly Dim[]) => shape.filter((_, axis) => axis !== 2);
  return patch.sameShape(without(past.type.shape), without(now.type.shape)) ? { past, now } : undefined;
}

/** True where a node other than `user` reads the value and one of the operands depends on that. */
function reaches(value: Value, operands: readonly (Value | null | undefined)[], user: Node): boolean {
  const ends = new Set(operands);
  const seen = new Set<Node>([user]);
  const stack = [...value.users.keys()];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    for (const output of node.outputs) {
      if (ends.has(output)) return true;
      stack.push(...output.users.keys());
    }
  }
  return false;
}

/** Heads moved in front of the positions, and back after: an Attention of packed heads reads and writes them as they are. */
const packedHeads = defineRule({
  name: 'packed-heads',
  ops: ['Attention'],
  apply(node, patch) {
    if (node.output.type.shape.length !== 4 || node.outputs.length > 3) return undefined;
    const packed = [QUERY, KEY, VALUE].map((index) => inPlace(node.inputs[index]!, patch));
    if (packed.includes(undefined)) return undefined;
    const back = [...node.output.users.keys()];
    const views = back.every((user) => (isUnit(node.output) ? isReshape(user) : isSwap(user)));
    if (patch.isOutput(node.output) || !views) return undefined;
    const heads = (index: number) => node.inputs[index]!.type.shape[1] as number;
    const inputs = [...packed, ...node.inputs.slice(MASK)];
    const outputs = patch.outputs(node.outputs.length, 'Attention', inputs, {
      ...attributesOf(node),
      q_num_heads: heads(QUERY),
      kv_num_heads: heads(KEY),
    });
    const size = node.output.type.shape[3] as number;
    const reshaped = (...dims: number[]) => patch.node('Reshape', [outputs[0], patch.integers(dims)]);
    if (isUnit(node.output)) {
      const y = heads(QUERY) === 1 ? reshaped(0, 1, -1, size) : reshaped(0, heads(QUERY), 1, size);
      patch.replace(node.output, y, 'heads where they are');
    } else {
      const apart = reshaped(0, 0, heads(QUERY), size);
      for (const user of back) patch.covers(user).replace(user.output, apart, 'heads where they are');
    }
    node.outputs.slice(1).forEach((output, i) => {
      patch.replace(output, outputs[i + 1]!);
    });
    return patch;
  },
});

/** [batch, positions, heads · size] of what is [batch, heads, positions, size], where that moves no element. */
function inPlace(value: Value, patch: Patch): Operand | undefined {
  const [, heads, , size] = value.type.shape as [Dim, number, Dim, number];
  const node = value.producer;
  const reshaped = (from: Value, ...dims: number[]) => patch.node('Reshape', [from, patch.integers(dims)]);
  if (node && isSwap(node)) return reshaped(patch.covers(node) && node.inputs[0]!, 0, 0, heads * size);
  if (!node || !isUnit(value) || !isReshape(node)) return undefined;
  return heads === 1 ? reshaped(value, 0, -1, size) : reshaped(value, 0, 1, heads * size);
}

function isSwap(node: Node): boolean {
  return node.op.domain === '' && node.op.name === 'Transpose' && permutationOf(node).join() === '0,2,1,3';
}

function isReshape({ op: { domain, name } }: Node): boolean {
  return domain === '' && ['Reshape', 'Squeeze', 'Unsqueeze'].includes(name);
}

/** One head, or one position: either order of the two is the other one. */
function isUnit({ type: { shape } }: Value): boolean {
  return shape[1] === 1 || shape[2] === 1;
}

export const attentionOperands = [groupedHeads, cache, scaledOperand, seenMask, causalMask, packedHeads];
