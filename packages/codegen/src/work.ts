// What dispatches compute and move, for reports: the arithmetic of their nodes, and the bytes of what they read and write,
// each once. A kernel may do more of both; none can do with less, but for what stays in caches from the dispatch before. And
// where dispatches leave their results.

import type { DispatchWork, HeldMemory, PlanRange, PlanWork, Size, WrittenTensor } from '@trtx/engine';
import { storageBits } from '@trtx/engine';
import { add, ceilDiv, type Dim, flopsOf, minDim, mul, type Node, product, traitOf, type Value } from '@trtx/ir';
import type { Emitted } from './emitted.ts';
import type { Emitter } from './emitter.ts';
import { nodesOf } from './group/group.ts';
import { isDense } from './group/view.ts';
import type { SizeTable } from './memory/sizes.ts';

/** Collects the work of dispatches, with a table of expressions of its own: the runtime evaluates the plan's for each shape. */
export class WorkList {
  readonly #sizes: SizeTable;
  readonly #placeOf: (value: Value) => PlanRange | undefined;
  readonly #dispatches: DispatchWork[] = [];

  /** @param placeOf where the memory begins that a value lies in */
  constructor(sizes: SizeTable, placeOf: (value: Value) => PlanRange | undefined) {
    this.#sizes = sizes;
    this.#placeOf = placeOf;
  }

  /** In the order of the plan's dispatches. */
  add({ group, emitter }: Emitted): void {
    const nodes = nodesOf(group);
    const flops = sum([...nodes].map(flopsOf));
    this.#dispatches.push({
      ...(flops === undefined ? {} : this.#told('flops', flops)),
      ...this.#told('reads', bytesRead(emitter, nodes)),
      ...this.#told('writes', sum(group.results.map((result) => bytesOf(emitter, result)))!),
      results: group.results.flatMap((result) => this.#written(result, emitter) ?? []),
    });
  }

  finish(memory: readonly HeldMemory[]): PlanWork {
    return { exprs: this.#sizes.exprs, dispatches: this.#dispatches, memory };
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

function bytesRead(emitter: Emitter, nodes: Iterable<Node>): Dim {
  const packed = new Map<string, number>();
  const inMemory = new Set<Value>();
  for (const slot of emitter.slots) {
    if (slot.kind === 'packed') packed.set(slot.packed.key, slot.packed.size);
    else if (slot.kind === 'value') inMemory.add(slot.value);
  }
  const elements = new Map<Value, Dim>();
  for (const node of nodes) {
    // A node that picks elements reads no more of them than it gives.
    const most = traitOf(node.op, node.view()).kind === 'injective' ? product(node.output.type.shape) : undefined;
    for (const value of node.inputs) {
      if (!value || emitter.isComputed(value) || !inMemory.has(emitter.view(value).storage)) continue;
      const all = product(value.type.shape);
      elements.set(value, most === undefined || elements.has(value) ? all : minDim(all, most));
    }
  }
  const read = [...elements].map(([value, count]) => bytesOf(emitter, value, count));
  return sum([...packed.values(), ...read])!;
}

function bytesOf(emitter: Emitter, value: Value, elements = product(value.type.shape)): Dim {
  const bits = storageBits(emitter.storages(emitter.view(value).storage));
  return bits % 8 === 0 ? mul(bits / 8, elements) : ceilDiv(mul(bits, elements), 8);
}
