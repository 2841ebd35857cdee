// GPU time of every dispatch of a run. Timestamps go between dispatches where the device can write them inside a pass, else
// each dispatch gets a pass of its own, whose beginning and end are told.
import type { Instrument, OpPass } from '@trtx/runtime';
import { type Interval, type Slot, Timestamps } from './timestamps.ts';

/** `inside`: all in the pass that the runtime makes. `apart`: a pass for each dispatch. */
export type PassMode = 'inside' | 'apart';

/** Timestamps inside a pass are no part of WebGPU yet: Chrome has them behind a flag. */
export const INSIDE_FEATURE = 'chromium-experimental-timestamp-query-inside-passes';

/** A pass that can write timestamps; not in the types of WebGPU. */
interface WritingPass extends GPUComputePassEncoder {
  writeTimestamp(set: GPUQuerySet, index: number): void;
}

export function passModeOf(device: Pick<GPUDevice, 'features'>): PassMode {
  return device.features.has(INSIDE_FEATURE) ? 'inside' : 'apart';
}

/** A dispatch that was recorded. */
export interface Mark {
  /** Among all dispatches and copies of the plan. */
  readonly op: number;
  readonly workgroups: readonly [number, number, number];
  readonly slot: number;
}

export interface MarkedRun {
  readonly instrument: Instrument;
  readonly marks: readonly Mark[];
  /** When its first pass was recorded, on the host's clock: the GPU does not begin before. */
  readonly recorded: number;
}

/** A dispatch of one run. */
export interface TimedDispatch extends Mark, Interval {
  /** Whether the timer went backwards. */
  readonly isWrong: boolean;
}

export class DispatchTimer {
  readonly mode: PassMode;
  readonly #timestamps: Timestamps;

  /** @param device with the feature `timestamp-query` */
  constructor(device: GPUDevice, mode: PassMode = passModeOf(device)) {
    this.mode = mode;
    this.#timestamps = new Timestamps(device);
  }

  /** For the next run. */
  begin(): MarkedRun {
    const marks: Mark[] = [];
    let recorded = Number.NaN;
    const mark = (op: number, workgroups: Mark['workgroups']): Slot => {
      const slot = this.#timestamps.take();
      marks.push({ op, workgroups, slot: slot.number });
      return slot;
    };
    const instrument: Instrument = (encoder, ops) => {
      let next = 0;
      const dispatched = (workgroups: Mark['workgroups']) => mark(ops[next++]!, workgroups);
      return {
        copyBufferToBuffer(...copy) {
          next++;
          encoder.copyBufferToBuffer(...copy);
        },
        beginComputePass: () => {
          const pass = this.mode === 'inside' ? insidePass(encoder, dispatched) : apartPasses(encoder, dispatched);
          return {
            ...pass,
            end() {
              pass.end();
              if (Number.isNaN(recorded)) recorded = performance.now();
            },
          };
        },
      };
    };
    return {
      instrument,
      marks,
      get recorded() {
        return recorded;
      },
    };
  }

  /**
   * The dispatches of each run, in order, once the GPU is done with all. What a dispatch waits for the one before it is not
   * its own: its time begins where that one ends, if that is later.
   */
  async read(runs: readonly MarkedRun[]): Promise<TimedDispatch[][]> {
    const intervals = await this.#timestamps.read();
    return runs.map(({ marks }) => {
      let free = 0n;
      return marks.map((mark): TimedDispatch => {
        const { begin: own, end } = intervals[mark.slot]!;
        const isWrong = end < own;
        const begin = own < free && free <= end ? free : own;
        if (!isWrong) free = end;
        return { ...mark, begin, end, isWrong };
      });
    });
  }

  destroy(): void {
    this.#timestamps.destroy();
  }
}

type Dispatched = (workgroups: Mark['workgroups']) => Slot;

function insidePass(encoder: GPUCommandEncoder, dispatched: Dispatched): OpPass {
  const pass = encoder.beginComputePass() as WritingPass;
  return {
    setPipeline: (pipeline) => pass.setPipeline(pipeline),
    setBindGroup: (index, group) => pass.setBindGroup(index, group),
    dispatchWorkgroups(x, y, z) {
      const { set, index } = dispatched([x, y, z]);
      pass.writeTimestamp(set, index);
      pass.dispatchWorkgroups(x, y, z);
      pass.writeTimestamp(set, index + 1);
    },
    end: () => pass.end(),
  };
}

function apartPasses(encoder: GPUCommandEncoder, dispatched: Dispatched): OpPass {
  let pipeline: GPUComputePipeline;
  let group: GPUBindGroup;
  return {
    setPipeline(one) {
      pipeline = one;
    },
    setBindGroup(_, one) {
      group = one;
    },
    dispatchWorkgroups(x, y, z) {
      const { set: querySet, index } = dispatched([x, y, z]);
      const pass = encoder.beginComputePass({
        timestampWrites: { querySet, beginningOfPassWriteIndex: index, endOfPassWriteIndex: index + 1 },
      });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(x, y, z);
      pass.end();
    },
    end() {},
  };
}
