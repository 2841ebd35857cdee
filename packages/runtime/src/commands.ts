// The GPU's side of a run whose steps are not all dispatches and copies. Commands are recorded one step after the other
// and submitted when something else has to come first: a read-back, or a write to a buffer, which the queue does before
// everything that is submitted later.
import { alignUp } from '@trtx/engine';
import type { BindingSet } from './bindings.ts';
import type { Instrument } from './instrument.ts';
import type { ContextMemory } from './memory.ts';
import type { Place, Range } from './places.ts';
import { replay } from './replay.ts';
import { scoped, settle } from './scope.ts';
import { type BoundShape, planInvalid, TAPE_STRIDE } from './shapes.ts';
import { type Scratch, type TensorData, type TensorForm, toStorage } from './tensors.ts';
import { MODE_READ } from './usage.ts';

/** Commands that are recorded before they are submitted anyway: they take memory. */
const MOST_COMMANDS = 4096;
/** Read-backs start at multiples of this. */
const ALIGNMENT = 8;

export class Commands {
  readonly #memory: ContextMemory;
  readonly #set: BindingSet;
  readonly #scratch: Scratch;
  readonly #instrument: Instrument | undefined;
  #encoder: GPUCommandEncoder | undefined;
  #count = 0;
  #verdict: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(memory: ContextMemory, set: BindingSet, scratch: Scratch, instrument: Instrument | undefined) {
    this.#memory = memory;
    this.#set = set;
    this.#scratch = scratch;
    this.#instrument = instrument;
  }

  /** Fails where WebGPU finds something invalid of what has been submitted so far. */
  get verdict(): Promise<void> {
    return this.#verdict;
  }

  /** Throws what is known to have gone wrong: `DEVICE_LOST`, `GPU_VALIDATION`, `GPU_FAILED`. */
  check(): void {
    const failure = this.#memory.residency.error ?? this.#failure;
    if (failure) throw failure;
  }

  /** Records a segment of the program. */
  replay(shape: BoundShape, segment: number): void {
    const { pipelines } = this.#memory.residency;
    const tape = shape.tape(segment);
    if (tape.length === 0) return;
    if (!this.#memory.hasParams(shape)) {
      this.submit();
      this.#judged(() => this.#memory.writeParams(shape));
    }
    replay(this.#open(tape.length / TAPE_STRIDE), tape, shape.program, pipelines, this.#set, this.#instrument);
  }

  /** Records a copy; `bytes` is a multiple of 4. Throws `ENGINE_INVALID` where it leaves a buffer. */
  async copy(from: Range, to: Range, bytes: number): Promise<void> {
    const [source, target] = [this.#buffer(from), this.#buffer(to)];
    if (bytes === 0 || (source === target && from.offset === to.offset)) return;
    if (from.offset + bytes > source.size || to.offset + bytes > target.size) {
      throw planInvalid(`a copy of ${bytes} bytes leaves its buffer`);
    }
    if (source !== target) {
      this.#open(1).copyBufferToBuffer(source, from.offset, target, to.offset, bytes);
      return;
    }
    // The buffer that is there may be freed, which commands use that are not submitted yet.
    if (!this.#memory.hasSpare('transit', bytes)) this.submit();
    const transit = await this.#memory.spare('transit', bytes);
    const encoder = this.#open(2);
    encoder.copyBufferToBuffer(source, from.offset, transit, 0, bytes);
    encoder.copyBufferToBuffer(transit, 0, target, to.offset, bytes);
  }

  /** Writes elements of the host to a place, after everything that is recorded. Throws `TENSOR_RANGE`. */
  upload(place: Place, tensor: Omit<TensorForm, 'storage'>, data: TensorData): void {
    if (data.length === 0) return;
    this.submit();
    this.#judged(() => {
      const bytes = toStorage({ ...tensor, storage: place.storage }, data, this.#scratch);
      this.#memory.write(this.#buffer(place), place.offset, bytes);
    });
  }

  /**
   * Does everything that is recorded and gives `take` the bytes of each place: memory, which goes away afterwards, and
   * where in it they begin.
   */
  async read<T extends { readonly place: Range; readonly bytes: number }>(
    wanted: readonly T[],
    take: (item: T, memory: ArrayBuffer, offset: number) => void,
  ): Promise<void> {
    const reads: { item: T; offset: number }[] = [];
    let end = 0;
    for (const item of wanted) {
      reads.push({ item, offset: end });
      end += alignUp(item.bytes, ALIGNMENT);
    }
    if (end === 0) return;
    const { residency } = this.#memory;
    const staging = await this.#memory.spare('read-back', end);
    const encoder = this.#open(reads.length);
    for (const { item, offset } of reads) {
      const { place, bytes } = item;
      encoder.copyBufferToBuffer(this.#buffer(place), place.offset, staging, offset, bytes);
      this.#memory.counts.bytesDown += bytes;
    }
    this.submit();
    const verdict = this.#verdict;
    const mapped = staging.mapAsync(MODE_READ, 0, end);
    // Both are awaited: the buffer may be used again, or freed, only when nothing is pending.
    await settle([verdict, residency.guard(mapped, 'reading back')]);
    const memory = staging.getMappedRange(0, end);
    for (const { item, offset } of reads) take(item, memory, offset);
    staging.unmap();
  }

  submit(): void {
    const encoder = this.take();
    if (encoder) this.#judged(() => this.#memory.residency.device.queue.submit([encoder.finish()]));
  }

  /** What is recorded and not submitted, for the caller to do so. */
  take(): GPUCommandEncoder | undefined {
    const encoder = this.#encoder;
    this.#encoder = undefined;
    this.#count = 0;
    return encoder;
  }

  /** Resolves when the GPU has done everything, and other work of the process has had its turn. */
  async drain(): Promise<void> {
    const { residency } = this.#memory;
    this.submit();
    await residency.guard(residency.device.queue.onSubmittedWorkDone(), 'a run');
  }

  #buffer({ buffer }: Range): GPUBuffer {
    return typeof buffer === 'number' ? this.#set.buffers[buffer]! : buffer;
  }

  /** An encoder for so many commands. */
  #open(count: number): GPUCommandEncoder {
    if (this.#count > 0 && this.#count + count > MOST_COMMANDS) this.submit();
    this.#count += count;
    this.#encoder ??= this.#memory.residency.device.createCommandEncoder();
    return this.#encoder;
  }

  /** Does work on the device whose verdict is waited for at the end of the run. */
  #judged(work: () => void): void {
    const { verdict } = scoped(this.#memory.residency, 'a run', work);
    verdict.catch((error) => {
      this.#failure ??= error;
    });
    this.#verdict = Promise.all([this.#verdict, verdict]).then(() => {});
    this.#verdict.catch(() => {});
  }
}
