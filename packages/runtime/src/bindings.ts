// Bind groups of one context for a program, built once. Groups that bind inputs or outputs are kept for the last few combinations of
// buffers, so that a caller who alternates between buffers of his own (a double buffer, a cache that grows in place)
// makes nothing new either.
import type { Counts } from './counts.ts';
import type { Program } from './program.ts';
import type { Residency } from './residency.ts';
import type { BoundShape } from './shapes.ts';
import type { StagedOutput } from './staging-plan.ts';

/** Combinations of the caller's buffers that are remembered. */
const MOST_SETS = 16;

/** Everything that a replay indexes, for one combination of buffers. */
export interface BindingSet {
  /** The buffer of each port. */
  readonly ports: readonly (GPUBuffer | undefined)[];
  /** All buffers of the plan, by index. */
  readonly buffers: readonly GPUBuffer[];
  /** All bind groups of the program, by index. */
  readonly groups: readonly GPUBindGroup[];
  /** What WebGPU has found valid with them, by its sizes. */
  readonly proven: WeakMap<BoundShape, Routine>;
}

/** What a run does on the GPU: the same whenever sizes and buffers are the same. */
export interface Routine {
  readonly shape: BoundShape;
  readonly set: BindingSet;
  /** What is read back, and to where in the staging buffers. */
  readonly placed: readonly StagedOutput[];
}

/** Whose bind groups they are. */
interface Owner {
  readonly residency: Residency;
  readonly counts: Counts;
}

export class BindingSets {
  readonly #memory: Owner;
  readonly #program: Program;
  /** Arenas, params and weights by index; holes for ports. */
  readonly #buffers: readonly (GPUBuffer | undefined)[];
  /** Groups without ports by index, holes for others. */
  readonly #fixed: readonly (GPUBindGroup | undefined)[];
  /** The last one used comes first. */
  readonly #sets: BindingSet[] = [];

  constructor(memory: Owner, program: Program, buffers: readonly (GPUBuffer | undefined)[]) {
    this.#memory = memory;
    this.#program = program;
    this.#buffers = buffers;
    this.#fixed = program.groups.map(({ io }, i) => (io ? undefined : this.#make(i, buffers)));
  }

  /** The set for these buffers, if it is known. */
  find(ports: readonly (GPUBuffer | undefined)[]): BindingSet | undefined {
    const i = this.#sets.findIndex((set) => set.ports.every((buffer, port) => buffer === ports[port]));
    if (i > 0) this.#sets.unshift(...this.#sets.splice(i, 1));
    return i < 0 ? undefined : this.#sets[0];
  }

  /** A new set. The bind groups may be invalid: the caller makes them inside an error scope. */
  add(ports: readonly (GPUBuffer | undefined)[]): BindingSet {
    // No group binds what only the host has.
    const buffers = this.#buffers.map((buffer, i) => buffer ?? ports[this.#program.portOf[i]!]!);
    const groups = this.#fixed.map((group, i) => group ?? this.#make(i, buffers));
    const set = { ports: [...ports], buffers, groups, proven: new WeakMap() };
    this.#sets.unshift(set);
    this.#sets.splice(MOST_SETS);
    return set;
  }

  #make(index: number, buffers: readonly (GPUBuffer | undefined)[]): GPUBindGroup {
    const { counts, residency } = this.#memory;
    const program = this.#program;
    const { layout, bindings } = program.groups[index]!;
    counts.bindGroups++;
    return residency.device.createBindGroup({
      layout: residency.layouts[layout]!,
      entries: bindings.map(({ buffer: i, offset, size }, binding) => {
        const buffer = buffers[i]!;
        const most = program.portOf[i]! < 0 ? Number.POSITIVE_INFINITY : portBytes(program, i, buffer) - offset;
        return { binding, resource: { buffer, offset, size: Math.min(size ?? most, most) } };
      }),
    });
  }
}

/** A caller's buffer may be smaller than the profile's maximum, or larger than the device can bind. */
function portBytes(program: Program, buffer: number, { size }: GPUBuffer): number {
  return Math.min(size - (size % 4), Math.max(program.plan.buffers[buffer]!.bytes, 16));
}
