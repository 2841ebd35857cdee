// trtx profile: where the time of a run goes, dispatch by dispatch.

import { devicePeak, profile, traceOf } from '@trtx/profiler';
import { peakFile } from '@trtx/profiler/node';
import type { Command } from 'commander';
import { parsePositive, parseWhole } from '../command.ts';
import { jsonBytes, requireOutput, writeWhole } from '../files.ts';
import { profileData, profileLines } from '../report/profile.ts';
import type { Session } from '../session.ts';
import { addTimingCommand, type TimingOptions, timeEngine } from '../timing.ts';

interface Options extends TimingOptions {
  readonly iterations: number;
  readonly duration: number;
  readonly top: number;
  readonly order: boolean;
  readonly apart?: boolean;
  readonly trace?: string;
}

export function addProfile(program: Command, session: Session): void {
  addTimingCommand(program, {
    usage: 'profile <file>',
    summary: 'Times each dispatch of an engine, or of the engine of a model, beside what the device could do at best.',
    examples: [
      'trtx profile model.trtx',
      'trtx profile model.onnx --shapes x:1x3x224x224 --top 10 --trace trace.json',
      'The trace opens in ui.perfetto.dev.',
    ],
  })
    .option('--iterations <n>', 'the least number of runs', parseWhole(1, 1e6), 5)
    .option('--duration <s>', 'the most time to wait for runs to agree, in seconds', parsePositive, 10)
    .option('--top <n>', 'print only the longest dispatches', parseWhole(1, 1e6), 1e6)
    .option('--order', "print in the plan's order, not the longest first")
    .option('--apart', 'a pass for each dispatch, also where timestamps can be written inside a pass')
    .option('--trace <file>', "write a timeline in Chrome's trace format: load, runs, dispatches")
    .action((file: string, options: Options) => profileFile(file, options, session));
}

async function profileFile(file: string, options: Options, session: Session): Promise<void> {
  const { trace, iterations, duration } = options;
  if (trace) await requireOutput(trace, file);
  const observed = trace !== undefined;
  const { report, spans } = await timeEngine(file, options, { session, observed }, async (timed) => {
    const { device, engine, inputs, timeline } = timed;
    session.progress.show('device', 0, 1, 'what it can do');
    const peak = await devicePeak(device, peakFile());
    const report = await profile(engine, inputs, {
      iterations,
      mostMs: duration * 1000,
      peak,
      timeline,
      ...(options.apart ? { mode: 'apart' } : {}),
      onProgress: (done, total) => session.progress.show('runs', done, total, file),
    });
    return { report, spans: timeline?.spans ?? [] };
  });
  if (trace) await writeWhole(trace, [jsonBytes(traceOf(spans, report.engine))]);
  session.result({ file, ...profileData(report) }, profileLines(report, options));
  if (report.notes.some(({ code }) => code === 'NOT_FINITE')) session.status = 1;
}
