// From a graph to an ONNX file.

import { TrtxError } from '@trtx/errors';
import { cloneGraph, type Graph, type Node } from '@trtx/ir';
import { NEWEST_OPSET } from '../normalize/index.ts';
import type { ModelMetadata } from '../source/read.ts';
import { encodeModel, joinParts, type ModelProto } from '../wire/index.ts';
import { graphProto, OWN_DOMAIN } from './graph.ts';
import { lowerGraph } from './spell/lower.ts';
import { OLDEST_EXPORTED_OPSET, type OpsetNeed, opsetNeeds } from './versions.ts';
import type { ExternalWeights, WeightsFile } from './weights.ts';

export interface ExportOptions {
  /**
   * Opset version of the default domain, 17 or newer. By default 21, or the first that has all of the graph's ops. What the
   * chosen one lacks is spelled out in ops that it has.
   */
  readonly opset?: number;
  /** Ops that are spelled out though the opset has them, as far as they can be: see `NOT_IN_ONNX_RUNTIME`. */
  readonly avoid?: readonly string[];
  /**
   * Makes what is to be written shorter, as `shortenFile` of `@trtx/passes` does: from a copy of the graph, in which ops are
   * spelled out, one with the same inputs and outputs.
   */
  readonly shorten?: (graph: Graph) => Graph;
  readonly producer?: string;
  readonly producerVersion?: string;
  /** What else the file says about itself. */
  readonly metadata?: Partial<Pick<ModelMetadata, 'domain' | 'modelVersion' | 'doc' | 'properties'>>;
}

/** A file in parts, to be written one after another; large parts are views of the graph's constants. */
export interface ExportedFile {
  readonly parts: readonly Uint8Array[];
  readonly size: number;
}

export interface ExportedModel {
  readonly model: ExportedFile;
  /** Constants that were put in a file of their own. */
  readonly weights: ExportedFile | undefined;
  /** The graph as it was written: what the opset lacks is spelled out in it. */
  readonly written: Graph;
}

/** Chosen where all ops are in it: it has the newest form of most. */
const DEFAULT_OPSET = 21;

/** The IR version of the ONNX release that brought the opset, from the newest on. */
const IR_VERSIONS = [
  [25, 13],
  [24, 12],
  [23, 11],
  [21, 10],
  [19, 9],
  [17, 8],
] as const;

/**
 * The graph as the bytes of an ONNX file. Names of inputs and outputs are kept; dynamic dimensions become dim_param.
 * @throws TrtxError ONNX_EXPORT
 */
export function exportModel(graph: Graph, options: ExportOptions = {}): Uint8Array {
  return joinParts(exportParts(graph, options).model.parts);
}

/**
 * As `exportModel`, without a copy of the weights; with `external`, those of some size go to a file of that name, which
 * is to be written beside the model.
 * @throws TrtxError ONNX_EXPORT
 */
export function exportParts(graph: Graph, options: ExportOptions & { external?: ExternalWeights } = {}): ExportedModel {
  const opset = chooseOpset(graph, options.opset);
  const lowered = lowerGraph(graph, opset, new Set(options.avoid));
  const written = options.shorten?.(lowered === graph ? cloneGraph(graph) : lowered) ?? lowered;
  checkNeeds(opsetNeeds(nodesOf(written)), opset);
  const weights: WeightsFile | undefined = options.external && { ...options.external, parts: [], size: 0 };
  const { domain, modelVersion, doc, properties = new Map() } = options.metadata ?? {};
  const model: ModelProto = {
    ir_version: BigInt(IR_VERSIONS.find(([from]) => opset >= from)![1]),
    producer_name: options.producer ?? '@trtx/onnx',
    producer_version: options.producerVersion,
    domain: domain || undefined,
    model_version: modelVersion || undefined,
    doc_string: doc || undefined,
    graph: graphProto(written, weights),
    opset_import: [...domains(written, opset)].map(([name, version]) => ({ domain: name, version: BigInt(version) })),
    metadata_props: [...properties].map(([key, value]) => ({ key, value })),
    functions: [],
  };
  const parts = fileOf(encodeModel(model));
  return { model: parts, weights: weights && { parts: weights.parts, size: weights.size }, written };
}

function fileOf(parts: readonly Uint8Array[]): ExportedFile {
  return { parts, size: parts.reduce((sum, part) => sum + part.length, 0) };
}

function chooseOpset(graph: Graph, wanted: number | undefined): number {
  const opset = wanted ?? Math.max(DEFAULT_OPSET, ...opsetNeeds(nodesOf(graph)).map((need) => need.opset));
  if (!Number.isInteger(opset) || opset < OLDEST_EXPORTED_OPSET || opset > NEWEST_OPSET)
    throw new TrtxError('ONNX_EXPORT', `opset ${opset} cannot be written`, {
      hint: `Choose one from ${OLDEST_EXPORTED_OPSET} to ${NEWEST_OPSET}.`,
    });
  return opset;
}

/** What is left after spelling out has to be in the opset. */
function checkNeeds(needs: readonly OpsetNeed[], opset: number): void {
  const lacking = needs.filter((need) => need.opset > opset);
  if (lacking.length === 0) return;
  throw new TrtxError(
    'ONNX_EXPORT',
    `opset ${opset} has no ${[...new Set(lacking.map(({ what }) => what))].join(', ')}`,
    {
      node: lacking[0]!.node,
      hint: `Choose opset ${Math.max(...lacking.map((need) => need.opset))} or newer.`,
    },
  );
}

/** Opset versions by domain; other domains than the default one have the newest version that a node is of. */
function domains(graph: Graph, opset: number): Map<string, number> {
  const versions = new Map([['', opset]]);
  for (const { op } of nodesOf(graph))
    if (op.domain !== '' && op.domain !== OWN_DOMAIN)
      versions.set(op.domain, Math.max(op.since, versions.get(op.domain) ?? 1));
  return versions;
}

/** Those in bodies included. */
function nodesOf(graph: Graph): Node[] {
  return [...graph.withBodies()].flatMap(({ nodes }) => [...nodes]);
}
