// The text form of a graph. `parseGraph` reads it back; passes are tested on it.
//
//     graph net
//       symbol H/32: 1..30
//       input x: float32[1,3,32*H/32,64]
//       constant w = float32[8,3,2,2] #6b1f0d53c9a2e417
//       y: float32[1,8,16*H/32,32] = Conv(x, w) { strides: [2, 2] } as conv_1 from "model/conv_1"
//       z = Add(y, float32[] [1])
//       output z
//
// A node's bodies follow it, each with its name: `then_branch { input a: float32[2] … output b }`. What is known of the
// elements of a body's input stands behind it: `input i: int64[] = [loop.iteration]`.
//
// A value's type and what follows a node's attributes may be left out. `-` is an optional input that is absent. Small
// constants are written out (`[1, 2]`, `splat 0`; a number in hexadecimal is the bits of a 16-bit float), large ones by their hash.

import { type Codec, codecOf } from './codec.ts';
import { hashConstant } from './constant-hash.ts';
import { type Dim, printRange, Sym } from './dim.ts';
import { symbolsOf } from './dim-visit.ts';
import { bitWidth } from './dtype.ts';
import type { Graph, Node, Value } from './graph.ts';
import { type AttributeValue, opName } from './op.ts';
import { type Constant, elementCount, elementsOf, printType } from './tensor.ts';

export interface TextOptions {
  /** Constants of up to so many elements are written out; 16 by default. */
  readonly inline?: number;
}

/** The graph as text that `parseGraph` reads; with it, the large constants by hash. */
export function printGraph(graph: Graph, options: TextOptions = {}): string {
  const lines = [`graph ${printName(graph.name)}`, ...symbolLines(graph), ...graphLines(graph, options.inline ?? 16)];
  return `${lines.join('\n  ')}\n`;
}

function graphLines(graph: Graph, inline: number): string[] {
  const lines: string[] = [];
  for (const { name, type, contents } of graph.inputs) {
    const known = contents ? ` = [${contents.values.join(', ')}]` : '';
    lines.push(`input ${printName(name)}: ${printType(type)}${known}`);
  }
  for (const value of graph.constants())
    lines.push(`constant ${printName(value.name)} = ${printConstant(value.constant!, inline)}`);
  for (const node of graph.topological()) {
    const results = node.outputs.map((output) => `${printName(output.name)}: ${printType(output.type)}`);
    const operands = node.inputs.map((input) => (input ? printName(input.name) : '-'));
    const from =
      node.origin.length === 1 && node.origin[0] === node.name
        ? ''
        : ` from ${node.origin.map(printString).join(', ')}`;
    lines.push(`${results.join(', ')} = ${printCall(node, operands, inline)} as ${printName(node.name)}${from}`);
    lines.push(...bodyLines(node, (body) => graphLines(body, inline)));
  }
  for (const { name, value } of graph.outputs)
    lines.push(`output ${printName(name)}${name === value.name ? '' : ` = ${printName(value.name)}`}`);
  return lines;
}

function bodyLines({ op, bodies }: Node, linesOf: (body: Graph) => readonly string[]): string[] {
  return bodies.flatMap((body, i) => [`${op.bodies![i]} {`, ...linesOf(body).map((line) => `  ${line}`), '}']);
}

/** The graph's large constants by hash, as `parseGraph` takes them. */
export function constantTable(graph: Graph): Map<string, Constant> {
  const all = [...graph.withBodies()].flatMap((each) => each.constants());
  return new Map(all.map(({ constant }) => [hashConstant(constant!), constant!]));
}

/**
 * True where two graphs are the same but for the names of nodes and inner values, for node origins, and for the order of
 * nodes that do not depend on one another. Unused nodes count.
 */
export function structurallyEqual(a: Graph, b: Graph): boolean {
  return canonicalText(a) === canonicalText(b);
}

/** A text that is the same for graphs that are structurally equal, to be shown where two are not. */
export function canonicalText(graph: Graph): string {
  return [...symbolLines(graph), ...canonicalLines(graph, ({ name }) => printName(name))].join('\n');
}

function canonicalLines(graph: Graph, portName: (port: { readonly name: string }, i: number) => string): string[] {
  const names = new Map<Value, string>();
  const lines: string[] = [];
  graph.inputs.forEach((input, i) => {
    names.set(input, portName(input, i));
    lines.push(`input ${portName(input, i)}: ${printType(input.type)}`);
  });
  for (const node of fromOutputs(graph)) {
    const operands = node.inputs.map((input) => (input ? nameOf(input) : '-'));
    for (const output of node.outputs) names.set(output, `%${names.size - graph.inputs.length}`);
    lines.push(`${node.outputs.map(nameOf).join(', ')} = ${printCall(node, operands, 64)}`);
    // The inputs and outputs of a body are told apart by their places.
    lines.push(...bodyLines(node, (body) => canonicalLines(body, (_, i) => `$${i}`)));
  }
  graph.outputs.forEach((output, i) => {
    lines.push(`output ${portName(output, i)} = ${nameOf(output.value)}`);
  });
  return lines;

  function nameOf(value: Value): string {
    return value.constant ? printConstant(value.constant, 64) : names.get(value)!;
  }
}

/** `float32[2] [1, 2]`, `int64[8] splat 0`, `float32[64,3,7,7] #…` */
export function printConstant(constant: Constant, inline = 16): string {
  const type = `${constant.dtype}[${constant.dims.join(',')}]`;
  const count = elementCount(constant.dims);
  if (count === 0) return `${type} []`;
  if (constant.dtype !== 'string') {
    const elements = elementsOf(constant);
    if (count > 1 && isSplat(elements)) return `${type} splat ${printElement(constant, elements[0]!)}`;
    if (count <= inline)
      return `${type} [${Array.from(elements as ArrayLike<number | bigint>, (e) => printElement(constant, e)).join(', ')}]`;
  } else if (count <= inline) return `${type} [${constant.strings!.map(printString).join(', ')}]`;
  return `${type} #${hashConstant(constant)}`;
}

/** A name as it is, in quotes where it would not be read as one. */
export function printName(name: string): string {
  const bare = /^\/?\w[\w./]*$/.test(name) && !KEYWORDS.has(name);
  return bare ? name : printString(name);
}

/** Words that begin a statement, or a part of one. */
const KEYWORDS: ReadonlySet<string> = new Set([
  'graph',
  'symbol',
  'input',
  'constant',
  'output',
  'as',
  'from',
  'splat',
]);

function printString(text: string): string {
  return JSON.stringify(text);
}

/** The bounds of symbols, where they are not the ordinary ones. Those of bodies are inferred. */
function symbolLines(graph: Graph): string[] {
  const symbols = new Map<string, Sym>();
  for (const input of graph.inputs) for (const dim of input.type.shape) symbolsOf(dim as Dim, symbols);
  const plain = new Sym('');
  return [...symbols.values()]
    .filter(({ min, max, opt }) => min !== plain.min || max !== plain.max || opt !== undefined)
    .map((symbol) => `symbol ${symbol.key}: ${printRange(symbol)}`);
}

/** `Conv(x, w) { strides: [2, 2] }`; operands as texts. @param inline as `TextOptions.inline` */
export function printCall(node: Node, operands: readonly string[], inline = 16): string {
  const attributes = [...node.attributes].sort(([a], [b]) => (a < b ? -1 : 1));
  const list = attributes.map(([name, value]) => `${name}: ${printAttribute(value, inline)}`);
  return `${opName(node.op)}(${operands.join(', ')})${list.length > 0 ? ` { ${list.join(', ')} }` : ''}`;
}

function printAttribute(value: AttributeValue, inline: number): string {
  if (typeof value === 'number') return printNumber(value);
  if (typeof value === 'string') return printString(value);
  if ('dtype' in value) return printConstant(value, inline);
  return `[${value.map((item) => printAttribute(item, inline)).join(', ')}]`;
}

function isSplat(elements: ArrayLike<number | bigint>): boolean {
  for (let i = 1; i < elements.length; i++) if (!Object.is(elements[i], elements[0])) return false;
  return true;
}

function printElement({ dtype }: Constant, element: number | bigint): string {
  if (typeof element === 'bigint') return String(element);
  const codec = codecOf(dtype);
  if (codec) return printCode(codec, element, bitWidth(dtype));
  if (dtype !== 'float32') return printNumber(element);
  // The shortest decimal that rounds to the same float32.
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(element.toPrecision(digits));
    if (Object.is(Math.fround(short), element)) return printNumber(short);
  }
  return printNumber(element);
}

/** As a number where it reads back to the same bits, as NaNs with a payload do not. */
function printCode({ decode, encode }: Codec, code: number, width: number): string {
  const value = decode(code);
  for (let digits = 2; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (encode(short) === code) return printNumber(short);
  }
  return `0x${code.toString(16).padStart(width / 4, '0')}`;
}

function printNumber(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (Number.isNaN(value)) return 'nan';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
}

/** Nodes in data order, found from the outputs on; then those that no output depends on. */
function fromOutputs(graph: Graph): Node[] {
  const order: Node[] = [];
  const state = new Map<Node, number>();
  const unused = [...graph.nodes].filter((node) => node.outputs.every((output) => graph.isUnused(output)));
  for (const root of [...graph.outputs.map(({ value }) => value.producer), ...unused]) {
    const stack = root && !state.has(root) ? [root] : [];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      const next = state.get(node) ?? 0;
      state.set(node, next + 1);
      if (next >= node.inputs.length) {
        stack.pop();
        if (next === node.inputs.length) order.push(node);
        continue;
      }
      const producer = node.inputs[next]?.producer;
      if (producer && !state.has(producer)) stack.push(producer);
    }
  }
  return order;
}
