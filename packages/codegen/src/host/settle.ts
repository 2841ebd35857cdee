// Nodes that kernels could serve and that settle on the host all the same: small work before, between and behind nodes of the
// host. Each value that the host needs of the GPU is a wait, in which neither does anything; it takes as long as many
// dispatches. So each node is on one of two sides, where it has its price, and each value that is needed on the other side than
// that of its node has one too: what costs least is a minimum cut. (Stone, "Multiprocessor Scheduling with the Aid of Network
// Flow Algorithms", 1977.)

import { type Graph, Network, type Node, opName, traitOf, UNCUTTABLE, type Value } from '@trtx/ir';
import { bodyInputsOf, capturedBy } from '../captures.ts';
import { linearSource } from '../group/view.ts';
import { isPick } from '../legalize/picks.ts';
import { ROTARY } from '../legalize/rotary.ts';
import type { Ranges } from '../range/ranges.ts';
import { storageOf } from '../storage.ts';
import type { Target } from '../target.ts';
import { type Hosted, hostOnly, tells } from './placement.ts';
import { countOf, gpuTime, hostTime, MOST_HOST_TIME, readTime, writeTime } from './times.ts';

export const SETTLES = 'small work beside what the host computes: cheaper there than waiting for the GPU';

/**
 * The nodes that are cheaper on the host, each with the reason. None of them reads an input of the graph, and what gives an
 * output is only among them where it follows from what the host gives: callers have others where they had them.
 * @param onHost ids of the ops that functions of the host compute
 * @param ranges of the root
 */
export function settle(root: Graph, onHost: ReadonlySet<string>, ranges: Ranges, target: Target): Map<Node, string> {
  const bound = new Map([...root.withBodies()].flatMap((graph) => [...hostOnly(graph, root, ranges, target)]));
  const settling = new Settling(root, bound, onHost);
  return bound.size > 0 ? settling.solve() : new Map();
}

class Settling {
  readonly #network = new Network();
  readonly #captures: ReadonlyMap<Value, Value>;
  /** Nodes that the host has to compute. Its side is the source's, that of the GPU the sink's. */
  readonly #bound = new Map<Node, string>();
  readonly #sides = new Map<Node, number>();
  /** Of what nodes of control flow give: where it is. */
  readonly #given = new Map<Value, number>();
  /** Where each value is needed. */
  readonly #needs = new Map<Value, Set<number>>();

  constructor(
    readonly root: Graph,
    hosted: Hosted,
    readonly onHost: ReadonlySet<string>,
  ) {
    this.#captures = bodyInputsOf(root).captures;
    // What picks by values may be on either side: it is written out for the GPU.
    for (const [node, reason] of hosted) if (!isPick(node)) this.#bound.set(node, reason);
  }

  solve(): Map<Node, string> {
    const nodes = [...this.root.withBodies()]
      .flatMap((graph) => graph.topological())
      .filter((node) => this.#counts(node));
    const movable = this.#movable(nodes);
    for (const node of nodes) {
      const side = movable.has(node)
        ? this.#priced(node)
        : this.#bound.has(node)
          ? this.#network.source
          : this.#network.sink;
      this.#sides.set(node, side);
      for (const [i, value] of node.outputs.entries()) if (node.bodies.length > 0) this.#join(node, value, i);
      for (const value of readBy(node)) this.#need(value, side);
    }
    for (const [value, sides] of this.#needs) this.#cross(value, sides);
    const { side } = this.#network.minimumCut();
    return new Map([...movable].filter((node) => side.has(this.#sides.get(node)!)).map((node) => [node, SETTLES]));
  }

  /** False for what costs nothing on either side: shape arithmetic, and other shapes of what is there. */
  #counts(node: Node): boolean {
    if (this.#bound.has(node)) return true;
    const isKnown = node.outputs.every(({ contents }) => contents !== undefined) && !tells(node);
    return !isKnown && linearSource(node.output) === undefined;
  }

  /** The value that a value is in other shapes, or seen from inside a body. */
  #rootOf(value: Value): Value {
    for (let root = value; ; ) {
      const isOther = root.producer && !this.#bound.has(root.producer);
      const next = this.#captures.get(root) ?? (isOther ? linearSource(root) : undefined);
      if (!next) return root;
      root = next;
    }
  }

  #movable(nodes: readonly Node[]): Set<Node> {
    const outputs = new Set(this.root.outputs.map(({ value }) => this.#rootOf(value)));
    const inputs = new Set(this.root.inputs);
    /** What follows from what the host gives, or from what picks by values. */
    const behind = new Set<Node>();
    const movable = new Set<Node>();
    for (const node of nodes) {
      const sources = present(node.inputs).map((value) => this.#rootOf(value));
      const follows = sources.some(({ producer }) => producer && behind.has(producer));
      if (follows || this.#bound.has(node) || isPick(node)) behind.add(node);
      const isServed = this.onHost.has(opName(node.op)) && !node.op.random && node.op !== ROTARY;
      if (this.#bound.has(node) || !isServed || sources.some((value) => inputs.has(value))) continue;
      if (!follows && node.outputs.some((value) => outputs.has(value))) continue;
      if (hostTime(node) <= MOST_HOST_TIME) movable.add(node);
    }
    return movable;
  }

  #priced(node: Node): number {
    const side = this.#network.node();
    this.#network.edge(side, this.#network.sink, hostTime(node));
    this.#network.edge(this.#network.source, side, gpuTime(node));
    return side;
  }

  /** What a node of control flow gives is what a body gives, brought to where it is. */
  #join(node: Node, value: Value, output: number): void {
    const side = this.#network.node();
    this.#given.set(value, side);
    for (const { outputs } of node.bodies) this.#need(outputs.at(output - node.outputs.length)!.value, side);
  }

  #need(value: Value, side: number): void {
    const root = this.#rootOf(value);
    if (root.contents || root.constant || !storageOf(root.type.dtype)) return;
    const sides = this.#needs.get(root) ?? new Set();
    this.#needs.set(root, sides.add(side));
  }

  /** Prices what it takes to have a value on the side that does not give it. */
  #cross(value: Value, sides: ReadonlySet<number>): void {
    const network = this.#network;
    const from = this.#origin(value);
    if (from === undefined) return;
    const count = countOf(value);
    const [read, written] = [network.node(), network.node()];
    network.edge(read, from, readTime(count));
    network.edge(from, written, writeTime(count));
    for (const side of sides) {
      network.edge(side, read, UNCUTTABLE);
      network.edge(written, side, UNCUTTABLE);
    }
  }

  /**
   * The side that gives a value; undefined for inputs, which either has. What a loop carries and what is passed on is taken to
   * be on the GPU.
   */
  #origin(value: Value): number | undefined {
    const { producer } = value;
    if (!producer) return this.root.inputs.includes(value) ? undefined : this.#network.sink;
    if (producer.op.inputs.some(({ passedOn }) => passedOn)) return this.#network.sink;
    return this.#given.get(value) ?? this.#sides.get(producer) ?? this.#network.sink;
  }
}

/** The values whose elements a node needs where it is: of control flow, what it is steered by. */
function readBy(node: Node): Value[] {
  const specs = node.op.inputs;
  const isRead = (i: number) => specs[Math.min(i, specs.length - 1)]!.passedOn !== true;
  if (traitOf(node.op, node.view()).kind !== 'control') return present(node.inputs.filter((_, i) => isRead(i)));
  const own = node.inputs.slice(0, node.inputs.length - capturedBy(node).length);
  return present(own).filter(({ type }) => type.shape.every((dim) => dim === 1));
}

function present(values: readonly (Value | null)[]): Value[] {
  return values.filter((value): value is Value => value !== null);
}
