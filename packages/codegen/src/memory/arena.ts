// The arena: the memory of all intermediate tensors, aliased by lifetime: one buffer, or several where the device makes
// none so large. They are planned as one range, cut into buffers; no tensor lies over a cut. Offsets are packed for the
// profile's maximum, so that they hold for every shape in it.
//
// Greedy by size (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020): the largest
// tensor first, each in the tightest gap among what is alive at the same time. Where the result is larger than what must
// live at once, whichever tensor ends last goes first in another try; so does the order of time.

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

/** @param capacity bytes of a buffer, a multiple of the alignment and at least the bytes of every tensor */
export function planArena(lifetimes: readonly Lifetime[], capacity = Number.MAX_SAFE_INTEGER): ArenaPlan {
  const sizes = lifetimes.map(({ bytes }) => align(bytes));
  const liveBytesPeak = livePeak(lifetimes, sizes);
  const all = lifetimes.map((_, i) => i);
  const starts = [
    [...all].sort((a, b) => sizes[b]! - sizes[a]! || a - b),
    [...all].sort((a, b) => lifetimes[a]!.first - lifetimes[b]!.first || sizes[b]! - sizes[a]! || a - b),
  ];
  let best: Placement | undefined;
  // Placing costs the square of the number of tensors; large plans get fewer repairs.
  const rounds = Math.min(Math.max(Math.floor(2 ** 24 / (all.length * all.length + 1)), 1), 32);
  for (const start of starts) {
    let order = start;
    for (let round = 0; round < rounds && !(best && best.bytes <= liveBytesPeak); round++) {
      const { topmost, ...placement } = place(lifetimes, sizes, order, capacity);
      if (!best || placement.bytes < best.bytes) best = placement;
      order = [topmost, ...order.filter((i) => i !== topmost)];
    }
  }
  return { offsets: best?.offsets ?? [], bytes: best?.bytes ?? 0, liveBytesPeak };
}

interface Placement {
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/** Gives each tensor in turn the tightest gap that it fits in, or else room past what is there. */
function place(
  lifetimes: readonly Lifetime[],
  sizes: readonly number[],
  order: readonly number[],
  capacity: number,
): Placement & { /** The tensor that ends last. */ topmost: number } {
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const placed: number[] = [];
  let bytes = 0;
  let topmost = order[0]!;
  /** The first offset from `at` on at which so much lies in one buffer. */
  const inOne = (at: number, size: number) =>
    (at % capacity) + size > capacity ? Math.ceil(at / capacity) * capacity : at;
  for (const i of order) {
    const own = lifetimes[i]!;
    const others = placed
      .filter((j) => lifetimes[j]!.first <= own.last && own.first <= lifetimes[j]!.last)
      .sort((a, b) => offsets[a]! - offsets[b]!);
    let best = -1;
    let bestGap = Number.POSITIVE_INFINITY;
    let end = 0;
    for (const j of others) {
      const start = inOne(end, sizes[i]!);
      const gap = offsets[j]! - start;
      if (gap >= sizes[i]! && gap < bestGap) {
        best = start;
        bestGap = gap;
      }
      end = Math.max(end, offsets[j]! + sizes[j]!);
    }
    offsets[i] = best >= 0 ? best : inOne(end, sizes[i]!);
    placed.push(i);
    if (offsets[i]! + sizes[i]! > bytes) {
      bytes = offsets[i]! + sizes[i]!;
      topmost = i;
    }
  }
  return { offsets, bytes, topmost };
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
