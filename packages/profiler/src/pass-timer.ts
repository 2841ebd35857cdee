// GPU time of whole runs: two timestamps for each pass that the runtime records, and nothing else that it would not do.
import type { Instrument } from '@trtx/runtime';
import { type Interval, Timestamps } from './timestamps.ts';

/** One run: what it is recorded with, and the slots of its passes. */
export interface TimedRun {
  readonly instrument: Instrument;
  readonly slots: readonly number[];
}

export class PassTimer {
  readonly #timestamps: Timestamps;

  /** @param device with the feature `timestamp-query` */
  constructor(device: GPUDevice) {
    this.#timestamps = new Timestamps(device);
  }

  /** For the next run. */
  begin(): TimedRun {
    const slots: number[] = [];
    const instrument: Instrument = (encoder) => ({
      copyBufferToBuffer: (...copy) => encoder.copyBufferToBuffer(...copy),
      beginComputePass: () => {
        const { number, set: querySet, index } = this.#timestamps.take();
        slots.push(number);
        return encoder.beginComputePass({
          timestampWrites: { querySet, beginningOfPassWriteIndex: index, endOfPassWriteIndex: index + 1 },
        });
      },
    });
    return { instrument, slots };
  }

  /** The passes of each run, once the GPU is done with all. */
  async read(runs: readonly TimedRun[]): Promise<Interval[][]> {
    const intervals = await this.#timestamps.read();
    return runs.map(({ slots }) => slots.map((number) => intervals[number]!));
  }

  destroy(): void {
    this.#timestamps.destroy();
  }
}
