// Nodes of files and of graphs. Constants are none: other files have them as initializers.

import { readFileSync } from 'node:fs';
import { type Graph, opName } from '@trtx/ir';
import { exportParts, type ImportOptions, NOT_IN_ONNX_RUNTIME, surveyModel } from '@trtx/onnx';
import { importFile } from '@trtx/onnx/node';
import { optimize, shortenFile } from '@trtx/passes';

/** Nodes by op, those in bodies of control flow included. */
export type OpCounts = ReadonlyMap<string, number>;

export function countOps(ops: Iterable<string>): OpCounts {
  const counts = new Map<string, number>();
  for (const op of ops) if (op !== 'Constant') counts.set(op, (counts.get(op) ?? 0) + 1);
  return counts;
}

export function sumOf(counts: OpCounts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

export function countFile(path: string): OpCounts {
  return countOps(surveyModel(readFileSync(path)).named.map(({ op }) => op));
}

export function countGraph(graph: Graph): OpCounts {
  return countOps([...graph.withBodies()].flatMap(({ nodes }) => [...nodes].map(({ op }) => opName(op))));
}

/** What @trtx makes of a model. */
export interface OwnCounts {
  /** The opset of the file. */
  readonly opset: number;
  /** Nodes of the file. */
  readonly before: number;
  /** Nodes of the optimized graph, of the newest semantics. */
  readonly graph: OpCounts;
  /** Nodes of the files that `trtx optimize` writes: in the model's own opset, at least 17 and at most 26, and in 26. */
  readonly own: number;
  readonly newest: number;
}

const [OLDEST, NEWEST] = [17, 26];

/** Counts what `trtx optimize -O2` leaves. */
export async function countOwn(path: string, options?: ImportOptions): Promise<OwnCounts> {
  const { graph, model, nodes } = await importFile(path, options);
  optimize(graph, { level: 2 });
  const opset = model.opsets.get('') ?? 0;
  const inOpset = (wanted: number) =>
    sumOf(
      countGraph(
        exportParts(graph, { opset: wanted, avoid: NOT_IN_ONNX_RUNTIME, shorten: (spelled) => shortenFile(spelled) })
          .written,
      ),
    );
  return {
    opset,
    before: sumOf(countOps(nodes.map(({ op }) => op))),
    graph: countGraph(graph),
    own: inOpset(Math.min(Math.max(opset, OLDEST), NEWEST)),
    newest: inOpset(NEWEST),
  };
}
