// Masks that Attention knows without an operand: none, and that no query sees a later key. And masks of zeros and −∞, which
// are bools.

import { attentionGeometry, type Node, type Value } from '@trtx/ir';
import type { Patch } from '../../patch.ts';
import { any, matchOf, number, oneOf, op } from '../../pattern.ts';
import { defineRule } from '../../rule.ts';
import { attributesOf, replaceAttention } from './attention-replace.ts';
import { triangleOf } from './triangle.ts';

const MASK = 3;

/** A number this low next to scores leaves nothing of their exponentials; a causal query sees its own key at least. */
const HIDDEN = -1e4;

/** A mask that hides later keys, and nothing else, is is_causal; one that hides nothing is none. */
export const causalMask = defineRule({
  name: 'causal-mask',
  ops: ['Attention'],
  apply(node, patch) {
    const mask = node.inputs[MASK];
    const found = mask && spans(mask, node, patch) ? triangleOf(mask) : undefined;
    if (found === undefined) return undefined;
    const inputs = node.inputs.with(MASK, null);
    const isBool = mask!.type.dtype === 'bool';
    const isSeen = (value: number) => value === (isBool ? 1 : 0);
    if (typeof found === 'number')
      return isSeen(found)
        ? replaceAttention(node, patch, inputs, attributesOf(node), 'a mask that hides nothing')
        : undefined;
    const isHidden = isBool ? found.outside === 0 : found.outside <= HIDDEN;
    const g = attentionGeometry(node.view());
    const isFree = g.left === Number.POSITIVE_INFINITY && g.right === Number.POSITIVE_INFINITY && !node.inputs[6];
    if (!isFree || !isSeen(found.inside) || !isHidden || !patch.sameDim(found.offset, g.past)) return undefined;
    if (!patch.sameDim(mask!.type.shape.at(-2)!, g.query.length)) return undefined;
    return replaceAttention(node, patch, inputs, { ...attributesOf(node), is_causal: 1 }, 'a causal mask');
  },
});

/** True where the mask has a number for each key: those past its end are hidden. */
function spans(mask: Value, node: Node, patch: Patch): boolean {
  return patch.sameDim(mask.type.shape.at(-1)!, attentionGeometry(node.view()).total);
}

const zero = number(0);
const unseen = number('unseen', (value) => value === Number.NEGATIVE_INFINITY);
const zeros = oneOf(op('Where', any('seen'), zero, unseen), op('Where', any('hidden'), unseen, zero));

/** 0 where a key is seen and −∞ where not is a mask of bools. */
export const seenMask = defineRule({
  name: 'seen-mask',
  ops: ['Attention'],
  apply(node, patch) {
    const mask = node.inputs[MASK];
    const match = mask && matchOf(zeros, mask);
    if (!match) return undefined;
    const hidden = match.find('hidden');
    const seen = hidden ? patch.node('Not', [hidden]) : match.value('seen');
    if (!patch.sameShape(seen.type.shape, mask.type.shape)) return undefined;
    patch.covers(...match.nodes);
    return replaceAttention(node, patch, node.inputs.with(MASK, seen as Value), attributesOf(node), 'a mask of bools');
  },
});
