// Tactics as `--tactic` names them.

import type { TacticChoices } from '@trtx/builder';
import { quote, TrtxError } from '@trtx/errors';

/** `node=kernel`, or `node=kernel a=1 b=2`. @throws TrtxError USAGE */
export function parseTactics(args: readonly string[]): TacticChoices {
  return new Map(
    args.map((arg): [string, string] => {
      // Names of nodes may have any sign, ids of kernels none but these.
      const [, node, tactic] = /^(.+?)=([a-z][\w.-]*(?: .*)?)$/s.exec(arg) ?? [];
      if (node && tactic) return [node, tactic];
      throw new TrtxError('USAGE', `cannot read the tactic ${quote(JSON.stringify(arg))}`, {
        hint: 'Write NODE=KERNEL, or NODE="conv.direct rows=4 vectors=2 lanes=16".',
      });
    }),
  );
}
