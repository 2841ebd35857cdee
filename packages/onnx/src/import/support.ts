// Which nodes of a model we have no definition for. All are reported together: whoever exports a model wants to know the
// whole list at once.

import { quote, TrtxError } from '@trtx/errors';
import { type OpDef, type OpRegistry, opName } from '@trtx/ir';
import { currentName, NEWEST_OPSET, type Spellings, spellingOf } from '../normalize/index.ts';
import type { SourceNode } from '../source/nodes.ts';
import { isControl } from './control.ts';

/** Nodes of one op that cannot be imported. */
export interface UnsupportedOp {
  readonly op: string;
  /** '' for the default domain. */
  readonly domain: string;
  readonly version: number;
  readonly count: number;
  /** Names of the first nodes. */
  readonly nodes: readonly string[];
  readonly reason: string;
}

const LISTED = 5;

/** The ops without a definition, in order of first appearance. */
export function unsupportedOps(
  nodes: readonly SourceNode[],
  registry: OpRegistry,
  spellings?: Spellings,
): UnsupportedOp[] {
  const found = new Map<string, { -readonly [K in keyof UnsupportedOp]: UnsupportedOp[K] }>();
  for (const node of nodes) {
    const reason = whyUnsupported(node, registry, spellings);
    if (!reason) continue;
    const key = JSON.stringify([node.domain, node.op, node.version, reason]);
    const { op, domain, version } = node;
    const entry = found.get(key) ?? { op, domain, version, count: 0, nodes: [], reason };
    entry.count++;
    if (entry.nodes.length < LISTED) entry.nodes = [...entry.nodes, node.name];
    found.set(key, entry);
  }
  return [...found.values()];
}

function whyUnsupported(node: SourceNode, registry: OpRegistry, spellings?: Spellings): string | undefined {
  if (isControl(node)) return undefined;
  if (node.bodies.size > 0) return 'it holds a graph, and is no If, Loop, Scan or SequenceMap';
  return findMeaning(node, registry, spellings).missing;
}

/** What an op of a file means in the graph. */
export interface OpMeaning {
  /** The op that its nodes become, or end in where they are written out; absent for a Constant and what has no one end. */
  readonly definition?: OpDef;
  /** Its nodes are written out in several ops. */
  readonly isWrittenOut?: boolean;
  /** Why it means nothing. */
  readonly missing?: string;
}

export function findMeaning(
  { op, domain, version }: Pick<SourceNode, 'op' | 'domain' | 'version'>,
  registry: OpRegistry,
  spellings?: Spellings,
): OpMeaning {
  if (spellings?.has(opName({ domain, name: op }))) return { isWrittenOut: true };
  if (domain === '' && op === 'Constant') return {};
  if (domain === '' && version > NEWEST_OPSET) return { missing: `opset ${version} is newer than ${NEWEST_OPSET}` };
  const name = domain === '' ? currentName(op) : op;
  const definition = registry.get(name, domain);
  if (definition) return { definition, isWrittenOut: name !== op };
  return spellingOf(op, domain) ? { isWrittenOut: true } : { missing: 'it has no definition' };
}

/** One error for all of them. */
export function unsupportedError(ops: readonly UnsupportedOp[]): TrtxError {
  const total = ops.reduce((sum, { count }) => sum + count, 0);
  const names = [...new Set(ops.map(({ op }) => quote(op)))];
  return new TrtxError('UNSUPPORTED_OPS', `${total} nodes of the model cannot be imported: ${names.join(', ')}`, {
    node: ops[0]!.nodes[0],
    hint: 'Define them in a plugin, or export the model without them.',
    details: ops.map(describe),
  });
}

function describe({ op, domain, version, count, nodes, reason }: UnsupportedOp): string {
  const more = count > nodes.length ? ', …' : '';
  return `${quote(domain || 'ai.onnx')} ${quote(op)}-${version} × ${count}: ${reason} (${nodes.map(quote).join(', ')}${more})`;
}
