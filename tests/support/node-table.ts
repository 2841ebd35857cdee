// The table of docs/optimized.md.

import { readFileSync } from 'node:fs';

export interface NodeRow {
  readonly model: string;
  /** Nodes of the files that are written in the model's own opset and in 26, and of the graph. */
  readonly own: number;
  readonly newest: number;
  readonly graph: number;
  /** Of what ONNX Runtime writes. */
  readonly basic: number;
  /** `12 Attention` and the like. */
  readonly recognized: readonly string[];
}

export function nodeTable(): readonly NodeRow[] {
  const text = readFileSync(new URL('../../docs/optimized.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => /^\| [\w.-]+ \| \d/.test(line));
  return rows.map((line) => {
    const [model, , , own, newest, graph, basic, , recognized] = line.slice(2, -2).split(' | ');
    return {
      model: model!,
      own: Number(own),
      newest: Number(newest),
      graph: Number(graph),
      basic: Number(basic),
      recognized: recognized!.split(', ').map((part) => part.trim()),
    };
  });
}
