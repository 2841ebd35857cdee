// Memory that candidates are timed on: for each binding a buffer as large as the largest that a candidate wanted there, so
// that no more is held than one candidate needs. What is read holds random numbers of its type.

import type { CandidateBinding } from '@trtx/codegen';
import { tileOf } from './noise.ts';

/** GPUBufferUsage flags by number: Node has no such global. */
const [COPY_SRC, COPY_DST, UNIFORM, STORAGE] = [0x04, 0x08, 0x40, 0x80];

interface Held {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

export class Scratch {
  readonly #device: GPUDevice;
  readonly #held = new Map<string, Held>();
  readonly #tiles = new Map<string, GPUBuffer>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** A buffer for each binding. They stay good until buffers are asked for another candidate. */
  buffersFor(bindings: readonly CandidateBinding[]): GPUBuffer[] {
    const used = new Map<string, number>();
    return bindings.map((binding) => {
      const { dtype, storage, isWritten } = binding;
      const kind = isWritten ? 'written' : `${dtype} ${storage}`;
      const number = used.get(kind) ?? 0;
      used.set(kind, number + 1);
      return this.#buffer(`${kind} ${number}`, binding);
    });
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

  #buffer(place: string, binding: CandidateBinding): GPUBuffer {
    const known = this.#held.get(place);
    if (known && known.bytes >= binding.bytes) return known.buffer;
    known?.buffer.destroy();
    this.#held.delete(place);
    const { bytes } = binding;
    const buffer = this.#device.createBuffer({ size: bytes, usage: STORAGE | COPY_DST });
    this.#held.set(place, { buffer, bytes });
    if (!binding.isWritten) this.#fill(buffer, binding);
    return buffer;
  }

  /** Over and over with the same tile: copies on the device take no memory of the host. */
  #fill(buffer: GPUBuffer, { dtype, storage, bytes }: CandidateBinding): void {
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
