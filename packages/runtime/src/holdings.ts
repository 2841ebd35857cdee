// What the sequences and optionals of a run hold on the GPU: copies, for what they are copies of is memory that other
// tensors have in turn.
import type { Commands } from './commands.ts';
import type { ContextMemory } from './memory.ts';
import { Held, type Holder, heldData, holdersIn, type Place } from './places.ts';

/** So many are held before it is looked which of them nothing holds any more. */
const FIRST_SWEEP = 64;

export class Holdings {
  readonly #memory: ContextMemory;
  readonly #commands: Commands;
  readonly #all = new Set<Held>();
  #sweepAt = FIRST_SWEEP;

  constructor(memory: ContextMemory, commands: Commands) {
    this.#memory = memory;
    this.#commands = commands;
  }

  /**
   * A copy of the elements at a place. Throws `OUT_OF_MEMORY`.
   *
   * @param bytes a multiple of 4
   * @param known all values of the run: what none of them holds may make room
   */
  async hold(
    { dtype, length }: Pick<Held, 'dtype' | 'length'>,
    { place, bytes }: { readonly place: Place; readonly bytes: number },
    known: readonly (Holder | undefined)[],
  ): Promise<Held> {
    if (this.#all.size >= this.#sweepAt) this.#sweep(known);
    const buffer = await this.#memory.lend(bytes);
    const held = new Held(dtype, length, { buffer, offset: 0, storage: place.storage });
    this.#all.add(held);
    await this.#commands.copy(place, held.place, bytes);
    return held;
  }

  /** At the end of the run. */
  release(): void {
    for (const { place } of this.#all) this.#memory.takeBack(place.buffer);
    this.#all.clear();
  }

  #sweep(known: readonly (Holder | undefined)[]): void {
    const used = new Set(known.flatMap((value) => (value ? holdersIn(value).map(heldData) : [])));
    for (const held of this.#all) {
      if (used.has(held)) continue;
      this.#all.delete(held);
      this.#memory.takeBack(held.place.buffer);
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#all.size);
  }
}
