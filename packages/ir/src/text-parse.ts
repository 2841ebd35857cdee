// Reads the text form of graphs (text.ts) back.

import { quote, TrtxError } from '@trtx/errors';
import { codecOf } from './codec.ts';
import { add, type Dim, dimOf, floorDiv, maxDim, minDim, mul, Sym, sameShape } from './dim.ts';
import { arrayType, DTYPES, type DType, isContainer, lanesOf } from './dtype.ts';
import { Graph, type Value } from './graph.ts';
import type { AttributeValue, OpRegistry } from './op.ts';
import {
  type Constant,
  constantOf,
  type ElementType,
  elementCount,
  printType,
  sameKind,
  type TensorType,
} from './tensor.ts';

export interface ParseOptions {
  /** The constants that the text names by hash. */
  readonly constants?: ReadonlyMap<string, Constant>;
}

/**
 * The graph of a text. Types of node outputs are inferred, and compared with those in the text.
 * @throws TrtxError TEXT with the line, and as `inferNode`
 */
export function parseGraph(text: string, ops: OpRegistry, options: ParseOptions = {}): Graph {
  return new Parser(text, ops, options.constants ?? new Map()).graph();
}

interface Result {
  readonly name: string;
  readonly type: TensorType | undefined;
}

class Parser {
  #at = 0;
  readonly #symbols = new Map<string, Sym>();
  /** Values by name: of the graph that is being read, and of those around it. */
  #values = new Map<string, Value>();

  constructor(
    readonly text: string,
    readonly ops: OpRegistry,
    readonly constants: ReadonlyMap<string, Constant>,
  ) {}

  graph(): Graph {
    const graph = new Graph(this.#accept(/graph\s/y) ? this.#name() : 'graph');
    while (!this.#atEnd()) this.#statement(graph);
    return graph;
  }

  #statement(graph: Graph): void {
    if (this.#accept(/symbol\s/y)) this.#symbol();
    else if (this.#accept(/input\s/y)) this.#input(graph);
    else if (this.#accept(/constant\s/y)) {
      const name = this.#name();
      this.#expect('=');
      this.#define(name, graph.addConstant(this.#constant(), name));
    } else if (this.#accept(/output\s/y)) {
      const name = this.#name();
      graph.addOutput(name, this.#value(this.#accept(/=/y) ? this.#name() : name));
    } else this.#node(graph);
  }

  /** A body sees none of the values around it but through its inputs. */
  #body(graph: Graph, name: string): Graph {
    this.#take(new RegExp(`${name}\\s*\\{`, 'y'), `the body ${name}`);
    const outside = this.#values;
    this.#values = new Map();
    const body = graph.body(name);
    while (!this.#accept(/\}/y)) {
      if (this.#atEnd()) throw this.#fail('} is wanted');
      this.#statement(body);
    }
    this.#values = outside;
    return body;
  }

  #symbol(): void {
    const name = this.#name();
    this.#expect(':');
    const min = this.#integer();
    this.#expect('..');
    const next = this.#integer();
    const [opt, max] = this.#accept(/\.\./y) ? [next, this.#integer()] : [undefined, next];
    this.#symbols.set(name, new Sym(name, min, max, undefined, opt));
  }

  #input(graph: Graph): void {
    const name = this.#name();
    this.#expect(':');
    const type = this.#type();
    const values = this.#accept(/=\s*\[/y)
      ? this.#accept(/\]/y)
        ? []
        : this.#closed(']', () => this.#sum())
      : undefined;
    const contents = values && { dims: type.shape as number[], values };
    this.#define(name, graph.addInput(name, { ...type, contents }));
  }

  #node(graph: Graph): void {
    const results = this.#list(
      (): Result => ({ name: this.#name(), type: this.#accept(/:/y) ? this.#type() : undefined }),
    );
    this.#expect('=');
    const opName = this.#take(/[\w.]+(?:::\w+)?/y, 'an op');
    const cut = opName.lastIndexOf('::');
    const op = cut < 0 ? this.ops.get(opName) : this.ops.get(opName.slice(cut + 2), opName.slice(0, cut));
    if (!op) throw this.#fail(`no op ${quote(opName)} is registered`);
    this.#expect('(');
    const inputs = this.#accept(/\)/y) ? [] : this.#closed(')', () => this.#operand(graph));
    const attributes = new Map(this.#accept(/\{/y) ? this.#closed('}', () => this.#attribute()) : []);
    const name = this.#accept(/as\s/y) ? this.#name() : undefined;
    const origin = this.#accept(/from\s/y) ? this.#list(() => this.#name()) : undefined;
    const bodies = op.bodies?.map((body) => this.#body(graph, body));
    const outputs = results.map((r) => r.name);
    const node = graph.addNode(op, inputs, attributes, { name, origin, outputs, bodies });
    results.forEach(({ name, type }, i) => {
      const inferred = node.outputs[i]!.type;
      if (type && !(sameKind(type, inferred) && sameShape(type.shape, inferred.shape)))
        throw this.#fail(`${quote(name)} is ${printType(inferred)}, not ${printType(type)}`);
      this.#define(name, node.outputs[i]!);
    });
  }

  #operand(graph: Graph): Value | null {
    if (this.#accept(/-(?=\s*[,)])/y)) return null;
    if (this.#looksLikeType()) return graph.addConstant(this.#constant());
    return this.#value(this.#name());
  }

  #attribute(): [string, AttributeValue] {
    const name = this.#name();
    this.#expect(':');
    return [name, this.#attributeValue()];
  }

  #attributeValue(): AttributeValue {
    if (this.#accept(/\[/y))
      return this.#accept(/\]/y) ? [] : (this.#closed(']', () => this.#attributeValue()) as readonly number[]);
    if (this.#peek(/"/y)) return this.#name();
    return this.#looksLikeType() ? this.#constant() : this.#number();
  }

  #type(): TensorType {
    const dtype = this.#dtype();
    if (isContainer(dtype)) {
      this.#expect('(');
      return { dtype, shape: [], element: this.#until(')', this.#element()) };
    }
    this.#expect('[');
    return { dtype, shape: this.#accept(/\]/y) ? [] : this.#closed(']', () => this.#sum()) };
  }

  #dtype(): DType {
    const dtype = this.#take(/\w+/y, 'an element type') as DType;
    if (!DTYPES.includes(dtype)) throw this.#fail(`no element type ${quote(dtype)}`);
    return dtype;
  }

  #element(): ElementType {
    if (this.#peek(/(sequence|optional)\(/y)) return this.#type();
    const dtype = this.#dtype();
    if (!this.#accept(/\[/y)) return { dtype };
    if (this.#accept(/\.\.\./y)) return this.#until(']', { dtype, shape: null });
    const dim = () => (this.#accept(/\?/y) ? null : this.#sum());
    return { dtype, shape: this.#accept(/\]/y) ? [] : this.#closed(']', dim) };
  }

  #looksLikeType(): boolean {
    const match = this.#peek(/(\w+)\[/y);
    return match !== undefined && DTYPES.includes(match[1] as DType);
  }

  #constant(): Constant {
    const { dtype, shape } = this.#type();
    const dims = shape.map((dim) => {
      if (typeof dim === 'number' && dim >= 0) return dim;
      throw this.#fail(`a constant of shape [${shape}]`);
    });
    if (this.#accept(/#/y)) {
      const hash = this.#take(/[0-9a-f]+/y, 'a hash');
      const constant = this.constants.get(hash);
      if (!constant) throw this.#fail(`the constant #${hash} is not given`);
      return constant;
    }
    const count = elementCount(dims);
    const splat = this.#accept(/splat\b/y);
    const list = splat ? undefined : this.#elements(dtype);
    const length = count * lanesOf(dtype);
    if (list && list.length !== length) throw this.#fail(`${list.length} elements for ${printType({ dtype, shape })}`);
    if (dtype === 'string') return { dtype, dims, strings: list!, read: () => new Uint8Array() };
    const data = new (arrayType(dtype))(length);
    const big = data instanceof BigInt64Array || data instanceof BigUint64Array;
    const put = (element: string) => (big ? BigInt(element) : toElement(dtype, element)) as never;
    if (splat) data.fill(put(this.#numeral()));
    list?.forEach((element, i) => {
      data[i] = put(element);
    });
    return constantOf(dtype, dims, data);
  }

  #elements(dtype: DType): string[] {
    const one = () => (dtype === 'string' ? this.#name() : this.#numeral());
    if (!this.#accept(/\[/y)) return [one()];
    return this.#accept(/\]/y) ? [] : this.#closed(']', one);
  }

  #numeral(): string {
    return this.#take(NUMBER, 'a number');
  }

  #sum(): Dim {
    let sum: Dim = this.#accept(/-/y) ? mul(this.#product(), -1) : this.#product();
    for (;;) {
      if (this.#accept(/\+/y)) sum = add(sum, this.#product());
      else if (this.#accept(/-/y)) sum = add(sum, mul(this.#product(), -1));
      else return sum;
    }
  }

  #product(): Dim {
    let product = this.#factor();
    while (this.#accept(/\*/y)) product = mul(product, this.#factor());
    return product;
  }

  #factor(): Dim {
    if (this.#peek(/\d/y)) return this.#integer();
    if (this.#accept(/\(/y)) return this.#until(')', this.#sum());
    const operation = this.#accept(/(floor|min|max)\(/y)?.[1];
    if (operation) {
      const a = this.#sum();
      this.#expect(operation === 'floor' ? '/' : ',');
      const b = this.#until(')', this.#sum());
      return operation === 'floor' ? floorDiv(a, b) : operation === 'min' ? minDim(a, b) : maxDim(a, b);
    }
    const name = this.#name();
    let symbol = this.#symbols.get(name);
    if (!symbol) {
      symbol = new Sym(name);
      this.#symbols.set(name, symbol);
    }
    return dimOf(symbol);
  }

  #value(name: string): Value {
    const value = this.#values.get(name);
    if (!value) throw this.#fail(`no value ${quote(name)} is defined above`);
    return value;
  }

  #define(name: string, value: Value): void {
    if (this.#values.has(name)) throw this.#fail(`two values have the name ${quote(name)}`);
    this.#values.set(name, value);
  }

  #name(): string {
    const text = this.#take(/"(?:[^"\\\n]|\\.)*"|\/?\w[\w./]*/y, 'a name');
    return text.startsWith('"') ? (JSON.parse(text) as string) : text;
  }

  #integer(): number {
    return Number(this.#take(/\d+/y, 'a whole number'));
  }

  #number(): number {
    return toNumber(this.#numeral());
  }

  /** Items with commas between them. */
  #list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.#accept(/,/y)) items.push(item());
    return items;
  }

  #closed<T>(close: string, item: () => T): T[] {
    return this.#until(close, this.#list(item));
  }

  #until<T>(close: string, result: T): T {
    this.#expect(close);
    return result;
  }

  #peek(pattern: RegExp): RegExpExecArray | undefined {
    this.#skip();
    pattern.lastIndex = this.#at;
    return pattern.exec(this.text) ?? undefined;
  }

  #accept(pattern: RegExp): RegExpExecArray | undefined {
    const match = this.#peek(pattern);
    if (match) this.#at += match[0].length;
    return match;
  }

  #take(pattern: RegExp, what: string): string {
    const match = this.#accept(pattern);
    if (!match) throw this.#fail(`${what} is wanted`);
    return match[0];
  }

  #expect(punctuation: string): void {
    this.#skip();
    if (!this.text.startsWith(punctuation, this.#at)) throw this.#fail(`${punctuation} is wanted`);
    this.#at += punctuation.length;
  }

  #atEnd(): boolean {
    this.#skip();
    return this.#at >= this.text.length;
  }

  #skip(): void {
    const space = /(?:\s|\/\/[^\n]*)*/y;
    space.lastIndex = this.#at;
    space.exec(this.text);
    this.#at = space.lastIndex;
  }

  #fail(message: string): TrtxError {
    const lines = this.text.slice(0, this.#at).split('\n');
    const rest = this.text.slice(this.#at).split('\n')[0]!;
    return new TrtxError('TEXT', `line ${lines.length}: ${message} at ${quote(JSON.stringify(rest.slice(0, 40)))}`);
  }
}

const NUMBER = /0x[0-9a-f]+|-?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|inf|nan)/y;

function toElement(dtype: DType, text: string): number {
  const codec = text.startsWith('0x') ? undefined : codecOf(dtype);
  return codec ? codec.encode(toNumber(text)) : toNumber(text);
}

function toNumber(text: string): number {
  if (text.endsWith('inf')) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return text.endsWith('nan') ? Number.NaN : Number(text);
}
