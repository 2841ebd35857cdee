// Where everything lies: inputs and outputs in buffers of their own, intermediates in the arena, constants in read-only
// buffers, dynamic sizes in the params buffer.

import type { Plan, PlanBinding, PlanBlob, PlanBuffer, Size } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { type Dim, elementCount, type Graph, product, type Value } from '@trtx/ir';
import type { Emitted } from '../emitted.ts';
import type { Packed, Slot } from '../emitter.ts';
import type { Grouping } from '../group/group.ts';
import { storedBytes } from '../storage.ts';
import { DEFAULT_LIMITS, type Target } from '../target.ts';
import { align, type Lifetime, planArena } from './arena.ts';
import { maximum, type SizeTable } from './sizes.ts';

interface Place {
  readonly buffer: number;
  readonly offset: number;
  /** Absent for buffers that are bound whole. */
  readonly size?: number;
}

export class Layout {
  readonly blobs: (() => Uint8Array)[] = [];
  readonly #buffers: PlanBuffer[] = [];
  readonly #planBlobs: PlanBlob[] = [];
  readonly #places = new Map<Value | string, Place>();
  readonly #params: [number, Size][] = [];
  readonly #paramBlocks = new Map<string, PlanBinding>();
  readonly #paramBuffer: number;
  #paramBytes = 0;
  #weights: { buffer: number; bytes: number } | undefined;
  readonly #livePeak: number;

  constructor(
    graph: Graph,
    grouping: Grouping,
    emitted: readonly Emitted[],
    readonly sizes: SizeTable,
    readonly target: Target,
  ) {
    for (const value of graph.inputs)
      this.#places.set(value, { buffer: this.#add('input', bytesOf(value)), offset: 0 });
    for (const { value } of graph.outputs) {
      const root = rootOf(value, grouping);
      const place = { buffer: this.#add('output', bytesOf(value)), offset: 0 };
      this.#places.set(root, place);
      this.#places.set(value, place);
    }
    this.#livePeak = this.#placeIntermediates(emitted);
    this.#paramBuffer = this.#buffers.length;
    this.#buffers.push({ kind: 'params', bytes: 0 });
  }

  /** The buffer of a graph input or output. */
  bufferOf(value: Value): number {
    return this.#places.get(value)!.buffer;
  }

  binding(slot: Slot): PlanBinding {
    if (slot.kind === 'packed') return this.#constant(slot.packed.key, slot.packed);
    const place = this.#places.get(slot.value);
    if (place) return place;
    const { constant, name } = slot.value;
    if (!constant) throw new TrtxError('CODEGEN', 'a tensor without a place is bound', { tensor: name });
    const key = `${name}:plain`;
    const size = Math.max(4, 4 * elementCount(constant.dims));
    return this.#constant(key, { key, names: [name], size, bytes: () => storedBytes(constant, name) });
  }

  /** A block of the params buffer that holds these sizes, one word each. */
  paramBlock(dims: readonly Dim[]): PlanBinding {
    const key = dims.join('; ');
    let block = this.#paramBlocks.get(key);
    if (!block) {
      const offset = this.#paramBytes;
      // A uniform binding's size is a multiple of 16.
      const size = Math.ceil((dims.length * 4) / 16) * 16;
      this.#paramBytes = align(offset + size);
      dims.forEach((dim, i) => {
        this.#params.push([offset / 4 + i, this.sizes.size(dim)]);
      });
      block = { buffer: this.#paramBuffer, offset, size };
      this.#paramBlocks.set(key, block);
    }
    return block;
  }

  /** The plan's parts that are about memory, once every binding has been asked for. */
  finish(): Pick<Plan, 'buffers' | 'blobs' | 'params' | 'requires' | 'liveBytesPeak'> {
    this.#buffers[this.#paramBuffer] = { kind: 'params', bytes: Math.max(this.#paramBytes, 16) };
    return {
      buffers: this.#buffers,
      blobs: this.#planBlobs,
      params: this.#params,
      requires: { features: [], limits: this.#limits() },
      liveBytesPeak: this.#livePeak,
    };
  }

  #add(kind: PlanBuffer['kind'], bytes: number): number {
    return this.#buffers.push({ kind, bytes: Math.max(bytes, 4) }) - 1;
  }

  /** Gives every other result a place in the arena. Returns the live peak. */
  #placeIntermediates(emitted: readonly Emitted[]): number {
    const values: Value[] = [];
    const lives = new Map<Value, { first: number; last: number }>();
    emitted.forEach(({ emitter }, step) => {
      for (const slot of emitter.slots) {
        if (slot.kind !== 'value' || !slot.value.producer || this.#places.has(slot.value)) continue;
        const life = lives.get(slot.value);
        if (life) life.last = step;
        else {
          values.push(slot.value);
          lives.set(slot.value, { first: step, last: step });
        }
      }
    });
    const lifetimes = values.map((value): Lifetime => ({ bytes: bytesOf(value), ...lives.get(value)! }));
    const arena = planArena(lifetimes);
    if (values.length > 0) {
      const buffer = this.#add('arena', arena.bytes);
      values.forEach((value, i) => {
        this.#places.set(value, { buffer, offset: arena.offsets[i]!, size: Math.max(lifetimes[i]!.bytes, 4) });
      });
    }
    return arena.liveBytesPeak;
  }

  #constant(key: string, packed: Packed): Place {
    let place = this.#places.get(key);
    if (!place) {
      const bytes = packed.size;
      const limit = Math.min(this.target.limits.maxBufferSize, DEFAULT_LIMITS.maxBufferSize);
      if (!this.#weights || this.#weights.bytes + bytes > limit)
        this.#weights = { buffer: this.#add('weights', 0), bytes: 0 };
      const { buffer, bytes: offset } = this.#weights;
      place = { buffer, offset, size: bytes };
      this.#places.set(key, place);
      this.#weights.bytes = align(offset + bytes);
      this.#buffers[buffer] = { kind: 'weights', bytes: this.#weights.bytes };
      this.#planBlobs.push({ buffer, offset, bytes, names: packed.names });
      this.blobs.push(packed.bytes);
    }
    return place;
  }

  /** Limits past WebGPU's defaults that the plan needs. */
  #limits(): Record<string, number> {
    const limits: Record<string, number> = {};
    const largest = (all: number[]) => all.reduce((a, b) => Math.max(a, b), 0);
    const buffer = largest(this.#buffers.map(({ bytes }) => bytes));
    const binding = largest([
      ...[...this.#places.values()].map(({ size, buffer }) => size ?? this.#buffers[buffer]!.bytes),
    ]);
    if (buffer > DEFAULT_LIMITS.maxBufferSize) limits.maxBufferSize = buffer;
    if (binding > DEFAULT_LIMITS.maxStorageBufferBindingSize) limits.maxStorageBufferBindingSize = binding;
    for (const [name, needed] of Object.entries(limits)) {
      const offered = this.target.limits[name as keyof Target['limits']];
      if (needed > offered)
        throw new TrtxError('TENSOR_TOO_LARGE', `the plan needs ${name} ${needed} where the device has ${offered}`, {
          hint: 'Give a smaller range of shapes.',
        });
    }
    return limits;
  }
}

/** The value whose memory a value is. */
function rootOf(value: Value, grouping: Grouping): Value {
  let root = value;
  for (let next = grouping.aliases.get(root); next; next = grouping.aliases.get(root)) root = next;
  return root;
}

/** Bytes in storage type at the profile's maximum: every storage type has four. */
function bytesOf(value: Value): number {
  return 4 * maximum(product(value.type.shape), value.name);
}
