// Transposes move down through what can do its work in any order of axes, until they meet others that undo them. Which of
// these ops move is a minimum cut: each Transpose that would be computed costs one.

import { type Graph, Network, type Node, UNCUTTABLE, type Value } from '@trtx/ir';
import { permutationOf, producerOf } from '../../match.ts';
import type { Operand, Patch } from '../../patch.ts';
import { definePass } from '../../rule.ts';
import { compose, inverse, isIdentity, type Order, type Ordered, ordered } from './axis-order.ts';

/** Nodes past which no further ones are looked at. */
const MAX_REGION = 300;

export const sinkTransposes = definePass({
  name: 'sink-transposes',
  summary: 'Transposes go through what works in any order of axes, where fewer are left',
  run({ graph, rewrite }) {
    for (let changed = true; changed; ) {
      changed = false;
      const depths = depthsOf(graph);
      for (const node of transposes(depths))
        if (graph.nodes.has(node)) changed = rewrite('sink', node, (patch) => sink(node, depths, patch)) || changed;
    }
  },
});

/** Nodes that outputs depend on, with how far each is from the inputs. */
type Depths = ReadonlyMap<Node, number>;

function depthsOf(graph: Graph): Depths {
  const live = new Set<Node>();
  const depths = new Map<Node, number>();
  const order = graph.topological();
  for (const node of [...order].reverse())
    if (node.outputs.some((value) => graph.isOutput(value) || [...value.users.keys()].some((user) => live.has(user))))
      live.add(node);
  for (const node of order) {
    const before = (deepest: number, input: Value | null) =>
      Math.max(deepest, (input?.producer && depths.get(input.producer)) || 0);
    if (live.has(node)) depths.set(node, 1 + node.inputs.reduce(before, 0));
  }
  return depths;
}

/** Those nearest to the inputs first: where two could move but not both, the result is no matter of how nodes are listed. */
function transposes(depths: Depths): Node[] {
  const found = [...depths].filter(([node]) => producerOf(node.output, 'Transpose') === node);
  found.sort(([a, m], [b, n]) => m - n || (a.name < b.name ? -1 : 1));
  return found.map(([node]) => node);
}

function sink(node: Node, depths: Depths, patch: Patch): Patch | undefined {
  if (isIdentity(permutationOf(node))) return undefined;
  const region = new Region(node, depths, patch);
  const moved = region.nodes.size > 0 ? worthMoving(region, patch) : undefined;
  return moved && move(region, moved, patch);
}

/** Nodes after a Transpose that could read what is before it, and what they read. */
class Region {
  readonly nodes = new Map<Node, Ordered>();
  /** The order of each value that the region reads or computes. */
  readonly orders = new Map<Value, Order>();
  /** Transposes before it: their inputs are at hand. */
  readonly entries = new Set<Node>();

  constructor(
    start: Node,
    private readonly depths: Depths,
    private readonly patch: Patch,
  ) {
    this.#enter(start);
    const queue = new Set(start.output.users.keys());
    // A set goes on to what is added to it meanwhile; a node that did not fit may do so once others are in.
    for (const node of queue) {
      queue.delete(node);
      const more = this.nodes.size < MAX_REGION ? this.#add(node) : [];
      for (const value of more) for (const user of value.users.keys()) if (!this.nodes.has(user)) queue.add(user);
    }
  }

  /** True where the node is in the region and reads the value in its order. */
  reads(node: Node, value: Value): boolean {
    return this.nodes.get(node)?.inputs.some((i) => node.inputs[i] === value) ?? false;
  }

  isEntry(value: Value): boolean {
    return value.producer !== null && this.entries.has(value.producer);
  }

  isInside(value: Value): boolean {
    return value.producer !== null && this.nodes.has(value.producer);
  }

  #enter(transpose: Node): void {
    this.entries.add(transpose);
    this.orders.set(transpose.output, permutationOf(transpose));
  }

  /** Takes a node in, where it fits, and gives the values that it brought. */
  #add(node: Node): Value[] {
    // What nothing depends on would not be made anew, and would keep alive what it reads. What is new has its turn later.
    if (!this.depths.has(node)) return [];
    const known = node.inputs.find((input) => input && !isIdentity(this.orders.get(input) ?? []));
    const order = known && this.orders.get(known)!;
    const form = order && ordered(node, order, this.patch);
    if (!form) return [];
    const read = form.inputs.map((i) => node.inputs[i]!);
    const fits = (value: Value, i: Order) => same(this.orders.get(value) ?? i, i);
    if (!read.every((value) => fits(value, order)) || !node.outputs.every((value, i) => fits(value, form.outputs[i]!)))
      return [];
    // What an entry reads is to stay as it is.
    if (node.outputs.some((value) => [...value.users.keys()].some((user) => this.entries.has(user)))) return [];
    this.nodes.set(node, form);
    const fresh = node.outputs.filter((_, i) => !isIdentity(form.outputs[i]!));
    for (const value of read) {
      if (this.orders.has(value)) continue;
      const transpose = producerOf(value, 'Transpose');
      if (transpose && same(permutationOf(transpose), order) && !this.isInside(transpose.inputs[0]!)) {
        this.#enter(transpose);
        fresh.push(value);
      } else this.orders.set(value, order);
    }
    node.outputs.forEach((value, i) => {
      this.orders.set(value, form.outputs[i]!);
    });
    return fresh;
  }
}

function same(a: Order, b: Order): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}

/** The Transpose of the value that gives what is before the region's Transposes. */
function undoes(user: Node, value: Value, order: Order): boolean {
  return (
    producerOf(user.output, 'Transpose') === user &&
    same(permutationOf(user), inverse(order)) &&
    user.inputs[0] === value
  );
}

/**
 * The nodes to move so that the fewest Transposes are left: those on the source's side. A value costs one where its producer
 * is moved and something reads it as it was, and one where its producer is not and something reads it in the other order.
 */
function worthMoving(region: Region, patch: Patch): ReadonlySet<Node> | undefined {
  const network = new Network();
  const ids = new Map([...region.nodes.keys()].map((node) => [node, network.node()]));
  let before = 0;
  for (const [value, order] of region.orders) {
    if (isIdentity(order)) continue;
    const isEntry = region.isEntry(value);
    const producer = isEntry ? network.source : (ids.get(value.producer!) ?? network.sink);
    const [asItWas, inOrder] = [network.node(), network.node()];
    network.edge(producer, asItWas, 1);
    network.edge(inOrder, producer, 1);
    // One that is an entry as well, of a value that meets its own Transpose, counts as that.
    const undone = (user: Node) => !region.entries.has(user) && undoes(user, value, order);
    if (isEntry || [...value.users.keys()].some(undone)) before++;
    for (const user of value.users.keys()) {
      if (region.reads(user, value)) {
        network.edge(asItWas, ids.get(user)!, UNCUTTABLE);
        network.edge(ids.get(user)!, inOrder, UNCUTTABLE);
      } else if (undone(user)) network.edge(network.source, inOrder, UNCUTTABLE);
      // Any other Transpose becomes another one.
      else if (isEntry || producerOf(user.output, 'Transpose') === undefined)
        network.edge(asItWas, network.sink, UNCUTTABLE);
    }
    if (patch.isOutput(value)) network.edge(asItWas, network.sink, UNCUTTABLE);
  }
  const { cost, side } = network.minimumCut();
  if (cost >= before) return undefined;
  return new Set([...ids].flatMap(([node, id]) => (side.has(id) ? [node] : [])));
}

function move(region: Region, moved: ReadonlySet<Node>, patch: Patch): Patch {
  const made = new Map<Value, Operand>();
  /** The value before the order was given to it. */
  const before = (value: Value): Operand => {
    const order = region.orders.get(value)!;
    if (region.isEntry(value)) return value.producer!.inputs[0]!;
    const undone = [...value.users.keys()].find((user) => undoes(user, value, order));
    const known = made.get(value) ?? (isIdentity(order) ? value : undone?.output);
    if (known) return known;
    const transposed = patch.node(
      'Transpose',
      [value],
      { perm: inverse(order) },
      `${value.producer?.name ?? value.name}.transpose`,
    );
    made.set(value, transposed);
    return transposed;
  };
  for (const [node, form] of inDataOrder(region, moved)) {
    const inputs = node.inputs.map((input, i) => (input && form.inputs.includes(i) ? before(input) : input));
    patch.covers(node);
    form.twin(inputs, patch).forEach((output, i) => {
      made.set(node.outputs[i]!, output);
    });
  }
  for (const node of moved) for (const output of node.outputs) giveOn(output, made.get(output)!, region, moved, patch);
  return patch;
}

/** The moved nodes, each after those that it reads. They were found in another order, where one joins two branches. */
function* inDataOrder(region: Region, moved: ReadonlySet<Node>): Generator<[Node, Ordered]> {
  const pending = new Set(moved);
  while (pending.size > 0)
    for (const node of pending) {
      const form = region.nodes.get(node)!;
      if (form.inputs.some((i) => pending.has(node.inputs[i]!.producer!))) continue;
      pending.delete(node);
      yield [node, form];
    }
}

/** Gives what reads the output of a moved node what it read before. */
function giveOn(value: Value, twin: Operand, region: Region, moved: ReadonlySet<Node>, patch: Patch): void {
  const order = region.orders.get(value)!;
  const reason = `below ${[...moved].map(({ name }) => name).join(', ')}`;
  const replace = (old: Value, perm: Order, name: string) => {
    const by = isIdentity(perm) ? twin : patch.node('Transpose', [twin], { perm }, name);
    patch.replace(old, by, reason);
  };
  let isRead = patch.isOutput(value);
  for (const user of value.users.keys()) {
    if (moved.has(user) && region.reads(user, value)) continue;
    if (producerOf(user.output, 'Transpose') === user) {
      patch.covers(user);
      replace(user.output, compose(order, permutationOf(user)), user.name);
    } else isRead = true;
  }
  if (isRead) replace(value, order, `${value.producer!.name}.transpose`);
}
