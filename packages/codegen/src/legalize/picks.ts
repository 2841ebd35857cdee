// What picks elements by their values (NonZero, Compress) in ops that kernels serve. How many it picks is counted on the GPU;
// that number alone goes to the host, which tells the sizes of what follows. In memory there is room for all.
//
// The k-th picked place is found by stream compaction: a running count of what is picked tells each its place, and a
// scatter puts it there. (Blelloch, "Prefix Sums and Their Applications", 1990.)

import {
  constantFrom,
  type Dim,
  type Graph,
  type Node,
  noteRenamed,
  pickedAxis,
  type Renamed,
  standardOps,
  type Value,
} from '@trtx/ir';
import type { Hosted } from '../host/placement.ts';
import { storageOf } from '../storage.ts';
import { Writer } from './writer.ts';

interface Pick {
  /** Whether a node can be written out, where the GPU has what it reads. */
  readonly applies?: (node: Node) => boolean;
  /** Writes it out in the graph; the value that stands for its output. */
  readonly write: (node: Node, graph: Graph) => Value;
}

const PICKS: ReadonlyMap<unknown, Pick> = new Map([
  [standardOps.get('NonZero'), { applies: hasKnownDims, write: nonZero }],
  [standardOps.get('Compress'), { write: compress }],
]);

/** True for a node that is written out for the GPU. */
export function isPick(node: Node): boolean {
  const pick = PICKS.get(node.op);
  if (!pick || node.output.contents || pick.applies?.(node) === false) return false;
  return node.inputs.every((value) => value && storageOf(value.type.dtype));
}

/**
 * True where a node was written out: then all types are to be inferred anew.
 * @param renamed what stands for the sizes that these nodes told is added
 * @param settled nodes that stay as they are
 */
export function writeOutPicks(graph: Graph, renamed: Renamed, settled: Hosted): boolean {
  let changed = false;
  for (const node of graph.topological()) {
    if (!isPick(node) || settled.has(node)) continue;
    const value = PICKS.get(node.op)!.write(node, graph);
    noteRenamed(renamed, node.output, value);
    const { name } = node.output;
    graph.replaceUses(node.output, value);
    graph.removeNode(node);
    graph.rename(value, name);
    changed = true;
  }
  return changed;
}

function hasKnownDims({ inputs }: Node): boolean {
  const { shape } = inputs[0]!.type;
  return shape.length > 0 && shape.every((dim) => typeof dim === 'number' && dim > 0);
}

function nonZero(node: Node, graph: Graph): Value {
  const x = node.inputs[0]!;
  const dims = x.type.shape;
  const w = new PickWriter(node, graph);
  const places = w.places(x);
  const strides = dims.map((_, axis) => (dims.slice(axis + 1) as number[]).reduce((a, b) => a * b, 1));
  const column = (values: readonly number[]) => w.constant([values.length, 1], values);
  const quotients = w.add('Div', [w.add('Unsqueeze', [places, w.constant([1], [0])]), column(strides)]);
  return w.add('Mod', [quotients, column(dims as number[])]);
}

function compress(node: Node, graph: Graph): Value {
  const [input, condition] = node.inputs as [Value, Value];
  const w = new PickWriter(node, graph);
  const axis = pickedAxis(node.view());
  const data = axis === undefined ? w.add('Reshape', [input, w.constant([1], [-1])]) : input;
  const chosen = node
    .view()
    .numbers(1)
    ?.flatMap((holds, i) => (holds ? [i] : []));
  const places = chosen ? w.constant([chosen.length], chosen) : w.places(condition);
  return w.add('Gather', [data, places], { axis: axis ?? 0 });
}

/** A writer that knows how to find what is picked. */
class PickWriter extends Writer {
  /** The places of the flattened elements that are not 0, in ascending order: an int64 for each. */
  places(x: Value): Value {
    const zero = this.constant([1], [0]);
    const flags = this.add('Reshape', [this.add('Cast', [x], { to: 'bool' }), this.constant([1], [-1])]);
    const ones = this.add('Cast', [flags], { to: 'int64' });
    const [places] = ones.type.shape as [Dim];
    const known = typeof places === 'number' ? places : undefined;
    const size = known === undefined ? this.add('Shape', [ones]) : this.constant([1], [known]);
    const more = (n: number) =>
      known === undefined ? this.add('Add', [size, this.constant([1], [n])]) : this.constant([1], [known + n]);
    const all = known === undefined ? this.add('Squeeze', [size, zero]) : this.constant([], [known]);
    const counted = this.add('ReduceSum', [ones, zero], { keepdims: 1 });
    const count = this.add('trtx::Steer', [counted, size], { told: 'parts' });
    const before = this.add('CumSum', [ones, this.constant([], [0])], { exclusive: 1 });
    // What is not picked goes to one place past all others.
    const targets = this.add('Where', [flags, before, size]);
    const room = this.add('ConstantOfShape', [more(1)], { value: constantFrom('int64', [1], [0]) });
    const own = this.add('Range', [this.constant([], [0]), all, this.constant([], [1])]);
    return this.add('Slice', [this.add('ScatterElements', [room, targets, own], { axis: 0 }), zero, count, zero]);
  }
}
