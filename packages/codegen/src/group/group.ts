// Fusion groups: which nodes become one dispatch. Forming them reads traits and shapes only, never an op's name, and
// knows no kernel and no layout.
//
//   anchor     the contraction, reduction or opaque node whose kernel sets the loop; none in a group of pointwise and
//              injective nodes alone, which becomes one generated map kernel
//   epilogue   pointwise nodes applied to the anchor's result before it is stored
//   inlined    values that are computed where they are read, in this group or another: views, and pointwise producers
//              with a single reader

import { type Graph, type Node, sameShape, symbolsOf, type Trait, traitOf, type Value } from '@trtx/ir';
import { affineSource, linearSource } from './view.ts';

export interface Group {
  readonly anchor: Node | null;
  /** Every node that the group computes, the anchor first, otherwise in data order. */
  readonly nodes: readonly Node[];
  /** The anchor's result, to which the epilogue applies; the result itself where there is no anchor. */
  readonly accumulated: Value;
  /** What the group stores. */
  readonly result: Value;
}

/** A node that the host computes at run time. */
export interface HostUnit {
  readonly node: Node;
  readonly reason: string;
}

export type Unit = Group | HostUnit;

export interface Grouping {
  /** In an order in which they can run. */
  readonly groups: readonly Group[];
  /** Groups and host nodes, in an order in which they can run: as few times from one kind to the other as possible. */
  readonly units: readonly Unit[];
  /** Values whose producer is evaluated wherever they are read. */
  readonly inlined: ReadonlySet<Value>;
  /** Values that are the memory of another value, as it lies. */
  readonly aliases: ReadonlyMap<Value, Value>;
  /** Nodes that no group computes: shape arithmetic. */
  readonly host: readonly Node[];
  /** Values that the run sets without a node: what bodies are given beside what they capture. */
  readonly states: ReadonlySet<Value>;
}

export interface GroupLimits {
  /** Bindings that one dispatch may have, those of its result included. */
  readonly bindings: number;
  /** Bindings that a tensor takes; one by default. */
  bindingsOf?(value: Value): number;
}

/** Pointwise nodes that one group may chain; past this a shader gets long to compile and gains nothing. */
const MAX_CHAIN = 64;

export function isHostUnit(unit: Unit): unit is HostUnit {
  return 'reason' in unit;
}

/** The value whose memory a value is. */
export function rootOf(value: Value, aliases: ReadonlyMap<Value, Value>): Value {
  let root = value;
  for (let next = aliases.get(root); next; next = aliases.get(root)) root = next;
  return root;
}

/**
 * @param hosted nodes that the host computes at run time: they join no group, and what they read is in memory
 * @param apart nodes that join no group before theirs
 * @param isBody whether it is one of a node: then outputs whose elements are known need not be in memory
 */
export function formGroups(
  graph: Graph,
  limits: GroupLimits,
  hosted: ReadonlyMap<Node, string> = new Map(),
  apart: ReadonlySet<Node> = new Set(),
  isBody = false,
): Grouping {
  const order = graph.topological();
  const state = new Former(graph, order, limits, hosted, apart, isBody);
  for (const node of order) state.visit(node);
  const { inlined, aliases, host } = state;
  const units = sortUnits(state.units, state);
  return {
    groups: units.filter((unit) => !isHostUnit(unit)) as Group[],
    units,
    inlined,
    aliases,
    host,
    states: new Set(),
  };
}

class Former {
  readonly units: Unit[] = [];
  readonly inlined = new Set<Value>();
  readonly aliases = new Map<Value, Value>();
  readonly host: Node[] = [];
  readonly #taken = new Set<Node>();
  readonly #position: ReadonlyMap<Node, number>;

  constructor(
    readonly graph: Graph,
    order: readonly Node[],
    readonly limits: GroupLimits,
    readonly hosted: ReadonlyMap<Node, string>,
    readonly apart: ReadonlySet<Node>,
    readonly isBody: boolean,
  ) {
    this.#position = new Map(order.map((node, i) => [node, i]));
  }

  visit(node: Node): void {
    if (this.#taken.has(node)) return;
    const reason = this.hosted.get(node);
    if (reason !== undefined) {
      this.units.push({ node, reason });
      return;
    }
    const kind = kindOf(node);
    if (kind === 'shape' || node.outputs.every((v) => v.contents !== undefined)) {
      // Known contents are printed where they are read; only a graph output needs them in memory.
      this.host.push(node);
      for (const value of node.outputs)
        if (this.graph.isOutput(value) && !this.isBody)
          this.units.push({ anchor: null, nodes: [node], accumulated: value, result: value });
      return;
    }
    if (kind === 'injective' && node.outputs.every((v) => this.#asAlias(v) || this.#asView(v))) return;
    if (this.#inlinesIntoReader(node)) {
      this.inlined.add(node.output);
      return;
    }
    if (kind === 'pointwise' || kind === 'injective') {
      for (const value of node.outputs) this.units.push(this.#grow(null, node, value));
    }
    // A kernel stores one result: a node with several runs once for each that is wanted.
    else
      for (const value of node.outputs)
        if (value === node.output || value.users.size > 0 || this.graph.isOutput(value))
          this.units.push(this.#grow(node, node, value));
  }

  /** A linear op over a value in memory shares that memory. */
  #asAlias(value: Value): boolean {
    const source = linearSource(value);
    if (!source || this.inlined.has(source)) return false;
    this.aliases.set(value, source);
    return true;
  }

  /** An affine op over memory is read with other strides, unless someone outside wants the tensor itself. */
  #asView(value: Value): boolean {
    if (this.graph.isOutput(value)) return false;
    const affine = affineSource(value);
    if (!affine || (this.inlined.has(affine.source) && !affineSource(affine.source))) return false;
    for (const reader of value.users.keys())
      if (this.hosted.has(reader) || linearSource(reader.output) === value) return false;
    this.inlined.add(value);
    return true;
  }

  /**
   * A pointwise or injective value with one reader is computed there, where that costs nothing twice: the reader is a
   * reduction, or an injective op that does not repeat elements.
   */
  #inlinesIntoReader(node: Node): boolean {
    const kind = kindOf(node);
    if ((kind !== 'pointwise' && kind !== 'injective') || node.outputs.length !== 1) return false;
    const value = node.output;
    if (this.graph.isOutput(value) || value.users.size !== 1) return false;
    const [reader] = [...value.users.keys()];
    if (this.hosted.has(reader!)) return false;
    if (kindOf(reader!) !== 'reduction' || reader!.inputs[0] !== value || value.users.get(reader!)!.size !== 1)
      return false;
    return this.#bindingsOf([node, reader!], value, reader!.output) <= this.limits.bindings;
  }

  /** The group that starts with a node, grown over the pointwise nodes that follow. */
  #grow(anchor: Node | null, first: Node, value: Value): Group {
    const nodes = [first];
    let best = { length: 1, result: value };
    const members = new Set<Value>([value]);
    const candidates = this.#followers(value);
    while (nodes.length < MAX_CHAIN) {
      const next = candidates.shift();
      if (!next) break;
      if (!this.#fits(next, members, value)) continue;
      nodes.push(next);
      members.add(next.output);
      for (const follower of this.#followers(next.output))
        if (!candidates.includes(follower)) candidates.push(follower);
      candidates.sort((a, b) => this.#position.get(a)! - this.#position.get(b)!);
      if (this.#bindingsOf(nodes, value, next.output) > this.limits.bindings) break;
      if (this.#escapeOf(members) === next.output) best = { length: nodes.length, result: next.output };
    }
    nodes.length = best.length;
    for (const node of nodes) this.#taken.add(node);
    return { anchor, nodes, accumulated: value, result: best.result };
  }

  #followers(value: Value): Node[] {
    const isFree = (node: Node) => !this.#taken.has(node) && !this.hosted.has(node) && !this.apart.has(node);
    return [...value.users.keys()].filter(isFree);
  }

  /** A pointwise node of the same shape whose other operands exist without this group. */
  #fits(node: Node, members: ReadonlySet<Value>, start: Value): boolean {
    if (kindOf(node) !== 'pointwise' || node.outputs.length !== 1) return false;
    if (!sameShape(node.output.type.shape, start.type.shape)) return false;
    return node.inputs.every((input) => !input || !members.has(input) || sameShape(input.type.shape, start.type.shape));
  }

  /** The value of the region that something outside it reads, if that is one alone. */
  #escapeOf(members: ReadonlySet<Value>): Value | undefined {
    let only: Value | undefined;
    for (const value of members) {
      const outside = [...value.users.keys()].some((node) => !members.has(node.output));
      if (!outside && !this.graph.isOutput(value)) continue;
      if (only) return undefined;
      only = value;
    }
    return only;
  }

  #bindingsOf(nodes: readonly Node[], start: Value, result: Value): number {
    const { bindingsOf = () => 1 } = this.limits;
    return [...this.#tensorsOf(nodes, start), result].reduce((sum, value) => sum + bindingsOf(value), 0);
  }

  /** The tensors in memory that nodes read, through everything inlined. Single numbers are printed, not read. */
  #tensorsOf(nodes: readonly Node[], start: Value): Set<Value> {
    const own = computedBy(nodes, start);
    const found = new Set<Value>();
    const stack = nodes.flatMap((node) => [...node.inputs]);
    while (stack.length > 0) {
      const value = stack.pop();
      if (!value || own.has(value) || (value.contents && !value.constant) || isNumber(value)) continue;
      const alias = this.aliases.get(value);
      if (alias) stack.push(alias);
      else if (this.inlined.has(value)) stack.push(...value.producer!.inputs);
      else found.add(value);
    }
    return found;
  }
}

/** The values that a group of nodes computes, of which the first gives `start`. */
export function computedBy(nodes: readonly Node[], start: Value): Set<Value> {
  return new Set([start, ...nodes.slice(1).flatMap((node) => node.outputs)]);
}

function kindOf(node: Node): Trait['kind'] {
  return traitOf(node.op, node.view()).kind;
}

/** A constant of one element, which is printed into the shader. */
export function isNumber(value: Value): boolean {
  return value.constant !== null && value.type.shape.every((d) => d === 1) && value.type.dtype !== 'string';
}

/**
 * Data order over units: each runs where its first node stands, or as soon after as its operands are there; where the host
 * computes nodes, all that can be submitted before it waits goes first.
 */
function sortUnits(units: readonly Unit[], state: Former): Unit[] {
  const maker = new Map<Value, Unit>();
  for (const unit of units)
    if (isHostUnit(unit)) for (const value of unit.node.outputs) maker.set(value, unit);
    else maker.set(unit.result, unit);
  const teller = tellers(units, state.graph);
  const done = new Set<Unit>();
  const sorted: Unit[] = [];
  for (const root of units) {
    const stack = [{ unit: root, pending: dependencies(root) }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      if (done.has(top.unit)) {
        stack.pop();
        continue;
      }
      const next = top.pending.pop();
      if (next) {
        if (!done.has(next)) stack.push({ unit: next, pending: dependencies(next) });
        continue;
      }
      done.add(top.unit);
      sorted.push(top.unit);
      stack.pop();
    }
  }
  return inPhases(sorted, dependencies);

  function dependencies(unit: Unit): Unit[] {
    const found = new Set<Unit>();
    const own = isHostUnit(unit) ? new Set(unit.node.outputs) : computedBy(unit.nodes, unit.accumulated);
    const nodes = isHostUnit(unit) ? [unit.node] : unit.nodes;
    const stack: (Value | null)[] = nodes.flatMap((node) => [...node.inputs]);
    for (const value of own) addTellers(value);
    while (stack.length > 0) {
      const value = stack.pop();
      if (!value || own.has(value)) continue;
      addTellers(value);
      const alias = state.aliases.get(value);
      const source = maker.get(value);
      if (alias) stack.push(alias);
      else if (state.inlined.has(value)) stack.push(...value.producer!.inputs);
      else if (source && source !== unit) found.add(source);
    }
    found.delete(unit);
    return [...found].reverse();

    /** Sizes are operands too, where a host node tells them. */
    function addTellers({ type, contents }: Value): void {
      if (teller.size === 0) return;
      for (const dim of [...type.shape, ...(contents?.values ?? [])])
        for (const symbol of symbolsOf(dim).keys()) {
          const unit = teller.get(symbol);
          if (unit) found.add(unit);
        }
    }
  }
}

/** The host node that tells each symbol which no input has. */
function tellers(units: readonly Unit[], graph: Graph): Map<string, HostUnit> {
  const found = new Map<string, HostUnit>();
  const ofInputs = new Set(graph.inputs.flatMap(({ type }) => type.shape.flatMap((d) => [...symbolsOf(d).keys()])));
  for (const unit of units) {
    if (!isHostUnit(unit)) continue;
    const dims = unit.node.outputs.flatMap(({ type, contents }) => [...type.shape, ...(contents?.values ?? [])]);
    for (const symbol of dims.flatMap((dim) => [...symbolsOf(dim).keys()]))
      if (!ofInputs.has(symbol) && !found.has(symbol)) found.set(symbol, unit);
  }
  return found;
}

/** Sorted units by phases: even ones on the GPU, odd ones on the host, each unit in the first that it can be in. */
function inPhases(sorted: readonly Unit[], dependencies: (unit: Unit) => readonly Unit[]): Unit[] {
  if (!sorted.some(isHostUnit)) return [...sorted];
  const phases = new Map<Unit, number>();
  for (const unit of sorted) {
    const least = isHostUnit(unit) ? 1 : 0;
    const after = dependencies(unit).reduce((most, other) => Math.max(most, phases.get(other)!), least);
    phases.set(unit, after % 2 === least ? after : after + 1);
  }
  return [...sorted].sort((a, b) => phases.get(a)! - phases.get(b)!);
}
