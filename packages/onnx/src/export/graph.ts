// The messages of a graph: its nodes in data order, constants as initializers.

import { TrtxError } from '@trtx/errors';
import { type Graph, type Node, traitOf, type Value } from '@trtx/ir';
import type { GraphProto, NodeProto } from '../wire/index.ts';
import { attributeProto, graphAttribute, tensorAttribute } from './attributes.ts';
import { tensorProto, valueInfo } from './tensor.ts';
import type { WeightsFile } from './weights.ts';

/**
 * The messages of a graph. Names of inputs and outputs are kept; where they collide, inner values get others.
 * @param weights where constants of some size go; undefined keeps them in the model
 */
export function graphProto(graph: Graph, weights?: WeightsFile): GraphProto {
  return writeGraph(graph, new ExportNames(graph), graph.inputs, weights);
}

/** @param inputs the graph's own, without those that stand for values around it */
function writeGraph(
  graph: Graph,
  names: ExportNames,
  inputs: readonly Value[],
  weights: WeightsFile | undefined,
): GraphProto {
  const constants = graph.constants();
  const given = new Set(graph.outputs.map(({ value }) => value));
  const nodes = constants.filter((value) => given.has(value)).map((value) => constantNode(value, names.of(value)));
  for (const node of graph.topological()) if (!isLeftOut(node, given)) nodes.push(nodeProto(node, names, weights));
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
    input: inputs.map((value) => valueInfo(names.of(value), value.type)),
    output: graph.outputs.map(({ name, value }) => valueInfo(name, value.type)),
    value_info: [],
    sparse_initializer: [],
  };
}

/**
 * Names of values in the file, unique over all graphs in it. What a node gives as a graph output has the output's name. A
 * constant that is a graph output is a Constant node, and an input goes through an Identity: engines differ on whether such
 * may be outputs.
 */
class ExportNames {
  readonly #names = new Map<Value, string>();
  readonly #taken: Set<string>;

  /** @param around the names of the graph that has this one as a body, if one has */
  constructor(graph: Graph, around?: { readonly names: ExportNames; readonly captured: readonly (Value | null)[] }) {
    this.#taken = around ? around.names.#taken : new Set();
    const own = graph.inputs.length - (around?.captured.length ?? 0);
    graph.inputs.forEach((input, i) => {
      if (i < own) this.#set(input, input.name);
      else this.#names.set(input, around!.names.of(around!.captured[i - own]!));
    });
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
    const { producer } = value;
    if (producer?.op.domain === OWN_DOMAIN) return this.of(producer.inputs[0]!);
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

/** Ops of this domain are their first input in the file: what they make of it concerns engines alone. */
export const OWN_DOMAIN = 'trtx';

/** True for nodes of our own domain, and for what only such nodes read. */
function isLeftOut(node: Node, given: ReadonlySet<Value>): boolean {
  if (node.outputs.some((value) => given.has(value))) return false;
  if (node.op.domain === OWN_DOMAIN) return true;
  const readers = node.outputs.flatMap((value) => [...value.users.keys()]);
  return readers.length > 0 && readers.every(({ op }) => op.domain === OWN_DOMAIN) && node.op.trait.kind === 'shape';
}

function nodeProto(node: Node, names: ExportNames, weights: WeightsFile | undefined): NodeProto {
  if (node.op.domain === OWN_DOMAIN)
    return {
      op_type: 'Identity',
      name: node.name,
      input: [names.of(node.inputs[0]!)],
      output: [names.of(node.output)],
      attribute: [],
    };
  const trait = traitOf(node.op, node.view());
  const captured = trait.kind === 'control' ? trait.captured(node.view()) : 0;
  const first = node.inputs.length - captured;
  const input = node.inputs.slice(0, first).map((value) => (value ? names.of(value) : ''));
  while (input.at(-1) === '') input.pop();
  const attributes = [...node.attributes].filter(([name]) => !node.op.attributes[name]?.internal);
  const bodies = node.bodies.map((body, i) => {
    const inner = new ExportNames(body, { names, captured: node.inputs.slice(first) });
    const own = body.inputs.slice(0, body.inputs.length - captured);
    return graphAttribute(node.op.bodies![i]!, writeGraph(body, inner, own, weights));
  });
  return {
    op_type: node.op.name,
    domain: node.op.domain,
    name: node.name,
    input,
    output: node.outputs.map((value) => names.of(value)),
    attribute: [...attributes.map(([name, value]) => attributeProto(node, name, value)), ...bodies],
  };
}
