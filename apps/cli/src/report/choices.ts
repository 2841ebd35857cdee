// Why dispatches have their tactics, for people.

import type { TacticRecord } from '@trtx/builder';
import { beats, MARGIN } from '@trtx/codegen';
import type { DispatchWork } from '@trtx/engine';
import { numberText, table } from '../text.ts';

/** A dispatch, as `inspect --tactics` tells of it. */
export interface ChosenTactic extends Pick<DispatchWork, 'timing' | 'alternatives'> {
  readonly nodes: readonly string[];
  readonly tactic: string;
}

/** All that a timing cache has of a problem of an engine. */
export interface TimedProblem {
  readonly problem: string;
  readonly device: string;
  /** The fastest first. */
  readonly tactics: readonly (TacticRecord & { readonly tactic: string })[];
}

const NAMES_LENGTH = 48;

export function choiceLines(dispatches: readonly ChosenTactic[]): string[] {
  const head = ['#', 'nodes', 'tactic', 'µs', 'why'];
  const rows = dispatches.map((dispatch, i) => {
    const { nodes, tactic, timing } = dispatch;
    const us = timing?.us === undefined ? '' : numberText(timing.us);
    return [String(i), clipped(nodes.join(', ')), tactic, us, whyText(dispatch)];
  });
  return table([head, ...rows]);
}

function whyText({ timing, alternatives = [] }: ChosenTactic): string {
  const isTimed = timing?.us !== undefined;
  if (!isTimed && alternatives.length === 0) return timing && timing.tactics > 1 ? 'asked for' : 'the only tactic';
  const least = alternatives.every(([, ratio]) => ratio >= 1);
  const isBeaten = alternatives.some(([, ratio]) => beats(ratio, 1));
  const rank = least ? 'the fastest' : isBeaten ? 'asked for' : `within ${MARGIN * 100} % of the fastest`;
  const others = alternatives.map(([tactic, ratio]) => `${tactic} × ${ratio}`);
  const how = isTimed
    ? `${rank} of ${timing.timed} timed (${timing.tactics} there are)`
    : `${least ? 'by the cost model' : 'asked for'}${timing ? ', not timed' : ''}`;
  return [how, ...others].join('; ');
}

export function timedLines({ problem, device, tactics }: TimedProblem): string[] {
  const rows = tactics.map(({ tactic, us, spread, rounds, failed }) => [
    us === undefined ? 'failed' : `${numberText(us)} µs`,
    us === undefined ? '' : `± ${numberText((spread ?? 0) * 100)} %`,
    rounds === undefined ? '' : `${rounds} rounds`,
    failed === undefined ? tactic : `${tactic}: ${failed}`,
  ]);
  return ['', `${problem} on ${device}`, ...table(rows, '  ')];
}

function clipped(text: string): string {
  return text.length > NAMES_LENGTH ? `${text.slice(0, NAMES_LENGTH - 1)}…` : text;
}
