// Tactics that a user asks for, in place of those that the cost model would take.

import { type CompileOptions, type Group, tacticLabel } from '@trtx/codegen';
import { quote, TrtxError } from '@trtx/errors';

/** By a node of the graph or of the source model: the kernel's id, alone or with parameters as reports print them. */
export type TacticChoices = ReadonlyMap<string, string>;

/** Chooses for the groups that compute the nodes; a name may stand for the nodes of several. */
export class ForcedTactics {
  readonly #choices: TacticChoices;
  readonly #otherwise: NonNullable<CompileOptions['choose']>;
  readonly #met = new Set<string>();

  /** @param otherwise chooses for all other groups: the cheapest by default */
  constructor(choices: TacticChoices = new Map(), otherwise: CompileOptions['choose'] = ([cheapest]) => cheapest) {
    this.#choices = choices;
    this.#otherwise = otherwise;
  }

  /** @throws TrtxError TACTIC_UNKNOWN with those that there are */
  readonly choose: NonNullable<CompileOptions['choose']> = (tactics, group) => {
    const names = namesOf(group);
    const asked = [...this.#choices].filter(([name]) => names.has(name));
    for (const [name] of asked) this.#met.add(name);
    const [first] = asked;
    if (!first) return this.#otherwise(tactics, group);
    const [node, id] = first;
    const found = tactics.find((tactic) => tacticLabel(tactic) === id || tactic.kernel.id === id);
    if (found) return found;
    throw new TrtxError('TACTIC_UNKNOWN', `no tactic ${quote(id)} computes this node's group`, {
      node,
      details: tactics.map(tacticLabel),
      hint: 'Name one of these, or a kernel alone.',
    });
  };

  /** @throws TrtxError TACTIC_UNKNOWN where a choice is for no group */
  requireMet(): void {
    const missed = [...this.#choices.keys()].find((name) => !this.#met.has(name));
    if (missed === undefined) return;
    throw new TrtxError('TACTIC_UNKNOWN', 'no dispatch computes this node, for which a tactic is asked', {
      node: missed,
      hint: 'Name a node as `trtx profile` or `trtx inspect --placement` prints it.',
    });
  }
}

function namesOf({ nodes, prologue }: Group): Set<string> {
  return new Set([...nodes, ...[...prologue].map((value) => value.producer!)].flatMap((n) => [n.name, ...n.origin]));
}
