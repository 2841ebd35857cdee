// Graphs that nodes hold, made bodies of nodes of the graph: what they read of the graph around them becomes an input of
// the node and of each of its bodies; constants come along.

import type { Graph, Inferred, Value } from '@trtx/ir';
import { modelError } from '../source/error.ts';
import type { SourceGraph, SourceNode } from '../source/nodes.ts';
import type { NodeContext } from './context.ts';
import { Values } from './values.ts';

/** A value of the graph around a body that the body reads. */
export interface Capture {
  /** What the body calls it; undefined where only the importer reads it. */
  readonly name?: string;
  readonly value: Value;
}

/** A body on its way, with what stands for the names in it. */
export interface OpenBody {
  readonly graph: Graph;
  readonly context: NodeContext;
  /** The captured values, as the body has them. */
  readonly captured: readonly Value[];
}

/** What a node's bodies read of the graph around it. @throws TrtxError ONNX_MODEL where there is no such value */
export function capturesOf(source: SourceNode, { values }: NodeContext): Capture[] {
  return source.captures.map((name) => ({ name, value: values.get(name) }));
}

/** Those that become inputs of the node: constants do not. */
export function inputsOf(captures: readonly Capture[]): Value[] {
  return captures.map(({ value }) => value).filter((value) => value.constant === null);
}

/**
 * Begins a body of a node that is to be added to the context's graph. Its own inputs come first, then the captures'.
 * @param inputs names and types of the inputs that the body's op gives it
 */
export function openBody(
  name: string,
  body: SourceGraph,
  inputs: readonly { readonly name: string; readonly type: Inferred }[],
  captures: readonly Capture[],
  context: NodeContext,
): OpenBody & { readonly inputs: readonly Value[] } {
  const graph = context.graph.body(name);
  const values = new Values(graph, body.initializers, context.external);
  const own = inputs.map((input) => graph.addInput(input.name, input.type));
  const captured = captures.map((capture) => {
    const { constant, type, contents } = capture.value;
    const inside = constant
      ? graph.addConstant(constant, capture.value.name)
      : graph.addInput(graph.freeName(capture.value.name), { ...type, contents });
    if (capture.name !== undefined) values.set(capture.name, inside);
    return inside;
  });
  return { graph, context: { ...context, graph, values }, captured, inputs: own };
}

/** Adds the nodes of the source to the body, and gives the values that are its outputs. */
export function fillBody(source: SourceGraph, { context }: OpenBody): Value[] {
  context.addNodes(source, context);
  return source.outputs.map(({ name }) => context.values.get(name!));
}

/** The graph of an attribute. @throws TrtxError ONNX_MODEL where the node has none, or it takes another number of inputs */
export function bodyOf(source: SourceNode, attribute: string, inputs: number): SourceGraph {
  const body = source.bodies.get(attribute);
  if (!body) throw modelError(`attribute ${attribute} is missing`, { node: source.name });
  if (body.inputs.length !== inputs)
    throw modelError(`${attribute} has ${body.inputs.length} inputs where ${inputs} belong`, { node: source.name });
  return body;
}

/** Ends a body. Its outputs are told apart by their places. */
export function closeBody({ graph }: OpenBody, outputs: readonly Value[]): Graph {
  outputs.forEach((value, i) => {
    graph.addOutput(graph.outputs.some(({ name }) => name === value.name) ? `${value.name}#${i}` : value.name, value);
  });
  return graph;
}
