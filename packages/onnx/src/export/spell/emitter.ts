// Adds what spellings ask for to the graph that is written, each thing once: masks, positions and angles that many nodes
// need are computed once, and constants are shared.

import { TrtxError } from '@trtx/errors';
import {
  type AttributeValue,
  attributeMap,
  type Constant,
  constantFrom,
  type Graph,
  type Node,
  type OpDef,
  type OpRegistry,
  toBfloat16,
  toFloat16,
  type Value,
} from '@trtx/ir';
import { withoutTail } from '../../import/emitter.ts';
import type { Emitter } from '../../normalize/node.ts';
import type { ExportEmitter, OlderForm } from './spelling.ts';

export class GraphEmitter implements ExportEmitter {
  /** Nodes that were added and not yet taken. */
  readonly #added: Node[] = [];
  readonly #known = new Map<string, readonly Value[]>();
  readonly #keys = new Map<Node, string>();
  readonly #ids = new Map<Value, number>();
  #node!: Node;

  constructor(
    private readonly graph: Graph,
    private readonly registry: OpRegistry,
    readonly opset: number,
  ) {}

  /** What follows is for this node: it gets its name and origin. */
  spell(node: Node): void {
    this.#node = node;
  }

  /** The nodes that were added since this was last called. */
  takeAdded(): Node[] {
    return this.#added.splice(0);
  }

  /** Values took the place of an added node's outputs. */
  replaced(node: Node, outputs: readonly Value[]): void {
    const key = this.#keys.get(node);
    if (key !== undefined) this.#known.set(key, outputs);
  }

  node: Emitter['node'] = (op, inputs, attributes) => this.outputs(op, 1, inputs, attributes)[0]!;

  outputs: Emitter['outputs'] = (name, count, inputs, attributes = {}) => {
    const op = this.registry.get(name);
    if (!op) throw this.fail(`it needs ${name} to be spelled out, which the registry lacks`);
    const key = JSON.stringify([name, count, inputs.map((input) => input && this.#id(input)), attributes], withBytes);
    return this.#once(key, () => this.#add(op, inputs, attributes, count));
  };

  shared = (key: string, make: () => Value) => this.#once(key, () => [make()])[0]!;

  older(node: Node, { inputs = node.inputs, without = [], attributes = {} }: OlderForm): readonly Value[] {
    const kept = [...node.attributes].filter(([name]) => !without.includes(name));
    const specs = Object.entries(attributes).map(([name, [type]]) => [name, { type }] as const);
    const op: OpDef = {
      ...node.op,
      attributes: { ...node.op.attributes, ...Object.fromEntries(specs) },
      trait: { kind: 'opaque' },
      traitAt: undefined,
      infer: () => node.outputs.map(({ type, contents }) => ({ ...type, contents })),
    };
    const values = Object.entries(attributes).map(([name, [, value]]) => [name, value] as const);
    const added = this.graph.addNode(op, withoutTail(inputs), new Map([...kept, ...values]), {
      name: node.name,
      outputs: node.outputs.length,
      origin: node.origin,
    });
    return added.outputs;
  }

  constant: Emitter['constant'] = (dtype, dims, values) => {
    const key = JSON.stringify([dtype, dims, values.map((value) => (Object.is(value, -0) ? '-0' : String(value)))]);
    return this.#once(key, () => [this.add(constantFrom(dtype, dims, values))])[0]!;
  };

  scalar: Emitter['scalar'] = (dtype, value) => {
    const bits = dtype === 'float16' ? toFloat16(value) : dtype === 'bfloat16' ? toBfloat16(value) : value;
    return this.constant(dtype, [], [bits]);
  };

  add = (constant: Constant) => this.graph.addConstant(constant, `${this.#node.name}/constant`);

  fail = (message: string, hint?: string) =>
    new TrtxError('ONNX_EXPORT', message, {
      node: `${this.#node.name} (${this.#node.op.name})`,
      hint: hint ?? 'Choose a newer opset.',
    });

  #once(key: string, make: () => readonly Value[]): readonly Value[] {
    let values = this.#known.get(key);
    // What nothing read any more is gone.
    const isGone = values?.some(({ producer }) => producer && !this.graph.nodes.has(producer));
    if (!values || isGone) {
      values = make();
      this.#known.set(key, values);
      const producer = values[0]?.producer;
      if (producer) this.#keys.set(producer, key);
    }
    return values;
  }

  #add(
    op: OpDef,
    inputs: readonly (Value | null)[],
    attributes: Readonly<Record<string, AttributeValue>>,
    outputs: number,
  ): readonly Value[] {
    const { name, origin } = this.#node;
    const options = { name: `${name}/${op.name}`, origin, outputs };
    const node = this.graph.addNode(op, withoutTail(inputs), attributeMap(attributes), options);
    this.#added.push(node);
    return node.outputs;
  }

  #id(value: Value): number {
    let id = this.#ids.get(value);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(value, id);
    }
    return id;
  }
}

/** Tensors in attributes as their elements. */
function withBytes(_: string, value: unknown): unknown {
  const isTensor = typeof value === 'object' && value !== null && 'read' in value;
  return isTensor ? { ...value, bytes: Array.from((value as Constant).read()) } : value;
}
