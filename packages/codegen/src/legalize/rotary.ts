// Rotary position embeddings as products and sums, which fuse with what is around them.

import { type Graph, type Node, rotaryGeometry, standardOps, type Value } from '@trtx/ir';
import { Writer } from './writer.ts';

export const ROTARY = standardOps.get('RotaryEmbedding')!;

export function writeOutRotary(graph: Graph): void {
  // Nodes at the same positions share their angles.
  const angles = new Map<Value, Map<Value, Value>>();
  for (const node of graph.topological()) if (node.op === ROTARY) new Rotary(node, graph, angles).write();
}

class Rotary {
  readonly #w: Writer;
  readonly #g: ReturnType<typeof rotaryGeometry>;

  constructor(
    readonly node: Node,
    graph: Graph,
    readonly angles: Map<Value, Map<Value, Value>>,
  ) {
    this.#w = new Writer(node, graph);
    this.#g = rotaryGeometry(node.view());
  }

  write(): void {
    const w = this.#w;
    const { packed, heads, size, turned, interleaved } = this.#g;
    const [x, cosines, sines] = this.node.inputs as [Value, Value, Value];
    const own = packed ? w.add('Reshape', [x, w.ints(0, 0, heads, size)]) : x;
    const [a, b] = interleaved
      ? [w.part(own, 0, turned, 2), w.part(own, 1, turned, 2)]
      : [w.part(own, 0, turned / 2), w.part(own, turned / 2, turned)];
    const [cos, sin] = [this.#angle(cosines), this.#angle(sines)];
    const first = w.add('Sub', [w.add('Mul', [a, cos]), w.add('Mul', [b, sin])]);
    const second = w.add('Add', [w.add('Mul', [a, sin]), w.add('Mul', [b, cos])]);
    const rest = turned < size ? [w.part(own, turned, size)] : [];
    let result = interleaved ? this.#alternating(first, second) : undefined;
    if (!result || rest.length > 0)
      result = w.add('Concat', [...(result ? [result] : [first, second]), ...rest], { axis: -1 });
    w.replace([packed ? w.add('Reshape', [result, w.ints(0, 0, heads * size)]) : result]);
  }

  /** The cosines or sines of every position, of one head. */
  #angle(cache: Value): Value {
    const w = this.#w;
    const ids = this.node.inputs[3] ?? cache;
    let known = this.angles.get(cache)?.get(ids);
    if (!known) {
      known = ids === cache ? cache : w.add('Gather', [cache, ids], { axis: 0 });
      this.angles.set(cache, (this.angles.get(cache) ?? new Map<Value, Value>()).set(ids, known));
    }
    return w.add('Unsqueeze', [known, w.ints(this.#g.packed ? 2 : 1)]);
  }

  /** Elements of two tensors in turn, along the last axis. */
  #alternating(first: Value, second: Value): Value {
    const w = this.#w;
    const pairs = [first, second].map((value) => w.add('Unsqueeze', [value, w.ints(-1)]));
    return w.add('Reshape', [w.add('Concat', pairs, { axis: -1 }), w.ints(0, 0, 0, this.#g.turned)]);
  }
}
