// Passes of others among those of a level.

import { TrtxError } from '@trtx/errors';
import { type Level, PIPELINES } from './pipelines.ts';
import type { Pass } from './rule.ts';

/** A pass, and where it runs: just before or after another one, or at the end. */
export interface PlacedPass {
  readonly pass: Pass;
  /** Name of a pass. At levels that lack it, this one does not run either. */
  readonly before?: string;
  readonly after?: string;
  /** The lowest level at which it runs; 2 by default. */
  readonly level?: Level;
}

/**
 * The pipeline of a level with more passes, each placed in what those before it in the list made.
 * @throws TrtxError PASS_UNKNOWN where no level has the pass that one is placed at; PASS_DEFINITION for a name that is taken,
 *   and for a pass that is placed both before and after others
 */
export function pipelineWith(level: Level, added: readonly PlacedPass[]): readonly Pass[] {
  const all = new Set(Object.values(PIPELINES).flatMap((passes) => passes.map(({ name }) => name)));
  const pipeline = [...PIPELINES[level]];
  for (const { pass, before, after, level: lowest = 2 } of added) {
    if (all.has(pass.name)) throw new TrtxError('PASS_DEFINITION', `there is a pass ${pass.name} already`);
    if (before !== undefined && after !== undefined)
      throw new TrtxError('PASS_DEFINITION', `pass ${pass.name} is placed before ${before} and after ${after}`, {
        hint: 'Name one of them.',
      });
    const neighbour = before ?? after;
    if (neighbour !== undefined && !all.has(neighbour))
      throw new TrtxError('PASS_UNKNOWN', `pass ${pass.name} is placed at ${neighbour}, which no level has`, {
        hint: `There are ${[...all].join(', ')}.`,
      });
    all.add(pass.name);
    if (level < lowest) continue;
    const at = neighbour === undefined ? pipeline.length : pipeline.findIndex(({ name }) => name === neighbour);
    if (at >= 0) pipeline.splice(after === undefined ? at : at + 1, 0, pass);
  }
  return pipeline;
}
