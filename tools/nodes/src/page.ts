// The page with the table: written anew for the models that were counted, the rows of others stay.

import type { OpCounts, OwnCounts } from './count.ts';
import { sumOf } from './count.ts';

export interface Row {
  readonly model: string;
  readonly own: OwnCounts;
  /** Of ONNX Runtime; undefined where it does not take the model. */
  readonly basic: number | undefined;
  readonly extended: number | undefined;
}

const HEAD = `# Nodes left of models

Written by \`npm run -s nodes -- --write\`; do not edit. How many nodes optimizing leaves, those in bodies of control flow
included, Constants left out.

- **file**: nodes of the model as it is.
- **opset N**, **opset 26**: of the files that \`trtx optimize -O2\` writes in the model's own opset (at least 17), and in 26,
  which has more ops to say it with. What an opset lacks is spelled out.
- **graph**: of the optimized graph, which has the newest ops.
- **basic**, **extended**: of the files that \`onnxruntime-node\` writes (\`optimizedModelFilePath\`). Its fused nodes count as
  the standard nodes that they replaced.
- **recognized**: ops of the graph that exporters write as many nodes.

| model | opset | file | opset N | opset 26 | graph | basic | extended | recognized |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
`;

/** Ops that stand for several nodes of most files. */
const RECOGNIZED = [
  'Attention',
  'LayerNormalization',
  'RMSNormalization',
  'GroupNormalization',
  'InstanceNormalization',
  'LpNormalization',
  'Gelu',
  'Swish',
  'SwiGLU',
  'HardSwish',
  'Mish',
  'RotaryEmbedding',
  'DepthToSpace',
  'SpaceToDepth',
  'TensorScatter',
];

/** The page with these rows, in the order of `models`; rows of other models are taken from the page as it was. */
export function nodesPage(rows: readonly Row[], before: string, models: readonly string[]): string {
  const lines = new Map<string, string>();
  for (const line of before.split('\n')) {
    const model = /^\| ([\w.-]+) \| \d/.exec(line)?.[1];
    if (model) lines.set(model, line);
  }
  for (const row of rows) lines.set(row.model, rowLine(row));
  return HEAD + models.flatMap((model) => (lines.has(model) ? [`${lines.get(model)}\n`] : [])).join('');
}

export function rowLine({ model, own, basic, extended }: Row): string {
  const cells = [
    model,
    own.opset,
    own.before,
    own.own,
    own.newest,
    sumOf(own.graph),
    basic ?? 'refused',
    extended ?? 'refused',
    recognized(own.graph),
  ];
  return `| ${cells.join(' | ')} |`;
}

function recognized(graph: OpCounts): string {
  return RECOGNIZED.flatMap((op) => (graph.has(op) ? [`${graph.get(op)} ${op}`] : [])).join(', ');
}
