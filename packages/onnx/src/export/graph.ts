// The messages of a graph: its nodes in data order, constants as initializers.

import { TrtxError } from '@trtx/errors';
import type { Graph, Node, Value } from '@trtx/ir';
import type { GraphProto, NodeProto } from '../wire/index.ts';
import { attributeProto, tensorAttribute } from './attributes.ts';
import { tensorProto, valueInfo } from './tensor.ts';
import type { WeightsFile } from './weights.ts';

/**
 * The messages of a graph. Names of inputs and outputs are kept; where they collide, inner values get others.
 * @param weights where constants of some size go; undefined keeps them in the model
 */
export function graphProto(graph: Graph, weights?: WeightsFile): GraphProto {
  const names = new ExportNames(graph);
  const constants = graph.constants();
  const given = new Set(graph.outputs.map(({ value }) => value));
  const nodes = constants.filter((value) => given.has(value)).map((value) => constantNode(value, names.of(value)));
  for (const node of graph.topological()) nodes.push(nodeProto(node, names));
  for (const { name, value } of graph.outputs)
    if (names.of(value) !== name)
      nodes.push({
        op_type: 'Identity',
        input: [names.of(value)],
        output: [name],
        name: `output ${name}`,
        attribute: [],
      });
  const initializer = constants
    .filter((value) => !given.has(value))
    .map((value) => tensorProto(value.constant!, names.of(value), weights));
  return {
    node: nodes,
    name: graph.name,
    initializer,
    input: graph.inputs.map((value) => valueInfo(value.name, value.type)),
    output: graph.outputs.map(({ name, value }) => valueInfo(name, value.type)),
    value_info: [],
    sparse_initializer: [],
  };
}

/**
 * Names of values in the file. What a node gives as a graph output has the output's name. A constant that is a graph
 * output is a Constant node, and an input goes through an Identity: engines differ on whether such may be outputs.
 */
class ExportNames {
  readonly #names = new Map<Value, string>();
  readonly #taken = new Set<string>();

  constructor(graph: Graph) {
    for (const input of graph.inputs) this.#set(input, input.name);
    for (const { name, value } of graph.outputs) {
      if (this.#taken.has(name) && !this.#names.has(value))
        throw new TrtxError('ONNX_EXPORT', 'an input and another value that is an output have one name', {
          tensor: name,
          hint: 'Rename one of them.',
        });
      this.#taken.add(name);
    }
    for (const { name, value } of graph.outputs) if (!this.#names.has(value)) this.#set(value, name);
  }

  of(value: Value): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    let name = value.name;
    for (let i = 1; name === '' || this.#taken.has(name); i++) name = `${value.name}_${i}`;
    this.#set(value, name);
    return name;
  }

  #set(value: Value, name: string): void {
    this.#names.set(value, name);
    this.#taken.add(name);
  }
}

function constantNode(value: Value, name: string): NodeProto {
  return {
    op_type: 'Constant',
    name,
    input: [],
    output: [name],
    attribute: [tensorAttribute('value', value.constant!)],
  };
}

function nodeProto(node: Node, names: ExportNames): NodeProto {
  const input = node.inputs.map((value) => (value ? names.of(value) : ''));
  while (input.at(-1) === '') input.pop();
  return {
    op_type: node.op.name,
    domain: node.op.domain,
    name: node.name,
    input,
    output: node.outputs.map((value) => names.of(value)),
    attribute: [...node.attributes].map(([name, value]) => attributeProto(node, name, value)),
  };
}
