// Placement: which nodes the host computes at run time, and why. A node is on the GPU unless a reason speaks against it.

import { TrtxError } from '@trtx/errors';
import {
  bounds,
  type Graph,
  isComplex,
  isContainer,
  type Node,
  opName,
  product,
  type Sym,
  symbolsOf,
  type Value,
} from '@trtx/ir';
import type { Ranges } from '../range/ranges.ts';
import { firstWide, storageOf } from '../storage.ts';
import type { Target } from '../target.ts';

/** The nodes that the host computes at run time, each with the reason. */
export type Hosted = ReadonlyMap<Node, string>;

export const CONTROL = 'control flow: the host runs the bodies, whose nodes are placed one by one';

export const NO_KERNEL = 'no kernel for this op with these types and attributes';

/**
 * The nodes that no kernel can serve: they touch a type that the GPU has no form for or an integer that 32 bits do not
 * hold, only their data tell a size, or what has such a size may be larger than the GPU can bind.
 * @param graph the root, or a body in it
 * @param ranges of the root
 */
export function hostOnly(graph: Graph, root: Graph, ranges: Ranges, { limits }: Target): Map<Node, string> {
  const hosted = new Map<Node, string>();
  const ofInputs = inputSymbols(root);
  const told = new Map([...ofInputs, ...inputSymbols(graph)]);
  const tellers = tellersOf(root);
  for (const node of graph.topological()) {
    if (isKnown(node)) continue;
    const large = (value: Value) => mayExceed(value, limits.maxStorageBufferBindingSize, ofInputs);
    const reason =
      (tells(node) ? TELLS : undefined) ??
      controlReason(node) ??
      typeReason(node) ??
      wideReason(node, ranges) ??
      sizeReason(node, told) ??
      largeReason(node, large, tellers);
    for (const { type, contents } of node.outputs)
      for (const dim of [...type.shape, ...(contents?.values ?? [])]) symbolsOf(dim, told);
    if (reason !== undefined) hosted.set(node, reason);
  }
  return hosted;
}

export const OUTGROWS = '32 bits may not hold what it computes in 64';

export const TELLS = 'its elements are sizes of what is computed next';

/** True where shape inference knows all that a node gives. */
function isKnown(node: Node): boolean {
  return node.outputs.every((value) => value.contents !== undefined) && !tells(node);
}

/** True where the elements that a node gives are symbols that only its run tells. */
export function tells({ op, inputs }: Node): boolean {
  return op.tells === true && inputs.some((value) => value !== null && !value.contents);
}

/** The symbols that are known when a graph begins to run. */
function inputSymbols(graph: Graph): Map<string, Sym> {
  const found = new Map<string, Sym>();
  for (const { type, contents } of graph.inputs)
    for (const dim of [...type.shape, ...(contents?.values ?? [])]) symbolsOf(dim, found);
  return found;
}

function controlReason(node: Node): string | undefined {
  return node.bodies.length > 0 ? CONTROL : undefined;
}

function typeReason(node: Node): string | undefined {
  const values = [...node.inputs, ...node.outputs].filter((value): value is Value => value !== null);
  const odd = values.find((value) => !value.contents && !storageOf(value.type.dtype));
  if (!odd) return undefined;
  const { dtype } = odd.type;
  const what = isContainer(dtype)
    ? `${dtype}s`
    : dtype === 'string'
      ? 'texts'
      : isComplex(dtype)
        ? 'complex numbers'
        : dtype;
  return `the GPU has no ${what}, which ${odd.name} is`;
}

/** Why a node has an integer that 32 bits do not hold: it reads one, or may compute one and not find out. */
function wideReason(node: Node, ranges: Ranges): string | undefined {
  const value = ranges.unfit(node);
  if (!value) return ranges.outgrows(node) && !ranges.isChecked(node) ? OUTGROWS : undefined;
  const at = firstWide(value);
  if (at !== undefined) return `32 bits do not hold element ${at} of ${value.name}`;
  const what = value.producer ? `what ${value.name} is computed from` : `the elements of ${value.name}`;
  return `32 bits may not hold ${what}`;
}

function sizeReason(node: Node, told: ReadonlyMap<string, unknown>): string | undefined {
  for (const { name, type } of node.outputs)
    for (const dim of type.shape)
      for (const symbol of symbolsOf(dim).keys())
        if (!told.has(symbol)) return `only the elements of its inputs tell the size of ${name}`;
  return undefined;
}

function largeReason(
  node: Node,
  isLarge: (value: Value) => boolean,
  tellers: ReadonlyMap<string, string>,
): string | undefined {
  const large = [...node.inputs, ...node.outputs].find((value) => value && !value.contents && isLarge(value));
  if (!large) return undefined;
  const symbols = large.type.shape.flatMap((dim) => [...symbolsOf(dim).keys()]);
  const teller = symbols.map((symbol) => tellers.get(symbol)).find((name) => name !== undefined);
  const remedy = teller === undefined ? '' : `: give the ranges of ${teller} (--value-ranges)`;
  return `${large.name}, whose size only the run tells, may be larger than the GPU can bind${remedy}`;
}

/** The tensors whose elements are sizes, by the symbols that stand for these. */
function tellersOf(root: Graph): Map<string, string> {
  const found = new Map<string, string>();
  for (const { nodes } of root.withBodies())
    for (const node of nodes)
      if (tells(node))
        for (const dim of node.output.contents?.values ?? [])
          for (const symbol of symbolsOf(dim).keys()) found.set(symbol, node.inputs[0]!.name);
  return found;
}

/** True for a value whose size the inputs' shapes do not tell, if its largest size passes the limit. */
function mayExceed({ type }: Value, bytes: number, ofInputs: ReadonlyMap<string, unknown>): boolean {
  const isTold = type.shape.some((dim) => [...symbolsOf(dim).keys()].some((symbol) => !ofInputs.has(symbol)));
  return isTold && 4 * bounds(product(type.shape)).max > bytes;
}

/** Everything that the host would have to compute, in one error. */
export function refused(graph: Graph, hosted: Hosted): TrtxError {
  const inputs = graph.inputs
    .filter(({ type }) => !storageOf(type.dtype))
    .map(({ name, type }) => ({ node: name, reason: `the input is ${type.dtype}` }));
  const nodes = [...hosted].map(([node, reason]) => ({ node: `${node.name} (${opName(node.op)})`, reason }));
  const all = [...inputs, ...nodes];
  const telling = graph.inputs.find((input) => [...input.users.keys()].some((node) => hosted.has(node) && tells(node)));
  const known = telling ? `Give what tells sizes to the build, as by --constant ${telling.name}=VALUE. ` : '';
  return new TrtxError('UNSUPPORTED_NODES', `${all.length} node(s) cannot be computed on the GPU`, {
    node: all[0]!.node,
    details: all.map(({ node, reason }) => `${node}: ${reason}`),
    hint: `${known}Let the host compute them, by leaving out --no-host, or write a plugin with a kernel for them.`,
  });
}
