// The graph, in SSA form. The graph owns every edge: use lists change only through its methods, so that replacing a value
// costs as much as it has uses. Traversals are iterative.

import { TrtxError } from '@trtx/errors';
import { type Contents, contentsOf, realsOf } from './contents.ts';
import { inDataOrder } from './data-order.ts';
import { type Attributes, type Constraint, type InferenceFuel, inferNode, type Known, viewNode } from './infer.ts';
import { Names } from './names.ts';
import type { AttributeValue, Inferred, NodeView, OpDef } from './op.ts';
import type { Constant, TensorType } from './tensor.ts';

export interface Use {
  readonly node: Node;
  /** Which input of the node. */
  readonly index: number;
}

/** A tensor in the graph: a graph input, a constant, or an output of a node. */
export class Value implements Known {
  /** @internal */ readonly useMap = new Map<Node, Set<number>>();
  #contents: Contents | undefined;

  /** @internal made by Graph */
  constructor(
    private ownName: string,
    private inferred: Inferred,
    readonly producer: Node | null,
    private ownConstant: Constant | null,
  ) {}

  get constant(): Constant | null {
    return this.ownConstant;
  }

  /** Unique among the values of the graph. */
  get name(): string {
    return this.ownName;
  }

  get type(): TensorType {
    return this.inferred;
  }

  /** The elements, as dims, where they are known before the model runs (integers and bools only). */
  get contents(): Contents | undefined {
    if (!this.constant) return this.inferred.contents;
    this.#contents ??= contentsOf(this.constant);
    return this.#contents;
  }

  /** As `contents`, for floats: only what shape arithmetic goes through. */
  get reals(): Contents | undefined {
    return this.constant ? realsOf(this.constant) : this.inferred.reals;
  }

  /** Uses by nodes, in no particular order. Uses as graph outputs are not among them. */
  *uses(): IterableIterator<Use> {
    for (const [node, indices] of this.useMap) for (const index of indices) yield { node, index };
  }

  /** Nodes that read the value. */
  get users(): ReadonlyMap<Node, ReadonlySet<number>> {
    return this.useMap;
  }

  /** @internal for Graph.reinfer */
  setType(inferred: Inferred): void {
    this.inferred = inferred;
  }

  /** @internal for Graph.shareConstant */
  setConstant(constant: Constant): void {
    this.ownConstant = constant;
  }

  /** @internal for Graph.rename */
  setName(name: string): void {
    this.ownName = name;
  }
}

export class Node {
  /** @internal */ inputList: (Value | null)[] = [];
  outputs: readonly Value[] = [];

  /** @internal made by Graph */
  constructor(
    private ownName: string,
    readonly op: OpDef,
    readonly attributes: Attributes,
    /** The graphs that it runs, in the order of `op.bodies`. They read nothing outside but through their inputs. */
    readonly bodies: readonly Graph[],
    /** Names of the nodes of the source model that this one came from. */
    readonly origin: readonly string[],
  ) {}

  /** Unique among the nodes of the graph. */
  get name(): string {
    return this.ownName;
  }

  /** Inputs in order; null for an optional one that is absent. */
  get inputs(): readonly (Value | null)[] {
    return this.inputList;
  }

  /** The first output. */
  get output(): Value {
    return this.outputs[0]!;
  }

  /** What op definitions, kernels and rules read of a node: types, known contents, attributes with defaults. */
  view(): NodeView {
    return viewNode(this.op, this.inputList, this.attributes, this.outputs.length, this.name, [], this.bodies);
  }

  /** @internal for Graph.rename */
  setName(name: string): void {
    this.ownName = name;
  }
}

export interface GraphOutput {
  readonly name: string;
  value: Value;
}

export interface NodeOptions {
  name?: string;
  /** Names of the outputs, or how many; one by default. */
  outputs?: number | readonly string[];
  origin?: readonly string[];
  /** Made with `Graph.body` of the graph that the node is to be in. */
  bodies?: readonly Graph[];
}

/** Told of the nodes of a graph that come and go: for traces. Those in bodies of a node come and go with it, untold. */
export interface GraphObserver {
  added(node: Node): void;
  removed(node: Node): void;
}

export class Graph {
  observer: GraphObserver | undefined;
  readonly inputs: Value[] = [];
  readonly outputs: GraphOutput[] = [];
  readonly #nodes = new Set<Node>();
  readonly #withBodies = new Set<Node>();
  /** Kept until a node or an input of one changes: many passes find nothing to do. */
  #order: readonly Node[] | undefined;
  readonly #constraints = new Map<string, Constraint>();
  // As in ONNX, nodes and values are named apart: a node may have the name of its output.
  readonly #valueNames: Names;
  readonly #nodeNames: Names;

  /** @param around the graph that one of its nodes has this one as a body, where there is one */
  constructor(
    readonly name: string,
    around?: Graph,
  ) {
    // Names are unique in a graph with all its bodies: so are the symbols that are named after nodes.
    this.#valueNames = around ? around.#valueNames : new Names();
    this.#nodeNames = around ? around.#nodeNames : new Names();
  }

  /** A graph to become a body of a node of this one. */
  body(name: string): Graph {
    return new Graph(name, this);
  }

  /** This graph and those in its nodes, outer ones first. */
  *withBodies(): IterableIterator<Graph> {
    const pending: Graph[] = [this];
    for (let graph = pending.shift(); graph; graph = pending.shift()) {
      yield graph;
      for (const node of graph.#withBodies) pending.push(...node.bodies);
    }
  }

  /** Nodes in order of creation. For data order use `topological`. */
  get nodes(): ReadonlySet<Node> {
    return this.#nodes;
  }

  /** Pairs of dims that the model needs to be equal for every run. */
  get constraints(): IterableIterator<Constraint> {
    return this.#constraints.values();
  }

  /** The name, or with a number after it where a value has it. */
  freeName(name: string): string {
    return this.#valueNames.free(name);
  }

  addInput(name: string, type: Inferred): Value {
    if (this.inputs.some((input) => input.name === name))
      throw new TrtxError('GRAPH', 'two graph inputs have one name', { tensor: name });
    const value = new Value(this.#valueNames.claim(name), type, null, null);
    this.inputs.push(value);
    return value;
  }

  /** Removes an input that nothing reads. */
  removeInput(value: Value): void {
    if (!this.isUnused(value)) throw new TrtxError('GRAPH', 'a used input cannot be removed', { tensor: value.name });
    this.inputs.splice(this.inputs.indexOf(value), 1);
    this.#valueNames.release(value.name);
  }

  addConstant(constant: Constant, name = 'constant'): Value {
    return new Value(this.#valueNames.claim(name), { dtype: constant.dtype, shape: constant.dims }, null, constant);
  }

  /** Lets a constant hold its elements where another one does that has the same (`sameConstant`), in this graph or another. */
  shareConstant(value: Value, constant: Constant): void {
    value.setConstant(constant);
  }

  addOutput(name: string, value: Value): void {
    if (this.outputs.some((output) => output.name === name))
      throw new TrtxError('GRAPH', 'two graph outputs have one name', { tensor: name });
    this.outputs.push({ name, value });
  }

  /**
   * Adds a node; its output types are inferred at once.
   * @throws TrtxError as `inferNode`
   */
  addNode(
    op: OpDef,
    inputs: readonly (Value | null)[],
    attributes: Attributes | Readonly<Record<string, AttributeValue | undefined>> = {},
    options: NodeOptions = {},
  ): Node {
    const map =
      attributes instanceof Map
        ? (attributes as Attributes)
        : attributeMap(attributes as Record<string, AttributeValue>);
    const count = typeof options.outputs === 'object' ? options.outputs.length : (options.outputs ?? 1);
    const name = this.#nodeNames.free(options.name || op.name);
    const bodies = options.bodies ?? [];
    const node = new Node(name, op, map, bodies, options.origin ?? [options.name || name]);
    const { outputs, constraints } = inferNode(op, inputs, map, count, name, bodies);
    this.#nodeNames.claim(name);
    for (const constraint of constraints) this.addConstraint(constraint);
    node.inputList = [...inputs];
    inputs.forEach((input, index) => {
      if (input) link(input, node, index);
    });
    const names = typeof options.outputs === 'object' ? options.outputs : [];
    node.outputs = outputs.map(
      (type, i) => new Value(this.#valueNames.claim(names[i] || `${name}.${i}`), type, node, null),
    );
    this.#nodes.add(node);
    if (bodies.length > 0) this.#withBodies.add(node);
    this.#order = undefined;
    this.observer?.added(node);
    return node;
  }

  addConstraint(constraint: Constraint): void {
    const key = [String(constraint.a), String(constraint.b)].sort().join(' = ');
    if (!this.#constraints.has(key)) this.#constraints.set(key, constraint);
  }

  /** Removes the constraints that the nodes of these names asked for. */
  forgetConstraints(nodes: ReadonlySet<string>): void {
    for (const [key, { node }] of this.#constraints) if (nodes.has(node)) this.#constraints.delete(key);
  }

  setInput(node: Node, index: number, value: Value | null): void {
    const old = node.inputList[index];
    if (old) unlink(old, node, index);
    node.inputList[index] = value;
    this.#order = undefined;
    if (value) link(value, node, index);
  }

  /** Makes every user of `old`, graph outputs included, use `value`. */
  replaceUses(old: Value, value: Value): void {
    if (old === value) return;
    for (const { node, index } of [...old.uses()]) this.setInput(node, index, value);
    for (const output of this.outputs) if (output.value === old) output.value = value;
  }

  /** True where the value is a graph output. */
  isOutput(value: Value): boolean {
    return this.outputs.some((output) => output.value === value);
  }

  /** True where no node and no graph output reads the value. */
  isUnused(value: Value): boolean {
    return value.useMap.size === 0 && !this.isOutput(value);
  }

  /** Removes a node whose outputs are unused. */
  removeNode(node: Node): void {
    const used = node.outputs.find((output) => !this.isUnused(output));
    if (used)
      throw new TrtxError('GRAPH', 'a node with used outputs cannot be removed', {
        node: node.name,
        tensor: used.name,
      });
    this.#remove(node);
  }

  /** Gives a value or a node the name, or the name with a number where another one has it. */
  rename(item: Value | Node, name: string): void {
    const names = item instanceof Value ? this.#valueNames : this.#nodeNames;
    names.release(item.name);
    item.setName(names.claim(name));
  }

  /**
   * Nodes in data order; nodes that do not depend on one another stay in order of creation as far as possible.
   * @throws TrtxError GRAPH_CYCLE
   */
  topological(): Node[] {
    this.#order ??= inDataOrder(this.#nodes);
    return [...this.#order];
  }

  /** Infers every node anew, in data order, after the types of inputs changed. Constraints are found anew too. */
  reinfer(fuel?: InferenceFuel): void {
    this.#constraints.clear();
    for (const node of this.topological()) {
      const { outputs, constraints } = inferNode(
        node.op,
        node.inputList,
        node.attributes,
        node.outputs.length,
        node.name,
        node.bodies,
        fuel,
      );
      for (const constraint of constraints) this.addConstraint(constraint);
      outputs.forEach((type, i) => {
        node.outputs[i]!.setType(type);
      });
    }
  }

  /** Constants that nodes or outputs read, each once, in order of first use. */
  constants(): Value[] {
    const found = new Set<Value>();
    for (const node of this.topological()) for (const input of node.inputList) if (input?.constant) found.add(input);
    for (const { value } of this.outputs) if (value.constant) found.add(value);
    return [...found];
  }

  #remove(node: Node): void {
    node.inputList.forEach((input, index) => {
      if (input) unlink(input, node, index);
    });
    this.#nodes.delete(node);
    this.#withBodies.delete(node);
    this.#order = undefined;
    this.#nodeNames.release(node.name);
    for (const output of node.outputs) this.#valueNames.release(output.name);
    this.observer?.removed(node);
  }
}

/** Attributes from a plain object; undefined ones are left out. */
export function attributeMap(attributes: Readonly<Record<string, AttributeValue | undefined>>): Attributes {
  return new Map(
    Object.entries(attributes).filter((entry): entry is [string, AttributeValue] => entry[1] !== undefined),
  );
}

function link(value: Value, node: Node, index: number): void {
  let indices = value.useMap.get(node);
  if (!indices) {
    indices = new Set();
    value.useMap.set(node, indices);
  }
  indices.add(index);
}

function unlink(value: Value, node: Node, index: number): void {
  const indices = value.useMap.get(node);
  indices?.delete(index);
  if (indices?.size === 0) value.useMap.delete(node);
}
