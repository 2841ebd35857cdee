// Recognizing rules: a pattern, and the node that computes the same.

import type { Operand, Patch } from './patch.ts';
import { type Match, matchOf, type Pattern } from './pattern.ts';
import { defineRule, type Rule } from './rule.ts';

export interface Recognition {
  readonly name: string;
  /** Its root is the first output of a node. */
  readonly pattern: Pattern;
  /** What the trace says, in a few words. */
  readonly reason: string;
  /**
   * What computes the same, recorded in the patch; undefined where it does not after all (axes, types). It replaces the root
   * where it has its type.
   */
  make(match: Match, patch: Patch): Operand | undefined;
}

/**
 * A rule that replaces what a pattern finds. It holds only where nothing else uses the values between the pattern's root
 * and its ends, so that what was recognized is computed once.
 * @throws where the pattern's root may come from any op
 */
export function recognize({ name, pattern, reason, make }: Recognition): Rule {
  if (!pattern.ops) throw new Error(`the pattern of ${name} begins with no op`);
  return defineRule({
    name,
    ops: [...pattern.ops],
    apply(node, patch) {
      const root = node.outputs[0]!;
      const match = matchOf(pattern, root, ({ nodes, shared }) => patch.isOnlyFor(root, nodes, shared));
      const made = match && make(match, patch);
      if (!made || made.type.dtype !== root.type.dtype || !patch.sameShape(made.type.shape, root.type.shape))
        return undefined;
      return patch.covers(...match.nodes).replace(root, made, reason);
    },
  });
}
