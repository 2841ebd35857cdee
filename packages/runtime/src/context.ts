// An execution context: the memory to run an engine with. Runs of one context follow each other; contexts of one engine
// share its weights and pipelines and nothing else.
import type { PlanCheck } from '@trtx/engine';
import { isTrtxError, quote, TrtxError } from '@trtx/errors';
import type { BindingSet } from './bindings.ts';
import { Commands } from './commands.ts';
import { type ContextStats, Counts } from './counts.ts';
import { Executor } from './executor.ts';
import { checkBuffers, type Feeds, matchBuffers, matchInputs, type RunOptions } from './feeds.ts';
import { ContextMemory } from './memory.ts';
import type { Program } from './program.ts';
import { commandsOf, type Recording, recordAhead } from './recording.ts';
import type { Residency } from './residency.ts';
import { RunState } from './run-state.ts';
import { scoped, settle } from './scope.ts';
import { type BoundShape, bindShape } from './shapes.ts';
import { mapStaging, unmapStaging } from './staging.ts';
import { placeOutputs, type StagedOutput } from './staging-plan.ts';
import {
  copyData,
  elements,
  fromStorage,
  type HostTensor,
  INT64,
  Scratch,
  type Tensor,
  type TensorData,
  type TensorForm,
  toStorage,
} from './tensors.ts';
import { Turns } from './turns.ts';

export interface ContextOptions {
  /** Name or number of the optimization profile of all runs. Default: of each run the first one that holds its shapes. */
  readonly profile?: string | number;
  /** What `run` does while another run of the context is under way. Default: it waits for its turn. */
  readonly whenBusy?: 'queue' | 'throw';
  /**
   * Runs that may be on the GPU at once, each with its own memory for read-back: with 2, the default, the next run is
   * submitted while the one before is read back.
   */
  readonly runsInFlight?: number;
}

/** What a context needs of its engine. */
export interface ContextHost {
  /** One for each optimization profile. */
  readonly programs: readonly Program[];
  /** The engine on its device of today. Throws `DISPOSED` or `DEVICE_LOST`. */
  residency(): Residency;
  /** The same, whatever has become of it. */
  loaded(): Residency;
  forget(context: ExecutionContext): void;
}

/** Shapes that are remembered: each is a few kilobytes. */
const MOST_SHAPES = 64;

/** Mapped memory, by staging buffer. */
type Mapped = ReadonlyMap<number, ArrayBuffer>;

/** A run that is on the GPU. */
interface Submitted extends Recording {
  /** Fails where WebGPU finds the run invalid. */
  readonly verdict: Promise<unknown>;
  /** Resolves when the outputs can be copied out, to the memory that has them. */
  readonly mapped: Promise<Mapped>;
}

export class ExecutionContext {
  readonly #host: ContextHost;
  /** Those that a run may take. */
  readonly #programs: readonly Program[];
  readonly #turns: Turns;
  readonly #scratch = new Scratch();
  readonly #counts = new Counts();
  readonly #shapes = new Map<string, BoundShape>();
  #shape: BoundShape | undefined;
  #memory: ContextMemory | undefined;
  #disposed: Promise<void> | undefined;
  /** An error of a run that had been reported as done: its outputs stayed on the GPU. */
  #late: unknown;

  /** Made by `engine.createContext`. */
  constructor(host: ContextHost, { profile, whenBusy = 'queue', runsInFlight = 2 }: ContextOptions = {}) {
    this.#host = host;
    this.#programs = profile === undefined ? host.programs : [programOf(host.programs, profile)];
    this.#turns = new Turns(Math.max(1, Math.floor(runsInFlight) || 1), whenBusy === 'throw');
  }

  /**
   * Runs the engine once. `inputs` has a tensor for each input, by name, and may not change until the run is done. Every
   * output comes back as data, or as the buffer that `options.outputs` has for it.
   *
   * Runs are submitted in the order of the calls. With all outputs in buffers, the run resolves once it is submitted;
   * what is submitted later to the device's queue finds the results there.
   *
   * Throws the codes of `RuntimeErrorCode`. After an error the context can be used again.
   */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, HostTensor>>;
  run(inputs: Readonly<Record<string, Tensor>>, options: RunOptions): Promise<Record<string, Tensor>>;
  async run(inputs: Readonly<Record<string, Tensor>>, options: RunOptions = {}): Promise<Record<string, Tensor>> {
    this.#check();
    const turn = this.#turns.begin();
    if (turn) await turn;
    let submitted = false;
    try {
      this.#check();
      const work = this.#submit(matchInputs(this.#programs[0]!, inputs, options), options);
      const run = work instanceof Promise ? await work : work;
      submitted = true;
      this.#turns.submitted();
      const outputs = await this.#finish(run);
      this.#counts.ran();
      return outputs;
    } finally {
      this.#turns.end(submitted);
    }
  }

  /** Name, or else number, of the optimization profile that the last run took; undefined before the first. */
  get profile(): string | undefined {
    return this.#shape?.program.profile;
  }

  /** What the context has done so far and has now, in numbers: after it has been disposed too. */
  stats(): ContextStats {
    const { runs, bytesUp, bytesDown, buffers, bindGroups } = this.#counts;
    const gpuBytes = { weights: 0, arena: 0, params: 0, input: 0, output: 0, staging: 0 };
    const { buffers: shared, pipelines } = this.#host.loaded();
    for (const buffer of [...shared, ...(this.#memory?.held ?? [])]) {
      // Every label tells its kind.
      if (buffer) gpuBytes[buffer.label.split(' ')[1] as keyof typeof gpuBytes] += buffer.size;
    }
    return { runs, bytesUp, bytesDown, made: { buffers, bindGroups }, gpuBytes, pipelines: pipelines.length };
  }

  /** Waits for runs under way, then frees the context's memory. Runs that wait for their turn fail with `DISPOSED`. */
  dispose(): Promise<void> {
    this.#disposed ??= (async () => {
      this.#turns.clear(disposed());
      await this.#turns.idle();
      this.#memory?.destroy();
      this.#memory = undefined;
      this.#host.forget(this);
    })();
    return this.#disposed;
  }

  #check(): void {
    if (this.#disposed) throw disposed();
    const late = this.#late;
    this.#late = undefined;
    if (late) throw late;
  }

  /** Frees the memory on a device that the engine leaves; the next run makes it anew. For `Engine`. */
  release(): void {
    this.#memory?.destroy();
    this.#memory = undefined;
    this.#shape = undefined;
    this.#shapes.clear();
    this.#counts.restart();
  }

  /** Submits a run: in the steady state without waiting for anything, so that nothing but the queue orders runs. */
  #submit(tensors: readonly Tensor[], options: RunOptions): Submitted | Promise<Submitted> {
    const residency = this.#host.residency();
    const shape = this.#bind(tensors, residency);
    const { program } = shape;
    const feeds = matchBuffers(program, tensors, options);
    if (!program.isFlat) return this.#submitSteps(residency, feeds, shape);
    const memory = this.#memory?.residency === residency ? this.#memory : undefined;
    const set = memory?.find(program, feeds.given);
    const routine = set?.proven.get(shape);
    const staging = routine && memory!.takeStaging(routine);
    if (staging) return this.#record({ memory: memory!, feeds, routine, staging });
    checkBuffers(program, feeds, shape);
    return this.#prepareAndRecord(residency, feeds, shape);
  }

  async #prepareAndRecord(residency: Residency, feeds: Feeds, shape: BoundShape): Promise<Submitted> {
    const { memory, set } = await this.#prepare(residency, feeds, shape);
    const routine = set.proven.get(shape) ?? { shape, set, placed: placeFor(feeds, shape) };
    return this.#record({ memory, feeds, routine, staging: await memory.makeStaging(routine) });
  }

  /** Does the steps, and submits what is left of them. No other run is submitted in between. */
  async #submitSteps(residency: Residency, feeds: Feeds, first: BoundShape): Promise<Submitted> {
    const { program } = first;
    checkBuffers(program, feeds, first);
    const { memory, set } = await this.#prepare(residency, feeds, first);
    try {
      const commands = new Commands(memory, set, this.#scratch, feeds.instrument);
      const state = new RunState(memory, commands, first, (shape) => checkBuffers(program, feeds, shape));
      await new Executor(state).run(feeds);
      commands.check();
      const { shape } = state;
      const routine = { shape, set, placed: placeFor(feeds, shape) };
      return await this.#record({ memory, feeds, routine, staging: await memory.makeStaging(routine), state });
    } catch (cause) {
      memory.dropSpare('read-back');
      memory.distrust();
      throw await residency.explain(cause, 'a run');
    }
  }

  /** The memory on the device, and the bind groups for the caller's buffers. */
  async #prepare(
    residency: Residency,
    { given }: Feeds,
    { program }: BoundShape,
  ): Promise<{ memory: ContextMemory; set: BindingSet }> {
    if (this.#memory?.residency !== residency) {
      this.#memory?.destroy();
      this.#memory = new ContextMemory(residency, this.#counts);
    }
    const memory = this.#memory;
    return { memory, set: memory.find(program, given) ?? (await memory.makeSet(program, given)) };
  }

  #bind(tensors: readonly Tensor[], { device, log }: Residency): BoundShape {
    const last = this.#shape?.inputDims;
    const isSame = tensors.every(({ dims }, i) => {
      const known = last?.[i];
      return dims.length === known?.length && dims.every((dim, axis) => dim === known[axis]);
    });
    if (this.#shape && isSame) return this.#shape;
    const dims = tensors.map((tensor) => tensor.dims);
    const key = dims.join(';');
    let shape = this.#shapes.get(key);
    if (!shape) {
      shape = bindShape(this.#programs, dims, device.limits.maxComputeWorkgroupsPerDimension);
      log({ severity: 'verbose', message: `shapes ${key}: profile ${shape.program.profile}` });
      if (this.#shapes.size >= MOST_SHAPES) this.#shapes.delete(this.#shapes.keys().next().value!);
      this.#shapes.set(key, shape);
    }
    this.#shape = shape;
    return shape;
  }

  /** Writes, records and submits a run, and starts to map what it reads back. Errors of the device arrive later. */
  #record(run: Recording): Submitted | Promise<Submitted> {
    const { memory, routine, staging, state } = run;
    const { residency } = memory;
    const { placed } = routine;
    try {
      const { result, verdict } = scoped(residency, 'a run', () => {
        if (!state) this.#write(run);
        const commands = commandsOf(run);
        if (commands) residency.device.queue.submit([commands]);
        for (const { bytes } of placed) memory.counts.bytesDown += bytes;
        return mapStaging(staging, placed);
      });
      const verdicts = state ? Promise.all([state.commands.verdict, verdict]) : verdict;
      return { ...run, verdict: verdicts, mapped: residency.guard(result, 'reading back') };
    } catch (cause) {
      // A tensor that cannot be converted leaves the staging buffers alone; after anything else their state is unknown.
      if (isTrtxError(cause)) memory.giveStaging(staging);
      else memory.dropStaging(staging);
      return residency.explain(cause, 'a run').then((error) => {
        throw error;
      });
    }
  }

  #write({ memory, feeds, routine: { shape, set } }: Recording): void {
    for (const [i, tensor] of shape.program.plan.inputs.entries()) {
      const { data } = feeds.tensors[i]!;
      if (data && data.length > 0) {
        memory.write(set.ports[i]!, 0, toStorage(tensor as TensorForm, data as TensorData, this.#scratch));
      }
    }
    if (!memory.hasParams(shape)) memory.writeParams(shape);
  }

  async #finish(run: Submitted): Promise<Record<string, Tensor>> {
    const { memory, routine, staging, verdict, mapped } = run;
    const { shape, set, placed } = routine;
    if (placed.length === 0 && set.proven.has(shape)) {
      memory.giveStaging(staging);
      const keep = (error: unknown) => {
        // A lost device is told to every run that comes, until it is replaced.
        if (error !== memory.residency.error) this.#late = error;
        memory.distrust();
      };
      // Later than the caller goes on, who has his outputs.
      Promise.all([verdict, mapped]).then(() => recordAhead(run), keep);
      return this.#collect(run, new Map());
    }
    // Both are awaited even if one fails: staging buffers may be used again, or dropped, only when nothing is pending.
    try {
      const [, memories] = await settle([verdict.then(() => recordAhead(run)), mapped] as const);
      const outputs = this.#collect(run, memories);
      unmapStaging(staging, memories);
      set.proven.set(shape, routine);
      memory.giveStaging(staging);
      return outputs;
    } catch (cause) {
      memory.dropStaging(staging);
      memory.distrust();
      throw await memory.residency.explain(cause, 'reading back');
    }
  }

  /** The outputs of a run that is done: data copied out of the mapped staging buffers, or the caller's buffers. */
  #collect({ feeds, routine: { shape, placed }, state }: Submitted, mapped: Mapped): Record<string, Tensor> {
    const { plan } = shape.program;
    const outputs: Record<string, Tensor> = Object.create(null);
    for (const [i, tensor] of shape.program.outputs.entries()) {
      const buffer = feeds.given[plan.inputs.length + i];
      const dims = [...shape.outputDims[i]!];
      if (buffer) outputs[tensor.name] = { buffer, dims };
      // A copy: a function of the host may have given the data of an input, or of a constant.
      else if (tensor.value !== undefined) {
        outputs[tensor.name] = { data: copyData(state!.value(tensor.value).data), dims };
      } else {
        const place = placed.find(({ output }) => output === i);
        const data = fromStorage(tensor as TensorForm, place && mapped.get(place.bin), place?.offset ?? 0, dims);
        if (tensor.checks) checkStatus(tensor.checks, data);
        else outputs[tensor.name] = { data, dims };
      }
    }
    return outputs;
  }
}

/** Throws `INT64_OVERFLOW` for the first check that failed. */
function checkStatus(checks: readonly PlanCheck[], words: TensorData): void {
  for (const { word, bit, ...place } of checks) {
    if (Number(words[word]) & bit) throw new TrtxError('INT64_OVERFLOW', 'past 32 bits', { ...place, hint: INT64 });
  }
}

/** Where the outputs are read back that the caller wants as data. */
function placeFor({ given }: Feeds, { program, portBytes, outputDims }: BoundShape): StagedOutput[] {
  const { plan, ports, staging } = program;
  const first = plan.inputs.length;
  const wanted = [...outputDims.keys()].filter((i) => {
    return !given[first + i] && ports[first + i]!.buffer >= 0 && elements(outputDims[i]!) > 0;
  });
  return placeOutputs(staging, wanted, (output) => portBytes[first + output]!);
}

function programOf(programs: readonly Program[], profile: string | number): Program {
  const found = programs.find((program, i) => profile === (typeof profile === 'number' ? i : program.profile));
  if (found) return found;
  throw new TrtxError('PROFILE_UNKNOWN', `the engine has no profile ${quote(String(profile))}`, {
    hint: `it has ${programs.map((program) => quote(program.profile))}`,
  });
}

function disposed(): TrtxError {
  return new TrtxError('DISPOSED', 'the context has been disposed', {
    hint: 'make another with engine.createContext()',
  });
}
