// The table of docs/benchmarks.md, between two marks: a row for each network and adapter, the last time that it was measured.

import type { Comparison } from './compare.ts';

const [BEGIN, END] = ['<!-- npm run -s bench -- --write: begin -->\n', '<!-- end -->\n'];

const HEAD = `| network | input | against | @trtx, ms | its, ms | ratio | adapter | date |
| --- | --- | --- | ---: | ---: | ---: | --- | --- |
`;

export interface Row extends Pick<Comparison, 'adapter' | 'trtxMs' | 'ortMs' | 'ratio'> {
  readonly network: string;
  readonly dims: readonly number[];
  /** What it was timed beside. */
  readonly against: string;
  /** 2026-11-28 */
  readonly date: string;
}

/** The page with this row in the place of the one of the same network, opponent and adapter, or else as the last. */
export function withRow(page: string, row: Row): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page lacks the marks ${BEGIN.trim()} and ${END.trim()}`);
  const lines = page
    .slice(begin + BEGIN.length, end)
    .trim()
    .split('\n')
    .slice(2);
  const line = rowLine(row);
  const at = lines.findIndex((known) => keyOf(known) === keyOf(line));
  if (at < 0) lines.push(line);
  else lines[at] = line;
  return `${page.slice(0, begin)}${BEGIN}\n${HEAD}${lines.join('\n')}\n\n${page.slice(end)}`;
}

function rowLine({ network, dims, against, trtxMs, ortMs, ratio, adapter, date }: Row): string {
  const times = [trtxMs, ortMs].map((ms) => (ms < 1000 ? ms.toPrecision(3) : ms.toFixed(0)));
  // A line of the table, whatever a driver calls itself.
  const name = adapter.replace(/[|\n]/g, ' ');
  return `| ${[network, dims.join('x'), against, ...times, ratio.toFixed(2), name, date].join(' | ')} |`;
}

function keyOf(line: string): string {
  const cells = line.split('|').map((cell) => cell.trim());
  return [cells[1], cells[2], cells[3], cells[7]].join('|');
}
