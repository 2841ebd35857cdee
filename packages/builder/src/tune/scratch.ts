// Memory that candidates are timed on: for each binding a buffer as large as the largest that a candidate wanted there, so
// that no more is held than one candidate needs. What is read holds random numbers of its type. Constants are there several
// times over where a GPU has caches: by the time a network comes back to its weights, they are in none of them.

import type { CandidateBinding } from '@trtx/codegen';
import { tileOf } from './noise.ts';

/** GPUBufferUsage flags by number: Node has no such global. */
const [COPY_SRC, COPY_DST, UNIFORM, STORAGE] = [0x04, 0x08, 0x40, 0x80];

/** Bytes that are more than a cache of a GPU holds, and copies of a constant at most. */
const [CACHE, MOST_COPIES] = [96 * 2 ** 20, 16];

/** Offsets of bindings are multiples of it on any device. */
const ALIGNMENT = 256;

interface Held {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

export class Scratch {
  readonly #device: GPUDevice;
  readonly #held = new Map<string, Held>();
  readonly #tiles = new Map<string, GPUBuffer>();

  /** @param isCached whether constants stay in a cache between dispatches, which they would not do in a network */
  constructor(
    device: GPUDevice,
    private readonly isCached: boolean,
  ) {
    this.#device = device;
  }

  /**
   * Memory for each binding, in as many turns as there are copies of the constants. They stay good until memory is asked for
   * another candidate.
   */
  turnsFor(bindings: readonly CandidateBinding[]): GPUBufferBinding[][] {
    const constants = bindings.filter(({ isConstant }) => isConstant).reduce((sum, { bytes }) => sum + bytes, 0);
    const copies = this.isCached && constants > 0 ? Math.min(Math.ceil(CACHE / constants), MOST_COPIES) : 1;
    const used = new Map<string, number>();
    const buffers = bindings.map((binding) => {
      const { dtype, storage, isWritten, isConstant } = binding;
      const kind = isWritten ? 'written' : `${isConstant ? 'constant ' : ''}${dtype} ${storage}`;
      const number = used.get(kind) ?? 0;
      used.set(kind, number + 1);
      return this.#buffer(`${kind} ${number}`, binding, isConstant ? copies * apart(binding) : binding.bytes);
    });
    return Array.from({ length: copies }, (_, turn) =>
      bindings.map((binding, i) => ({
        buffer: buffers[i]!,
        offset: binding.isConstant ? turn * apart(binding) : 0,
        size: binding.bytes,
      })),
    );
  }

  /** A new buffer with the sizes of a candidate. */
  params(words: readonly number[]): GPUBuffer {
    const size = Math.ceil(words.length / 4) * 16;
    const buffer = this.#device.createBuffer({ size, usage: UNIFORM | COPY_DST });
    this.#device.queue.writeBuffer(buffer, 0, Uint32Array.from(words));
    return buffer;
  }

  dispose(): void {
    for (const { buffer } of this.#held.values()) buffer.destroy();
    for (const tile of this.#tiles.values()) tile.destroy();
    this.#held.clear();
    this.#tiles.clear();
  }

  #buffer(place: string, binding: CandidateBinding, bytes: number): GPUBuffer {
    const known = this.#held.get(place);
    if (known && known.bytes >= bytes) return known.buffer;
    known?.buffer.destroy();
    this.#held.delete(place);
    const buffer = this.#device.createBuffer({ size: bytes, usage: STORAGE | COPY_DST });
    this.#held.set(place, { buffer, bytes });
    if (!binding.isWritten) this.#fill(buffer, binding, bytes);
    return buffer;
  }

  /** Over and over with the same tile: copies on the device take no memory of the host. */
  #fill(buffer: GPUBuffer, { dtype, storage }: CandidateBinding, bytes: number): void {
    const kind = `${dtype} ${storage}`;
    let tile = this.#tiles.get(kind);
    if (!tile) {
      const words = tileOf(dtype, storage);
      tile = this.#device.createBuffer({ size: words.byteLength, usage: COPY_SRC | COPY_DST });
      this.#device.queue.writeBuffer(tile, 0, words);
      this.#tiles.set(kind, tile);
    }
    const encoder = this.#device.createCommandEncoder();
    for (let at = 0; at < bytes; at += tile.size)
      encoder.copyBufferToBuffer(tile, 0, buffer, at, Math.min(tile.size, bytes - at));
    this.#device.queue.submit([encoder.finish()]);
  }
}

/** How far apart the copies of a constant lie. */
function apart({ bytes }: CandidateBinding): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
