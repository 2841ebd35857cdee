// What profiles that are joined have in common: WGSL, pipelines and constants, each once.
import { crc32 } from './crc32.ts';
import type { Plan, PlanBlob, PlanBuffer, PlanPipeline } from './plan.ts';
import type { PlanRange } from './terms.ts';
import { alignUp } from './types.ts';

/** Offsets of bindings, and so of blobs in weights, are multiples of this. */
const ALIGNMENT = 256;

/** The plan of one profile, with the contents of its blobs. */
export interface ProfilePlan {
  readonly plan: Plan;
  /** Bytes of `plan.blobs`, made when asked for. */
  readonly blobs: readonly (() => Uint8Array)[];
}

/** Where a profile finds in the tables what it has had of its own. */
export interface Joined {
  /** By number of its pipelines. */
  readonly pipelineOf: readonly number[];
  /** A range of its constants in the shared buffers; undefined for a range of any other buffer. */
  readonly rangeOf: (at: PlanRange) => PlanRange | undefined;
}

export class SharedTables {
  readonly modules: string[] = [];
  readonly pipelines: PlanPipeline[] = [];
  readonly blobs: PlanBlob[] = [];
  readonly contents: (() => Uint8Array)[] = [];
  /** Buffers for constants that the first profile has not, to come after all of its buffers. */
  readonly newBuffers: PlanBuffer[] = [];
  readonly #start: number;
  readonly #moduleOf = new Map<string, number>();
  readonly #pipelineOf = new Map<string, number>();
  /** Blobs that may be equal. */
  readonly #known = new Map<string, { readonly at: PlanRange; readonly bytes: Uint8Array }[]>();

  constructor({ plan, blobs }: ProfilePlan) {
    this.#start = plan.buffers.length;
    for (const module of plan.modules) this.#module(module);
    for (const pipeline of plan.pipelines) this.#pipeline(pipeline);
    for (const [i, blob] of plan.blobs.entries()) this.#keep(plan.buffers[blob.buffer]!.kind, blob, blobs[i]!());
  }

  add({ plan, blobs }: ProfilePlan): Joined {
    const modules = plan.modules.map((module) => this.#module(module));
    const pipelineOf = plan.pipelines.map((one) => this.#pipeline({ ...one, module: modules[one.module]! }));
    const added = new Map<number, number>();
    const moved = plan.blobs.map((blob, i) => {
      const { kind } = plan.buffers[blob.buffer]!;
      const bytes = blobs[i]!();
      return { blob, at: this.#find(kind, bytes) ?? this.#append(kind, blob, bytes, added) };
    });
    const rangeOf = ({ buffer, offset }: PlanRange): PlanRange | undefined => {
      // The last one, for blobs of nothing may begin where another one does.
      const found = moved.findLast(({ blob }) => blob.buffer === buffer && blob.offset <= offset);
      return found && { buffer: found.at.buffer, offset: found.at.offset + offset - found.blob.offset };
    };
    return { pipelineOf, rangeOf };
  }

  #module(wgsl: string): number {
    return numberOf(this.#moduleOf, wgsl, () => this.modules.push(wgsl));
  }

  #pipeline(pipeline: PlanPipeline): number {
    const { module, entryPoint, layout } = pipeline;
    const key = JSON.stringify([module, entryPoint, layout]);
    return numberOf(this.#pipelineOf, key, () => this.pipelines.push(pipeline));
  }

  #find(kind: PlanBuffer['kind'], bytes: Uint8Array): PlanRange | undefined {
    return this.#known.get(keyOf(kind, bytes))?.find((known) => isEqual(known.bytes, bytes))?.at;
  }

  #keep(kind: PlanBuffer['kind'], blob: PlanBlob, bytes: Uint8Array): PlanRange {
    const at = { buffer: blob.buffer, offset: blob.offset };
    const key = keyOf(kind, bytes);
    this.#known.set(key, [...(this.#known.get(key) ?? []), { at, bytes }]);
    this.blobs.push(blob);
    this.contents.push(() => bytes);
    return at;
  }

  /** @param added the new buffer that each of the profile's buffers goes on in */
  #append(kind: PlanBuffer['kind'], blob: PlanBlob, bytes: Uint8Array, added: Map<number, number>): PlanRange {
    const i = numberOf(added, blob.buffer, () => this.newBuffers.push({ kind, bytes: 0 }));
    const offset = alignUp(this.newBuffers[i]!.bytes, ALIGNMENT);
    this.newBuffers[i] = { kind, bytes: offset + blob.bytes };
    return this.#keep(kind, { ...blob, buffer: this.#start + i, offset }, bytes);
  }
}

/** The number under a key; `push` adds an entry and gives the new length. */
function numberOf<K>(numbers: Map<K, number>, key: K, push: () => number): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  const number = push() - 1;
  numbers.set(key, number);
  return number;
}

function keyOf(kind: PlanBuffer['kind'], bytes: Uint8Array): string {
  return `${kind} ${bytes.length} ${crc32(bytes)}`;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}
