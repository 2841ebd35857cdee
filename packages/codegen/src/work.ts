// What dispatches compute and move, for reports: the arithmetic of their nodes, and the bytes of what they read and write,
// each once. A kernel may do more of both; none can do with less, but for what stays in caches from the dispatch before. And
// where dispatches leave their results, whose results they read, and what other tactics were to cost.

import type { DispatchWork, HeldMemory, PlanRange, PlanWork, Size, WrittenTensor } from '@trtx/engine';
import { storageBits } from '@trtx/engine';
import { add, ceilDiv, type Dim, flopsOf, minDim, mul, type Node, product, traitOf, type Value } from '@trtx/ir';
import type { Bounds } from './bounds/secure.ts';
import type { Emitted } from './emitted.ts';
import type { Emitter } from './emitter.ts';
import { nodesOf } from './group/group.ts';
import { isDense } from './group/view.ts';
import type { SizeTable } from './memory/sizes.ts';
import type { Packed } from './slot.ts';
import { storedSize } from './storage.ts';
import { type Tactic, tacticLabel } from './tactics.ts';

/** Collects the work of dispatches, with a table of expressions of its own: the runtime evaluates the plan's for each shape. */
export class WorkList {
  readonly #sizes: SizeTable;
  readonly #placeOf: (value: Value) => PlanRange | undefined;
  readonly #dispatches: DispatchWork[] = [];
  /** Results by the value in whose memory they lie. */
  readonly #resultsIn = new Map<Value, Set<Value>>();

  /** @param placeOf where the memory begins that a value lies in */
  constructor(sizes: SizeTable, placeOf: (value: Value) => PlanRange | undefined) {
    this.#sizes = sizes;
    this.#placeOf = placeOf;
  }

  /**
   * In the order of the plan's dispatches. One stage is told to do the arithmetic, the last to be what was chosen.
   * @param bounds of each stage
   */
  add(item: Emitted, bounds: readonly Bounds[]): void {
    const { group, stages } = item;
    const nodes = nodesOf(group);
    const flops = sum([...nodes].map(flopsOf));
    const last = stages.length - 1;
    const computing = Math.max(
      stages.findIndex(({ launch }) => launch.computes),
      0,
    );
    const known = new Set<Value>();
    for (const [i, { emitter }] of stages.entries()) {
      const scratch = scratchOf(emitter);
      const [left, own] = [true, false].map((isLeft) =>
        bytesOfScratch(scratch.filter((one) => known.has(one) === isLeft)),
      );
      for (const one of scratch) known.add(one);
      const written = i < last ? own! : sum(group.results.map((result) => bytesOf(emitter, result)))!;
      this.#dispatches.push({
        ...(i !== computing || flops === undefined ? {} : this.#told('flops', flops)),
        ...this.#told('reads', add(bytesRead(emitter, nodes), left!)),
        operands: this.#operands(emitter, nodes),
        ...this.#told('writes', written),
        ...(bounds[i] === 'proved' ? {} : { bounds: bounds[i]! }),
        ...(i < last ? {} : this.#chosen(item)),
      });
    }
    const { emitter } = stages[last]!;
    for (const result of group.results) {
      const { storage } = emitter.view(result);
      this.#resultsIn.set(storage, (this.#resultsIn.get(storage) ?? new Set()).add(result));
    }
  }

  /** What the dispatch tells that stores the results. */
  #chosen({ group, stages, tactic, tactics, problem }: Emitted): Partial<DispatchWork> {
    const { emitter } = stages.at(-1)!;
    return {
      results: group.results.flatMap((result) => this.#written(result, emitter) ?? []),
      ...alternativesTo(tactic, tactics),
      ...timedAs(tactic, tactics, problem),
    };
  }

  finish(memory: readonly HeldMemory[]): PlanWork {
    return { exprs: this.#sizes.exprs, dispatches: this.#dispatches, memory };
  }

  /** What is no result itself lies where some are: all that a view or a concatenation is made of. */
  #operands(emitter: Emitter, nodes: Iterable<Node>): string[] {
    const values = [...valuesRead(emitter, nodes)].filter(({ constant }) => constant === null);
    const sources = values.flatMap((value) => {
      const { storage } = emitter.view(value);
      const results = this.#resultsIn.get(storage) ?? new Set([storage]);
      return results.has(value) ? [value] : [...results];
    });
    return [...new Set(sources.map(({ name }) => name))];
  }

  #written(value: Value, emitter: Emitter): WrittenTensor | undefined {
    const { storage, offset, strides, shape } = emitter.view(value);
    const place = this.#placeOf(value);
    if (!place || ![offset, ...strides, ...shape].every((dim) => this.#sizes.knows(dim))) return undefined;
    const size = (dim: Dim) => this.#sizes.size(dim);
    return {
      name: value.name,
      dtype: value.type.dtype,
      shape: shape.map(size),
      storage: emitter.storages(storage),
      at: { buffer: place.buffer, offset: place.offset },
      ...(offset === 0 ? {} : { offset: size(offset) }),
      ...(isDense({ strides, shape }) ? {} : { strides: strides.map(size) }),
    };
  }

  /** A size that is too long to be written down is left out. */
  #told<K extends keyof DispatchWork>(key: K, dim: Dim): { [key in K]?: Size } {
    return this.#sizes.knows(dim) ? ({ [key]: this.#sizes.size(dim) } as { [key in K]: Size }) : {};
  }
}

/** Undefined where a part is not known. */
function sum(parts: readonly (Dim | undefined)[]): Dim | undefined {
  return parts.reduce((all, part) => (all === undefined || part === undefined ? undefined : add(all, part)), 0);
}

/** The best other, and the best of another kernel, in units of what the one taken took or was to cost. */
function alternativesTo(taken: Tactic, tactics: readonly Tactic[]): Pick<DispatchWork, 'alternatives'> {
  const measure = taken.us === undefined ? ({ cost }: Tactic) => cost : ({ us }: Tactic) => us;
  const own = measure(taken);
  if (!(own && own > 0)) return {};
  // What was not timed cannot be compared with what was.
  const comparable = tactics.filter((tactic) => tactic !== taken && measure(tactic) !== undefined);
  const another = comparable.find(({ kernel }) => kernel !== taken.kernel);
  const others = new Set([comparable[0], another].filter((tactic) => tactic !== undefined));
  const ratios = [...others].map(
    (tactic) => [tacticLabel(tactic), Number((measure(tactic)! / own).toPrecision(3))] as const,
  );
  return { alternatives: ratios };
}

/** What was measured, where tactics were to be taken by that. */
function timedAs(
  { us }: Tactic,
  tactics: readonly Tactic[],
  problem: string | undefined,
): Pick<DispatchWork, 'timing'> {
  if (problem === undefined) return {};
  const timed = tactics.filter((tactic) => tactic.us !== undefined).length;
  return { timing: { problem, timed, tactics: tactics.length, ...(us === undefined ? {} : { us }) } };
}

/** What nodes read from memory that is not packed, each as often as they do. */
function* valuesRead(emitter: Emitter, nodes: Iterable<Node>): Generator<Value> {
  const inMemory = new Set(emitter.slots.flatMap((slot) => (slot.kind === 'value' ? [slot.value] : [])));
  for (const { inputs } of nodes)
    for (const value of inputs)
      if (value && !emitter.isComputed(value) && inMemory.has(emitter.view(value).storage)) yield value;
}

function bytesRead(emitter: Emitter, nodes: ReadonlySet<Node>): Dim {
  const packed = new Map(
    emitter.slots.flatMap((slot) =>
      slot.kind === 'packed' ? [[slot.packed.key, packedBytes(slot.packed, nodes)]] : [],
    ),
  );
  const elements = new Map<Value, Dim>();
  for (const node of nodes) {
    // A node that picks elements reads no more of them than it gives.
    const most = traitOf(node.op, node.view()).kind === 'injective' ? product(node.output.type.shape) : undefined;
    for (const value of valuesRead(emitter, [node])) {
      const all = product(value.type.shape);
      elements.set(value, most === undefined || elements.has(value) ? all : minDim(all, most));
    }
  }
  const read = [...elements].map(([value, count]) => bytesOf(emitter, value, count));
  return sum([...packed.values(), ...read])!;
}

/** What a stage leaves to others, or they to it. */
function scratchOf({ slots }: Emitter): Value[] {
  return [...new Set(slots.flatMap((slot) => (slot.kind === 'scratch' ? [slot.value] : [])))];
}

function bytesOfScratch(values: readonly Value[]): Dim {
  return sum(values.map(({ type }) => mul(4, product(type.shape))))!;
}

/** Of a constant of the model no more than it has: a layout may fill it up. */
function packedBytes({ names, size }: Packed, nodes: ReadonlySet<Node>): number {
  const constants = [...nodes].flatMap(({ inputs }) => inputs.flatMap((value) => (value?.constant ? [value] : [])));
  if (names.length === 0) return size;
  const sources = names.map((name) => constants.find((value) => value.name === name)?.constant);
  const own = sources.reduce((all, constant) => all + (constant ? storedSize(constant) : size), 0);
  return Math.min(size, own);
}

function bytesOf(emitter: Emitter, value: Value, elements = product(value.type.shape)): Dim {
  const bits = storageBits(emitter.storages(emitter.view(value).storage));
  return bits % 8 === 0 ? mul(bits / 8, elements) : ceilDiv(mul(bits, elements), 8);
}
