// Whose turn it is: runs of a context are submitted in the order they were called, and a few may be under way at once.
import { TrtxError } from '@trtx/errors';

export class Turns {
  /** Runs that have begun and not ended. */
  #running = 0;
  /** Whether one of them is still to be submitted. */
  #submitting = false;
  readonly #waiting: { go: () => void; reject: (error: TrtxError) => void }[] = [];
  #idle: (() => void)[] = [];

  constructor(
    private readonly most: number,
    private readonly refuse: boolean,
  ) {}

  /** Begins a run, at once (undefined) or when its turn comes. Throws `CONTEXT_BUSY`. */
  begin(): Promise<void> | undefined {
    if (this.refuse && this.#running > 0) {
      throw new TrtxError('CONTEXT_BUSY', 'the context is running', {
        hint: "await the run before, make another context, or leave out whenBusy: 'throw'",
      });
    }
    if (!this.#free || this.#waiting.length > 0) {
      return new Promise((go, reject) => this.#waiting.push({ go, reject }));
    }
    this.#start();
    return undefined;
  }

  /** The run is submitted: the next one may be. */
  submitted(): void {
    this.#submitting = false;
    this.#next();
  }

  /** The run has ended; if it failed before its submit, `submitted` was not called. */
  end(submitted: boolean): void {
    this.#running--;
    if (!submitted) this.#submitting = false;
    this.#next();
  }

  /** Fails the runs that have not begun. */
  clear(error: TrtxError): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  /** Resolves when no run is under way. */
  async idle(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  get #free(): boolean {
    return !this.#submitting && this.#running < this.most;
  }

  #start(): void {
    this.#submitting = true;
    this.#running++;
  }

  #next(): void {
    const next = this.#free ? this.#waiting.shift() : undefined;
    if (next) {
      this.#start();
      next.go();
    } else if (this.#running === 0) {
      for (const resolve of this.#idle.splice(0)) resolve();
    }
  }
}
