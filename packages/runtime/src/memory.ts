// All that a context has on the device: arenas, params, buffers of inputs and outputs, staging, bind groups. Each thing is
// made at the first run that needs it, at its size for the profile's maximum, and kept.
//
// All profiles share the buffers: of a plan's index there is one, as large as the largest profile that has run needs. So
// contexts of small profiles stay small, no memory is there once for each profile, and when all have run, going from one to
// another makes nothing any more. A buffer that is too small is freed before a larger one is made, with all bind groups.
import { allocate, type BufferRequest } from './allocate.ts';
import { type BindingSet, BindingSets, type Routine } from './bindings.ts';
import type { Counts } from './counts.ts';
import type { Program } from './program.ts';
import type { Residency } from './residency.ts';
import { checked } from './scope.ts';
import type { BoundShape } from './shapes.ts';
import { StagingSet, stagingRequest } from './staging.ts';
import { COPY_DST, COPY_SRC, MAP_READ, STORAGE, UNIFORM } from './usage.ts';

/** A buffer beside the plan's: for read-backs between the steps of a run, and for copies inside one buffer. */
export type Spare = 'read-back' | 'transit';

const SPARES: Readonly<Record<Spare, { readonly label: string; readonly usage: number }>> = {
  'read-back': { label: 'trtx staging read-back', usage: MAP_READ | COPY_DST },
  transit: { label: 'trtx arena transit', usage: COPY_SRC | COPY_DST },
};

export class ContextMemory {
  readonly residency: Residency;
  /** Those that the context has of its own, by index of `plan.buffers`. */
  readonly #own: (GPUBuffer | undefined)[] = [];
  readonly #sets = new Map<Program, BindingSets>();
  readonly #idleStaging: StagingSet[] = [];
  readonly #held = new Set<GPUBuffer>();
  /** What the params buffer holds. */
  #params: Uint32Array<ArrayBuffer> | undefined;
  readonly #spares = new Map<Spare, GPUBuffer>();
  /** Buffers that were lent and came back, by size. */
  readonly #idle = new Map<number, GPUBuffer[]>();

  readonly counts: Counts;

  constructor(residency: Residency, counts: Counts) {
    this.residency = residency;
    this.counts = counts;
  }

  /** The buffers that the context has of its own. */
  get held(): Iterable<GPUBuffer> {
    return this.#held;
  }

  /** Writes to a buffer on the queue. */
  write(buffer: GPUBuffer, offset: number, bytes: Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): void {
    this.counts.bytesUp += bytes.byteLength;
    this.residency.device.queue.writeBuffer(buffer, offset, bytes);
  }

  /** Whether the params buffer holds what a run with this shape reads. */
  hasParams({ params }: BoundShape): boolean {
    return params === undefined || this.#params === params;
  }

  writeParams({ params, program }: BoundShape): void {
    const buffer = this.#own[program.plan.buffers.findIndex(({ kind }) => kind === 'params')]!;
    this.write(buffer, 0, params!);
    this.#params = params;
  }

  /** The set for the caller's buffers, with the context's own where there is none; undefined if it has to be made. */
  find(program: Program, given: readonly (GPUBuffer | undefined)[]): BindingSet | undefined {
    return this.#sets.get(program)?.find(this.#ports(program, given));
  }

  /** As `find`, making what is missing. */
  async makeSet(program: Program, given: readonly (GPUBuffer | undefined)[]): Promise<BindingSet> {
    const { residency } = this;
    const { plan, portOf } = program;
    const own = [...plan.buffers.keys()].filter((i) => {
      return portOf[i]! < 0 ? /^(arena|params)$/.test(plan.buffers[i]!.kind) : !given[portOf[i]!];
    });
    await this.#fill(this.#own, new Map(own.map((i) => [i, ownRequest(program, i)])));
    try {
      return await checked(residency, 'binding buffers', () => {
        const sets = this.#sets.get(program) ?? new BindingSets(this, program, this.#fixed(program));
        this.#sets.set(program, sets);
        return sets.add(this.#ports(program, given));
      });
    } catch (error) {
      this.distrust();
      throw await residency.explain(error, 'binding buffers');
    }
  }

  /** After a run that failed: no bind group is taken for granted, nor what it wrote. */
  distrust(): void {
    this.#sets.clear();
    this.#params = undefined;
  }

  /** Whether what a routine reads back fits in these buffers. */
  suits({ buffers }: StagingSet, { placed, shape }: Routine): boolean {
    const { bytes } = shape.program.staging;
    return placed.every(({ bin }) => (buffers[bin]?.size ?? -1) >= bytes[bin]!);
  }

  /** Staging buffers for a routine, if such a set is idle. */
  takeStaging(routine: Routine): StagingSet | undefined {
    const i = this.#idleStaging.findIndex((staging) => this.suits(staging, routine));
    return i < 0 ? undefined : this.#idleStaging.splice(i, 1)[0];
  }

  /** As `takeStaging`, making what is missing. */
  async makeStaging(routine: Routine): Promise<StagingSet> {
    const known = this.takeStaging(routine);
    if (known) return known;
    const staging = new StagingSet(this.#idleStaging.pop()?.buffers);
    const plan = routine.shape.program.staging;
    try {
      await this.#fill(staging.buffers, new Map(routine.placed.map(({ bin }) => [bin, stagingRequest(plan, bin)])));
      return staging;
    } catch (error) {
      this.giveStaging(staging);
      throw error;
    }
  }

  giveStaging(staging: StagingSet): void {
    this.#idleStaging.push(staging);
  }

  /** Frees staging buffers of which nobody knows whether they are mapped. */
  dropStaging({ buffers }: StagingSet): void {
    this.#free(buffers);
  }

  /** Whether `spare` has a buffer of `bytes` already. If not, it frees the one there is. */
  hasSpare(spare: Spare, bytes: number): boolean {
    return (this.#spares.get(spare)?.size ?? 0) >= bytes;
  }

  /** A buffer of at least `bytes`. It grows in powers of two. */
  async spare(spare: Spare, bytes: number): Promise<GPUBuffer> {
    if (!this.hasSpare(spare, bytes)) {
      this.dropSpare(spare);
      this.#spares.set(spare, await this.#make({ ...SPARES[spare], bytes: roomFor(bytes) }));
    }
    return this.#spares.get(spare)!;
  }

  /** Frees it: because it is too small, or nobody knows whether it is mapped. */
  dropSpare(spare: Spare): void {
    this.#free([this.#spares.get(spare)]);
    this.#spares.delete(spare);
  }

  /** A buffer of at least `bytes` for a tensor that is held, until `takeBack`. */
  async lend(bytes: number): Promise<GPUBuffer> {
    const size = roomFor(bytes);
    return (
      this.#idle.get(size)?.pop() ??
      (await this.#make({ label: 'trtx arena held', bytes: size, usage: COPY_SRC | COPY_DST }))
    );
  }

  takeBack(buffer: GPUBuffer): void {
    const idle = this.#idle.get(buffer.size);
    if (idle) idle.push(buffer);
    else this.#idle.set(buffer.size, [buffer]);
  }

  destroy(): void {
    this.residency.free(this.#held);
    this.#held.clear();
  }

  /** The buffer of each port. */
  #ports({ ports }: Program, given: readonly (GPUBuffer | undefined)[]): (GPUBuffer | undefined)[] {
    return ports.map(({ buffer }, port) => given[port] ?? this.#own[buffer]);
  }

  /** Arenas, params and weights by index; holes for ports. */
  #fixed({ plan, portOf }: Program): (GPUBuffer | undefined)[] {
    return plan.buffers.map((_, i) => (portOf[i]! < 0 ? (this.residency.buffers[i] ?? this.#own[i]) : undefined));
  }

  /**
   * Makes the buffers asked for at their places, as far as those there do not suit. These are freed first: runs that use them
   * have been submitted.
   */
  async #fill(buffers: (GPUBuffer | undefined)[], wanted: ReadonlyMap<number, BufferRequest>): Promise<void> {
    const missing = [...wanted].filter(([i, request]) => !suits(buffers[i], request));
    const old = missing.flatMap(([i]) => buffers[i] ?? []);
    // Groups of any profile may bind what is freed.
    if (old.length > 0 && buffers === this.#own) this.distrust();
    this.#free(old);
    for (const [i] of missing) buffers[i] = undefined;
    const made = await this.#allocate(missing.map(([, request]) => request));
    for (const [k, [i]] of missing.entries()) buffers[i] = made[k];
  }

  async #allocate(requests: readonly BufferRequest[]): Promise<GPUBuffer[]> {
    const made = await allocate(this.residency, requests);
    this.counts.buffers += made.length;
    for (const buffer of made) this.#held.add(buffer);
    return made;
  }

  async #make(request: BufferRequest): Promise<GPUBuffer> {
    const [made] = await this.#allocate([request]);
    return made!;
  }

  #free(buffers: readonly (GPUBuffer | undefined)[]): void {
    this.residency.free(buffers.filter((buffer) => buffer && this.#held.delete(buffer)));
  }
}

/** Bytes of a buffer for so many and some more. */
function roomFor(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(bytes, 256)));
}

function suits(buffer: GPUBuffer | undefined, { bytes, usage }: BufferRequest): boolean {
  return buffer !== undefined && buffer.size >= bytes && (buffer.usage & usage) === usage;
}

function ownRequest({ plan, ports, portOf }: Program, i: number): BufferRequest {
  const { kind, bytes } = plan.buffers[i]!;
  const label = `trtx ${kind} ${ports[portOf[i]!]?.tensor.name ?? i}`;
  return { label, bytes, usage: STORAGE | COPY_DST | COPY_SRC | (kind === 'params' ? UNIFORM : 0) };
}
