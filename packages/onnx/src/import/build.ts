// Building the graph: inputs, then the sorted nodes one by one, then outputs. Types are inferred as nodes are added.

import { quote, TrtxError } from '@trtx/errors';
import {
  type Constant,
  Graph,
  neverEqual,
  type OpRegistry,
  type Profile,
  printType,
  specialize,
  type TensorType,
  type Value,
} from '@trtx/ir';
import type { Spellings } from '../normalize/index.ts';
import { dtypeName, dtypeOf } from '../source/dtypes.ts';
import { modelError } from '../source/error.ts';
import type { SourceGraph } from '../source/nodes.ts';
import { readNames } from '../source/read.ts';
import type { ExternalData } from '../source/tensor.ts';
import { DimSymbols, inputType } from '../source/types.ts';
import type { NodeContext } from './context.ts';
import { addNode } from './node.ts';
import { Values } from './values.ts';

export interface BuildOptions {
  readonly registry: OpRegistry;
  readonly spellings: Spellings;
  readonly external: ExternalData;
  /** Name of the graph. */
  readonly name: string;
  /** Graph inputs that become constants. */
  readonly constants: ReadonlyMap<string, Constant>;
  readonly profile: Profile;
}

/**
 * The graph of a checked source model.
 * @throws TrtxError ONNX_MODEL, ONNX_OPSET, INPUT_CONSTANT, PROFILE, and as `Graph.addNode`
 */
export function buildGraph(source: SourceGraph, options: BuildOptions): Graph {
  const { registry, spellings, external, name, constants, profile } = options;
  const graph = new Graph(name);
  const values = new Values(graph, source.initializers, external);
  const symbols = new DimSymbols();
  for (const info of source.inputs) {
    const type = inputType(info, symbols, profile[info.name!]?.length);
    values.set(info.name!, addInput(graph, info.name!, type, constants.get(info.name!)));
  }
  specialize(graph, Object.fromEntries(Object.entries(profile).filter(([input]) => !constants.has(input))));
  addNodes(source, { graph, values, registry, spellings, external });
  for (const info of source.outputs) graph.addOutput(info.name!, values.get(info.name!));
  checkDeclared(source, values);
  return graph;
}

/** Adds the nodes of a source graph, or of one around which another one is, to a graph. */
function addNodes(source: SourceGraph, context: Omit<NodeContext, 'read' | 'addNodes'>): void {
  const inner: NodeContext = { ...context, read: readNames(source), addNodes };
  for (const node of source.nodes) addNode(node, inner);
}

function addInput(graph: Graph, tensor: string, type: TensorType, given: Constant | undefined): Value {
  if (!given) return graph.addInput(tensor, type);
  const { dtype, dims } = given;
  const fits = dims.length === type.shape.length && dims.every((dim, i) => !neverEqual(dim, type.shape[i]!));
  if (dtype !== type.dtype || !fits)
    throw new TrtxError('INPUT_CONSTANT', `${dtype}[${dims}] was given for an input of ${printType(type)}`, {
      tensor,
      hint: 'Give constants of the type that the model declares.',
    });
  return graph.addConstant(given, tensor);
}

/** Element types that the file declares must be those that were inferred. Declared dims are not trusted. */
function checkDeclared(source: SourceGraph, values: Values): void {
  for (const info of [...source.outputs, ...source.valueInfos]) {
    const elem = info.type?.tensor_type?.elem_type;
    const value = values.find(info.name ?? '');
    if (!value || !elem || dtypeOf(elem) === value.type.dtype) continue;
    throw modelError(`declared as ${dtypeName(elem)}, but it is ${value.type.dtype}`, {
      tensor: info.name,
      node: value.producer ? quote(value.producer.name) : undefined,
    });
  }
}
