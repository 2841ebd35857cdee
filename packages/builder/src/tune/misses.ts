// Choices for which there is no time.

import { type CompileOptions, type Group, type Tactic, tacticLabel } from '@trtx/codegen';
import { quote, TrtxError } from '@trtx/errors';

type Choose = NonNullable<CompileOptions['choose']>;

export class MissedTimings {
  readonly #otherwise: Choose;
  /** What is taken without a time, by the first result of its group. */
  readonly #missed = new Map<string, { readonly group: Group; readonly tactic: Tactic }>();

  /** @param otherwise chooses: the first by default */
  constructor(otherwise: CompileOptions['choose'] = ([first]) => first) {
    this.#otherwise = otherwise;
  }

  readonly choose: Choose = (tactics, group) => {
    const tactic = this.#otherwise(tactics, group);
    if (tactic && tactic.us === undefined && tactics.length > 1)
      this.#missed.set(group.results[0]!.name, { group, tactic });
    return tactic;
  };

  /** @throws TrtxError TIMING_CACHE_MISS with all of them */
  requireNone(): void {
    const [first, ...others] = [...this.#missed.values()];
    if (!first) return;
    const node = ({ nodes }: Group) => nodes[0]!.name;
    throw new TrtxError(
      'TIMING_CACHE_MISS',
      `the timing cache has no time for ${1 + others.length} of the dispatches`,
      {
        node: node(first.group),
        details: others.map(({ group, tactic }) => `${quote(node(group))}: ${tacticLabel(tactic)} by the cost model`),
        hint: 'Tune on this device with the same versions and options, or leave it to the cost model.',
      },
    );
  }
}
