// Copies of graphs and of parts of them, which share nothing but constants' data and types.

import { Graph, type Node, type Value } from './graph.ts';

/** A copy with the same names, types and constraints, to be changed without changing the graph. */
export function cloneGraph(graph: Graph): Graph {
  return copyInto(graph, new Graph(graph.name));
}

/**
 * Puts a body's nodes into the graph, in place of the node that runs it: with names and origins as they are, as far as
 * names are free.
 * @param inputs values of the graph that stand for the body's inputs
 * @returns the values that stand for its outputs
 */
export function inlineBody(graph: Graph, body: Graph, inputs: readonly Value[]): Value[] {
  const values = new Map<Value, Value>();
  body.inputs.forEach((input, i) => {
    values.set(input, inputs[i]!);
  });
  copyNodes(body, graph, values);
  return body.outputs.map(({ value }) => values.get(value)!);
}

/** Fills an empty graph with a copy of another one. */
function copyInto(graph: Graph, copy: Graph): Graph {
  const values = new Map<Value, Value>();
  for (const input of graph.inputs)
    values.set(input, copy.addInput(input.name, { ...input.type, contents: input.contents }));
  copyNodes(graph, copy, values);
  for (const { name, value } of graph.outputs) copy.addOutput(name, values.get(value)!);
  for (const constraint of graph.constraints) copy.addConstraint(constraint);
  return copy;
}

function copyNodes(from: Graph, to: Graph, values: Map<Value, Value>): void {
  for (const constant of from.constants()) values.set(constant, to.addConstant(constant.constant!, constant.name));
  for (const node of from.topological()) {
    const twin = copyNode(node, to, values);
    node.outputs.forEach((output, i) => {
      values.set(output, twin.outputs[i]!);
    });
  }
}

// Bodies in bodies are copied as deep as they go; the importer bounds how deep that is.
function copyNode(node: Node, to: Graph, values: ReadonlyMap<Value, Value>): Node {
  return to.addNode(
    node.op,
    node.inputs.map((input) => input && values.get(input)!),
    node.attributes,
    {
      name: node.name,
      outputs: node.outputs.map((output) => output.name),
      origin: node.origin,
      bodies: node.bodies.map((body) => copyInto(body, to.body(body.name))),
    },
  );
}
