// Building the graph: sorted nodes, one by one, each normalized to the newest semantics and its types inferred at once.

import { isTrtxError, quote, TrtxError } from '@trtx/errors';
import {
  type AttributeValue,
  type Constant,
  constantFrom,
  Graph,
  neverEqual,
  type OpRegistry,
  printType,
  toBfloat16,
  toFloat16,
  type Value,
} from '@trtx/ir';
import { currentName, type Emitter, type LegacyNode, normalize } from '../normalize/index.ts';
import { readAttributes } from '../source/attributes.ts';
import { constantOfNode, graphAttribute } from '../source/constants.ts';
import { dtypeName, dtypeOf } from '../source/dtypes.ts';
import { modelError } from '../source/error.ts';
import type { SourceNode } from '../source/nodes.ts';
import type { Source } from '../source/read.ts';
import { type ExternalData, readTensor } from '../source/tensor.ts';
import { DimSymbols, inputType } from '../source/types.ts';
import type { ValueInfoProto } from '../wire/index.ts';

export interface BuildOptions {
  readonly registry: OpRegistry;
  readonly external: ExternalData;
  /** Name of the graph. */
  readonly name: string;
  /** Graph inputs that become constants. */
  readonly constants: ReadonlyMap<string, Constant>;
}

/**
 * The graph of a checked source model.
 * @throws TrtxError ONNX_MODEL, and as `Graph.addNode`
 */
export function buildGraph(source: Source, { registry, external, name, constants }: BuildOptions): Graph {
  const graph = new Graph(name);
  const values = new Values(graph, source, external);
  const symbols = new DimSymbols();
  for (const info of source.inputs) values.set(info.name!, addInput(graph, info, symbols, constants.get(info.name!)));
  const reads = countReads(source);
  for (const node of source.nodes) {
    try {
      addNode(graph, node, values, registry, external, reads);
    } catch (error) {
      throw located(error, node);
    }
  }
  for (const info of source.outputs) graph.addOutput(info.name!, values.get(info.name!, 'the graph output'));
  checkDeclared(source, values);
  return graph;
}

function addInput(graph: Graph, info: ValueInfoProto, symbols: DimSymbols, given: Constant | undefined): Value {
  const name = info.name!;
  const type = inputType(info, symbols);
  if (!given) return graph.addInput(name, type);
  const fits = given.dims.length === type.shape.length && given.dims.every((d, i) => !neverEqual(d, type.shape[i]!));
  if (given.dtype !== type.dtype || !fits)
    throw new TrtxError(
      'INPUT_CONSTANT',
      `${given.dtype}[${given.dims}] was given for an input of ${printType(type)}`,
      {
        tensor: name,
        hint: 'Give constants of the type that the model declares.',
      },
    );
  return graph.addConstant(given, name);
}

/** Values by their names in the file. Initializers become constants when they are first read. */
class Values {
  readonly #values = new Map<string, Value>();

  constructor(
    readonly graph: Graph,
    readonly source: Source,
    readonly external: ExternalData,
  ) {}

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  get(name: string, reader: string): Value {
    const value = this.find(name) ?? this.#initializer(name);
    if (!value) throw modelError(`${reader} is given nowhere`, { tensor: name });
    return value;
  }

  find(name: string): Value | undefined {
    return this.#values.get(name);
  }

  #initializer(name: string): Value | undefined {
    const tensor = this.source.initializers.get(name);
    if (!tensor) return undefined;
    const value = this.graph.addConstant(readTensor(tensor, this.external), name);
    this.set(name, value);
    return value;
  }
}

function addNode(
  graph: Graph,
  source: SourceNode,
  values: Values,
  registry: OpRegistry,
  external: ExternalData,
  reads: ReadonlyMap<string, number>,
): void {
  if (source.op === 'Constant' && source.domain === '') {
    const [name = ''] = source.outputs;
    if (name !== '') values.set(name, graph.addConstant(constantOfNode(source, external), name));
    return;
  }
  const emit = emitter(graph, source, registry);
  const node: LegacyNode = {
    op: source.op,
    version: source.version,
    inputs: source.inputs.map((name) => (name === '' ? null : values.get(name, `input of ${source.name}`))),
    attributes: readAttributes(source.attributes, source.name, external),
    outputCount: outputCount(source, registry, reads),
  };
  while (node.inputs.at(-1) === null) node.inputs.pop();
  if (source.domain === '') {
    normalize(node, emit);
    for (const [key, value] of node.attributes) node.attributes.set(key, graphAttribute(node.op, key, value));
    while (node.inputs.at(-1) === null) node.inputs.pop();
  }
  const op = registry.get(node.op, source.domain);
  if (!op) throw emit.fail(`there is no definition of ${node.op}`);
  const added = graph.addNode(op, node.inputs, new Map(node.attributes), {
    name: source.name,
    outputs: node.behind ? node.outputCount : source.outputs.slice(0, node.outputCount),
    origin: [source.name],
  });
  const outputs = node.behind?.(added.outputs) ?? added.outputs;
  outputs.forEach((value, i) => {
    const name = source.outputs[i] ?? '';
    if (name === '') return;
    if (value.name !== name) graph.rename(value, name);
    values.set(name, value);
  });
}

/** The error with the node and its first output, where it names none. */
function located(error: unknown, { name, op, outputs }: SourceNode): unknown {
  if (!isTrtxError(error) || (error.place.tensor !== undefined && error.place.node !== undefined)) return error;
  const { code, place, hint, details, cause } = error;
  const [head = ''] = error.message.slice(code.length + 2).split('\n');
  const where = Math.max(head.lastIndexOf(' (node '), head.lastIndexOf(' (tensor '));
  return new TrtxError(code, where < 0 ? head : head.slice(0, where), {
    ...place,
    node: place.node ?? `${name} (${op})`,
    tensor: place.tensor ?? outputs[0],
    hint,
    details,
    cause,
  });
}

/** Outputs up to the last that is read. Those of a variadic op count, since their number means something. */
function outputCount(node: SourceNode, registry: OpRegistry, reads: ReadonlyMap<string, number>): number {
  const op = registry.get(currentName(node.op), node.domain);
  let count = node.outputs.length;
  if (op?.outputs.at(-1)?.variadic) return count;
  while (count > 1 && !reads.get(node.outputs[count - 1]!)) count--;
  return count;
}

/** How often each value is read, by nodes and as graph output. */
function countReads(source: Source): Map<string, number> {
  const reads = new Map<string, number>();
  const read = (name: string) => reads.set(name, (reads.get(name) ?? 0) + 1);
  for (const node of source.nodes) for (const name of node.inputs) if (name !== '') read(name);
  for (const { name } of source.outputs) read(name!);
  return reads;
}

function emitter(graph: Graph, source: SourceNode, registry: OpRegistry): Emitter {
  return {
    node(name, inputs, attributes: Readonly<Record<string, AttributeValue>> = {}) {
      const op = registry.get(name);
      if (!op) throw this.fail(`an older form of ${source.op} needs ${name}, which the registry lacks`);
      return graph.addNode(op, inputs, attributes, { name: `${source.name}/${name}`, origin: [source.name] }).output;
    },
    constant: (dtype, dims, values) => graph.addConstant(constantFrom(dtype, dims, values), `${source.name}/constant`),
    scalar(dtype, value) {
      const bits = dtype === 'float16' ? toFloat16(value) : dtype === 'bfloat16' ? toBfloat16(value) : value;
      return this.constant(dtype, [], [bits]);
    },
    fail: (message, hint) =>
      new TrtxError('ONNX_OPSET', message, {
        node: `${source.name} (${source.op}-${source.version})`,
        tensor: source.outputs[0],
        hint: hint ?? 'Convert the model to a newer opset (onnx.version_converter) and import that.',
      }),
  };
}

/** Element types that the file declares must be those that were inferred. Declared dims are not trusted. */
function checkDeclared(source: Source, values: Values): void {
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
