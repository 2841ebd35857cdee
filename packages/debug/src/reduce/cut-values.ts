// What flows where a graph is cut: computed once, and only where a cut needs it.

import type { Graph, Node, Tensor, Tensors, Value } from '@trtx/ir';
import { extract } from '@trtx/passes';
import { tensorOf } from '@trtx/reference';
import { type Prepare, runOnce } from '../check.ts';

export class CutValues {
  readonly #known = new Map<Value, Tensor>();
  /** What the inputs of the graph have a part in; all else is computed of constants. */
  readonly #varying: ReadonlySet<Value>;

  constructor(
    private readonly graph: Graph,
    inputs: Tensors,
    private readonly prepare: Prepare,
  ) {
    for (const input of graph.inputs) this.#known.set(input, inputs.get(input.name)!);
    const varying = new Set<Value>(graph.inputs);
    for (const node of graph.topological())
      if (node.inputs.some((input) => input && varying.has(input)))
        for (const output of node.outputs) varying.add(output);
    this.#varying = varying;
  }

  /** Whether it is the same for all inputs of the graph. */
  isFixed(value: Value): boolean {
    return !this.#varying.has(value);
  }

  /** The tensors of values. Runs what lies between them and those that are known. */
  async at(values: readonly Value[]): Promise<Map<string, Tensor>> {
    const missing = values.filter((value) => !value.constant && !this.#known.has(value));
    if (missing.length > 0) {
      const begins = this.#before(missing);
      const names = (list: readonly Value[]) => list.map(({ name }) => name);
      const part = extract(this.graph, { inputs: names(begins), outputs: names(missing) });
      const given = new Map(begins.map((value) => [value.name, this.#known.get(value)!]));
      const found = await runOnce(this.prepare, part, given);
      for (const value of missing) this.#known.set(value, found.get(value.name)!);
    }
    return new Map(
      values.map((value) => [value.name, value.constant ? tensorOf(value.constant) : this.#known.get(value)!]),
    );
  }

  /** Lets go of what was computed for others than these nodes. */
  narrow(nodes: ReadonlySet<Node>): void {
    for (const value of this.#known.keys()) {
      const isRead = [...value.users.keys()].some((user) => nodes.has(user));
      if (!isRead && value.producer) this.#known.delete(value);
    }
  }

  /** What is known and nearest to the values, on the way to the inputs. */
  #before(values: readonly Value[]): Value[] {
    const begins = new Set<Value>();
    const seen = new Set<Value>(values);
    const pending = [...values];
    for (let value = pending.pop(); value; value = pending.pop()) {
      for (const input of value.producer?.inputs ?? []) {
        if (!input || input.constant || seen.has(input)) continue;
        seen.add(input);
        if (this.#known.has(input)) begins.add(input);
        else pending.push(input);
      }
    }
    return [...begins];
  }
}
