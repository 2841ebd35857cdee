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
import { firstWide, isNarrowed, storageOf } from '../storage.ts';
import type { Target } from '../target.ts';
import { outgrows } from './outgrow.ts';

/** The nodes that the host computes at run time, each with the reason. */
export type Hosted = ReadonlyMap<Node, string>;

export const CONTROL = 'control flow: the host runs the bodies, whose nodes are placed one by one';

export const NO_KERNEL = 'no kernel for this op with these types and attributes';

/**
 * The nodes that no kernel can serve: they touch a type that the GPU has no form for or an integer that 32 bits do not
 * hold, only their data tell a size, or what has such a size may be larger than the GPU can bind.
 * @param graph the root, or a body in it
 */
export function hostOnly(graph: Graph, root: Graph, { limits }: Target): Map<Node, string> {
  const hosted = new Map<Node, string>();
  const ofInputs = inputSymbols(root);
  const told = new Map([...ofInputs, ...inputSymbols(graph)]);
  const wide = new Map<Value, string>();
  for (const node of graph.topological()) {
    if (isKnown(node)) continue;
    const large = (value: Value) => mayExceed(value, limits.maxStorageBufferBindingSize, ofInputs);
    const reason =
      (tells(node) ? TELLS : undefined) ??
      controlReason(node) ??
      typeReason(node) ??
      wideReason(node, wide) ??
      sizeReason(node, told) ??
      largeReason(node, large);
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

/**
 * Why a node has an integer that 32 bits do not hold: it reads one that is known at build, or the result of such a node, or
 * may compute one from what 32 bits hold. What steers shapes is read by the build alone.
 */
function wideReason(node: Node, wide: Map<Value, string>): string | undefined {
  const reasons = node.inputs.flatMap((value, i) => {
    if (!value || node.op.inputs[Math.min(i, node.op.inputs.length - 1)]!.steersShape) return [];
    const at = firstWide(value);
    return at === undefined ? (wide.get(value) ?? []) : [`32 bits do not hold element ${at} of ${value.name}`];
  });
  const reason = reasons[0] ?? (outgrows(node) ? OUTGROWS : undefined);
  if (reason === undefined) return undefined;
  for (const value of node.outputs)
    if (isNarrowed(value.type.dtype)) wide.set(value, `32 bits may not hold what ${value.name} is computed from`);
  return reason;
}

function sizeReason(node: Node, told: ReadonlyMap<string, unknown>): string | undefined {
  for (const { name, type } of node.outputs)
    for (const dim of type.shape)
      for (const symbol of symbolsOf(dim).keys())
        if (!told.has(symbol)) return `only the elements of its inputs tell the size of ${name}`;
  return undefined;
}

function largeReason(node: Node, isLarge: (value: Value) => boolean): string | undefined {
  const large = [...node.inputs, ...node.outputs].find((value) => value && !value.contents && isLarge(value));
  return large ? `${large.name}, whose size only the run tells, may be larger than the GPU can bind` : undefined;
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
  return new TrtxError('UNSUPPORTED_NODES', `${all.length} node(s) cannot be computed on the GPU`, {
    node: all[0]!.node,
    details: all.map(({ node, reason }) => `${node}: ${reason}`),
    hint: 'Let the host compute them, by leaving out --no-host, or write a plugin with a kernel for them.',
  });
}
