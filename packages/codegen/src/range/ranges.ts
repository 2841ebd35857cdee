// Between which numbers the elements of values are, as far as a graph tells without data: the proof that integers of 64 bits
// fit into 32, and the list of what has no proof.

import {
  ANY,
  bounds,
  combinedType,
  type DType,
  elementCount,
  elementsOf,
  type Graph,
  type Interval,
  isFloat,
  isInteger,
  join,
  type Node,
  type NodeView,
  powersOf,
  product,
  type Reducer,
  type Scalar,
  scalar,
  sumOf,
  type Trait,
  traitOf,
  type Value,
} from '@trtx/ir';
import { bodyInputsOf } from '../captures.ts';
import { isNarrowed } from '../storage.ts';
import { clip, isWithin, narrowOf, numbersOf, wrapped } from './interval.ts';
import { canCheck, rangeOfScalar } from './scalar.ts';

/** What becomes of integers of 64 bits that have no proof: checked where a shader can, or left to the host. */
export type Int64 = 'checked' | 'host';

/** Larger constants are not looked through, unless they are integers of 64 bits. */
const MOST_ELEMENTS = 4096;

type Reduction = Extract<Trait, { kind: 'reduction' }> & { readonly reducer: Reducer };

/** A reduction's parts: what is combined, and what comes of it. */
interface Parts {
  readonly each: Scalar;
  readonly finish: Scalar;
}

export class Ranges {
  readonly #known = new Map<Value, Interval>();
  readonly #open = new Set<Node>();
  readonly #checked = new Set<Node>();

  /** @param checks whether a kernel for the node finds out about numbers that it computes */
  constructor(
    root: Graph,
    readonly int64: Int64,
    readonly checks: (node: Node) => boolean,
  ) {
    const { captures } = bodyInputsOf(root);
    for (const graph of root.withBodies()) {
      for (const input of graph.inputs) {
        const around = captures.get(input);
        if (around) this.#known.set(input, this.of(around));
      }
      for (const node of graph.topological()) this.#add(node);
    }
  }

  /** The range of a value's elements. */
  of(value: Value): Interval {
    let range = this.#known.get(value);
    if (!range) {
      range = constantRange(value) ?? this.#default(value);
      this.#known.set(value, range);
    }
    return range;
  }

  /** False for a value of 64 bits of which 32 may not hold an element. */
  fits(value: Value): boolean {
    const { dtype } = value.type;
    return !isNarrowed(dtype) || isWithin(this.of(value), narrowOf(dtype));
  }

  /** True for a node that may compute integers that 32 bits do not hold of some that they hold. */
  outgrows(node: Node): boolean {
    return this.#open.has(node);
  }

  /** True for one of them whose kernel finds out about it. */
  isChecked(node: Node): boolean {
    return this.#checked.has(node);
  }

  /** The operations of a pointwise node's expression that are to be checked. */
  openIn(node: Node, expression: Scalar): ReadonlySet<Scalar> {
    return rangeOfScalar(expression, (i) => this.of(node.inputs[i]!), true).open;
  }

  /** Those of what a reduction combines, and whether the combining is. */
  openInReduction(node: Node, each: Scalar): { readonly each: ReadonlySet<Scalar>; readonly combined: boolean } {
    const term = rangeOfScalar(each, () => this.of(node.inputs[0]!), true);
    const trait = traitOf(node.op, node.view()) as Reduction;
    const combined = combine(node.view(), trait, term.range);
    return { each: term.open, combined: isNarrowed(each.dtype) && !isWithin(combined, narrowOf(each.dtype)) };
  }

  /** The operand of a node of which 32 bits may not hold an element, if there is one. What steers shapes is read by the build. */
  unfit(node: Node): Value | undefined {
    const { inputs, op } = node;
    const steers = (i: number) => op.inputs[Math.min(i, op.inputs.length - 1)]!.steersShape === true;
    const found = inputs.findIndex((value, i) => value && !steers(i) && !this.fits(value) && !isPlace(node, i));
    return inputs[found] ?? undefined;
  }

  #add(node: Node): void {
    const at = node.view();
    const trait = traitOf(node.op, at);
    const isKnown = (value: Value) => value.contents !== undefined && value.contents.values.length > 0;
    if (node.outputs.every(isKnown)) return;
    if (trait.kind === 'pointwise') this.#addPointwise(node, trait.scalar(at));
    else if (trait.kind === 'reduction' && trait.reducer) this.#addReduction(node, trait as Reduction);
    else if (trait.kind === 'injective') {
      node.outputs.forEach((value, i) => {
        const { sources, otherwise } = trait.map(at, i);
        const read = sources.map(({ input }) => this.of(node.inputs[input]!));
        if (otherwise)
          read.push('value' in otherwise ? [otherwise.value, otherwise.value] : this.of(node.inputs[otherwise.input]!));
        this.#known.set(value, join(...read));
      });
    } else if (node.op.range)
      this.#addTold(
        node,
        node.op.range(at, (i) => this.of(node.inputs[i]!)),
      );
    else if (this.unfit(node))
      // Nothing is known of what comes of such numbers.
      for (const value of node.outputs) this.#known.set(value, numbersOf(value.type.dtype));
  }

  #addPointwise(node: Node, expression: Scalar): void {
    const args = (i: number) => this.of(node.inputs[i]!);
    const { open, range } = rangeOfScalar(expression, args, true);
    this.#close(node, [...open].every(canCheck), open.size > 0, [range], () => [
      rangeOfScalar(expression, args, false).range,
    ]);
  }

  #addReduction(node: Node, trait: Reduction): void {
    const at = node.view();
    const own = combinedType(at.input(0).dtype, trait.reducer);
    const { each, finish } = partsOf(trait.reducer, at.input(0).dtype);
    const evaluate = (checked: boolean) => {
      const term = rangeOfScalar(each, () => this.of(node.inputs[0]!), checked);
      const combined = combine(at, trait, term.range);
      const fits = !isNarrowed(own) || isWithin(combined, narrowOf(own));
      const sum = !fits && checked ? clip(combined, narrowOf(own as 'int64')) : wrapped(combined, own);
      const count = countOf(at, trait);
      const last = rangeOfScalar(finish, (i) => (i ? count : sum), checked);
      return { term, fits, last };
    };
    const { term, fits, last } = evaluate(true);
    const isOpen = !fits || term.open.size > 0 || last.open.size > 0;
    const { combine: operation } = trait.reducer;
    const can =
      last.open.size === 0 && [...term.open].every(canCheck) && own === 'int64' && (fits || operation === 'add');
    this.#close(node, can, isOpen, [last.range], () => [evaluate(false).last.range]);
  }

  #addTold(node: Node, told: readonly (Interval | undefined)[]): void {
    const types = node.outputs.map(({ type }) => type.dtype);
    // What is told does not count the rounding of floats.
    const exact = node.outputs.map((value, i) => (isFloat(types[i]!) ? ANY : (told[i] ?? this.#default(value))));
    const open = types.filter((dtype, i) => isNarrowed(dtype) && !isWithin(exact[i]!, narrowOf(dtype)));
    const wrap = () => exact.map((range, i) => wrapped(range, types[i]!));
    const narrow = exact.map((range, i) => {
      const dtype = types[i]!;
      return isNarrowed(dtype) ? clip(range, narrowOf(dtype)) : wrapped(range, dtype);
    });
    this.#close(node, !open.includes('uint64'), open.length > 0, narrow, wrap);
  }

  /** Decides on a node: `narrow` is what its outputs are where it is checked, `exact` makes what they are elsewhere. */
  #close(
    node: Node,
    can: boolean,
    isOpen: boolean,
    narrow: readonly Interval[],
    exact: () => readonly Interval[],
  ): void {
    const checked = isOpen && !this.unfit(node) && this.int64 === 'checked' && can && this.checks(node);
    if (isOpen) this.#open.add(node);
    if (checked) this.#checked.add(node);
    const ranges = isOpen && !checked ? exact() : narrow;
    node.outputs.forEach((value, i) => {
      this.#known.set(value, ranges[i]!);
    });
  }

  /** What a value may be that nothing is known of: what is brought to the GPU is looked at on the way. */
  #default({ type: { dtype } }: Value): Interval {
    return isNarrowed(dtype) && this.int64 === 'checked' ? narrowOf(dtype) : numbersOf(dtype);
  }
}

/** Of what is known without a node. Sizes are looked at before a run. */
function constantRange({ type: { dtype }, constant, contents }: Value): Interval | undefined {
  if (contents && contents.values.length > 0) {
    const all = contents.values.map((dim): Interval => {
      if (typeof dim === 'number') return [dim, dim];
      const { min, max } = bounds(dim);
      return clip([min, max], numbersOf('int32'));
    });
    return join(...all);
  }
  if (!constant || !isCounted(dtype) || (!isNarrowed(dtype) && elementCount(constant.dims) > MOST_ELEMENTS))
    return undefined;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const element of elementsOf(constant)) {
    const number = Number(element);
    if (number < low) low = number;
    if (number > high) high = number;
  }
  return low <= high ? [low, high] : undefined;
}

/** True for an operand whose elements are places in others, by the run: past 32 bits there is none. */
function isPlace(node: Node, operand: number): boolean {
  const at = node.view();
  const trait = traitOf(node.op, at);
  if (trait.kind !== 'injective' || node.inputs[operand]!.constant) return false;
  return node.outputs.every((_, i) => {
    const { sources, otherwise } = trait.map(at, i);
    const reads = otherwise && 'input' in otherwise && otherwise.input === operand;
    return !reads && sources.every(({ input }) => input !== operand);
  });
}

/** True for the types whose elements are numbers in arrays. */
function isCounted(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'bool' || isInteger(dtype);
}

/** What a reduction combines of an element, and what it makes of that. */
export function partsOf(reducer: Reducer, own: Scalar['dtype']): Parts {
  const { each = (x) => x, finish = (x) => x } = reducer;
  const dtype = combinedType(own, reducer);
  return {
    each: each(scalar.cast(scalar.arg(0, own), dtype)),
    finish: scalar.cast(finish(scalar.arg(0, dtype), scalar.arg(1, dtype)), own),
  };
}

function countOf(at: NodeView, { axes }: Reduction): Interval {
  const { shape } = at.input(0);
  const { min, max } = bounds(product(axes(at).map((axis) => shape[axis]!)));
  return [min, max];
}

/** The exact range of a reduction before `finish`. */
function combine(at: NodeView, trait: Reduction, term: Interval): Interval {
  const count = countOf(at, trait);
  const { combine: operation } = trait.reducer;
  // Sums of floats are as far from the exact ones as they are long.
  if (isFloat(at.input(0).dtype) && operation !== 'min' && operation !== 'max') return ANY;
  if (operation === 'add') return sumOf(term, count);
  if (operation === 'mul') return powersOf(term, count[1]);
  // Of nothing it is the far end of the type.
  return count[0] > 0 ? term : numbersOf(at.input(0).dtype);
}
