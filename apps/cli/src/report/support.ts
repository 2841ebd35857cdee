// What of a model is supported, as data and for people.

import type { OpSupport, SupportKind } from '@trtx/builder';
import { quote, type TrtxError } from '@trtx/errors';
import { errorData } from '../failure.ts';
import { table } from '../text.ts';

export interface SupportData {
  /** The model can be imported, and every op of it computed. */
  readonly supported: boolean;
  /** Nodes of each kind. */
  readonly nodes: Readonly<Record<SupportKind, number>>;
  readonly ops: readonly OpSupport[];
  /** Why the model cannot be imported, beside ops that are not supported. */
  readonly error?: ReturnType<typeof errorData>;
}

export function supportData(ops: readonly OpSupport[], error: TrtxError | undefined): SupportData {
  const nodes = { gpu: 0, build: 0, host: 0, plugin: 0, none: 0 };
  for (const { kind, count } of ops) nodes[kind] += count;
  const named = ops.map((op) => ({ ...op, domain: op.domain || 'ai.onnx' }));
  // That ops are missing is told by the list.
  const other = error && error.code !== 'UNSUPPORTED_OPS' ? errorData(error, false) : undefined;
  const supported = error === undefined && nodes.plugin + nodes.none === 0;
  return { supported, nodes, ops: named.sort(byKind), ...(other ? { error: other } : {}) };
}

const KINDS: Readonly<Record<SupportKind, string>> = {
  none: 'not supported',
  plugin: 'needs a plugin',
  host: 'host',
  build: 'build',
  gpu: 'GPU',
};
const ORDER = Object.keys(KINDS) as SupportKind[];

/** What is missing first, then by count. */
function byKind(a: OpSupport, b: OpSupport): number {
  return ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.count - a.count || (a.op < b.op ? -1 : 1);
}

/** A line for each op, and a sum. */
export function supportLines({ supported, nodes, ops, error }: SupportData): string[] {
  const rows = ops.map(({ kind, op, domain, version, count, inBodies, reason }) => [
    KINDS[kind],
    `${quote(op)} × ${count}`,
    `${quote(domain)} ${version}`,
    `${quote(reason)}${inBodies > 0 ? ` (${inBodies} in bodies of control flow)` : ''}`,
  ]);
  const counts = ORDER.filter((kind) => nodes[kind] > 0).map((kind) => `${nodes[kind]} ${SUMS[kind]}`);
  return [
    ...table(rows, '  '),
    ...(error ? [`it cannot be imported: ${quote(`${error.code}: ${error.message}`)}`] : []),
    `${supported ? 'supported' : 'not supported'}: ${counts.join(', ') || 'no nodes'}`,
  ];
}

const SUMS: Readonly<Record<SupportKind, string>> = {
  none: 'nodes that nothing computes',
  plugin: 'that need a plugin',
  host: 'on the host at each run',
  build: 'done at build',
  gpu: 'on the GPU',
};
