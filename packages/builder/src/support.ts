// How ops are computed, told from their definitions and the kernels at hand. What a node's attributes make of it is for
// the build to tell: see `placeNodes` of @trtx/engine.

import { hostOnly, isFor, isWrittenOut, type Kernel, PORTABLE, rangesOf, standardKernels } from '@trtx/codegen';
import { type Graph, type OpDef, type OpRegistry, opName, standardOps } from '@trtx/ir';
import { findMeaning, type ImportedNode, type ModelSurvey, type Spellings } from '@trtx/onnx';
import { hostOps } from '@trtx/reference';

/**
 * `gpu`: kernels compute it. `build`: done when the engine is built, or when shapes change. `host`: a function of the host
 * computes it at each run. `plugin`: a plugin would have to define it. `none`: not supported.
 */
export type SupportKind = 'gpu' | 'build' | 'host' | 'plugin' | 'none';

export interface Support {
  readonly kind: SupportKind;
  /** The kernels, or why. */
  readonly reason: string;
}

export interface OpSupport extends Support {
  readonly op: string;
  /** '' for the default domain. */
  readonly domain: string;
  readonly version: number;
  readonly count: number;
  /** How many of them are in bodies of control flow. */
  readonly inBodies: number;
}

export interface SupportOptions {
  readonly registry?: OpRegistry;
  /** As the import takes them. */
  readonly spellings?: Spellings;
  readonly kernels?: readonly Kernel[];
  /** Ids of the ops that the host has functions for; by default those of @trtx/reference. */
  readonly onHost?: ReadonlySet<string>;
  /** The model as it was imported, where it can be: its types tell more than its ops. */
  readonly imported?: { readonly graph: Graph; readonly nodes: readonly ImportedNode[] };
}

/** What the nodes that it becomes need is seen at those that are on the host. */
const WRITTEN_OUT: Support = { kind: 'gpu', reason: 'written out in other ops' };

/** How each op of a model is computed. An op that types or sizes put on the host in part has a row for that part too. */
export function supportOf(survey: ModelSurvey, options: SupportOptions = {}): OpSupport[] {
  const { registry = standardOps, spellings, onHost = served(), imported } = options;
  const hosted = imported ? hostedNodes(imported.graph, imported.nodes) : new Map<string, HostedNodes>();
  return survey.versions.flatMap((counted): OpSupport[] => {
    const { definition, isWrittenOut, missing } = findMeaning(counted, registry, spellings);
    if (missing) return [{ ...counted, kind: counted.domain === '' ? 'none' : 'plugin', reason: missing }];
    if (!definition && !isWrittenOut) return [{ ...counted, kind: 'build', reason: 'constants' }];
    const own = definition ? supportOfOp(definition, { ...options, onHost }) : WRITTEN_OUT;
    const whole = {
      ...counted,
      ...own,
      ...(definition && isWrittenOut ? { reason: `ends in ${definition.name}` } : {}),
    };
    const part = hosted.get(opName({ domain: counted.domain, name: counted.op }));
    if (own.kind !== 'gpu' || !part) return [whole];
    const count = Math.min(part.count, counted.count);
    const host = {
      ...counted,
      count,
      inBodies: Math.min(counted.inBodies, part.inBodies),
      kind: 'host',
      reason: part.reason,
    } as const;
    if (count === counted.count) return [host];
    return [{ ...whole, count: counted.count - count, inBodies: counted.inBodies - host.inBodies }, host];
  });
}

/** How nodes of an op are computed, as far as their types do not say otherwise. */
export function supportOfOp(op: OpDef, { kernels = standardKernels, onHost = served() }: SupportOptions = {}): Support {
  const id = opName(op);
  const own = kernels.filter((kernel) => isFor(kernel, op)).map((kernel) => kernel.id);
  if (op.trait.kind === 'control')
    return { kind: 'host', reason: 'runs the bodies, whose nodes are placed one by one' };
  if (op.trait.kind === 'shape') return { kind: 'build', reason: 'shape arithmetic' };
  if (op.trait.kind === 'pointwise') return { kind: 'gpu', reason: 'generated from its expression' };
  if (op.trait.kind === 'injective') return { kind: 'gpu', reason: 'index arithmetic' };
  if (isWrittenOut(op)) return WRITTEN_OUT;
  if (own.length > 0) return { kind: 'gpu', reason: own.join(', ') };
  if (op.traitAt) return { kind: 'gpu', reason: 'in its simpler forms; else on the host' };
  if (onHost.has(id)) return { kind: 'host', reason: 'no kernel for the GPU' };
  return { kind: 'none', reason: 'no kernel' };
}

function served(): ReadonlySet<string> {
  return new Set(hostOps().keys());
}

interface HostedNodes {
  readonly count: number;
  readonly inBodies: number;
  /** Of the first of them. */
  readonly reason: string;
}

/** The source nodes of each op that types or sizes keep off the GPU. */
function hostedNodes(graph: Graph, nodes: readonly ImportedNode[]): Map<string, HostedNodes> {
  const ranges = rangesOf(graph, standardKernels);
  const ops = new Map(nodes.map(({ node, op }) => [node, op]));
  const seen = new Set<string>();
  const found = new Map<string, HostedNodes>();
  for (const each of graph.withBodies())
    for (const [{ origin }, reason] of hostOnly(each, graph, ranges, PORTABLE))
      for (const node of origin) {
        const op = ops.get(node);
        if (op === undefined || seen.has(node)) continue;
        seen.add(node);
        const { count, inBodies, ...first } = found.get(op) ?? { count: 0, inBodies: 0, reason };
        found.set(op, { count: count + 1, inBodies: inBodies + (each === graph ? 0 : 1), ...first });
      }
  return found;
}
