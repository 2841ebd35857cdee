import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALIGNMENT, align, type Lifetime, planArena } from './arena.ts';

const lifetimes = (largest: number, steps: number, most = 40) =>
  fc.array(
    fc.tuple(fc.nat(largest), fc.nat(steps), fc.nat(steps)).map(([bytes, a, b]): Lifetime => {
      return { bytes, first: Math.min(a, b), last: Math.max(a, b) };
    }),
    { maxLength: most, size: 'max' },
  );

/** Pairs that are alive at once and lie on each other. */
function overlaps(lives: readonly Lifetime[], offsets: readonly number[]): string[] {
  const found: string[] = [];
  lives.forEach((a, i) => {
    lives.slice(0, i).forEach((b, j) => {
      const together = a.first <= b.last && b.first <= a.last;
      const apart = offsets[i]! >= offsets[j]! + align(b.bytes) || offsets[j]! >= offsets[i]! + align(a.bytes);
      if (together && !apart) found.push(`${j} and ${i}`);
    });
  });
  return found;
}

describe('a plan', () => {
  it('keeps apart what lives at once, aligned and inside', () => {
    fc.assert(
      fc.property(lifetimes(5000, 20), (lives) => {
        const { offsets, bytes, liveBytesPeak } = planArena(lives);
        expect(overlaps(lives, offsets)).toEqual([]);
        offsets.forEach((offset, i) => {
          expect(offset % ALIGNMENT).toBe(0);
          expect(offset + align(lives[i]!.bytes)).toBeLessThanOrEqual(bytes);
        });
        expect(bytes).toBeGreaterThanOrEqual(liveBytesPeak);
      }),
      { numRuns: 300 },
    );
  });

  it('lies over no cut between buffers', () => {
    const capacity = 20 * ALIGNMENT;
    fc.assert(
      fc.property(lifetimes(capacity, 20), (lives) => {
        const { offsets } = planArena(lives, capacity);
        expect(overlaps(lives, offsets)).toEqual([]);
        offsets.forEach((offset, i) => {
          expect((offset % capacity) + align(lives[i]!.bytes)).toBeLessThanOrEqual(capacity);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('is the same for the same lifetimes', () => {
    fc.assert(
      fc.property(lifetimes(1 << 20, 30), (lives) => {
        expect(planArena(lives)).toEqual(planArena([...lives]));
      }),
    );
  });
});

describe('memory', () => {
  it('is as much as lives at once where tensors follow each other', () => {
    const chain = Array.from(
      { length: 50 },
      (_, i): Lifetime => ({ bytes: 1000 + 300 * (i % 7), first: i, last: i + 1 }),
    );
    const { bytes, liveBytesPeak } = planArena(chain);
    expect(bytes).toBe(liveBytesPeak);
  });

  it('is at most a quarter more for networks: sizes that fall, with skips', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean(), fc.nat(6)), {
          minLength: 5,
          maxLength: 80,
          size: 'max',
        }),
        (layers) => {
          let bytes = 4 * 64 * 112 * 112;
          const lives = layers.map(([channels, halves, skip], i): Lifetime => {
            if (halves && i % 4 === 3) bytes = Math.max(bytes / 2, 4096);
            // Every third result is read again later, as a residual is.
            return { bytes: (bytes * channels) / 2, first: i, last: i + 1 + (i % 3 === 0 ? skip : 0) };
          });
          const plan = planArena(lives);
          expect(overlaps(lives, plan.offsets)).toEqual([]);
          expect(plan.bytes).toBeLessThanOrEqual(1.25 * plan.liveBytesPeak);
        },
      ),
      { numRuns: 200, seed: 3 },
    );
  });

  it('is at most a quarter more for an hourglass', () => {
    const depth = 5;
    const size = (level: number) => (1 << 22) >> level;
    const down = Array.from({ length: depth }, (_, i): Lifetime => ({ bytes: size(i), first: i, last: 2 * depth - i }));
    const up = Array.from(
      { length: depth },
      (_, i): Lifetime => ({ bytes: size(depth - 1 - i), first: depth + i, last: depth + i + 1 }),
    );
    const { bytes, liveBytesPeak } = planArena([...down, ...up]);
    expect(bytes).toBeLessThanOrEqual(1.25 * liveBytesPeak);
  });

  it('is none for no tensors', () => {
    expect(planArena([])).toEqual({ offsets: [], bytes: 0, liveBytesPeak: 0 });
  });
});
