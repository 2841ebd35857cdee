// Checks everything that must hold of a graph between two passes.

import { TrtxError } from '@trtx/errors';
import { DimEquality } from './equality.ts';
import type { Graph, Node, Value } from './graph.ts';
import { type Constraint, inferNode } from './infer.ts';
import { opName } from './op.ts';
import { printType, sameKind } from './tensor.ts';

/**
 * Checks that the graph, and every body in it, is in SSA form without cycles, that use lists match inputs, that names are unique, that what
 * nodes and outputs read is there, and that the recorded types are those that inference gives: element type and rank
 * exactly, dims up to the graph's constraints.
 *
 * @throws TrtxError VERIFY with the first finding's node or tensor and all findings as details, GRAPH_CYCLE
 */
export function verify(graph: Graph): void {
  const findings: Finding[] = [];
  const report = (message: string, node?: Node, value?: Value) => findings.push({ message, node, value });
  const graphs = [...graph.withBodies()].map((each): Ordered => ({ graph: each, order: each.topological() }));
  for (const { graph, order } of graphs) {
    checkNodes(graph, order, report);
    checkUses(order, report);
  }
  checkNames(graphs, report);
  if (findings.length === 0) checkTypes(graphs, report);
  if (findings.length === 0) return;
  const [first] = findings as [Finding];
  throw new TrtxError('VERIFY', first.message, {
    node: first.node && `${first.node.name} (${opName(first.node.op)})`,
    tensor: first.value?.name,
    origin: first.node?.origin.join(', '),
    details: findings.slice(1, 20).map(({ message, node, value }) => `${node?.name ?? value?.name ?? ''}: ${message}`),
  });
}

interface Finding {
  readonly message: string;
  readonly node?: Node;
  readonly value?: Value;
}

/** The graph or a body in it, with its nodes in data order. */
interface Ordered {
  readonly graph: Graph;
  readonly order: readonly Node[];
}

type Report = (message: string, node?: Node, value?: Value) => void;

/** Every value that is read is a graph input, a constant, or the output of a node of this graph. */
function checkNodes(graph: Graph, order: readonly Node[], report: Report): void {
  const inputs = new Set(graph.inputs);
  const produced = new Map<Value, Node>();
  for (const node of order)
    for (const output of node.outputs) {
      if (output.producer !== node) report('an output has another producer', node, output);
      if (produced.has(output)) report('two nodes give one value', node, output);
      produced.set(output, node);
    }
  const exists = (value: Value) => value.constant !== null || inputs.has(value) || produced.has(value);
  for (const node of order) {
    if (!graph.nodes.has(node)) report('a node that is not in the graph is read', node);
    for (const input of node.inputs)
      if (input && !exists(input)) report('an input is neither given nor computed', node, input);
  }
  for (const { value } of graph.outputs)
    if (!exists(value)) report('a graph output is neither given nor computed', undefined, value);
}

/** The use lists and the inputs tell the same. */
function checkUses(order: readonly Node[], report: Report): void {
  const values = new Set<Value>();
  for (const node of order) {
    node.inputs.forEach((input, index) => {
      if (!input) return;
      values.add(input);
      if (!input.users.get(node)?.has(index)) report(`input ${index} does not know of its use`, node, input);
    });
    for (const output of node.outputs) values.add(output);
  }
  const nodes = new Set(order);
  for (const value of values)
    for (const { node, index } of value.uses()) {
      if (node.inputs[index] !== value) report(`the use as input ${index} is stale`, node, value);
      if (!nodes.has(node)) report('a node that was removed still uses the value', node, value);
    }
}

function checkNames(graphs: readonly Ordered[], report: Report): void {
  const nodeNames = new Set<string>();
  const valueNames = new Map<string, Value>();
  const value = (v: Value, node?: Node) => {
    if ((valueNames.get(v.name) ?? v) !== v) report('two values have one name', node, v);
    valueNames.set(v.name, v);
  };
  for (const { graph, order } of graphs) {
    for (const input of graph.inputs) value(input);
    for (const node of order) {
      if (nodeNames.has(node.name)) report('two nodes have one name', node);
      nodeNames.add(node.name);
      for (const v of [...node.inputs, ...node.outputs]) if (v) value(v, node);
    }
  }
}

function checkTypes(graphs: readonly Ordered[], report: Report): void {
  const inferred = new Map<Node, ReturnType<typeof inferNode>['outputs']>();
  const constraints: Constraint[] = graphs.flatMap(({ graph }) => [...graph.constraints]);
  for (const node of graphs.flatMap(({ order }) => order)) {
    const result = inferNode(node.op, node.inputs, node.attributes, node.outputs.length, node.name, node.bodies);
    inferred.set(node, result.outputs);
    constraints.push(...result.constraints);
  }
  const equality = new DimEquality(constraints);
  for (const [node, types] of inferred)
    types.forEach((type, i) => {
      const recorded = node.outputs[i]!.type;
      if (!sameKind(type, recorded) || !equality.sameShape(type.shape, recorded.shape))
        report(`recorded as ${printType(recorded)}, inferred as ${printType(type)}`, node, node.outputs[i]);
    });
}
