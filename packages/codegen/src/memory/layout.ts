// Where everything lies: inputs and outputs in buffers of their own, intermediates in the arena, constants in read-only
// buffers, dynamic sizes in the params buffer.

import {
  type HeldMemory,
  type Plan,
  type PlanBinding,
  type PlanBlob,
  type PlanBuffer,
  type PlanCheck,
  type PlanRange,
  type PlanStatus,
  type Requirements,
  type Size,
  type Step,
  sourceBytes,
  storageBits,
  storageBytes,
} from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { type Constant, type Dim, elementCount, elementsOf, type Graph, type Value } from '@trtx/ir';
import { type Grouping, rootOf, type Views } from '../group/group.ts';
import type { Hosted } from '../host/placement.ts';
import { isControlItem, isHostItem, type Schedule } from '../schedule.ts';
import { type Packed, type Slot, STATUS_BITS } from '../slot.ts';
import { type Storages, storageOf, storedBytes, storedSize } from '../storage.ts';
import { DEFAULT_LIMITS, type Target } from '../target.ts';
import { ALIGNMENT, align, type Lifetime, planArena } from './arena.ts';
import { holesOf } from './holes.ts';
import { livesOf } from './lifetimes.ts';
import { partBytes, requireBuffer } from './parts.ts';
import { mostElements, type SizeTable } from './sizes.ts';
import { valuesIn } from './slots.ts';

interface Place {
  readonly buffer: number;
  readonly offset: number;
  /** Absent for buffers that are bound whole. */
  readonly size?: number;
}

/** What a layout is made of. */
export interface LayoutInputs {
  readonly grouping: Grouping;
  readonly schedule: Schedule;
  readonly sizes: SizeTable;
  readonly target: Target;
  readonly storages: Storages;
  /** The nodes that the host computes, or runs the bodies of. */
  readonly hosted: Hosted;
}

export class Layout {
  /** Graph inputs that host steps read. */
  readonly hostReads: ReadonlySet<Value>;
  readonly #hosted: Hosted;
  #hostBuffer: { buffer: number; bytes: number } | undefined;
  readonly blobs: (() => Uint8Array)[] = [];
  readonly #buffers: PlanBuffer[] = [];
  readonly #planBlobs: PlanBlob[] = [];
  readonly #places = new Map<Value | string, Place>();
  readonly #params: [number, Size][] = [];
  readonly #paramBlocks = new Map<string, PlanBinding>();
  readonly #paramBuffer: number;
  #paramBytes = 0;
  /** Bytes of the constants that lie in several buffers. */
  readonly #whole = new Map<string, () => Uint8Array>();
  #statusBuffer: number | undefined;
  #statusWords = 0;
  readonly #checks: PlanCheck[] = [];
  /** Of nodes' first outputs, as data flows. */
  readonly #order: ReadonlyMap<Value, number>;
  #weights: { buffer: number; bytes: number } | undefined;
  readonly #livePeak: number;
  /** What the arenas hold when, for reports. */
  readonly memory: HeldMemory[] = [];

  readonly grouping: Grouping;
  readonly sizes: SizeTable;
  readonly target: Target;
  readonly storages: Storages;

  constructor(graph: Graph, { grouping, schedule, sizes, target, storages, hosted }: LayoutInputs) {
    this.grouping = grouping;
    this.sizes = sizes;
    this.target = target;
    this.storages = storages;
    this.#hosted = hosted;
    const nodes = [...graph.withBodies()].flatMap((each) => each.topological());
    this.#order = new Map(nodes.map(({ output }, i) => [output, i]));
    this.hostReads = inputsOnHost(graph, hosted, grouping.views);
    const slots = [...slotsIn(schedule)];
    const bound = new Set(slots.flatMap(valuesIn));
    for (const value of graph.inputs) {
      if (!storageOf(value.type.dtype) || (this.hostReads.has(value) && !bound.has(value))) continue;
      this.#places.set(value, { buffer: this.#add('input', this.#bytesOf(value)), offset: 0 });
    }
    for (const { value } of graph.outputs) {
      const root = rootOf(value, grouping.views);
      if (this.isHosted(root) || !storageOf(root.type.dtype)) continue;
      const place = { buffer: this.#add('output', this.#bytesOf(value)), offset: 0 };
      this.#places.set(root, place);
      this.#places.set(value, place);
    }
    // What the stages of a dispatch leave to each other.
    const scratch = new Set(slots.flatMap((slot) => (slot.kind === 'scratch' ? [slot.value] : [])));
    this.#livePeak = this.#placeIntermediates(schedule, bound, scratch);
    this.#paramBuffer = this.#buffers.length;
    this.#buffers.push({ kind: 'params', bytes: 0 });
  }

  /** Where the GPU has a value; undefined for what only the host has, and for constants and inlined values. */
  placeOf(value: Value): Place | undefined {
    return this.#places.get(rootOf(value, this.grouping.views));
  }

  /** True for what the host gives or sets, and what is the memory of such a value. */
  isHosted(value: Value): boolean {
    const root = rootOf(value, this.grouping.views);
    return this.grouping.states.has(root) || (root.producer !== null && this.#hosted.has(root.producer));
  }

  /** A place for a constant in the host's memory, as its elements are in an array. */
  hostConstant(constant: Constant, name: string): PlanRange {
    const bytes = () => {
      const { buffer, byteOffset, byteLength } = elementsOf(constant);
      const padded = new Uint8Array(Math.ceil(byteLength / 8) * 8);
      padded.set(new Uint8Array(buffer, byteOffset, byteLength));
      return padded;
    };
    const size = Math.ceil((elementCount(constant.dims) * sourceBytes(constant.dtype)) / 8) * 8;
    this.#hostBuffer ??= { buffer: this.#add('host', 0), bytes: 0 };
    const { buffer, bytes: offset } = this.#hostBuffer;
    this.#hostBuffer.bytes += size;
    this.#buffers[buffer] = { kind: 'host', bytes: this.#hostBuffer.bytes };
    this.#planBlobs.push({ buffer, offset, bytes: size, names: [name] });
    this.blobs.push(bytes);
    return { buffer, offset };
  }

  binding(slot: Slot): PlanBinding {
    const { part, parts } = slot;
    if (slot.kind === 'status') return this.#status(slot.checked);
    if (slot.kind === 'packed') return this.#constant(slot.packed.key, slot.packed, part, parts);
    const place = this.#places.get(slot.value);
    if (place) return this.#partOf(place, part, parts);
    const { constant, name } = slot.value;
    if (!constant) throw new TrtxError('CODEGEN', 'a tensor without a place is bound', { tensor: name });
    const key = `${name}:plain`;
    const bytes = () => storedBytes(constant);
    return this.#constant(key, { key, names: [name], size: storedSize(constant), bytes }, part, parts);
  }

  /** A word of the status, with a bit for each of these values. */
  #status(checked: readonly Value[]): PlanBinding {
    this.#statusBuffer ??= this.#add('output', 0);
    const offset = this.#statusWords * 4;
    const checks = checked.map((value, i): [Value, PlanCheck] => {
      const { name: node, origin } = value.producer!;
      const bit = 2 ** Math.min(i, STATUS_BITS - 1);
      return [value, { word: this.#statusWords, bit, tensor: value.name, node, origin: origin.join(', ') }];
    });
    const order = this.#order;
    this.#checks.push(...checks.sort(([a], [b]) => order.get(a)! - order.get(b)!).map(([, check]) => check));
    this.#statusWords += ALIGNMENT / 4;
    const size = 4;
    this.#buffers[this.#statusBuffer] = { kind: 'output', bytes: offset + size };
    return { buffer: this.#statusBuffer, offset, size };
  }

  /** What makes the status 0: the first step of all, to be asked for when all bindings have been. */
  clearing(): Step[] {
    const status = this.#statusBuffer;
    if (status === undefined) return [];
    const { bytes } = this.#buffers[status]!;
    const { buffer, offset } = this.#constantPlace('status', [], bytes, () => new Uint8Array(bytes));
    return [{ kind: 'copy', from: { buffer, offset }, to: { buffer: status, offset: 0 }, bytes }];
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

  /** The plan's parts that are about memory, once every binding has been asked for. @param shaders what they need */
  finish(shaders: Requirements): Pick<Plan, 'buffers' | 'blobs' | 'params' | 'requires' | 'liveBytesPeak' | 'status'> {
    this.#buffers[this.#paramBuffer] = { kind: 'params', bytes: Math.max(this.#paramBytes, 16) };
    const buffer = this.#statusBuffer;
    return {
      ...(buffer === undefined ? {} : { status: statusOf(buffer, this.#buffers[buffer]!.bytes, this.#checks) }),
      buffers: this.#buffers,
      blobs: this.#planBlobs,
      params: this.#params,
      requires: { ...shaders, limits: { ...this.#limits(), ...shaders.limits } },
      liveBytesPeak: this.#livePeak,
    };
  }

  /** Bytes in storage type at the profile's maximum. @throws TrtxError TENSOR_TOO_LARGE for what no buffer can hold */
  #bytesOf(value: Value): number {
    const bytes = storageBytes(this.storages(value), mostElements(value));
    requireBuffer(value, bytes, this.target.limits);
    return bytes;
  }

  #add(kind: PlanBuffer['kind'], bytes: number): number {
    return this.#buffers.push({ kind, bytes: Math.max(bytes, 4) }) - 1;
  }

  /** Gives every other result a place in the arena. Returns the live peak. */
  #placeIntermediates(schedule: Schedule, bound: ReadonlySet<Value>, scratch: ReadonlySet<Value>): number {
    const isIntermediate = (root: Value) =>
      root.producer !== null || this.grouping.states.has(root) || scratch.has(root);
    const { lives, dispatchesBefore, isStraight } = livesOf(schedule, (value) => {
      const root = rootOf(value, this.grouping.views);
      const counts = bound.has(root) && isIntermediate(root);
      return counts && !this.#places.has(root) ? root : undefined;
    });
    const values = [...lives.keys()];
    const lifetimes = [...lives].map(([value, life]): Lifetime => {
      const bytes = Math.max(this.#bytesOf(value), 4);
      const { first, last, steps } = life;
      const holes = isStraight ? holesOf(life, bytes, storageBits(this.storages(value))) : [];
      return { bytes, first, last, steps, holes };
    });
    const capacity = Math.floor(this.target.limits.maxBufferSize / ALIGNMENT) * ALIGNMENT;
    const arena = planArena(lifetimes, capacity);
    const buffers = Array.from({ length: Math.ceil(arena.bytes / capacity) }, (_, i) =>
      this.#add('arena', Math.min(arena.bytes - i * capacity, capacity)),
    );
    values.forEach((value, i) => {
      const at = arena.offsets[i]!;
      const buffer = buffers[Math.floor(at / capacity)]!;
      const { bytes, first, last, holes = [] } = lifetimes[i]!;
      const offset = at % capacity;
      this.#places.set(value, { buffer, offset, size: bytes });
      const hold = (from: number, to: number, begin: number) => {
        const [during, until] = [dispatchesBefore[begin]!, dispatchesBefore[last + 1]! - 1];
        const range = { name: value.name, at: { buffer, offset: offset + from }, bytes: Math.min(to, bytes) - from };
        if (from < to && during <= until) this.memory.push({ ...range, first: during, last: until });
      };
      let end = 0;
      for (const { from, to, until } of [...holes].sort((a, b) => a.from - b.from)) {
        hold(end, from, first);
        hold(from, to, until);
        end = to;
      }
      hold(end, bytes, first);
    });
    return arena.liveBytesPeak;
  }

  /** The part of a tensor that one of its bindings has. */
  #partOf({ buffer, offset, size }: Place, part: number, parts: number): PlanBinding {
    const each = partBytes(this.target.limits);
    const at = { buffer, offset: offset + part * each };
    if (part < parts - 1) return { ...at, size: each };
    return size === undefined ? at : { ...at, size: size - part * each };
  }

  /** A part of a constant, which lies in one buffer with the others unless none can hold them all. */
  #constant(key: string, packed: Omit<Packed, 'dtype'>, part: number, parts: number): PlanBinding {
    const { size, names } = packed;
    if (size <= this.target.limits.maxBufferSize)
      return this.#partOf(this.#constantPlace(key, names, size, packed.bytes), part, parts);
    const each = partBytes(this.target.limits);
    const end = Math.min((part + 1) * each, size);
    const whole = this.#whole.get(key) ?? once(packed.bytes);
    this.#whole.set(key, whole);
    return this.#constantPlace(`${key} ${part}`, names, end - part * each, () => whole().subarray(part * each, end));
  }

  #constantPlace(key: string, names: readonly string[], bytes: number, make: () => Uint8Array): Place {
    let place = this.#places.get(key);
    if (!place) {
      const limit = Math.min(this.target.limits.maxBufferSize, DEFAULT_LIMITS.maxBufferSize);
      if (!this.#weights || this.#weights.bytes + bytes > limit)
        this.#weights = { buffer: this.#add('weights', 0), bytes: 0 };
      const { buffer, bytes: offset } = this.#weights;
      place = { buffer, offset, size: bytes };
      this.#places.set(key, place);
      this.#weights.bytes = align(offset + bytes);
      this.#buffers[buffer] = { kind: 'weights', bytes: this.#weights.bytes };
      this.#planBlobs.push({ buffer, offset, bytes, names });
      this.blobs.push(make);
    }
    return place;
  }

  /** Limits past WebGPU's defaults that buffers and bindings need. */
  #limits(): Record<string, number> {
    const limits: Record<string, number> = {};
    const largest = (all: number[]) => all.reduce((a, b) => Math.max(a, b), 0);
    const buffer = largest(this.#buffers.map(({ bytes }) => bytes));
    const tensor = largest([...this.#places.values()].map(({ size, buffer }) => size ?? this.#buffers[buffer]!.bytes));
    const binding = Math.min(tensor, partBytes(this.target.limits));
    if (buffer > DEFAULT_LIMITS.maxBufferSize) limits.maxBufferSize = buffer;
    if (binding > DEFAULT_LIMITS.maxStorageBufferBindingSize) limits.maxStorageBufferBindingSize = binding;
    return limits;
  }
}

function statusOf(buffer: number, bytes: number, checks: readonly PlanCheck[]): PlanStatus {
  return { name: '', dtype: 'uint32', shape: [bytes / 4], storage: 'u32', buffer, checks };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Graph inputs that the host reads, or what is their memory. */
function inputsOnHost(graph: Graph, hosted: Hosted, views: Views): Set<Value> {
  const nodes = [...hosted.keys()];
  const read = [
    ...nodes.flatMap(({ inputs }) => inputs),
    ...nodes.flatMap(({ bodies }) => bodies.flatMap(({ outputs }) => outputs.map(({ value }) => value))),
  ];
  const roots = new Set(read.map((value) => value && rootOf(value, views)));
  return new Set(graph.inputs.filter((input) => roots.has(input)));
}

/** The values that dispatches bind. */
function* slotsIn(schedule: Schedule): IterableIterator<Slot> {
  for (const item of schedule)
    if (isControlItem(item)) for (const body of item.bodies) yield* slotsIn(body);
    else if (!isHostItem(item)) for (const { emitter } of item.stages) yield* emitter.slots;
}
