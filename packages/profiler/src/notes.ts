// What a reader has to know before he believes a number.
import type { Tensor } from '@trtx/runtime';
import { statisticsOf } from './measurement.ts';
import type { Note, RunTimes } from './report.ts';
import { qualityOf } from './timer-quality.ts';
import type { Interval } from './timestamps.ts';

/** A spread from which on runs are called unstable. */
const UNSTABLE = 0.2;

/** @param intervals undefined where the device has no timestamps */
export function timerNotes(intervals: readonly Interval[] | undefined): Note[] {
  if (!intervals) return [{ code: 'NO_TIMESTAMPS', text: 'no GPU time: the device has no timestamp queries' }];
  const { intervals: all, backwards, still, step } = qualityOf(intervals);
  const notes: Note[] = [];
  if (still) notes.push({ code: 'TIMER_STILL', text: "no GPU time: the device's timer stands still" });
  if (backwards > 0) {
    notes.push({ code: 'TIMER_BACKWARDS', text: `${backwards} of ${all} GPU times dropped: the timer went backwards` });
  }
  if (step !== undefined) {
    notes.push({ code: 'TIMER_COARSE', text: `the GPU's timer counts in steps of ${step / 1000} µs` });
  }
  return notes;
}

export function boundNotes({ latency, encode, gpu }: RunTimes): Note[] {
  const notes: Note[] = [];
  const [latencies, encodes, gpus] = [latency, encode, gpu].map((times) => times && statisticsOf(times));
  if (encodes && gpus && encodes.median > gpus.median) {
    notes.push({
      code: 'CPU_BOUND',
      text: 'bound by the CPU: recording and submitting a run take longer than the GPU does',
    });
  }
  if (latencies && latencies.spread > UNSTABLE) {
    const percent = Math.round(latencies.spread * 100);
    notes.push({ code: 'UNSTABLE', text: `latencies differ by ${percent} % (standard deviation over mean)` });
  }
  return notes;
}

/** Of outputs of floats. */
export function finiteNotes(outputs: Readonly<Record<string, Tensor>>): Note[] {
  return Object.entries(outputs).flatMap(([name, { data }]): Note[] => {
    if (!(data instanceof Float32Array || data instanceof Float64Array)) return [];
    let wrong = 0;
    for (const x of data) if (!Number.isFinite(x)) wrong++;
    if (wrong === 0) return [];
    return [{ code: 'NOT_FINITE', text: `output ${name}: ${wrong} of ${data.length} elements are NaN or infinite` }];
  });
}
