// What optimizing made of a model, as data and for people.

import { quote } from '@trtx/errors';
import { type Graph, opName } from '@trtx/ir';
import type { ImportedNode } from '@trtx/onnx';
import type { Firing, Float16Report, Level, OptimizeReport, PassStatistics } from '@trtx/passes';
import { bytesText, table, timeText } from '../text.ts';
import { float16Line } from './float16.ts';

/** Nodes of an op in the model and in what became of it. */
export interface Counts {
  readonly before: number;
  readonly after: number;
}

export interface OptimizeData {
  readonly output: string;
  readonly opset: number;
  readonly level: Level;
  /** Nodes, those in bodies of control flow included, Constants left out. */
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  /** Counts by op. */
  readonly ops: Readonly<Record<string, Counts>>;
  readonly changes: number;
  /** True where `--stop-after` ended it. */
  readonly stopped: boolean;
  readonly passes: readonly PassStatistics[];
  /** What `--fp16` did. */
  readonly float16?: Float16Report;
  /** Bytes by file. */
  readonly files: Readonly<Record<string, number>>;
  readonly milliseconds: number;
}

/** Counts by op, the most frequent of the model first. Constants are no nodes: other files have them as initializers. */
export function countWritten(before: readonly ImportedNode[], after: Graph): Map<string, Counts> {
  const nodes = [...after.withBodies()].flatMap((graph) => [...graph.nodes]);
  return countOps(
    before.map(({ op }) => op),
    nodes.map(({ op }) => opName(op)),
  );
}

/** Counts of two lists of ops. */
export function countOps(before: readonly string[], after: readonly string[]): Map<string, Counts> {
  const counts = new Map<string, { before: number; after: number }>();
  const count = (ops: readonly string[], side: 'before' | 'after') => {
    for (const op of ops) {
      if (op === 'Constant') continue;
      const own = counts.get(op) ?? { before: 0, after: 0 };
      own[side]++;
      counts.set(op, own);
    }
  };
  count(before, 'before');
  count(after, 'after');
  return new Map([...counts].sort(([a, x], [b, y]) => y.before - x.before || y.after - x.after || (a < b ? -1 : 1)));
}

export function sumOf(counts: ReadonlyMap<string, Counts>, side: 'before' | 'after'): number {
  return [...counts.values()].reduce((sum, own) => sum + own[side], 0);
}

interface Optimized extends Pick<OptimizeData, 'output' | 'opset' | 'level' | 'files'> {
  readonly counts: ReadonlyMap<string, Counts>;
  readonly report: OptimizeReport;
  readonly float16: Float16Report | undefined;
}

export function optimizeData({ counts, report, float16, ...rest }: Optimized): OptimizeData {
  return {
    ...rest,
    nodesBefore: sumOf(counts, 'before'),
    nodesAfter: sumOf(counts, 'after'),
    ops: Object.fromEntries(counts),
    changes: report.trace.length,
    stopped: report.stopped,
    passes: report.passes,
    ...(float16 ? { float16 } : {}),
    milliseconds: report.milliseconds,
  };
}

/** A row for each op, or a line for each change where there is a trace; then a sum. */
export function optimizeLines(data: OptimizeData, trace: readonly Firing[] | undefined): string[] {
  const { output, opset, nodesBefore, nodesAfter, changes, milliseconds, files, stopped } = data;
  const size = Object.values(files).reduce((sum, bytes) => sum + bytes, 0);
  return [
    ...(trace ? trace.map(firingLine) : table(countRows(Object.entries(data.ops)), '  ')),
    `${quote(output)}: ${nodesBefore} nodes became ${nodesAfter}, opset ${opset}, ${bytesText(size)}`,
    ...(data.float16 ? float16Lines(data.float16) : []),
    `${changes} changes in ${timeText(milliseconds)}${stopped ? ', then stopped' : ''}`,
  ];
}

/** How much works in float16, and what constants lost. */
function float16Lines(float16: Float16Report): string[] {
  const losses = float16.constants.map(
    ({ name, saturated, flushed }) => `${quote(name)}: ${saturated} elements became ±65504, ${flushed} became 0`,
  );
  return [float16Line(float16), ...losses];
}

/** Rows of an op with its counts. */
export function countRows(ops: readonly (readonly [string, Counts])[]): string[][] {
  const rows = ops.map(([op, { before, after }]) => [quote(op), String(before), String(after)]);
  return [['op', 'before', 'after'], ...rows];
}

/** `12. fold-scales/offset: shift, conv (from "Add_3"): why` */
function firingLine({ step, pass, rule, nodes, origins, reason }: Firing): string {
  const named = nodes.map(quote).join(', ');
  const differs = origins.length > 0 && origins.join() !== nodes.join();
  const from = differs ? ` (from ${origins.map(quote).join(', ')})` : '';
  return `${step}. ${pass}/${rule}: ${named}${from}${reason ? `: ${reason}` : ''}`;
}
