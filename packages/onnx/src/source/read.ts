// A decoded model, checked and made flat: what is left to do is to give its nodes meaning.

import { TrtxError } from '@trtx/errors';
import type { GraphProto, ModelProto, ValueInfoProto } from '../wire/index.ts';
import { checkedName, modelError } from './error.ts';
import {
  flatten,
  INLINING,
  readFunctions,
  readOpsets,
  type Scope,
  type SourceGraph,
  type SourceNode,
  valueName,
} from './nodes.ts';
import { sortNodes } from './order.ts';
import type { AnyTensorProto } from './sparse.ts';

/** What a file says about itself. */
export interface ModelMetadata {
  readonly irVersion: number;
  /** Opset versions by domain; '' is the default one. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion: bigint;
  /** What the file says of the model, for people. */
  readonly doc: string;
  /** metadata_props of the file. */
  readonly properties: ReadonlyMap<string, string>;
}

/** What the model says about itself. */
export function readMetadata(model: ModelProto): ModelMetadata {
  const irVersion = Number(model.ir_version ?? 0n);
  return {
    irVersion,
    opsets: readOpsets(model.opset_import, irVersion),
    producer: model.producer_name ?? '',
    producerVersion: model.producer_version ?? '',
    domain: model.domain ?? '',
    modelVersion: model.model_version ?? 0n,
    doc: model.doc_string ?? '',
    properties: new Map(model.metadata_props.map(({ key = '', value = '' }) => [key, value])),
  };
}

/**
 * The model's main graph, checked and sorted, functions inlined.
 * @throws TrtxError ONNX_MODEL, naming node and tensor; ONNX_PARSE where graph or opset are missing
 */
export function readSource(model: ModelProto, metadata: ModelMetadata): SourceGraph {
  const graph = mainGraph(model);
  if (metadata.opsets.size === 0) throw incomplete('the file does not say which opset it is of');
  return readGraph(
    graph,
    { functions: readFunctions(model.functions), opsets: metadata.opsets, calls: [], budget: { ...INLINING } },
    0,
  );
}

/** Graphs in graphs past which a model is refused; the deepest known one has five. */
const MAX_NESTING = 50;

// What bodies in bodies recurse to is bounded.
function readGraph(graph: GraphProto, scope: Scope, depth: number): SourceGraph {
  const rename = (name: string | undefined) => valueName(name ?? '', scope);
  const initializers = readInitializers(graph, rename);
  const inputs = unique(graph.input, 'input', rename);
  const given = new Set([...inputs.keys(), ...initializers.keys()]);
  const read = flatten(graph.node, scope, (body, inner, where) => {
    if (depth === MAX_NESTING) throw modelError(`graphs in graphs more than ${MAX_NESTING} deep`, { node: where });
    return readGraph(body, inner, depth + 1);
  });
  const isAround = () => depth > 0;
  const nodes = sortNodes(read, given, isAround);
  // A body may give one value several times over.
  const outputs = depth === 0 ? [...unique(graph.output, 'output', rename).values()] : graph.output.map(named(rename));
  const values = new Set(given);
  for (const node of nodes) for (const name of node.outputs) values.add(name);
  for (const { name } of outputs)
    if (!values.has(name!) && !isAround()) throw modelError('a graph output is given nowhere', { tensor: name });
  return {
    name: graph.name ?? '',
    nodes,
    inputs: [...inputs.values()].filter(({ name }) => !initializers.has(name!)),
    outputs,
    valueInfos: graph.value_info.map(named(rename)),
    initializers,
  };
}

type Rename = (name: string | undefined) => string;

const named =
  (rename: Rename) =>
  (info: ValueInfoProto): ValueInfoProto => ({ ...info, name: rename(info.name) });

function readInitializers(graph: GraphProto, rename: Rename): Map<string, AnyTensorProto> {
  const initializers = new Map<string, AnyTensorProto>();
  const add = (given: string | undefined, tensor: AnyTensorProto) => {
    const name = rename(checkedName(given, 'an initializer'));
    if (name === '') throw modelError('an initializer without a name');
    if (initializers.has(name)) throw modelError('two initializers have one name', { tensor: name });
    initializers.set(name, tensor);
  };
  for (const tensor of graph.initializer) add(tensor.name, tensor);
  // A sparse one has the name of its values.
  for (const tensor of graph.sparse_initializer) add(tensor.values?.name, tensor);
  return initializers;
}

/** A graph and those in its nodes, outer ones first. */
export function* withBodies(source: SourceGraph): IterableIterator<SourceGraph> {
  const pending = [source];
  for (let graph = pending.pop(); graph; graph = pending.pop()) {
    yield graph;
    for (const { bodies } of graph.nodes) pending.push(...bodies.values());
  }
}

/** The nodes of a graph and of those in them. */
export function allNodes(source: SourceGraph): SourceNode[] {
  return [...withBodies(source)].flatMap(({ nodes }) => nodes);
}

/** Names of the values that a node reads, or that are graph outputs. */
export function readNames(source: SourceGraph): Set<string> {
  const read = new Set(source.outputs.map(({ name }) => name!));
  for (const { inputs, captures } of source.nodes)
    for (const name of [...inputs, ...captures]) if (name !== '') read.add(name);
  return read;
}

function mainGraph(model: ModelProto): GraphProto {
  if (!model.graph) throw incomplete('the file has no graph');
  return model.graph;
}

/** What is missing from a file that could be read: as often cut short as wrong from the start. */
function incomplete(message: string): TrtxError {
  return new TrtxError('ONNX_PARSE', message, {
    hint: 'The file is cut short or no ONNX model; fetch or export it again.',
  });
}

/** The infos by name. */
function unique(infos: readonly ValueInfoProto[], what: string, rename: Rename): Map<string, ValueInfoProto> {
  const result = new Map<string, ValueInfoProto>();
  for (const info of infos) {
    const name = rename(checkedName(info.name, `a graph ${what}`));
    if (name === '') throw modelError(`a graph ${what} without a name`);
    if (result.has(name)) throw modelError(`two graph ${what}s have one name`, { tensor: name });
    result.set(name, { ...info, name });
  }
  return result;
}
