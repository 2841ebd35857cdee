// The arena: one buffer for all intermediate tensors, aliased by lifetime. Offsets are packed for the profile's maximum,
// so that they hold for every shape in it.
//
// Greedy by size (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020): the largest
// tensor first, each at the lowest offset where nothing alive at the same time lies.

export const ALIGNMENT = 256;

/** A tensor's bytes and the first and last step (inclusive) that writes or reads it. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

export interface ArenaPlan {
  /** Bytes of each tensor's offset, in order of the lifetimes. */
  readonly offsets: readonly number[];
  readonly bytes: number;
  /** The largest sum of tensors alive in one step, each rounded up to the alignment: no plan can be smaller. */
  readonly liveBytesPeak: number;
}

export function planArena(lifetimes: readonly Lifetime[]): ArenaPlan {
  const sizes = lifetimes.map(({ bytes }) => align(bytes));
  const order = lifetimes.map((_, i) => i).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const placed: number[] = [];
  for (const i of order) {
    const own = lifetimes[i]!;
    const others = placed
      .filter((j) => lifetimes[j]!.first <= own.last && own.first <= lifetimes[j]!.last)
      .sort((a, b) => offsets[a]! - offsets[b]!);
    let best = -1;
    let bestGap = Number.POSITIVE_INFINITY;
    let end = 0;
    for (const j of others) {
      const gap = offsets[j]! - end;
      if (gap >= sizes[i]! && gap < bestGap) {
        best = end;
        bestGap = gap;
      }
      end = Math.max(end, offsets[j]! + sizes[j]!);
    }
    offsets[i] = best >= 0 ? best : end;
    placed.push(i);
  }
  const bytes = placed.reduce((most, i) => Math.max(most, offsets[i]! + sizes[i]!), 0);
  return { offsets, bytes, liveBytesPeak: livePeak(lifetimes, sizes) };
}

export function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function livePeak(lifetimes: readonly Lifetime[], sizes: readonly number[]): number {
  const change = new Map<number, number>();
  lifetimes.forEach(({ first, last }, i) => {
    change.set(first, (change.get(first) ?? 0) + sizes[i]!);
    change.set(last + 1, (change.get(last + 1) ?? 0) - sizes[i]!);
  });
  let live = 0;
  let peak = 0;
  for (const step of [...change.keys()].sort((a, b) => a - b)) {
    live += change.get(step)!;
    peak = Math.max(peak, live);
  }
  return peak;
}
