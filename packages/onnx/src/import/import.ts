// From the bytes of an ONNX file to a graph.

import { TrtxError } from '@trtx/errors';
import {
  type Constant,
  type Graph,
  limitTold,
  type OpRegistry,
  type Profile,
  standardOps,
  type ValueRanges,
  verify,
} from '@trtx/ir';
import type { Spellings } from '../normalize/index.ts';
import { loadExternal, type ResolveExternal } from '../source/external.ts';
import { allNodes, type ModelMetadata, readMetadata, readSource } from '../source/read.ts';
import { checkSparse, externalTensors } from '../source/tensors.ts';
import { decodeModel } from '../wire/index.ts';
import { buildGraph } from './build.ts';
import { type ImportedNode, namedNodes } from './named.ts';
import { unsupportedError, unsupportedOps } from './support.ts';

export interface ImportOptions {
  /** The ops that the model may use; those of plugins are added with `standardOps.with(…)`. */
  registry?: OpRegistry;
  /** How nodes of ops that plugins map are written in ops of the registry. They go before all else that the ops mean. */
  spellings?: Spellings;
  /** Opens files of external data. Without it, a model with external data is refused. */
  resolveExternal?: ResolveExternal;
  /** Values for graph inputs, which become constants: a flag or an axis that never changes. */
  constants?: ReadonlyMap<string, Constant>;
  /**
   * Sizes or ranges of dynamic input dimensions, as `specialize` takes them. Given here, they also stand in for shapes that
   * the file does not declare, of tensors and of what is in sequences; and branches that they decide need not fit otherwise.
   */
  profile?: Profile;
  /**
   * Ranges of the elements of integers that steer shapes and that only the run tells, by the name of the tensor: what has such
   * sizes may be too large for the GPU without.
   */
  valueRanges?: ValueRanges;
  /** Name of the graph; the file's by default. */
  name?: string;
}

export interface ImportedModel {
  readonly graph: Graph;
  readonly model: ModelMetadata;
  /** The nodes of the file, functions inlined and those of bodies behind the others: what the graph's `origin`s name. */
  readonly nodes: readonly ImportedNode[];
}

/**
 * Imports an ONNX model. The graph has the newest semantics whatever opset the file is of; functions are inlined;
 * initializers that are graph inputs too are constants. Constants are views of `bytes` and of what `resolveExternal`
 * read, so `bytes` must not change while the graph is in use.
 *
 * @throws TrtxError ONNX_PARSE (damaged file), ONNX_MODEL (not valid), ONNX_OPSET (an old form that has no new one),
 *   UNSUPPORTED_OPS (all of them together), ONNX_EXTERNAL, INPUT_CONSTANT, and as `Graph.addNode`,
 *   `limitTold` and `verify`
 */
export async function importModel(bytes: Uint8Array, options: ImportOptions = {}): Promise<ImportedModel> {
  const { registry = standardOps, spellings = new Map() } = options;
  const decoded = decodeModel(bytes);
  const model = readMetadata(decoded);
  const source = readSource(decoded, model);
  const unsupported = unsupportedOps(allNodes(source), registry, spellings);
  if (unsupported.length > 0) throw unsupportedError(unsupported);
  checkSparse(source);
  const external = await loadExternal(externalTensors(source), options.resolveExternal);
  const constants = options.constants ?? new Map<string, Constant>();
  for (const input of constants.keys())
    if (!source.inputs.some((info) => info.name === input))
      throw new TrtxError('INPUT_CONSTANT', 'a value was given for an input that the model has not', { tensor: input });
  const graph = buildGraph(source, {
    registry,
    spellings,
    external,
    constants,
    profile: options.profile ?? {},
    name: options.name ?? (source.name || 'model'),
  });
  if (options.valueRanges) limitTold(graph, options.valueRanges);
  verify(graph);
  return { graph, model, nodes: namedNodes(source) };
}
