// From a graph of @trtx/ir to what is drawn of it: a snapshot, which stays as it is when passes change the graph.

import {
  type AttributeValue,
  type Constant,
  elementCount,
  type Graph,
  type Node,
  opName,
  printConstant,
  printType,
  type Trait,
  traitOf,
  type Value,
} from '@trtx/ir';
import type { Drawing, DrawnNode, DrawnValue, NodeRef, Picture } from './drawing.ts';

/** Kinds of nodes by their trait, in the order of their colours. */
const CATEGORIES: Readonly<Record<Trait['kind'] | 'end', string>> = {
  end: 'Input, output',
  contraction: 'Contraction',
  reduction: 'Reduction',
  pointwise: 'Pointwise',
  injective: 'Data movement',
  shape: 'Shape arithmetic',
  control: 'Control flow',
  opaque: 'Other',
};
const KINDS = Object.keys(CATEGORIES);

/** Constants and lists of up to so many elements are written out. */
const MAX_ELEMENTS = 8;
const MAX_TEXT = 120;

/** A picture of the graph as it is now, and of all bodies in it. It has types, attributes and origins, but no weights. */
export function drawGraph(graph: Graph): Picture {
  const drawings: Drawing[] = [];
  const pending: { graph: Graph; owner?: NodeRef; label: string }[] = [{ graph, label: graph.name }];
  for (let at = 0; at < pending.length; at++) {
    const { graph: each, owner, label } = pending[at]!;
    drawings.push(
      drawOne(each, label, owner, (body, node, name) =>
        pending.push({ graph: body, owner: { drawing: at, node }, label: name }),
      ),
    );
  }
  return { categories: Object.values(CATEGORIES), drawings };
}

/** @param addBody takes a graph in a node, to be drawn later; how many there are then */
function drawOne(
  graph: Graph,
  name: string,
  owner: NodeRef | undefined,
  addBody: (body: Graph, node: number, name: string) => number,
): Drawing {
  const nodes: DrawnNode[] = [];
  const values: DrawnValue[] = [];
  const places = new Map<Value, number>();
  const place = (value: Value) => {
    const known = places.get(value);
    if (known !== undefined) return known;
    places.set(value, values.length);
    return values.push(drawValue(value, null)) - 1;
  };
  const give = (value: Value) => {
    places.set(value, values.length);
    return values.push(drawValue(value, nodes.length)) - 1;
  };
  for (const input of graph.inputs) nodes.push({ ...endNode(input.name, 'Input'), inputs: [], outputs: [give(input)] });
  for (const node of graph.topological()) {
    const bodies = node.bodies.map(
      (body, i) => addBody(body, nodes.length, `${node.name} / ${node.op.bodies![i]}`) - 1,
    );
    nodes.push({
      name: node.name,
      title: opName(node.op),
      category: KINDS.indexOf(traitOf(node.op, node.view()).kind),
      attributes: [...node.attributes].map(([key, value]) => [key, attributeText(value)]),
      inputs: node.inputs.map((input, i) => [operandName(node, i), input && place(input)]),
      outputs: node.outputs.map(give),
      origin: node.origin,
      ...(bodies.length > 0 ? { bodies } : {}),
    });
  }
  for (const output of graph.outputs)
    nodes.push({ ...endNode(output.name, 'Output'), inputs: [['', place(output.value)]], outputs: [] });
  return { name, nodes, values, ...(owner ? { owner } : {}) };
}

function endNode(name: string, title: string) {
  return { name, title, category: KINDS.indexOf('end'), end: true, attributes: [], origin: [] };
}

function drawValue({ name, type, constant }: Value, from: number | null): DrawnValue {
  const small = constant && elementCount(constant.dims) <= MAX_ELEMENTS;
  return { name, type: printType(type), from, ...(small ? { contents: elementsText(constant) } : {}) };
}

function operandName({ op: { inputs } }: Node, index: number): string {
  const operand = inputs[Math.min(index, inputs.length - 1)];
  if (!operand) return String(index);
  return operand.variadic ? `${operand.name} ${index - inputs.length + 1}` : operand.name;
}

function attributeText(value: AttributeValue): string {
  if (typeof value !== 'object') return clipped(String(value));
  if ('dtype' in value)
    return elementCount(value.dims) <= MAX_ELEMENTS ? clipped(printConstant(value)) : printType(typeOf(value));
  return clipped(`[${value.join(', ')}]`);
}

/** What stands behind the type. */
function elementsText(constant: Constant): string {
  return clipped(printConstant(constant, MAX_ELEMENTS).slice(printType(typeOf(constant)).length + 1));
}

function typeOf({ dtype, dims }: Constant) {
  return { dtype, shape: dims };
}

function clipped(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}
