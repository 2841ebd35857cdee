// A group while it is formed.

import type { Node, Value } from '@trtx/ir';

export class Draft {
  /** The anchor, then what is applied to its result; without an anchor, nodes of one shape. */
  readonly nodes: Node[];
  /** What the nodes give: all of one shape. */
  readonly members: Set<Value>;
  /** What is computed where the group reads it. */
  readonly prologue = new Set<Value>();
  /** What of the prologue may be stored too: it has the shape of the members, and each element is read at its own place. */
  readonly stored = new Set<Value>();
  /** What computing values of the prologue more than once costs. */
  extra = 0;

  constructor(
    readonly anchor: Node | null,
    first: Node,
    readonly accumulated: Value,
  ) {
    this.nodes = [first];
    this.members = new Set([accumulated]);
  }

  /** Adds a node whose result has the shape of the others. */
  append(node: Node): void {
    this.nodes.push(node);
    this.members.add(node.output);
  }

  /**
   * This with another one of the same shape.
   * @param isBeside whether the other's nodes stand beside these; otherwise they are on the way to them
   */
  with(other: Draft, isBeside: boolean): Draft {
    const both = new Draft(this.anchor, this.nodes[0]!, this.accumulated);
    const add = <T>(to: Set<T>, ...from: Iterable<T>[]) => {
      for (const values of from) for (const value of values) to.add(value);
    };
    both.nodes.push(...this.nodes.slice(1), ...(isBeside ? other.nodes : []));
    add(both.members, this.members, isBeside ? other.members : []);
    add(both.prologue, this.prologue, isBeside ? [] : other.members, other.prologue);
    add(both.stored, this.stored, isBeside ? [] : other.members, other.stored);
    both.extra = this.extra + other.extra;
    return both;
  }

  /** Every value that the group computes. */
  get computed(): ReadonlySet<Value> {
    return new Set([...this.members, ...this.prologue]);
  }

  allNodes(): Node[] {
    return [...this.nodes, ...[...this.prologue].map((value) => value.producer!)];
  }

  /** Every value that a node of the group reads. */
  sources(): Value[] {
    return this.allNodes().flatMap(({ inputs }) => inputs.filter((value): value is Value => value !== null));
  }

  /** What the group reads and does not compute. */
  operands(): Value[] {
    const { computed } = this;
    return this.sources().filter((value) => !computed.has(value));
  }
}
