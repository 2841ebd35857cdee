// A timeline in Chrome's trace format, which Perfetto (ui.perfetto.dev) and chrome://tracing read.
import type { Span } from './timeline.ts';

/** https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU: complete events and metadata. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args?: Readonly<Record<string, string | number>>;
}

export interface Trace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
}

const PROCESS = 1;

/** No slices of a track overlap: where spans do, their track has several rows. */
export function traceOf(spans: readonly Span[], name = 'trtx'): Trace {
  const start = spans.reduce((least, { begin }) => Math.min(least, begin), Number.POSITIVE_INFINITY);
  const events: TraceEvent[] = [{ name: 'process_name', ph: 'M', pid: PROCESS, tid: 0, args: { name } }];
  let tid = 0;
  for (const [track, own] of byTrack(spans)) {
    for (const [row, slices] of rowsOf(own).entries()) {
      tid++;
      const label = row === 0 ? track : `${track} ${row + 1}`;
      events.push({ name: 'thread_name', ph: 'M', pid: PROCESS, tid, args: { name: label } });
      events.push({ name: 'thread_sort_index', ph: 'M', pid: PROCESS, tid, args: { sort_index: tid } });
      for (const { name: text, begin, end, details = {} } of slices) {
        const [ts, last] = [microseconds(begin - start), microseconds(end - start)];
        events.push({ name: text, ph: 'X', pid: PROCESS, tid, ts, dur: last - ts, cat: track, args: details });
      }
    }
  }
  return { traceEvents: events, displayTimeUnit: 'ms' };
}

function byTrack(spans: readonly Span[]): Map<string, Span[]> {
  const tracks = new Map<string, Span[]>();
  for (const span of spans) {
    const own = tracks.get(span.track);
    if (own) own.push(span);
    else tracks.set(span.track, [span]);
  }
  return tracks;
}

/** Each span in the first row that is free when it begins. */
function rowsOf(spans: readonly Span[]): Span[][] {
  const rows: Span[][] = [];
  for (const span of [...spans].sort((a, b) => a.begin - b.begin)) {
    const row = rows.find((one) => one.at(-1)!.end <= span.begin);
    if (row) row.push(span);
    else rows.push([span]);
  }
  return rows;
}

/** Whole nanoseconds, so that the end of a slice and the beginning of the next are the same number. */
function microseconds(ms: number): number {
  return Math.round(ms * 1e6) / 1000;
}
