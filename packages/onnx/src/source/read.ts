// A decoded model, checked and made flat: what is left to do is to give its nodes meaning.

import { TrtxError } from '@trtx/errors';
import type { GraphProto, ModelProto, TensorProto, ValueInfoProto } from '../wire/index.ts';
import { attributeField } from './attributes.ts';
import { checkedName, modelError } from './error.ts';
import { flatten, readOpsets, type SourceNode } from './nodes.ts';
import { sortNodes } from './order.ts';
import { isExternal } from './tensor.ts';

/** What a file says about itself. */
export interface ModelMetadata {
  readonly irVersion: number;
  /** Opset versions by domain; '' is the default one. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion: bigint;
  /** metadata_props of the file. */
  readonly properties: ReadonlyMap<string, string>;
}

export interface Source {
  readonly name: string;
  /** In data order. */
  readonly nodes: readonly SourceNode[];
  /** Graph inputs that the caller gives: those that are initializers too have their value already. */
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly valueInfos: readonly ValueInfoProto[];
  readonly initializers: ReadonlyMap<string, TensorProto>;
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
    properties: new Map(model.metadata_props.map(({ key = '', value = '' }) => [key, value])),
  };
}

/**
 * The model's main graph, checked and sorted, functions inlined.
 * @throws TrtxError ONNX_MODEL, naming node and tensor; ONNX_PARSE where graph or opset are missing
 */
export function readSource(model: ModelProto, metadata: ModelMetadata): Source {
  const graph = mainGraph(model);
  if (metadata.opsets.size === 0) throw incomplete('the file does not say which opset it is of');
  const initializers = new Map<string, TensorProto>();
  for (const tensor of graph.initializer) {
    const name = checkedName(tensor.name, 'an initializer');
    if (name === '') throw modelError('an initializer without a name');
    if (initializers.has(name)) throw modelError('two initializers have one name', { tensor: name });
    initializers.set(name, tensor);
  }
  if (graph.sparse_initializer.length > 0)
    throw modelError('a sparse initializer', {
      tensor: graph.sparse_initializer[0]!.values?.name ?? 'sparse_initializer[0]',
      hint: 'Sparse tensors are not supported; export the model with dense ones.',
    });
  const declared = unique(graph.input, 'input');
  const given = new Set([...declared.keys(), ...initializers.keys()]);
  const nodes = sortNodes(flatten(model, metadata.opsets, metadata.irVersion), given);
  const outputs = unique(graph.output, 'output');
  const values = new Set(given);
  for (const node of nodes) for (const name of node.outputs) values.add(name);
  for (const name of outputs.keys())
    if (!values.has(name)) throw modelError('a graph output is given nowhere', { tensor: name });
  return {
    name: graph.name ?? '',
    nodes,
    inputs: graph.input.filter(({ name }) => !initializers.has(name!)),
    outputs: graph.output,
    valueInfos: graph.value_info,
    initializers,
  };
}

/** Names of the values that a node reads, or that are graph outputs. */
export function readNames(source: Source): Set<string> {
  const read = new Set(source.outputs.map(({ name }) => name!));
  for (const node of source.nodes) for (const name of node.inputs) if (name !== '') read.add(name);
  return read;
}

/** The tensors that nodes or outputs read and that are in files of their own, with their names. */
export function externalTensors(source: Source): Map<TensorProto, string> {
  const found = new Map<TensorProto, string>();
  const read = readNames(source);
  for (const [name, tensor] of source.initializers) if (read.has(name) && isExternal(tensor)) found.set(tensor, name);
  for (const node of source.nodes)
    for (const attribute of node.attributes)
      if (attributeField(attribute) === 't' && attribute.t && isExternal(attribute.t))
        found.set(attribute.t, node.outputs[0] || `${node.name}.${attribute.name}`);
  return found;
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
function unique(infos: readonly ValueInfoProto[], what: string): Map<string, ValueInfoProto> {
  const result = new Map<string, ValueInfoProto>();
  for (const info of infos) {
    const name = checkedName(info.name, `a graph ${what}`);
    if (name === '') throw modelError(`a graph ${what} without a name`);
    if (result.has(name)) throw modelError(`two graph ${what}s have one name`, { tensor: name });
    result.set(name, info);
  }
  return result;
}
