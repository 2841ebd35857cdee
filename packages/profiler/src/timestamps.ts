// Timestamps that the GPU writes: as many pairs as it takes, read back all at once, so that runs are not held up.

/** WebGPU's least maximum of a query set. */
const SET_SIZE = 4096;
/** GPUBufferUsage flags by number: Node has no such global. */
const [MAP_READ, COPY_SRC, COPY_DST, QUERY_RESOLVE] = [0x01, 0x04, 0x08, 0x200];
const BYTES = 8;

/** A place for the beginning and the end of something. */
export interface Slot {
  /** Among all slots that were taken since the last `read`. */
  readonly number: number;
  readonly set: GPUQuerySet;
  /** Query of the beginning; that of the end follows it. */
  readonly index: number;
}

/** Beginning and end in nanoseconds of the GPU's clock, which starts anywhere. */
export interface Interval {
  readonly begin: bigint;
  readonly end: bigint;
}

export function hasTimestamps(device: Pick<GPUDevice, 'features'>): boolean {
  return device.features.has('timestamp-query');
}

export class Timestamps {
  readonly #device: GPUDevice;
  readonly #sets: GPUQuerySet[] = [];
  #taken = 0;

  /** @param device with the feature `timestamp-query` */
  constructor(device: GPUDevice) {
    this.#device = device;
  }

  take(): Slot {
    const number = this.#taken++;
    const set = Math.floor((number * 2) / SET_SIZE);
    this.#sets[set] ??= this.#device.createQuerySet({ type: 'timestamp', count: SET_SIZE });
    return { number, set: this.#sets[set], index: (number * 2) % SET_SIZE };
  }

  /**
   * What has been written to each slot, by its number, once the GPU has done everything that was submitted. All slots are
   * free afterwards.
   */
  async read(): Promise<Interval[]> {
    const count = this.#taken * 2;
    this.#taken = 0;
    if (count === 0) return [];
    const size = Math.ceil(count / SET_SIZE) * SET_SIZE * BYTES;
    const resolved = this.#device.createBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC });
    const staging = this.#device.createBuffer({ size, usage: MAP_READ | COPY_DST });
    try {
      const encoder = this.#device.createCommandEncoder();
      for (let i = 0; i * SET_SIZE < count; i++) {
        encoder.resolveQuerySet(
          this.#sets[i]!,
          0,
          Math.min(SET_SIZE, count - i * SET_SIZE),
          resolved,
          i * SET_SIZE * BYTES,
        );
      }
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
      this.#device.queue.submit([encoder.finish()]);
      await staging.mapAsync(1);
      const values = new BigInt64Array(staging.getMappedRange());
      return Array.from({ length: count / 2 }, (_, i) => ({ begin: values[2 * i]!, end: values[2 * i + 1]! }));
    } finally {
      resolved.destroy();
      staging.destroy();
    }
  }

  destroy(): void {
    for (const set of this.#sets.splice(0)) set.destroy();
  }
}
