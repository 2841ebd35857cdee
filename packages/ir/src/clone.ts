// A copy of a graph that shares nothing but constants' data and types.

import { Graph, type Value } from './graph.ts';

/** A copy with the same names, types and constraints, to be changed without changing the graph. */
export function cloneGraph(graph: Graph): Graph {
  const copy = new Graph(graph.name);
  const values = new Map<Value, Value>();
  for (const input of graph.inputs) values.set(input, copy.addInput(input.name, input.type));
  for (const constant of graph.constants()) values.set(constant, copy.addConstant(constant.constant!, constant.name));
  for (const node of graph.topological()) {
    const twin = copy.addNode(
      node.op,
      node.inputs.map((input) => input && values.get(input)!),
      node.attributes,
      { name: node.name, outputs: node.outputs.map((output) => output.name), origin: node.origin },
    );
    node.outputs.forEach((output, i) => {
      values.set(output, twin.outputs[i]!);
    });
  }
  for (const { name, value } of graph.outputs) copy.addOutput(name, values.get(value)!);
  for (const constraint of graph.constraints) copy.addConstraint(constraint);
  return copy;
}
