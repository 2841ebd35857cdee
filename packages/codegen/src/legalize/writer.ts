// Adds the nodes that a node is written out as.

import { type AttributeValue, constantFrom, type Graph, type Node, standardOps, type Value } from '@trtx/ir';

export class Writer {
  constructor(
    readonly node: Node,
    readonly graph: Graph,
  ) {}

  constant(dims: readonly number[], values: readonly number[]): Value {
    return this.graph.addConstant(constantFrom('int64', dims, values), `${this.node.name}/constant`);
  }

  /** A list of integers. */
  ints(...values: number[]): Value {
    return this.constant([values.length], values);
  }

  add(op: string, inputs: readonly (Value | null)[], attributes: Readonly<Record<string, AttributeValue>> = {}): Value {
    const [name, domain] = op.split('::').reverse() as [string, string?];
    const { name: from, origin } = this.node;
    const def = standardOps.get(name, domain)!;
    return this.graph.addNode(def, inputs, attributes, { name: `${from}/${name}`, origin }).output;
  }

  /** The part of the last axis from `begin` to `end`, every `step`-th place. */
  part(value: Value, begin: number, end: number, step = 1): Value {
    return this.add('Slice', [value, this.ints(begin), this.ints(end), this.ints(-1), this.ints(step)]);
  }

  /** Puts values in the place of the node's outputs, and takes the node away. */
  replace(values: readonly (Value | undefined)[]): void {
    const names = this.node.outputs.map(({ name }) => name);
    this.node.outputs.forEach((output, i) => {
      if (values[i]) this.graph.replaceUses(output, values[i]);
    });
    this.graph.removeNode(this.node);
    values.forEach((value, i) => {
      if (value) this.graph.rename(value, names[i]!);
    });
  }
}
