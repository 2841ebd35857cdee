// The tables of docs/accuracy.md, each between two marks.

import type { Case } from './case.ts';
import type { Row } from './table.ts';

const END = '<!-- end -->\n';

/** The page with the table of a case written anew. @throws Error where the page lacks the case's marks */
export function withTable(page: string, { name, metric }: Pick<Case, 'name' | 'metric'>, rows: readonly Row[]): string {
  const mark = `<!-- npm run -s accuracy -- ${name} --write: begin -->\n`;
  const begin = page.indexOf(mark);
  const end = page.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`the page lacks the mark ${mark.trim()}`);
  const table = [
    `| model | ${metric} | bytes of constants | of float32 | worst layer, dB |`,
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows.map(lineOf),
  ].join('\n');
  return `${page.slice(0, begin)}${mark}\n${table}\n\n${page.slice(end)}`;
}

export function lineOf({ variant, score, bytes, share, worstSqnrDb }: Row): string {
  return `| ${[variant, score.toFixed(2), bytes, share.toFixed(3), worstSqnrDb?.toFixed(1) ?? ''].join(' | ')} |`;
}
