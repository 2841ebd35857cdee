// trtx profile: where the time of a run goes, dispatch by dispatch.

import { basename } from 'node:path';
import { profileNames, profilesOf } from '@trtx/engine';
import { isTrtxError } from '@trtx/errors';
import { devicePeak, layersOf, profile, summarizeProfile, traceOf } from '@trtx/profiler';
import { peakFile } from '@trtx/profiler/node';
import type { Command } from 'commander';
import { parsePositive, parseWhole } from '../command.ts';
import { jsonBytes, requireOutput, writeWhole } from '../files.ts';
import { planPageLines, writePlanPage } from '../plan-page.ts';
import { float16Lines } from '../report/float16.ts';
import { profileLines } from '../report/profile.ts';
import type { Session } from '../session.ts';
import { addTimingCommand, type TimingOptions, timeEngine } from '../timing.ts';

interface Options extends TimingOptions {
  readonly iterations: number;
  readonly duration: number;
  readonly top: number;
  readonly order: boolean;
  readonly apart?: boolean;
  readonly trace?: string;
  readonly html?: string;
}

/** Errors that leave a plan without times. */
const UNTIMED: ReadonlySet<string> = new Set(['NO_TIMESTAMPS', 'TIMER_UNUSABLE']);

export function addProfile(program: Command, session: Session): void {
  addTimingCommand(program, {
    usage: 'profile <file>',
    summary: 'Times each dispatch of an engine, or of the engine of a model, beside what the device could do at best.',
    examples: [
      'trtx profile model.trtx',
      'trtx profile model.onnx --shapes x:1x3x224x224 --top 10 --trace trace.json',
      'trtx profile model.trtx --html page.html',
      'The trace opens in ui.perfetto.dev.',
    ],
  })
    .option('--iterations <n>', 'the least number of runs', parseWhole(1, 1e6), 5)
    .option('--duration <s>', 'the most time to wait for runs to agree, in seconds', parsePositive, 10)
    .option('--top <n>', 'print only the longest dispatches', parseWhole(1, 1e6), 1e6)
    .option('--order', "print in the plan's order, not the longest first")
    .option('--apart', 'a pass for each dispatch, also where timestamps can be written inside a pass')
    .option('--trace <file>', "write a timeline in Chrome's trace format: load, runs, dispatches")
    .option('--html <file>', 'write a page to look at: layers, roofline, memory, the plan, kernel sources')
    .action((file: string, options: Options) => profileFile(file, options, session));
}

async function profileFile(file: string, options: Options, session: Session): Promise<void> {
  const { trace, html, iterations, duration } = options;
  for (const output of [trace, html]) if (output) await requireOutput(output, file);
  const observed = trace !== undefined;
  const { report, spans, plan, float16 } = await timeEngine(file, options, { session, observed }, async (timed) => {
    const { device, engine, inputs, timeline, float16 } = timed;
    const plans = profilesOf(engine.plan);
    const dims = engine.plan.inputs.map(({ name }) => inputs[name]!.dims);
    session.progress.show('device', 0, 1, 'what it can do');
    const peak = await devicePeak(device, peakFile());
    const report = await profile(engine, inputs, {
      iterations,
      mostMs: duration * 1000,
      peak,
      timeline,
      ...(options.apart ? { mode: 'apart' } : {}),
      onProgress: (done, total) => session.progress.show('runs', done, total, file),
    }).catch(async (error) => {
      if (html && isTrtxError(error) && UNTIMED.has(error.code))
        await writePlanPage(html, { title: basename(file), plan: layersOf(plans[0], dims), notes: [error.summary] });
      throw error;
    });
    const plan = layersOf(plans[profileNames(plans).indexOf(report.profile)]!, dims);
    return { report: summarizeProfile(report), spans: timeline?.spans ?? [], plan, float16 };
  });
  if (trace) await writeWhole(trace, [jsonBytes(traceOf(spans, report.engine))]);
  const page = html ? await writePlanPage(html, { title: basename(file), plan, profile: report }) : undefined;
  session.result({ file, ...report, ...(float16 ? { float16 } : {}), ...(page ? { page } : {}) }, [
    ...float16Lines(float16),
    ...profileLines(report, options),
    ...planPageLines(page),
  ]);
  if (report.notes.some(({ code }) => code === 'NOT_FINITE')) session.status = 1;
}
