// Memory that candidates are timed on: for each binding a buffer as large as the largest that a candidate wanted there, so
// that no more is held than one candidate needs. What is read holds random numbers of its type. Where a GPU has caches,
// constants lie in more memory than these hold, at another place for each dispatch: by the time a network comes back to its
// weights, they are in no cache.

import type { CandidateBinding } from '@trtx/codegen';
import { tileOf } from './noise.ts';

/** GPUBufferUsage flags by number: Node has no such global. */
const [COPY_SRC, COPY_DST, UNIFORM, STORAGE] = [0x04, 0x08, 0x40, 0x80];

/** Bytes that are more than the caches of a GPU hold. */
const CACHE = 96 * 2 ** 20;

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
  /** Counts dispatches, so that each takes the copies of constants that were used the longest ago. */
  #turn = 0;

  /** @param isCached whether constants stay in a cache between dispatches, which they would not do in a network */
  constructor(
    device: GPUDevice,
    private readonly isCached: boolean,
  ) {
    this.#device = device;
  }

  /**
   * Memory for each binding of a candidate: a list for each of so many dispatches, but for no more than there are copies of
   * the constants, which are then to be gone through again. It stays good until memory is asked for another candidate.
   */
  turnsFor(bindings: readonly CandidateBinding[], dispatches: number): GPUBufferBinding[][] {
    const memories = new Map(bindings.map((binding) => [binding.memory, binding]));
    const constants = [...memories.values()].filter(({ isConstant }) => isConstant);
    const together = constants.reduce((sum, binding) => sum + apart(binding), 0);
    const copies = this.isCached && together > 0 ? Math.max(Math.floor(CACHE / together), 1) : 1;
    const used = new Map<string, number>();
    const buffers = new Map(
      [...memories].map(([memory, binding]) => {
        const { dtype, storage, isWritten, isConstant } = binding;
        const kind = isWritten ? 'written' : `${isConstant ? 'constant ' : ''}${dtype} ${storage}`;
        const number = used.get(kind) ?? 0;
        used.set(kind, number + 1);
        // Of one size whatever the candidate, so that it is filled once.
        const bytes = isConstant && this.isCached ? Math.max(CACHE, apart(binding)) : binding.bytes;
        return [memory, this.#buffer(`${kind} ${number}`, binding, bytes)];
      }),
    );
    const first = this.#turn;
    this.#turn += dispatches;
    return Array.from({ length: Math.min(copies, dispatches) }, (_, i) =>
      bindings.map((binding) => ({
        buffer: buffers.get(binding.memory)!,
        offset: binding.isConstant ? ((first + i) % copies) * apart(binding) : 0,
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
