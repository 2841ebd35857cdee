// A patch: new nodes and constants, and which values they replace. Rules record one; the rewriter checks and applies it.

import { TrtxError } from '@trtx/errors';
import {
  type Attributes,
  type AttributeValue,
  attributeMap,
  type Constant,
  type Constraint,
  type Contents,
  constantFrom,
  contentsOf,
  type Dim,
  type DimEquality,
  type Graph,
  type Inferred,
  inferNode,
  type Known,
  type Node,
  type OpRegistry,
  realsOf,
  type TensorType,
  type Value,
} from '@trtx/ir';

/** A value that a patch would add: a constant, or an output of a new node. Rules may look at its type and contents. */
export class NewValue implements Known {
  /** @internal made by Patch */
  constructor(
    readonly name: string,
    private readonly inferred: Inferred,
    readonly constant: Constant | null,
    readonly node: NewNode | null,
    readonly index: number,
  ) {}

  get type(): TensorType {
    return this.inferred;
  }

  get contents(): Contents | undefined {
    return this.constant ? contentsOf(this.constant) : this.inferred.contents;
  }

  get reals(): Contents | undefined {
    return this.constant ? realsOf(this.constant) : this.inferred.reals;
  }
}

export interface NewNode {
  readonly op: string;
  readonly inputs: readonly (Operand | null)[];
  readonly attributes: Attributes;
  readonly name: string;
  /** All that the node has. */
  outputs: readonly NewValue[];
}

/** Attributes of a new node; what is undefined is left out. */
export type NewAttributes = Attributes | Readonly<Record<string, AttributeValue | undefined>>;

/** A value of the graph, or one that the patch would add. */
export type Operand = Value | NewValue;

export interface Replacement {
  readonly old: Value;
  readonly by: Operand;
}

/** Records a rewrite around `anchor`; changes nothing. */
export class Patch {
  /** @internal */ readonly nodes: NewNode[] = [];
  /** @internal */ readonly constraints: Constraint[] = [];
  /** @internal */ readonly replacements: Replacement[] = [];
  /** @internal */ readonly covered: Set<Node>;
  /** @internal */ reason = '';

  constructor(
    private readonly graph: Graph,
    private readonly ops: OpRegistry,
    private readonly equality: DimEquality,
    readonly anchor: Node,
  ) {
    this.covered = new Set([anchor]);
  }

  /**
   * A new node of an op of the default domain or `domain::Name`; its first output. Types are inferred at once.
   * @throws TrtxError OP_UNKNOWN, and as `inferNode`
   */
  node(
    op: string,
    inputs: readonly (Operand | null | undefined)[],
    attributes: NewAttributes = {},
    name = this.anchor.name,
  ): NewValue {
    return this.outputs(1, op, inputs, attributes, name)[0]!;
  }

  /** As `node`, for a node with so many outputs: all of them. */
  outputs(
    count: number,
    op: string,
    inputs: readonly (Operand | null | undefined)[],
    attributes: NewAttributes = {},
    name = this.anchor.name,
  ): readonly NewValue[] {
    const def = this.op(op);
    const given = inputs.map((input) => input ?? null);
    while (given.length > 0 && given.at(-1) === null) given.pop();
    const map = attributes instanceof Map ? (attributes as Attributes) : attributeMap(attributes as never);
    const { outputs, constraints } = inferNode(def, given, map, count, name);
    this.constraints.push(...constraints);
    const node: NewNode = { op, inputs: given, attributes: map, name, outputs: [] };
    node.outputs = outputs.map((inferred, i) => new NewValue(`${name}.${i}`, inferred, null, node, i));
    this.nodes.push(node);
    return node.outputs;
  }

  constant(constant: Constant, name = 'constant'): NewValue {
    return new NewValue(name, { dtype: constant.dtype, shape: constant.dims }, constant, null, 0);
  }

  /** An int64 constant with one axis, as shape operands want. */
  integers(values: readonly number[], name = 'shape'): NewValue {
    return this.constant(constantFrom('int64', [values.length], values), name);
  }

  /** Every use of `old`, graph outputs included, is to become `by`. They must have the same type. */
  replace(old: Value, by: Operand, reason = ''): this {
    this.replacements.push({ old, by });
    if (reason) this.reason = reason;
    return this;
  }

  /** What the trace says. */
  because(reason: string): this {
    this.reason = reason;
    return this;
  }

  /** Names nodes that the pattern is made of, beside the anchor: the new nodes have their origins. */
  covers(...nodes: readonly Node[]): this {
    for (const node of nodes) this.covered.add(node);
    return this;
  }

  /** True where a graph output is the value. */
  isOutput(value: Value): boolean {
    return this.graph.isOutput(value);
  }

  /** True where only this node reads the value, and no graph output is it. */
  onlyUsedBy(value: Value, node: Node): boolean {
    return value.users.size === 1 && value.users.has(node) && !this.graph.isOutput(value);
  }

  /** True where what the nodes compute is read by them alone and is no graph output; `root`, and what `shared` computes, apart. */
  isOnlyFor(root: Value, nodes: readonly Node[], shared: ReadonlySet<Node> = new Set()): boolean {
    const inside = new Set(nodes);
    return nodes.every(
      (node) =>
        shared.has(node) ||
        node.outputs.every(
          (output) =>
            output === root ||
            (!this.graph.isOutput(output) && [...output.users.keys()].every((user) => inside.has(user))),
        ),
    );
  }

  /** True where no node and no graph output reads the value. */
  isUnused(value: Value): boolean {
    return this.graph.isUnused(value);
  }

  /** Equal wherever the model may run. */
  sameDim(a: Dim, b: Dim): boolean {
    return this.equality.same(a, b);
  }

  sameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
    return this.equality.sameShape(a, b);
  }

  /** @internal */
  op(name: string) {
    const def = this.ops.find(name);
    if (!def) throw new TrtxError('OP_UNKNOWN', `a pass wants the op ${name}, which is not registered`);
    return def;
  }
}

/** True for values of the graph. */
export function isExisting(operand: Operand): operand is Value {
  return !(operand instanceof NewValue);
}
