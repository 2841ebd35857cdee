// Groups while they are formed, and what the steps of that ask: who computes a value, what may be read as a view, and what
// depends on what.

import { type Graph, type Node, type Trait, traitOf, type Value } from '@trtx/ir';
import { bitsOf } from '../storage.ts';
import { Draft } from './draft.ts';
import { denseView, isWhole, linearSource, sourceOf, type TensorView, viewThrough } from './view.ts';

export interface GroupLimits {
  /** Bindings that one dispatch may have, those of its results included. */
  readonly bindings: number;
  /** Bindings that a tensor takes; one by default. */
  bindingsOf?(value: Value): number;
  /** Products that a kernel makes of an element that it reads for a contraction, about; one by default. */
  readonly reuse?: number;
  /** Whether a node checks what it computes, which takes a binding of the group. */
  isChecked?(node: Node): boolean;
  /** Whether kernels of a node read an input of it as codes. */
  decodes?(node: Node, input: number): boolean;
}

/** Nodes that one group may have; past this a shader gets long to compile and gains nothing. */
const MAX_NODES = 64;

export class Formation {
  readonly order: readonly Node[];
  /** Nodes that no group computes: shape arithmetic. */
  readonly host: Node[] = [];
  /** Values that are read as views, and of what, if all other values lay in memory of their own. */
  readonly movements = new Map<Value, TensorView>();
  /** Values that are written into the memory of others, and where. */
  readonly placed = new Map<Value, TensorView>();
  readonly #drafts = new Map<Value, Draft>();
  readonly #position: ReadonlyMap<Node, number>;
  readonly #kinds = new Map<Node, Trait>();
  readonly #known = new Set<Node>();

  constructor(
    readonly graph: Graph,
    readonly limits: GroupLimits,
    readonly hosted: ReadonlyMap<Node, string>,
    readonly apart: ReadonlySet<Node>,
    readonly isBody: boolean,
  ) {
    this.order = graph.topological();
    this.#position = new Map(this.order.map((node, i) => [node, i]));
    for (const node of this.order) {
      if (this.hosted.has(node)) continue;
      if (this.traitOf(node).kind === 'shape' || node.outputs.every((value) => value.contents !== undefined)) {
        this.host.push(node);
        this.#known.add(node);
      } else for (const value of node.outputs) this.#findMovement(value);
    }
  }

  traitOf(node: Node): Trait {
    let trait = this.#kinds.get(node);
    if (!trait) {
      trait = traitOf(node.op, node.view());
      this.#kinds.set(node, trait);
    }
    return trait;
  }

  positionOf(node: Node): number {
    return this.#position.get(node)!;
  }

  /** True for a node whose elements are printed where they are read. */
  isKnown(node: Node): boolean {
    return this.#known.has(node);
  }

  /** True for a pointwise or injective node that a group may take. */
  isFree(node: Node): boolean {
    const { kind } = this.traitOf(node);
    return (kind === 'pointwise' || kind === 'injective') && !this.hosted.has(node) && !this.#known.has(node);
  }

  /** True for what something outside of groups reads: it lies in memory, as it is. */
  isWanted(value: Value): boolean {
    return this.graph.isOutput(value) || [...value.users.keys()].some((reader) => this.hosted.has(reader));
  }

  isAlive(value: Value): boolean {
    return value.users.size > 0 || this.graph.isOutput(value);
  }

  /** The group that computes a value. */
  draftOf(value: Value): Draft | undefined {
    return this.#drafts.get(value);
  }

  get drafts(): Set<Draft> {
    return new Set(this.#drafts.values());
  }

  add(anchor: Node | null, node: Node, value: Value): Draft {
    const draft = new Draft(anchor, node, value);
    this.#drafts.set(value, draft);
    return draft;
  }

  /** Tells that a draft computes a value, or that none does. */
  claim(draft: Draft | undefined, value: Value): void {
    if (draft) this.#drafts.set(value, draft);
    else this.#drafts.delete(value);
  }

  /** Puts a draft in the place of those that computed its values. */
  put(draft: Draft): void {
    for (const value of draft.computed) this.#drafts.set(value, draft);
  }

  /** What a draft stores: what it computes and others read. */
  resultsOf(draft: Draft): Value[] {
    const { nodes, computed } = draft;
    const isOutside = (node: Node) => !node.outputs.some((value) => computed.has(value));
    const escapes = (value: Value): boolean =>
      this.graph.isOutput(value) || [...value.users.keys()].some((node) => isOutside(node));
    const stored = [...draft.members, ...draft.stored].filter(escapes);
    // What nobody reads is computed all the same, alone.
    return stored.length > 0 ? stored : [nodes.length > 1 ? nodes.at(-1)!.output : draft.accumulated];
  }

  /** True where a draft stays within the limits, if it had these too. */
  fits(draft: Draft): boolean {
    if (draft.nodes.length + draft.prologue.size > MAX_NODES) return false;
    const results = this.resultsOf(draft);
    const { isChecked = () => false, bindings } = this.limits;
    // Kernels may compute past the ends of what they read on the way, and let it go.
    if (draft.anchor && [...draft.prologue].some((value) => isChecked(value.producer!))) return false;
    const status = draft.allNodes().some(isChecked) ? 1 : 0;
    // Elements that share words do so with equally many others in all results.
    const shared = new Set(results.map(({ type }) => bitsOf(type.dtype)).filter((bits) => bits < 32));
    return shared.size <= 1 && this.bindingsOf(this.tensorsOf(draft)) + this.bindingsOf(results) + status <= bindings;
  }

  bindingsOf(values: Iterable<Value>): number {
    const { bindingsOf = () => 1 } = this.limits;
    return [...values].reduce((sum, value) => sum + bindingsOf(value), 0);
  }

  /** The tensors in memory that a draft reads. Single numbers are printed, not read. */
  tensorsOf(draft: Draft): Set<Value> {
    const found = new Set<Value>();
    for (const value of draft.operands()) {
      if ((value.contents && !value.constant) || isNumber(value)) continue;
      const storage = this.movements.get(value)?.storage ?? value;
      // What it computes is in no memory, nor are views of it.
      if (!draft.prologue.has(storage)) found.add(storage);
    }
    return found;
  }

  /** True where one of the values is computed from what a draft gives, through whole groups. */
  dependOn(values: Iterable<Value>, draft: Draft): boolean {
    const first = Math.min(...draft.allNodes().map((node) => this.positionOf(node)));
    const seen = new Set<Value | Draft>();
    const stack = [...values];
    for (let value = stack.pop(); value; value = stack.pop()) {
      const node = value.producer;
      if (!node || seen.has(value) || this.#known.has(node)) continue;
      seen.add(value);
      const own = this.#drafts.get(value);
      if (own === draft) return true;
      if (!own) {
        if (this.positionOf(node) >= first) stack.push(...present(node.inputs));
        continue;
      }
      if (seen.has(own)) continue;
      seen.add(own);
      if (own.allNodes().some((each) => this.positionOf(each) >= first)) stack.push(...own.operands());
    }
    return false;
  }

  /** Nodes that nothing has to compute. */
  moves(): Set<Node> {
    const isMove = (node: Node) => this.isFree(node) && node.outputs.every((value) => !this.#drafts.has(value));
    return new Set(this.order.filter(isMove));
  }

  /** Where every value lies that is in the memory of another. */
  views(): Map<Value, TensorView> {
    const views = new Map(this.placed);
    // In data order, so that what a view is of comes first.
    for (const value of this.movements.keys()) {
      if (this.#drafts.has(value)) continue;
      const source = sourceOf(value)!;
      views.set(value, viewThrough(value, views.get(source) ?? denseView(source))!);
    }
    return views;
  }

  /**
   * True where everything that is read as a view of a value can still be, and as it lies where that matters, if the value
   * lies at a place in another.
   */
  canLieAt(value: Value, place: TensorView): boolean {
    const stack: [Value, TensorView][] = [[value, place]];
    for (let top = stack.pop(); top; top = stack.pop()) {
      const [source, view] = top;
      for (const node of source.users.keys())
        for (const moved of node.outputs) {
          if (!this.movements.has(moved) || sourceOf(moved) !== source) continue;
          const next = viewThrough(moved, view);
          if (!next || this.isWanted(moved)) return false;
          stack.push([moved, next]);
        }
    }
    return true;
  }

  #findMovement(value: Value): void {
    const source = sourceOf(value);
    if (!source || (source.contents && !source.constant)) return;
    const view = viewThrough(value, this.movements.get(source) ?? denseView(source));
    if (!view) return;
    // Outputs are known to be memory of different values as long as they are those in other shapes.
    const lies = isChain(value, view.storage) || (isWhole(view) && !this.graph.isOutput(value));
    if (this.isWanted(value) && !lies) return;
    this.movements.set(value, view);
  }
}

/** True where a value is another one in other shapes. */
function isChain(value: Value, source: Value): boolean {
  let at: Value | undefined = value;
  while (at && at !== source) at = linearSource(at);
  return at === source;
}

function present(values: readonly (Value | null)[]): Value[] {
  return values.filter((value): value is Value => value !== null);
}

/** A constant of one element, which is printed into the shader. */
export function isNumber(value: Value): boolean {
  return value.constant !== null && value.type.shape.every((d) => d === 1) && value.type.dtype !== 'string';
}
