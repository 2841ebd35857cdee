// What happened when, on the clock of `performance.now()`: load stages, recording, submits, transfers, dispatches.

/** Something that took a while. Milliseconds. */
export interface Span {
  /** What kind of thing it is: spans of a track are shown in a row. */
  readonly track: string;
  readonly name: string;
  readonly begin: number;
  readonly end: number;
  /** For people. */
  readonly details?: Readonly<Record<string, string | number>>;
}

export class Timeline {
  readonly spans: Span[] = [];
  /** Whether spans are kept. */
  isOn = true;

  add(span: Span): void {
    if (this.isOn) this.spans.push(span);
  }

  /** Does `work` and notes how long it took. */
  time<T>(track: string, name: string, work: () => T, details?: Span['details']): T {
    const begin = performance.now();
    const done = () => this.add({ track, name, begin, end: performance.now(), ...(details ? { details } : {}) });
    const result = work();
    if (result instanceof Promise) result.then(done, done);
    else done();
    return result;
  }
}
