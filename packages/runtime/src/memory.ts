// All that a context has on the device: arenas, params, buffers of inputs and outputs, staging, bind groups. Each thing is
// made at the first run that needs it, at its size for the profile's maximum, and kept.
import { allocate, type BufferRequest, free } from './allocate.ts';
import { type BindingSet, BindingSets } from './bindings.ts';
import type { Program } from './program.ts';
import type { Residency } from './residency.ts';
import { checked } from './scope.ts';
import type { BoundShape } from './shapes.ts';
import { planStaging, type StagedOutput, type StagingPlan, type StagingSet, stagingRequest } from './staging.ts';
import { COPY_DST, COPY_SRC, MAP_READ, STORAGE, UNIFORM } from './usage.ts';

/** A buffer beside the plan's: for read-backs between the steps of a run, and for copies inside one buffer. */
export type Spare = 'read-back' | 'transit';

const SPARE_USAGE: Readonly<Record<Spare, number>> = {
  'read-back': MAP_READ | COPY_DST,
  transit: COPY_SRC | COPY_DST,
};

export class ContextMemory {
  readonly residency: Residency;
  readonly staging: StagingPlan;
  /** Shapes that a run has been found valid with, for each combination of buffers. */
  readonly #proven = new WeakMap<BindingSet, WeakSet<BoundShape>>();
  readonly #own: (GPUBuffer | undefined)[];
  readonly #buffers: (GPUBuffer | undefined)[];
  readonly #sets: BindingSets;
  readonly #idleStaging: StagingSet[] = [];
  readonly #held = new Set<GPUBuffer>();
  /** What the params buffer holds. */
  #params: Uint32Array<ArrayBuffer> | undefined;
  readonly #spares = new Map<Spare, GPUBuffer>();
  /** Buffers that were lent and came back, by size. */
  readonly #idle = new Map<number, GPUBuffer[]>();

  private constructor(residency: Residency, buffers: (GPUBuffer | undefined)[], made: readonly GPUBuffer[]) {
    this.residency = residency;
    this.staging = planStaging(residency.program);
    this.#own = new Array(residency.program.ports.length).fill(undefined);
    this.#buffers = buffers;
    for (const buffer of made) this.#held.add(buffer);
    this.#sets = new BindingSets(residency, buffers);
  }

  /** Makes arenas, params and the bind groups between them. */
  static async create(residency: Residency): Promise<ContextMemory> {
    const { plan } = residency.program;
    const own = [...plan.buffers.keys()].filter((i) => /^(arena|params)$/.test(plan.buffers[i]!.kind));
    const made = await allocate(
      residency,
      own.map((i) => {
        const { kind, bytes } = plan.buffers[i]!;
        const usage = STORAGE | COPY_DST | COPY_SRC | (kind === 'params' ? UNIFORM : 0);
        return { label: `trtx ${kind} ${i}`, bytes, usage };
      }),
    );
    const buffers = plan.buffers.map((_, i) => residency.buffers[i]);
    for (const [k, i] of own.entries()) buffers[i] = made[k];
    try {
      return await checked(residency, 'making bind groups', () => new ContextMemory(residency, buffers, made));
    } catch (error) {
      free(residency, made);
      throw await residency.explain(error, 'making bind groups');
    }
  }

  /** Whether the params buffer holds what a run with this shape reads. */
  hasParams({ params }: BoundShape): boolean {
    return params === undefined || this.#params === params;
  }

  writeParams({ params }: BoundShape): void {
    const { device, program } = this.residency;
    const buffer = this.#buffers[program.plan.buffers.findIndex(({ kind }) => kind === 'params')]!;
    device.queue.writeBuffer(buffer, 0, params!);
    this.#params = params;
  }

  /** The set for the caller's buffers, with the context's own where there is none; undefined if it has to be made. */
  find(given: readonly (GPUBuffer | undefined)[]): BindingSet | undefined {
    return this.#sets.find(given.map((buffer, port) => buffer ?? this.#own[port]));
  }

  async makeSet(given: readonly (GPUBuffer | undefined)[]): Promise<BindingSet> {
    const { residency } = this;
    const { ports } = residency.program;
    const missing = given.flatMap((buffer, port) => {
      return buffer || this.#own[port] || ports[port]!.buffer < 0 ? [] : [port];
    });
    const made = await this.#allocate(missing.map((port) => portRequest(residency.program, port)));
    for (const [k, port] of missing.entries()) this.#own[port] = made[k];
    let set: BindingSet | undefined;
    try {
      return await checked(residency, 'binding inputs and outputs', () => {
        set = this.#sets.add(given.map((buffer, port) => buffer ?? this.#own[port]));
        return set;
      });
    } catch (error) {
      if (set) this.#sets.forget(set);
      throw await residency.explain(error, 'binding inputs and outputs');
    }
  }

  /** Whether a run with this shape and these buffers has been found valid by WebGPU. */
  isProven(shape: BoundShape, set: BindingSet): boolean {
    return this.#proven.get(set)?.has(shape) === true;
  }

  prove(shape: BoundShape, set: BindingSet): void {
    const shapes = this.#proven.get(set) ?? new WeakSet();
    this.#proven.set(set, shapes.add(shape));
  }

  /** After a run that failed: nothing it used or wrote is taken for granted. */
  distrust(set: BindingSet): void {
    this.#sets.forget(set);
    this.#params = undefined;
  }

  /** Staging buffers for these outputs, if such a set is idle. */
  takeStaging(placed: readonly StagedOutput[]): StagingSet | undefined {
    const i = this.#idleStaging.findIndex((set) => placed.every(({ bin }) => set[bin]));
    return i < 0 ? undefined : this.#idleStaging.splice(i, 1)[0];
  }

  /** As `takeStaging`, making what is missing. */
  async makeStaging(placed: readonly StagedOutput[]): Promise<StagingSet> {
    const set = this.takeStaging(placed) ?? this.#idleStaging.pop() ?? [];
    const missing = [...new Set(placed.map(({ bin }) => bin))].filter((bin) => !set[bin]);
    try {
      const made = await this.#allocate(missing.map((bin) => stagingRequest(this.staging, bin)));
      for (const [k, bin] of missing.entries()) set[bin] = made[k];
      return set;
    } catch (error) {
      this.giveStaging(set);
      throw error;
    }
  }

  giveStaging(set: StagingSet): void {
    this.#idleStaging.push(set);
  }

  /** Frees staging buffers of which nobody knows whether they are mapped. */
  dropStaging(set: StagingSet): void {
    const buffers = set.filter((buffer) => buffer !== undefined && this.#held.delete(buffer));
    free(this.residency, buffers as GPUBuffer[]);
  }

  /** Whether `spare` has a buffer of `bytes` already. If not, it frees the one there is. */
  hasSpare(spare: Spare, bytes: number): boolean {
    return (this.#spares.get(spare)?.size ?? 0) >= bytes;
  }

  /** A buffer of at least `bytes`. It grows in powers of two. */
  async spare(spare: Spare, bytes: number): Promise<GPUBuffer> {
    if (!this.hasSpare(spare, bytes)) {
      this.dropSpare(spare);
      const size = 2 ** Math.ceil(Math.log2(Math.max(bytes, 1024)));
      const [made] = await this.#allocate([{ label: `trtx ${spare}`, bytes: size, usage: SPARE_USAGE[spare] }]);
      this.#spares.set(spare, made!);
    }
    return this.#spares.get(spare)!;
  }

  /** Frees it: because it is too small, or nobody knows whether it is mapped. */
  dropSpare(spare: Spare): void {
    const buffer = this.#spares.get(spare);
    this.#spares.delete(spare);
    if (buffer && this.#held.delete(buffer)) free(this.residency, [buffer]);
  }

  /** A buffer of at least `bytes` for a tensor that is held, until `takeBack`. */
  async lend(bytes: number): Promise<GPUBuffer> {
    const size = 2 ** Math.ceil(Math.log2(Math.max(bytes, 256)));
    const idle = this.#idle.get(size)?.pop();
    if (idle) return idle;
    const [made] = await this.#allocate([{ label: 'trtx held', bytes: size, usage: COPY_SRC | COPY_DST }]);
    return made!;
  }

  takeBack(buffer: GPUBuffer): void {
    const idle = this.#idle.get(buffer.size);
    if (idle) idle.push(buffer);
    else this.#idle.set(buffer.size, [buffer]);
  }

  destroy(): void {
    free(this.residency, this.#held);
    this.#held.clear();
  }

  async #allocate(requests: readonly BufferRequest[]): Promise<GPUBuffer[]> {
    const made = await allocate(this.residency, requests);
    for (const buffer of made) this.#held.add(buffer);
    return made;
  }
}

function portRequest({ ports }: Program, port: number): BufferRequest {
  const { tensor, isInput, bytes } = ports[port]!;
  const label = `trtx ${isInput ? 'input' : 'output'} ${tensor.name}`;
  return { label, bytes, usage: STORAGE | COPY_DST | COPY_SRC };
}
