// Placement: which nodes the host computes at run time, and why. A node is on the GPU unless a reason speaks against it.

import { TrtxError } from '@trtx/errors';
import { type Graph, isComplex, type Node, opName, symbolsOf, type Value } from '@trtx/ir';
import { storageOf } from '../storage.ts';

/** The nodes that the host computes at run time, each with the reason. */
export type Hosted = ReadonlyMap<Node, string>;

export const NO_KERNEL = 'no kernel for this op with these types and attributes';

/** The nodes that no kernel can serve: they touch a type that the GPU has no form for, or only their data tell a size. */
export function hostOnly(graph: Graph): Map<Node, string> {
  const hosted = new Map<Node, string>();
  const told = new Map(graph.inputs.flatMap(({ type }) => type.shape.flatMap((dim) => [...symbolsOf(dim)])));
  for (const node of graph.topological()) {
    if (isKnown(node)) continue;
    const reason = typeReason(node) ?? sizeReason(node, told);
    for (const { type } of node.outputs) for (const dim of type.shape) symbolsOf(dim, told);
    if (reason !== undefined) hosted.set(node, reason);
  }
  return hosted;
}

/** True where shape inference knows all that a node gives. */
export function isKnown(node: Node): boolean {
  return node.outputs.every((value) => value.contents !== undefined);
}

function typeReason(node: Node): string | undefined {
  const values = [...node.inputs, ...node.outputs].filter((value): value is Value => value !== null);
  const odd = values.find((value) => !value.contents && !storageOf(value.type.dtype));
  if (!odd) return undefined;
  const { dtype } = odd.type;
  const what = dtype === 'string' ? 'texts' : isComplex(dtype) ? 'complex numbers' : dtype;
  return `the GPU has no ${what}, which ${odd.name} is`;
}

function sizeReason(node: Node, told: ReadonlyMap<string, unknown>): string | undefined {
  for (const { name, type } of node.outputs)
    for (const dim of type.shape)
      for (const symbol of symbolsOf(dim).keys())
        if (!told.has(symbol)) return `only the elements of its inputs tell the size of ${name}`;
  return undefined;
}

/** Everything that the host would have to compute, in one error. */
export function refused(graph: Graph, hosted: Hosted): TrtxError {
  const inputs = graph.inputs
    .filter(({ type }) => !storageOf(type.dtype))
    .map(({ name, type }) => ({ node: name, reason: `the input is ${type.dtype}` }));
  const nodes = [...hosted].map(([node, reason]) => ({ node: `${node.name} (${opName(node.op)})`, reason }));
  const all = [...inputs, ...nodes];
  return new TrtxError('UNSUPPORTED_NODES', `${all.length} node(s) cannot be computed on the GPU`, {
    node: all[0]!.node,
    details: all.map(({ node, reason }) => `${node}: ${reason}`),
    hint: 'Let the host compute them, by leaving out --no-host, or write a plugin with a kernel for them.',
  });
}
