// Attention that gives keys and values of all steps on: these are joined first, by code that fuses with what makes the new
// ones, and attention reads what is joined.

import {
  type AttributeValue,
  attentionGeometry,
  constantFrom,
  type Dim,
  type Graph,
  type Heads,
  type Node,
  sameDim,
  sameShape,
  standardOps,
  type Value,
} from '@trtx/ir';
import { linearSource } from '../group/view.ts';
import { Writer } from './writer.ts';

export function joinCaches(graph: Graph): void {
  for (const node of graph.topological()) if (node.op === standardOps.get('Attention')) join(graph, node);
}

function join(graph: Graph, node: Node): void {
  const [q, k, v, mask, pastKeys, pastValues] = node.inputs as [Value, Value, Value, Value?, Value?, Value?];
  const isRead = (value: Value | undefined) => value && (value.users.size > 0 || graph.isOutput(value));
  if (!pastKeys || !pastValues || !isRead(node.outputs[1]) || !isRead(node.outputs[2])) return;
  const w = new Writer(node, graph);
  const { query, key, value, total, left, right } = attentionGeometry(node.view());
  const isPlaced = left !== Number.POSITIVE_INFINITY || right !== Number.POSITIVE_INFINITY;
  // Places of queries can be told anew where they are the last steps of all.
  if (isPlaced && (typeof query.batch !== 'number' || !sameDim(query.length, key.length))) return;
  const keys = w.add('Concat', [pastKeys, unpacked(w, k, key)], { axis: 2 });
  const values = w.add('Concat', [pastValues, unpacked(w, v, value)], { axis: 2 });
  const lengths = isPlaced ? lengthsOf(w, keys, query.batch as number, total) : null;
  const attributes: Record<string, AttributeValue> = Object.fromEntries(node.attributes);
  delete attributes.q_num_heads;
  delete attributes.kv_num_heads;
  const operands = [unpacked(w, q, query), keys, values, mask ?? null, null, null, lengths];
  const { origin, outputs } = node;
  const made = graph.addNode(node.op, operands, attributes, {
    name: `${node.name}/joined`,
    outputs: outputs.length > 3 ? outputs.length : 1,
    origin,
  });
  const y = query.packed ? packed(w, made.output, { ...query, size: value.size }) : made.output;
  w.replace([y, keys, values, made.outputs[3]]);
  for (const { producer } of [q, k, v])
    if (producer?.outputs.every((output) => graph.isUnused(output))) graph.removeNode(producer);
}

/** The number of all steps, for each batch element. */
function lengthsOf(w: Writer, keys: Value, batch: number, total: Dim): Value {
  if (typeof total === 'number')
    return w.graph.addConstant(constantFrom('int64', [batch], new Array<number>(batch).fill(total)));
  const length = w.add('Shape', [keys], { start: 2, end: 3 });
  return w.add('Expand', [length, w.ints(batch)]);
}

function unpacked(w: Writer, value: Value, { packed, batch, length, heads, size }: Heads): Value {
  if (!packed) return value;
  // What has been packed needs no second Reshape.
  const source = linearSource(value);
  const isSplit = source && sameShape(source.type.shape, [batch, length, heads, size]);
  const split = isSplit ? source : w.add('Reshape', [value, w.ints(0, 0, heads, size)]);
  return w.add('Transpose', [split], { perm: [0, 2, 1, 3] });
}

function packed(w: Writer, value: Value, { heads, size }: Heads): Value {
  return w.add('Reshape', [w.add('Transpose', [value], { perm: [0, 2, 1, 3] }), w.ints(0, 0, heads * size)]);
}
