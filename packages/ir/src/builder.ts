// The network definition API: a graph written down op by op. Methods are made from the op definitions of a registry; their
// types are in builder-methods.generated.ts, which a test writes from the same definitions.

import { quote, TrtxError } from '@trtx/errors';
import type { BuilderMethods } from './builder-methods.generated.ts';
import { type Dim, dimOf, Sym } from './dim.ts';
import type { DType } from './dtype.ts';
import { Graph, type NodeOptions, Value } from './graph.ts';
import type { AttributeValue, OpDef, OpRegistry } from './op.ts';
import { standardOps } from './ops/index.ts';
import { type Constant, constantFrom } from './tensor.ts';

export type BuilderAttributes = Readonly<Record<string, AttributeValue | undefined>>;

/**
 * Builds a graph: `b.input`, `b.constant`, a method for each op of the default domain, `b.output`; `b.graph` is the
 * graph so far.
 *
 *     const b = new GraphBuilder('net');
 *     const x = b.input('x', 'float32', ['N', 3, 224, 224]);
 *     const y = b.Relu(b.Conv(x, w, { strides: [2, 2] }));
 *     b.output('y', y);
 *
 * An op's method takes its inputs in order (null for an optional one that is absent, the trailing ones may be left
 * out), then its attributes, then `NodeOptions`. It gives the output, or a list of them where the op may have several.
 * Types are inferred at once, so a mistake is reported where it is made.
 */
class Builder {
  readonly graph: Graph;
  readonly #ops: OpRegistry;

  constructor(name: string | Graph, ops: OpRegistry = standardOps) {
    this.graph = typeof name === 'string' ? new Graph(name) : name;
    this.#ops = ops;
    for (const op of ops)
      if (op.domain === '')
        Object.defineProperty(this, op.name, { value: (...args: unknown[]) => this.#call(op, args) });
  }

  /** A body for a node of the graph: build it, then give its `graph` to the node as one of its `bodies`. */
  body(name: string): GraphBuilder {
    return new GraphBuilder(this.graph.body(name), this.#ops);
  }

  /** A graph input. A dimension may be a number, the name of a symbol, or an expression. */
  input(name: string, dtype: DType, shape: readonly (Dim | string)[]): Value {
    return this.graph.addInput(name, {
      dtype,
      shape: shape.map((dim) => (typeof dim === 'string' ? dimOf(new Sym(dim)) : dim)),
    });
  }

  /** A constant of plain numbers in row-major order (float16 and bfloat16 as bits), or of data that exist already. */
  constant(dtype: DType, dims: readonly number[], values: readonly number[], name?: string): Value;
  constant(data: Constant, name?: string): Value;
  constant(first: DType | Constant, second?: unknown, values?: readonly number[], name?: string): Value {
    if (typeof first === 'object') return this.graph.addConstant(first, second as string | undefined);
    return this.graph.addConstant(constantFrom(first, second as number[], values!), name);
  }

  output(name: string, value: Value): void {
    this.graph.addOutput(name, value);
  }

  /**
   * A node of any op of the registry, `domain::Name` outside of the default domain.
   * @throws TrtxError OP_UNKNOWN, and as `inferNode`
   */
  op(
    name: string,
    inputs: readonly (Value | null)[],
    attributes: BuilderAttributes = {},
    options: NodeOptions = {},
  ): readonly Value[] {
    const op = this.#ops.find(name);
    if (!op) throw new TrtxError('OP_UNKNOWN', `no op ${quote(name)} is registered`, { node: options.name });
    return this.graph.addNode(op, inputs, attributes, options).outputs;
  }

  #call(op: OpDef, args: unknown[]): Value | readonly Value[] {
    const isInput = (arg: unknown) => arg === null || arg === undefined || arg instanceof Value || Array.isArray(arg);
    const firstOther = args.findIndex((arg) => !isInput(arg));
    const count = firstOther < 0 ? args.length : firstOther;
    const inputs = args.slice(0, count).flat() as (Value | null | undefined)[];
    while (inputs.length > 0 && !inputs.at(-1)) inputs.pop();
    const [attributes = {}, options = {}] = args.slice(count) as [BuilderAttributes?, NodeOptions?];
    const { outputs } = this.graph.addNode(
      op,
      inputs.map((input) => input ?? null),
      attributes,
      options,
    );
    return hasOneOutput(op) ? outputs[0]! : outputs;
  }
}

export type GraphBuilder = Builder & BuilderMethods;
export const GraphBuilder = Builder as new (name: string | Graph, ops?: OpRegistry) => GraphBuilder;

/** True where every node of the op has one output. */
export function hasOneOutput(op: OpDef): boolean {
  return op.outputs.length === 1 && !op.outputs[0]!.variadic;
}
