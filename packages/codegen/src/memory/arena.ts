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
  /** The steps that write or read it; without them it lies in no hole. */
  readonly steps?: readonly number[];
  readonly holes?: readonly Hole[];
}

/**
 * Aligned bytes of a tensor that nothing is written to before a step. Until then what no step touches together with the
 * tensor may lie there: one dispatch binds the whole of both.
 */
export interface Hole {
  readonly from: number;
  readonly to: number;
  readonly until: number;
}

export interface ArenaPlan {
  /** Bytes of each tensor's offset, in order of the lifetimes. */
  readonly offsets: readonly number[];
  readonly bytes: number;
  /**
   * The largest sum of tensors alive in one step, each rounded up to the alignment and without its holes: no plan can be
   * smaller.
   */
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
  // What lies in a hole may be in the way of what comes later: then they are left alone.
  const plain = lifetimes.map(({ bytes, first, last }): Lifetime => ({ bytes, first, last }));
  const hasHoles = lifetimes.some(({ holes = [] }) => holes.length > 0);
  const tries = (hasHoles ? [lifetimes, plain] : [plain]).flatMap((lives) => starts.map((start) => ({ lives, start })));
  for (const { lives, start } of tries) {
    let order = start;
    for (let round = 0; round < rounds && !(best && best.bytes <= liveBytesPeak); round++) {
      const { topmost, ...placement } = place(lives, sizes, order, capacity);
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
      .flatMap((j) => takenOf(offsets[j]!, sizes[j]!, lifetimes[j]!, own))
      .sort((a, b) => a.from - b.from);
    let best = -1;
    let bestGap = Number.POSITIVE_INFINITY;
    let end = 0;
    for (const { from, to } of others) {
      const start = inOne(end, sizes[i]!);
      const gap = from - start;
      if (gap >= sizes[i]! && gap < bestGap) {
        best = start;
        bestGap = gap;
      }
      end = Math.max(end, to);
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

/** What a tensor at an offset leaves no room in for another one: all of it, but for holes that the other is gone by. */
function takenOf(at: number, size: number, tensor: Lifetime, other: Lifetime): { from: number; to: number }[] {
  const free = (tensor.holes ?? []).filter(({ until }) => other.last < until);
  if (free.length === 0 || !areApart(tensor, other)) return [{ from: at, to: at + size }];
  const taken: { from: number; to: number }[] = [];
  let from = 0;
  for (const hole of [...free].sort((a, b) => a.from - b.from)) {
    if (from < hole.from) taken.push({ from: at + from, to: at + hole.from });
    from = hole.to;
  }
  if (from < size) taken.push({ from: at + from, to: at + size });
  return taken;
}

/** True where no step touches both. */
function areApart(a: Lifetime, b: Lifetime): boolean {
  if (!a.steps || !b.steps) return false;
  const own = new Set(a.steps);
  return !b.steps.some((step) => own.has(step));
}

export function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function livePeak(lifetimes: readonly Lifetime[], sizes: readonly number[]): number {
  const change = new Map<number, number>();
  const add = (step: number, bytes: number) => change.set(step, (change.get(step) ?? 0) + bytes);
  lifetimes.forEach(({ first, last, holes = [] }, i) => {
    add(first, sizes[i]!);
    add(last + 1, -sizes[i]!);
    for (const { from, to, until } of holes) {
      add(first, from - to);
      add(until, to - from);
    }
  });
  let live = 0;
  let peak = 0;
  for (const step of [...change.keys()].sort((a, b) => a - b)) {
    live += change.get(step)!;
    peak = Math.max(peak, live);
  }
  return peak;
}
