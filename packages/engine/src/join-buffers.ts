// The buffers of profiles that are joined: shared ones have the same index in all, and so has the n-th of each other kind, so
// that a context that goes from one profile to another finds what it needs.
import type { PlanBuffer } from './plan.ts';

/** Stands at the index of a buffer that a profile does without. */
const ABSENT: PlanBuffer = { kind: 'arena', bytes: 0 };

/** Whether all profiles have the buffer: it holds constants. */
export function isShared({ kind }: PlanBuffer): boolean {
  return kind === 'weights' || kind === 'host';
}

export class BufferSlots {
  /** The shared buffers at their indices. */
  readonly #shared: readonly PlanBuffer[];
  /** Index of the n-th buffer of each kind that is not shared. */
  readonly #slots = new Map<string, number>();
  #end: number;

  /**
   * @param first the buffers of the first profile, which keep their indices
   * @param added shared buffers that come after them
   */
  constructor(first: readonly PlanBuffer[], added: readonly PlanBuffer[]) {
    this.#shared = [...first.map((buffer) => (isShared(buffer) ? buffer : ABSENT)), ...added];
    this.#end = this.#shared.length;
    for (const [key, i] of ownKeys(first)) this.#slots.set(key, i);
  }

  /** The list of all buffers for a profile with these, and where those of its own are in it. */
  place(buffers: readonly PlanBuffer[]): { buffers: PlanBuffer[]; indexOf: number[] } {
    const all = [...this.#shared];
    const indexOf: number[] = [];
    for (const [key, i] of ownKeys(buffers)) {
      const at = this.#slots.get(key) ?? this.#end++;
      this.#slots.set(key, at);
      indexOf[i] = at;
      all[at] = buffers[i]!;
    }
    return { buffers: Array.from(all, (buffer) => buffer ?? ABSENT), indexOf };
  }
}

/** What a buffer that is not shared goes by, `arena 0`, with its index. */
function ownKeys(buffers: readonly PlanBuffer[]): [string, number][] {
  const counts = new Map<string, number>();
  return buffers.flatMap((buffer, i): [string, number][] => {
    if (isShared(buffer)) return [];
    const n = counts.get(buffer.kind) ?? 0;
    counts.set(buffer.kind, n + 1);
    return [[`${buffer.kind} ${n}`, i]];
  });
}
