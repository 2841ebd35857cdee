// Graphs said otherwise, so that what ONNX Runtime computes from two files of them can be compared.

import { constantFrom, Graph, isFloat, type Node, numbersOf, type Value } from '@trtx/ir';
import { extract } from '@trtx/passes';

/** Ops that a rounding makes choose something else. */
const CHOICES = ['TopK', 'NonMaxSuppression'];

/** The graph up to its first choices: its outputs are the floats that all behind these is computed from. */
export function beforeChoices(graph: Graph): Graph {
  const behind = new Set<Node>();
  const ends = new Set<Value>();
  for (const node of graph.topological()) {
    const follows = node.inputs.some((input) => input?.producer && behind.has(input.producer));
    if (follows || CHOICES.includes(node.op.name)) behind.add(node);
  }
  for (const node of behind)
    for (const input of node.inputs)
      if (input?.producer && isFloat(input.type.dtype) && !behind.has(input.producer)) ends.add(input);
  return extract(graph, { outputs: [...ends].map(({ name }) => name) });
}

/** A graph in float16 with the same numbers in float32. */
export function asFloat32(graph: Graph): Graph {
  const wide = new Graph(graph.name);
  const values = new Map<Value, Value>();
  for (const input of graph.inputs)
    values.set(input, wide.addInput(input.name, { ...input.type, dtype: widened(input.type.dtype) }));
  for (const value of graph.constants()) {
    const { constant, name } = value as { constant: NonNullable<Value['constant']>; name: string };
    const isHalf = constant.dtype === 'float16';
    values.set(
      value,
      wide.addConstant(isHalf ? constantFrom('float32', constant.dims, numbersOf(constant)) : constant, name),
    );
  }
  for (const node of graph.topological()) {
    const attributes = new Map(
      [...node.attributes].map(([name, value]) => [name, typeof value === 'string' ? widened(value) : value]),
    );
    const twin = wide.addNode(
      node.op,
      node.inputs.map((input) => input && values.get(input)!),
      attributes,
      { name: node.name, outputs: node.outputs.map((output) => output.name), origin: node.origin },
    );
    node.outputs.forEach((output, i) => {
      values.set(output, twin.outputs[i]!);
    });
  }
  for (const { name, value } of graph.outputs) wide.addOutput(name, values.get(value)!);
  return wide;
}

function widened<T extends string>(type: T): T {
  return (type === 'float16' ? 'float32' : type) as T;
}
