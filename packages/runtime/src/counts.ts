// What a context has done, in numbers. Counting is all that a run does for it.

export interface ContextStats {
  /** Runs that have succeeded. */
  readonly runs: number;
  /** Data written to the GPU by runs, in bytes as the GPU has it: inputs, parameters, what the host computes. */
  readonly bytesUp: number;
  /** Data read back by runs. */
  readonly bytesDown: number;
  /**
   * GPU objects made since the warm-up, which ends with the first run that makes none; a device that is new begins it anew.
   * In the steady state all are 0.
   */
  readonly made: { readonly buffers: number; readonly bindGroups: number };
  /** Bytes of GPU buffers now. The weights are those of the engine, which its contexts share. */
  readonly gpuBytes: Readonly<Record<'weights' | 'arena' | 'params' | 'input' | 'output' | 'staging', number>>;
  /** Pipelines of the engine, which its contexts share. */
  readonly pipelines: number;
}

export class Counts {
  runs = 0;
  bytesUp = 0;
  bytesDown = 0;
  /** Made since the warm-up. */
  buffers = 0;
  bindGroups = 0;
  #isWarm = false;

  /** At the end of a run. */
  ran(): void {
    this.runs++;
    if (!this.#isWarm) this.#begin(this.buffers + this.bindGroups === 0);
  }

  /** All that was made is gone: another warm-up. */
  restart(): void {
    this.#begin(false);
  }

  #begin(isWarm: boolean): void {
    this.#isWarm = isWarm;
    this.buffers = this.bindGroups = 0;
  }
}
