// A timer that tells what a test says, on a clock of its own.

import type { Candidate } from '@trtx/codegen';
import { TrtxError } from '@trtx/errors';
import type { Lap, TacticTimer } from '../tune/timer.ts';

/** What a candidate does: microseconds that it takes, given how often it was measured; or it fails when compiled or run. */
export type Behaviour = ((measured: number) => number) | 'invalid' | 'fails' | 'loses the device';

interface Ready {
  readonly behaviour: Exclude<Behaviour, 'invalid'>;
  measured: number;
}

export class FakeTimer implements TacticTimer<Ready> {
  readonly leastUs = 100;
  /** Milliseconds. */
  time = 0;
  compiled = 0;
  /** How many laps each measurement had. */
  readonly laps: number[] = [];
  isDisposed = false;

  /** @param compileMs what compiling one takes */
  constructor(
    private readonly behaviourOf: (candidate: Candidate) => Behaviour,
    private readonly compileMs = 0,
  ) {}

  readonly now = () => this.time;

  async compile(candidate: Candidate): Promise<Ready> {
    this.compiled++;
    this.time += this.compileMs;
    const behaviour = this.behaviourOf(candidate);
    if (behaviour === 'invalid') throw new TrtxError('TACTIC_FAILED', 'unknown type');
    return { behaviour, measured: 0 };
  }

  async measure(laps: readonly Lap<Ready>[]): Promise<number[]> {
    this.laps.push(laps.length);
    return laps.map(({ ready, repeats }) => {
      const { behaviour } = ready;
      if (behaviour === 'fails') throw new TrtxError('TACTIC_FAILED', 'out of memory');
      if (behaviour === 'loses the device') throw new TrtxError('DEVICE_LOST', 'it hung');
      const us = behaviour(ready.measured++);
      this.time += (us * repeats) / 1000;
      return us;
    });
  }

  dispose(): void {
    this.isDisposed = true;
  }
}
