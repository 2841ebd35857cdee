/** The tables that the command prints. */
import Table from 'cli-table3';
import type { Line } from './read.ts';
import { type StageTime, shapeRange } from './stopwatch.ts';

/** The lines in reading order, each with its confidence. */
export function linesTable(lines: readonly Line[]): string {
  const rows = lines.map(({ text, confidence, turned }, i) => [
    `${i + 1}`,
    text,
    `${(100 * confidence).toFixed(1)}%`,
    turned ? 'upside down' : '',
  ]);
  return table(['', 'text', 'confidence', ''], ['right', 'left', 'right', 'left'], rows);
}

/** Milliseconds of building and of each stage, and what its network saw. */
export function timesTable(building: number, stages: readonly StageTime[]): string {
  const total = stages.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const rows = stages.map(({ stage, milliseconds, net }) => [
    stage,
    milliseconds.toFixed(1),
    net ? net.milliseconds.toFixed(1) : '',
    net ? `${net.runs}` : '',
    net ? shapeRange(net.dims) : '',
  ]);
  return table(
    ['stage', 'ms', 'network ms', 'runs', 'input'],
    ['left', 'right', 'right', 'right', 'left'],
    [['build', building.toFixed(1), '', '', ''], ...rows, ['all but build', total.toFixed(1), '', '', '']],
  );
}

/** Columns set apart by spaces. */
function table(head: string[], colAligns: ('left' | 'right')[], rows: string[][]): string {
  const bare = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const sides = { 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', right: '', 'right-mid': '' };
  const result = new Table({
    head,
    colAligns,
    chars: { ...bare, ...sides, mid: '', 'mid-mid': '', middle: '  ' },
    style: { head: process.stdout.isTTY ? ['bold'] : [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  result.push(...rows);
  return result.toString().replace(/ +$/gm, '');
}
