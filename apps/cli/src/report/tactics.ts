// Tactics that are wrong, for people.

import type { TacticsReport, TacticVerdict, WrongGroup } from '@trtx/debug';
import { quote } from '@trtx/errors';
import { table } from '../text.ts';

export function tacticsLines(file: string, report: TacticsReport): string[] {
  const { groups, departing, wrong, right, untried, departures } = report;
  if (departing === 0)
    return [`${file}: none of ${groups} groups departs from the reference on the graph as passes left it`];
  return [
    `${file}: ${departing} of ${groups} groups depart, beginning at ${departures.slice(0, 3).map(quote).join(', ')}`,
    ...wrong.flatMap(groupLines),
    ...untried.map(({ nodes, reason }) => `not tried: ${nodes.join(', ')}: ${reason}`),
    ...(right > 0 ? [`right when fed what is right: ${right} that depart`] : []),
    wrong.length > 0
      ? `WRONG by themselves: ${wrong.reduce((sum, { alike }) => sum + alike, 0)} of ${departing} that depart`
      : UNEXPLAINED,
  ];
}

const UNEXPLAINED =
  'no group is wrong by itself: see whether tensors lie in memory that another one is written to, or a group that was not tried';

function groupLines({ nodes, tensors, dispatch, tactics, alike }: WrongGroup): string[] {
  const place = dispatch === undefined ? '' : `, dispatch ${dispatch}`;
  const others = alike > 1 ? `, and ${alike - 1} more with the same shader` : '';
  const good = tactics.find(({ verdict }) => verdict === 'right');
  return [
    `wrong: ${nodes.join(', ')} (${tensors.map(quote).join(', ')}${place})${others}`,
    ...table(tactics.map(row), '  '),
    good
      ? `  a right one: --tactic '${nodes[0]}=${good.tactic}' of trtx bench and trtx profile`
      : '  none that was tried is right',
  ];
}

function row({ tactic, verdict, comparison, reason }: TacticVerdict, i: number): string[] {
  const errors = comparison
    ? `max abs ${comparison.maxAbs?.toExponential(1) ?? 'none'}, cosine ${comparison.cosine?.toFixed(8) ?? 'none'}`
    : reason!;
  return [verdict === 'right' ? 'right' : verdict.toUpperCase(), tactic, i === 0 ? 'as built' : '', errors];
}
