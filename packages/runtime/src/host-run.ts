// The host steps of one run. What lies before a host step is submitted as a segment of its own, what the step reads from
// the GPU comes back through one buffer that is kept, its function is called, and what the GPU reads of its outputs is
// written to their planned place. Sizes that its outputs tell are bound there, for all that follows.
import type { DataSymbol, PlanValue, Size } from '@trtx/engine';
import { storageBytes } from '@trtx/engine';
import { quote, TrtxError } from '@trtx/errors';
import type { BindingSet } from './bindings.ts';
import type { Feeds } from './feeds.ts';
import { decodeAttributes, type HostValue } from './host-ops.ts';
import type { ContextMemory } from './memory.ts';
import type { HostCall } from './program.ts';
import { replay } from './replay.ts';
import { scoped } from './scope.ts';
import type { BoundShape } from './shapes.ts';
import { arrayFor, checkData, elements, fromStorage, type Scratch, type TensorData, toStorage } from './tensors.ts';
import { MODE_READ } from './usage.ts';

/** What the host steps of a run need of it. */
export interface HostRunOptions {
  readonly memory: ContextMemory;
  readonly set: BindingSet;
  readonly feeds: Feeds;
  readonly scratch: Scratch;
  /** Sizes for the same inputs, with what host steps have told: values of symbols by index. */
  rebind(told: readonly number[]): BoundShape;
  /** Writes the params of a shape, if the buffer has others. */
  writeParams(shape: BoundShape): void;
}

/** Read-backs start at multiples of this. */
const ALIGNMENT = 8;

export class HostRun {
  /** What WebGPU says of the segments so far; none of it has been waited for. */
  readonly verdicts: Promise<void>[] = [];
  readonly #run: HostRunOptions;
  /** Tensors on the host, by index of `plan.values`. */
  readonly #values: (HostValue | undefined)[] = [];
  #shape: BoundShape;

  constructor(run: HostRunOptions, shape: BoundShape) {
    this.#run = run;
    this.#shape = shape;
  }

  /** Runs everything up to the last host step. Resolves to the sizes for what is left. */
  async finish(): Promise<BoundShape> {
    const { residency } = this.#run.memory;
    this.#submit(() => this.#writeInputs());
    for (const [i, { call }] of residency.program.segments.entries()) {
      if (!call) break;
      await this.#runSegment(i, call);
      if (residency.error) throw residency.error;
      await this.#call(call);
      if (residency.error) throw residency.error;
    }
    return this.#shape;
  }

  /** A tensor that is on the host: an output of the run, or what a step reads. */
  value(index: number): HostValue {
    const known = this.#values[index];
    if (known) return known;
    const { bytes, strings, elements: integers, of, shape, dtype } = this.#plan[index]!;
    const dims = shape.map(this.#shape.sizeOf);
    if (of !== undefined) return { dtype, dims, data: this.value(of).data };
    if (strings) return { dtype, dims, data: strings };
    if (integers) return { dtype, dims, data: this.#integers(index, integers) };
    const memory = this.#run.memory.residency.constants.get(bytes!.buffer)!;
    return { dtype, dims, data: arrayFor(dtype, elements(dims), memory.buffer, bytes!.offset) };
  }

  get #plan(): readonly PlanValue[] {
    return this.#run.memory.residency.program.plan.values ?? [];
  }

  #integers(index: number, sizes: readonly Size[]): TensorData {
    const data = arrayFor(this.#plan[index]!.dtype, sizes.length);
    const big = data instanceof BigInt64Array || data instanceof BigUint64Array;
    for (const [i, size] of sizes.entries()) {
      const number = typeof size === 'number' ? size : this.#shape.values[size.expr]!;
      data[i] = big ? BigInt(number) : number;
    }
    return data;
  }

  /** Does work on the device whose verdict is waited for at the end of the run. */
  #submit<T>(work: () => T): T {
    const { result, verdict } = scoped(this.#run.memory.residency, 'a run', work);
    verdict.catch(() => {});
    this.verdicts.push(verdict);
    return result;
  }

  #writeInputs(): void {
    const { memory, feeds, set, scratch } = this.#run;
    const { device, program } = memory.residency;
    for (const [i, { name, dtype, storage, value }] of program.plan.inputs.entries()) {
      const { data } = feeds.tensors[i]!;
      if (!data) continue;
      if (value !== undefined) this.#values[value] = { dtype, dims: feeds.dims[i]!, data };
      if (storage && data.length > 0) {
        device.queue.writeBuffer(set.ports[i]!, 0, toStorage({ name, dtype, storage }, data as TensorData, scratch));
      }
    }
  }

  /** Submits a segment and brings to the host what the step after it reads from the GPU. */
  async #runSegment(index: number, { step }: HostCall): Promise<void> {
    const { memory, set } = this.#run;
    const { residency } = memory;
    const { device, program, pipelines } = residency;
    const tape = this.#shape.tapes[index]!;
    const reads = this.#placeReads(step.inputs);
    const bytes = reads.reduce((end, read) => Math.max(end, read.offset + read.bytes), 0);
    const staging = bytes > 0 ? await memory.readBack(bytes) : undefined;
    if (tape.length === 0 && !staging) {
      this.#take(reads, undefined);
      return;
    }
    const mapped = this.#submit(() => {
      this.#run.writeParams(this.#shape);
      const encoder = device.createCommandEncoder();
      replay(encoder, tape, program, pipelines, set);
      for (const { value, offset, bytes } of reads) {
        const { gpu } = this.#plan[value]!;
        if (bytes > 0) encoder.copyBufferToBuffer(set.buffers[gpu!.buffer]!, gpu!.offset, staging!, offset, bytes);
      }
      device.queue.submit([encoder.finish()]);
      return staging?.mapAsync(MODE_READ, 0, bytes);
    });
    if (!staging) {
      this.#take(reads, undefined);
      return;
    }
    // Both are awaited: the buffer may be used again, or freed, only when nothing is pending.
    const all = await Promise.allSettled([this.verdicts.at(-1), residency.guard(mapped!, 'reading back')]);
    const failed = all.find(({ status }) => status === 'rejected');
    if (failed) throw (failed as PromiseRejectedResult).reason;
    this.#take(reads, staging.getMappedRange(0, bytes));
    staging.unmap();
  }

  /** The tensors among `inputs` that only the GPU has, one after the other. */
  #placeReads(inputs: readonly (number | null)[]): { value: number; offset: number; bytes: number }[] {
    let end = 0;
    const wanted = new Set<number>();
    for (const input of inputs) {
      let root = input ?? -1;
      while (root >= 0 && this.#plan[root]!.of !== undefined && !this.#values[root]) root = this.#plan[root]!.of!;
      if (root >= 0 && this.#plan[root]!.gpu && !this.#values[root]) wanted.add(root);
    }
    return [...wanted].map((value) => {
      const { shape, gpu } = this.#plan[value]!;
      const count = elements(shape.map(this.#shape.sizeOf));
      const bytes = storageBytes(gpu!.storage, count);
      const offset = end;
      end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
      return { value, offset, bytes };
    });
  }

  #take(reads: readonly { value: number; offset: number; bytes: number }[], memory: ArrayBuffer | undefined): void {
    for (const { value, offset, bytes } of reads) {
      const { name, dtype, shape, gpu } = this.#plan[value]!;
      const dims = shape.map(this.#shape.sizeOf);
      const data = fromStorage({ name, dtype, storage: gpu!.storage }, bytes > 0 ? memory : undefined, offset, dims);
      this.#values[value] = { dtype, dims, data };
    }
  }

  async #call({ step, at, run }: HostCall): Promise<void> {
    const { symbols } = this.#run.memory.residency.program.plan;
    const fail = (why: string, cause?: unknown) =>
      new TrtxError('HOST_OP', `${quote(step.op)} ${why}`, {
        node: step.node,
        hint: 'look at the function of `hostOps` for it',
        cause,
      });
    let results: readonly HostValue[];
    try {
      const inputs = step.inputs.map((value) => (value === null ? null : this.value(value)));
      const attributes = decodeAttributes(step, (value) => this.value(value));
      results = await run(attributes, inputs, step.outputs.length);
    } catch (cause) {
      throw fail(`failed: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
    }
    if (results?.length !== step.outputs.length)
      throw fail(`gave ${results?.length} tensors of ${step.outputs.length}`);
    const told = [...this.#shape.symbols];
    for (const [k, symbol] of symbols.entries()) {
      if ('step' in symbol && symbol.step === at) told[k] = this.#read(symbol, results[symbol.output]!, fail);
    }
    if (told.some((value, k) => !Object.is(value, this.#shape.symbols[k]))) this.#shape = this.#run.rebind(told);
    for (const [i, index] of step.outputs.entries()) {
      const { name, dtype, shape } = this.#plan[index]!;
      const { dims, data } = results[i]!;
      const foretold = shape.map(this.#shape.sizeOf);
      if (dims.length !== foretold.length || foretold.some((dim, axis) => dim !== dims[axis])) {
        throw fail(`gave [${dims}] for ${quote(name)}, which is [${foretold}]`);
      }
      try {
        checkData({ name, dtype }, data, dims);
      } catch (cause) {
        throw fail(`gave a tensor that does not fit: ${(cause as Error).message.split('\n')[0]}`, cause);
      }
      this.#values[index] = { dtype, dims, data };
    }
    this.#upload(step.outputs);
  }

  #read(
    { name, output, axis, min, max, multipleOf }: DataSymbol,
    { dims }: HostValue,
    fail: (why: string) => TrtxError,
  ) {
    const dim = dims[axis];
    if (dim === undefined || !(dim >= min && dim <= max) || dim % multipleOf !== 0) {
      throw fail(`gave [${dims}] for output ${output}, of which axis ${axis} (${name}) is to be in ${min}..${max}`);
    }
    return dim / multipleOf;
  }

  #upload(outputs: readonly number[]): void {
    const { memory, set, scratch } = this.#run;
    const { queue } = memory.residency.device;
    for (const index of outputs) {
      const { name, dtype, gpu } = this.#plan[index]!;
      const data = this.#values[index]!.data as TensorData;
      if (!gpu || data.length === 0) continue;
      this.#submit(() => {
        const bytes = toStorage({ name, dtype, storage: gpu.storage }, data, scratch);
        queue.writeBuffer(set.buffers[gpu.buffer]!, gpu.offset, bytes);
      });
    }
  }
}
