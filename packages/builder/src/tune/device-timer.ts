// Times candidates on a device: by timestamps where it has them, else by the host's clock around a submit.

import type { Candidate, CandidateStage } from '@trtx/codegen';
import { TrtxError } from '@trtx/errors';
import { hasTimestamps, type Interval, qualityOf, Timestamps } from '@trtx/profiler';
import { Scratch } from './scratch.ts';
import { Spin } from './spin.ts';
import type { Lap, TacticTimer } from './timer.ts';

/** Microseconds of a lap that a timer of nanoseconds tells well, and the host's clock. */
const LEAST_US = { timestamps: 100, clock: 5000 };
/** Steps of a coarse timer that a lap should take. */
const STEPS = 20;
/** How often laps are repeated until the clock is up. */
const MOST_ATTEMPTS = 250;
/** GPUShaderStage.COMPUTE by number: Node has no such global. */
const COMPUTE = 0x4;
const BUFFER_TYPES = { uniform: 'uniform', read: 'read-only-storage', read_write: 'storage' } as const;

export interface CompiledCandidate {
  readonly stages: readonly CompiledStage[];
}

interface CompiledStage {
  readonly stage: CandidateStage;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

export class DeviceTimer implements TacticTimer<CompiledCandidate> {
  readonly #device: GPUDevice;
  readonly #scratch: Scratch;
  readonly #timestamps: Timestamps | undefined;
  readonly #spin: Spin | undefined;
  readonly #lost: Promise<never>;
  #leastUs: number;
  #intervals: Interval[] = [];

  /** @param isGpu whether the device lowers its clock at rest, and has caches that are smaller than a network */
  constructor(device: GPUDevice, isGpu = true) {
    this.#device = device;
    this.#scratch = new Scratch(device, isGpu);
    this.#timestamps = hasTimestamps(device) ? new Timestamps(device) : undefined;
    this.#spin = isGpu && this.#timestamps ? new Spin(device) : undefined;
    this.#leastUs = this.#timestamps ? LEAST_US.timestamps : LEAST_US.clock;
    this.#lost = device.lost.then(({ message }) => {
      throw new TrtxError('DEVICE_LOST', message || 'the device was lost', { hint: 'Tune on a new device.' });
    });
    this.#lost.catch(() => {});
  }

  get leastUs(): number {
    return this.#leastUs;
  }

  async compile({ stages }: Candidate): Promise<CompiledCandidate> {
    const compiled = await Promise.allSettled(stages.map((stage) => this.#compile(stage)));
    return {
      stages: compiled.map((one) => {
        if (one.status === 'rejected') throw one.reason;
        return one.value;
      }),
    };
  }

  async #compile(stage: CandidateStage): Promise<CompiledStage> {
    const device = this.#device;
    const kinds = [
      ...stage.bindings.map(({ kind }) => kind),
      ...(stage.params.length > 0 ? (['uniform'] as const) : []),
    ];
    const { result, problem } = this.#scoped(() => {
      const layout = device.createBindGroupLayout({
        entries: kinds.map((kind, binding) => ({
          binding,
          visibility: COMPUTE,
          buffer: { type: BUFFER_TYPES[kind] },
        })),
      });
      const module = device.createShaderModule({ code: stage.wgsl });
      const compute = { module, entryPoint: 'main' };
      const pipeline = device.createComputePipelineAsync({
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute,
      });
      return { layout, pipeline };
    });
    // Both are awaited, so that neither is left to reject alone.
    const [pipeline, found] = await this.#guard(
      Promise.all([result.pipeline.catch((error: unknown) => error as Error), problem]),
    );
    if (pipeline instanceof Error || found) throw unfit(found ?? (pipeline as Error).message);
    return { stage, pipeline, layout: result.layout };
  }

  async measure(laps: readonly Lap<CompiledCandidate>[]): Promise<number[]> {
    const params: GPUBuffer[] = [];
    try {
      return this.#timestamps
        ? await this.#byTimestamps(laps, this.#timestamps, params)
        : await this.#byClock(laps, params);
    } catch (error) {
      // A buffer may be among it that could not be made.
      this.#scratch.dispose();
      throw error;
    } finally {
      for (const buffer of params) buffer.destroy();
    }
  }

  dispose(): void {
    this.#scratch.dispose();
    this.#timestamps?.destroy();
    this.#spin?.dispose();
  }

  async #byTimestamps(laps: readonly Lap<CompiledCandidate>[], timestamps: Timestamps, params: GPUBuffer[]) {
    const passes = laps.map((lap) => (pass: GPUComputePassEncoder) => this.#record(pass, lap, params));
    const times = (us: readonly number[]) => us.map((time, i) => time / laps[i]!.repeats);
    if (!this.#spin) return times(await this.#timed(passes, timestamps));
    const spin = this.#spin;
    for (let attempt = 1; ; attempt++) {
      const [busy, ...us] = await this.#timed([(pass) => spin.record(pass), ...passes], timestamps);
      if (spin.isSteady(busy!) || attempt === MOST_ATTEMPTS) return times(us);
    }
  }

  /** Microseconds of each pass, one right after the other. */
  async #timed(passes: readonly ((pass: GPUComputePassEncoder) => void)[], timestamps: Timestamps): Promise<number[]> {
    const slots: number[] = [];
    // A lap's memory may take the place of that of the lap before, which then has to be submitted.
    const problems = passes.map((record) => {
      const { problem } = this.#scoped(() => {
        const encoder = this.#device.createCommandEncoder();
        const { number, set: querySet, index } = timestamps.take();
        slots.push(number);
        const timestampWrites = { querySet, beginningOfPassWriteIndex: index, endOfPassWriteIndex: index + 1 };
        record(encoder.beginComputePass({ timestampWrites }));
        this.#device.queue.submit([encoder.finish()]);
      });
      return problem;
    });
    for (const problem of problems) await this.#refuse(problem);
    const intervals = await this.#guard(timestamps.read());
    this.#judge(intervals);
    return slots.map((slot) => Number(intervals[slot]!.end - intervals[slot]!.begin) / 1000);
  }

  async #byClock(laps: readonly Lap<CompiledCandidate>[], params: GPUBuffer[]): Promise<number[]> {
    const times: number[] = [];
    for (const lap of laps) {
      const { result: commands, problem } = this.#scoped(() => {
        const encoder = this.#device.createCommandEncoder();
        this.#record(encoder.beginComputePass(), lap, params);
        return encoder.finish();
      });
      await this.#refuse(problem);
      await this.#guard(this.#device.queue.onSubmittedWorkDone());
      const start = performance.now();
      this.#device.queue.submit([commands]);
      await this.#guard(this.#device.queue.onSubmittedWorkDone());
      times.push(((performance.now() - start) * 1000) / lap.repeats);
    }
    return times;
  }

  #record(pass: GPUComputePassEncoder, { ready, repeats }: Lap<CompiledCandidate>, params: GPUBuffer[]): void {
    const bindings = ready.stages.flatMap(({ stage }) => stage.bindings);
    const turns = this.#scratch.turnsFor(bindings, repeats);
    const most = this.#device.limits.maxComputeWorkgroupsPerDimension;
    let first = 0;
    const dispatches = ready.stages.map(({ stage: { bindings, params: words, workgroups }, pipeline, layout }) => {
      const own = turns.map((turn) => turn.slice(first, first + bindings.length));
      first += bindings.length;
      const uniform = words.length > 0 ? [{ buffer: this.#scratch.params(words) }] : [];
      params.push(...uniform.map(({ buffer }) => buffer));
      const groups = own.map((resources) => {
        const entries = [...resources, ...uniform].map((resource, binding) => ({ binding, resource }));
        return this.#device.createBindGroup({ layout, entries });
      });
      const rows = Math.max(1, Math.ceil(workgroups / most));
      return { pipeline, groups, rows, workgroups };
    });
    for (let i = 0; i < repeats; i++)
      for (const { pipeline, groups, rows, workgroups } of dispatches) {
        if (i === 0 || dispatches.length > 1) pass.setPipeline(pipeline);
        if (i === 0 || dispatches.length > 1 || groups.length > 1) pass.setBindGroup(0, groups[i % groups.length]!);
        pass.dispatchWorkgroups(Math.ceil(workgroups / rows), rows);
      }
    pass.end();
  }

  /** Makes laps longer where the timer turns out to be coarse. */
  #judge(intervals: readonly Interval[]): void {
    if (this.#intervals.length > 64) return;
    this.#intervals = [...this.#intervals, ...intervals];
    const { step } = qualityOf(this.#intervals);
    this.#leastUs = Math.max(LEAST_US.timestamps, ((step ?? 0) * STEPS) / 1000);
  }

  /** What WebGPU finds wrong with what is done, as a text. */
  #scoped<T>(work: () => T): { readonly result: T; readonly problem: Promise<string | undefined> } {
    const filters = ['validation', 'out-of-memory', 'internal'] as const;
    for (const filter of filters) this.#device.pushErrorScope(filter);
    let result: T;
    let errors: Promise<GPUError | null>[] = [];
    try {
      result = work();
    } finally {
      errors = filters.map(() => this.#device.popErrorScope());
    }
    const problem = Promise.all(errors).then((found) => found.find((error) => error)?.message);
    problem.catch(() => {});
    return { result, problem };
  }

  async #refuse(problem: Promise<string | undefined>): Promise<void> {
    const found = await this.#guard(problem);
    if (found) throw unfit(found);
  }

  /** Rejects as soon as the device is lost, which others may hide. */
  #guard<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#lost]);
  }
}

function unfit(message: string): TrtxError {
  return new TrtxError('TACTIC_FAILED', message.trim(), { hint: 'Another tactic is taken.' });
}
