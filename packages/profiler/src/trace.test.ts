import { expect, it } from 'vitest';
import { expectTraceFile } from './testing/trace.ts';
import { Timeline } from './timeline.ts';
import { type TraceEvent, traceOf } from './trace.ts';

const slices = (events: readonly TraceEvent[]) => events.filter(({ ph }) => ph === 'X');

it('has a row for each track, and more where spans overlap', () => {
  const span = (track: string, begin: number, end: number) => ({ track, name: `${track} ${begin}`, begin, end });
  const { traceEvents } = traceOf([span('a', 12, 15), span('b', 11, 14), span('a', 10, 12), span('a', 14, 16)]);
  const names = traceEvents.flatMap(({ name, tid, args }) => (name === 'thread_name' ? [[tid, args!.name]] : []));
  expect(names).toEqual([
    [1, 'a'],
    [2, 'a 2'],
    [3, 'b'],
  ]);
  expect(slices(traceEvents).map(({ tid, ts, dur }) => [tid, ts, dur])).toEqual([
    [1, 0, 2000],
    [1, 2000, 3000],
    [2, 4000, 2000],
    [3, 1000, 3000],
  ]);
});

it('never overlaps in a row, however times are rounded', () => {
  const times = Array.from({ length: 500 }, (_, i) => 1000 + i / 3 + Math.sin(i) * 1e-5).sort((a, b) => a - b);
  const spans = times.slice(1).map((end, i) => ({ track: 'GPU', name: 'x', begin: times[i]!, end }));
  const events = slices(traceOf(spans).traceEvents);
  expect(new Set(events.map(({ tid }) => tid)).size).toBe(1);
  expectTraceFile(JSON.stringify(traceOf(spans)));
});

it('is a trace file, of no spans and of such that begin at once, take no time, or lie in each other too', () => {
  const span = (track: string, begin: number, end: number) => ({ track, name: 'x', begin, end, details: { bytes: 4 } });
  expectTraceFile(JSON.stringify(traceOf([])));
  const spans = [span('a', 5, 9), span('a', 5, 5), span('a', 6, 7), span('a', 9, 9), span('a', 9, 9), span('b', 5, 6)];
  expectTraceFile(JSON.stringify(traceOf([...spans, ...spans])));
});

it('notes what took how long, of promises too, unless it is off', async () => {
  const timeline = new Timeline();
  expect(timeline.time('a', 'sync', () => 1)).toBe(1);
  await timeline.time('a', 'later', () => new Promise((resolve) => setTimeout(resolve, 5)), { bytes: 4 });
  await Promise.resolve();
  timeline.isOn = false;
  timeline.time('a', 'off', () => 2);
  expect(timeline.spans).toMatchObject([{ name: 'sync' }, { name: 'later', details: { bytes: 4 } }]);
  const [, later] = timeline.spans;
  expect(later!.end - later!.begin).toBeGreaterThan(3);
});
