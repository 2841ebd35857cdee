// What Perfetto wants of a file in Chrome's trace event format, as far as @trtx/profiler writes it: complete events and
// metadata, https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
import { expect } from 'vitest';

interface Event {
  readonly ph: string;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly name: string;
}

const whole = expect.toSatisfy((x: unknown) => Number.isSafeInteger(x) && (x as number) >= 0);
const time = expect.toSatisfy((x: unknown) => Number.isFinite(x) && (x as number) >= 0);
const metadata = (name: string, key: string, value: unknown) => ({
  name,
  ph: 'M',
  pid: whole,
  tid: whole,
  args: { [key]: value },
});
const METADATA: Readonly<Record<string, object>> = {
  process_name: metadata('process_name', 'name', expect.any(String)),
  thread_name: metadata('thread_name', 'name', expect.any(String)),
  thread_sort_index: metadata('thread_sort_index', 'sort_index', whole),
};
const SLICE = {
  name: expect.toSatisfy((x: unknown) => typeof x === 'string' && x !== ''),
  ph: 'X',
  pid: whole,
  tid: whole,
  ts: time,
  dur: time,
  cat: expect.any(String),
  args: expect.toSatisfy((x: object) => Object.values(x).every((each) => ['string', 'number'].includes(typeof each))),
};

/** @param text of the file */
export function expectTraceFile(text: string): void {
  const trace = JSON.parse(text) as { traceEvents: Event[] };
  expect(trace).toEqual({ traceEvents: expect.any(Array), displayTimeUnit: expect.stringMatching(/^(ms|ns)$/) });
  const { traceEvents } = trace;
  for (const event of traceEvents) expect(event).toEqual(event.ph === 'M' ? METADATA[event.name] : SLICE);
  const slices = traceEvents.filter(({ ph }) => ph === 'X');
  const named = traceEvents.filter(({ name }) => name === 'thread_name').map(({ tid }) => tid);
  expect(named).toEqual([...new Set(named)]);
  expect(new Set(slices.map(({ tid }) => tid))).toEqual(new Set(named));
  for (const track of named) {
    const own = slices.filter(({ tid }) => tid === track).sort((a, b) => a.ts - b.ts || a.dur - b.dur);
    // Perfetto counts in nanoseconds.
    for (const [i, { ts, dur }] of own.slice(0, -1).entries())
      expect(ts + dur).toBeLessThanOrEqual(own[i + 1]!.ts + 1e-4);
  }
}
