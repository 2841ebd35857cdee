// Parts of an axis that are each cut in two and turned: heads of queries, keys and values. Before the Split it is done once.

import { sameDim, type Value } from '@trtx/ir';
import { permutationOf, producerOf } from '../match.ts';
import { targetOf } from '../passes/simplify/canonical-reshapes.ts';
import type { Operand, Patch } from '../patch.ts';
import { definePass, defineRule } from '../rule.ts';

/** What a Reshape makes of a part: its axis as so many heads of a size. */
interface Heads {
  readonly value: Value;
  readonly heads: number;
  readonly size: number;
}

const rule = defineRule({
  name: 'before-split',
  ops: ['Split'],
  apply(node, patch) {
    const x = node.inputs[0]!;
    const rank = x.type.shape.length;
    const axis = (node.view().int('axis') + rank) % rank;
    const parts = node.outputs.map((part) => headsOf(part, axis, patch));
    const [first] = parts;
    if (!first || parts.length < 2 || parts.some((part) => part?.size !== first.size)) return undefined;
    const known = parts as readonly Heads[];
    const heads = known.map((part) => part.heads);
    const whole = [...x.type.shape];
    whole.splice(axis, 1, sum(heads), first.size);
    const target = targetOf(x.type.shape, whole, patch);
    if (!target) return undefined;
    const rows = patch.node('Reshape', [x, patch.integers(target)]);
    if (!patch.sameShape(rows.type.shape, whole)) return undefined;
    const turns = known.map(({ value }) => turnOf(value, patch));
    const perm = turns.every((turn) => turn) ? mostFrequent(turns.map((turn) => turn!.perm)) : undefined;
    const turned: Operand = perm ? patch.node('Transpose', [rows], { perm }) : rows;
    const along = perm ? perm.indexOf(axis) : axis;
    const cut = patch.outputs(heads.length, 'Split', [turned, patch.integers(heads, 'split')], { axis: along });
    known.forEach(({ value }, i) => {
      const { perm: wanted, output } = perm ? turns[i]! : { perm: undefined, output: value };
      const more = wanted?.map((axis) => perm!.indexOf(axis));
      const moved = more?.some((axis, at) => axis !== at);
      patch.replace(output, moved ? patch.node('Transpose', [cut[i]!], { perm: more }) : cut[i]!);
      patch.covers(value.producer!, output.producer!);
    });
    return patch.because(`${heads.length} parts at once`);
  },
});

export const joinViews = definePass({
  name: 'join-views',
  summary: 'Reshape and Transpose of all parts of a Split come before it',
  rules: [rule],
});

/** Undefined where anything else is done with the part. */
function headsOf(part: Value, axis: number, patch: Patch): Heads | undefined {
  const [user] = part.users.keys();
  if (user?.op.name !== 'Reshape' || user.op.domain !== '' || user.inputs[0] !== part) return undefined;
  if (!patch.onlyUsedBy(part, user)) return undefined;
  const [from, to] = [part.type.shape, user.output.type.shape];
  const [heads, size] = [to[axis], to[axis + 1]];
  if (typeof heads !== 'number' || typeof size !== 'number' || to.length !== from.length + 1) return undefined;
  const others = [...to.slice(0, axis), ...to.slice(axis + 2)];
  const own = [...from.slice(0, axis), ...from.slice(axis + 1)];
  const fits = from[axis] === heads * size && others.every((dim, i) => sameDim(dim, own[i]!));
  return fits ? { value: user.output, heads, size } : undefined;
}

function turnOf(value: Value, patch: Patch): { perm: readonly number[]; output: Value } | undefined {
  const [user] = value.users.keys();
  const turn = user && producerOf(user.outputs[0], 'Transpose');
  return turn && patch.onlyUsedBy(value, turn) ? { perm: permutationOf(turn), output: turn.output } : undefined;
}

function mostFrequent(perms: readonly (readonly number[])[]): readonly number[] {
  const count = (perm: readonly number[]) => perms.filter((other) => String(other) === String(perm)).length;
  return perms.reduce((best, perm) => (count(perm) > count(best) ? perm : best));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
