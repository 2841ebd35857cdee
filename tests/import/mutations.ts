// Changes to decoded models that leave the file readable: what a fuzzer of bytes seldom gets to.

import type { AttributeProto, GraphProto, NodeProto, TensorProto } from '../../packages/onnx/src/wire/index.ts';

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const INTEGERS = [0n, 1n, -1n, 3n, -7n, 65n, 1000n, 2n ** 20n, 2n ** 31n, 2n ** 40n, 2n ** 63n - 1n, -(2n ** 63n)];
const FLOATS = [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e30, -1e-30];
const TEXTS = ['', 'linear', 'SAME_UPPER', 'ij,jk->ik', '(a*)*', 'x'.repeat(50)];

type Random = () => number;

/** A change of a graph; undefined where it has nothing of the kind. */
type Mutation = (graph: GraphProto, random: Random) => string | undefined;

/**
 * Makes one change to a graph, or to one in its nodes, in place. Gives a description of it.
 * @param values contents for graph inputs, which some changes make constants
 */
export function mutate(graph: GraphProto, values: ReadonlyMap<string, TensorProto>, random: Random): string {
  const kinds: Mutation[] = [changeAttribute, removeAttribute, rewire, redeclare, fixInputs(values), addOutput];
  for (;;) {
    const done = pick(kinds, random)(graph, random);
    if (done) return done;
  }
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)]!;
}

/** Nodes of the graph and of the graphs in them. */
function nodesOf(graph: GraphProto): NodeProto[] {
  const pending = [...graph.node];
  const found: NodeProto[] = [];
  for (let node = pending.pop(); node; node = pending.pop()) {
    found.push(node);
    for (const { g } of node.attribute) pending.push(...(g?.node ?? []));
  }
  return found;
}

function changeAttribute(graph: GraphProto, random: Random): string | undefined {
  const node = pick(nodesOf(graph), random);
  const attribute = node?.attribute.length ? pick(node.attribute, random) : undefined;
  if (!attribute) return undefined;
  change(attribute, random);
  return `${node!.op_type}.${attribute.name} changed`;
}

function change(attribute: AttributeProto, random: Random): void {
  if (attribute.i !== undefined) attribute.i = pick(INTEGERS, random);
  if (attribute.f !== undefined) attribute.f = pick(FLOATS, random);
  if (attribute.s !== undefined) attribute.s = new TextEncoder().encode(pick(TEXTS, random));
  const at = Math.floor(random() * attribute.ints.length);
  if (attribute.ints.length > 0 && random() < 0.4) attribute.ints[at] = pick(INTEGERS, random);
  else if (random() < 0.5) attribute.ints.splice(at, 1);
  else if (attribute.ints.length > 0) attribute.ints.push(pick(INTEGERS, random));
}

function removeAttribute(graph: GraphProto, random: Random): string | undefined {
  const node = pick(nodesOf(graph), random);
  if (!node?.attribute.length) return undefined;
  const [gone] = node.attribute.splice(Math.floor(random() * node.attribute.length), 1);
  return `${node.op_type}.${gone!.name} removed`;
}

/** Another value as an input of a node, none, or one fewer. */
function rewire(graph: GraphProto, random: Random): string | undefined {
  const nodes = nodesOf(graph);
  const node = pick(nodes, random);
  if (!node?.input.length) return undefined;
  const at = Math.floor(random() * node.input.length);
  const names = [...nodes.flatMap(({ input, output }) => [...input, ...output]), ''];
  if (random() < 0.3) node.input.splice(at, 1);
  else node.input[at] = pick(names, random);
  return `input ${at} of ${node.op_type} is ${node.input[at]}`;
}

/** Another size, rank or element type of a graph input. */
function redeclare(graph: GraphProto, random: Random): string | undefined {
  const input = graph.input.length > 0 ? pick(graph.input, random) : undefined;
  const type = input?.type?.tensor_type;
  if (!type?.shape) return undefined;
  const { dim } = type.shape;
  const sizes = [{ dim_value: 0n }, { dim_value: 5n }, { dim_value: 2n ** 31n }, { dim_param: 'n' }, {}];
  if (random() < 0.3) type.elem_type = 1 + Math.floor(random() * 24);
  else if (dim.length > 0 && random() < 0.7) dim[Math.floor(random() * dim.length)] = pick(sizes, random);
  else dim.push(pick(sizes, random));
  return `${input!.name} declared anew`;
}

/** Graph inputs become constants; an element of one becomes another number. */
function fixInputs(values: ReadonlyMap<string, TensorProto>): Mutation {
  return (graph, random) => {
    const free = graph.input.filter(({ name }) => values.has(name!) && !graph.initializer.some((t) => t.name === name));
    if (free.length === 0) return undefined;
    const chosen = pick(free, random);
    for (const { name } of random() < 0.5 ? [chosen] : free) {
      const tensor = structuredClone(values.get(name!)!);
      if (name === chosen.name) disturb(tensor, random);
      graph.initializer.push({ ...tensor, name });
    }
    return `${chosen.name} made constant`;
  };
}

function disturb({ raw_data, data_type }: TensorProto, random: Random): void {
  const width = data_type === 7 ? 8 : data_type === 1 || data_type === 6 ? 4 : 1;
  if (!raw_data || raw_data.length < width) return;
  const at = Math.floor((random() * raw_data.length) / width) * width;
  const view = new DataView(raw_data.buffer, raw_data.byteOffset + at);
  if (data_type === 7) view.setBigInt64(0, pick(INTEGERS, random), true);
  else if (data_type === 1) view.setFloat32(0, pick(FLOATS, random), true);
  else if (data_type === 6) view.setInt32(0, Number(BigInt.asIntN(32, pick(INTEGERS, random))), true);
  else view.setUint8(0, Math.floor(random() * 256));
}

function addOutput(graph: GraphProto, random: Random): string | undefined {
  const node = pick(nodesOf(graph), random);
  node?.output.push(`more${Math.floor(random() * 1e6)}`);
  return node && `one output more of ${node.op_type}`;
}
