import { GraphBuilder, type Value } from '@trtx/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { denseView } from '../group/view.ts';
import { PORTABLE } from '../target.ts';
import { ones } from '../testing/groups.ts';
import { align, type Lifetime, planArena } from './arena.ts';
import { holesOf } from './holes.ts';

const whole = new GraphBuilder('g').input('x', 'float32', [1, 4, 64]);
/** Some channels of it. */
const part = (channel: number, count: number) => ({ ...denseView(whole), offset: 64 * channel, shape: [1, count, 64] });
const life = (...writes: Parameters<typeof holesOf>[0]['writes']) => ({ first: 2, last: 9, steps: [2, 9], writes });

describe('holes', () => {
  it('are what is written after the first step', () => {
    const late = life({ step: 2, view: part(2, 2) }, { step: 5, view: part(0, 1) }, { step: 7, view: part(1, 1) });
    expect(holesOf(late, 1024, 32)).toEqual([
      { from: 0, to: 256, until: 5 },
      { from: 256, to: 512, until: 7 },
    ]);
    // Behind the last byte nothing else lies; between two parts a piece of 256 bytes belongs to both.
    const halves = life({ step: 2, view: part(0, 2) }, { step: 8, view: part(2, 2) });
    expect(holesOf(halves, 512, 16)).toEqual([{ from: 256, to: 512, until: 8 }]);
    expect(holesOf(life({ step: 2, view: part(0, 1) }, { step: 8, view: part(1, 3) }), 512, 16)).toEqual([
      { from: 256, to: 512, until: 8 },
    ]);
  });

  it('end where a step may write anywhere, and are none where the first one may', () => {
    const turned = { ...denseView(whole), strides: [256, 1, 4] };
    const anywhere = life({ step: 2, view: part(0, 1) }, { step: 4, view: turned }, { step: 8, view: part(3, 1) });
    expect(holesOf(anywhere, 1024, 32)).toEqual([{ from: 256, to: 1024, until: 4 }]);
    expect(holesOf(life({ step: 2, view: turned }, { step: 8, view: part(3, 1) }), 1024, 32)).toEqual([]);
    expect(holesOf(life({ step: 2 }, { step: 8, view: part(3, 1) }), 1024, 32)).toEqual([]);
    expect(holesOf(life({ step: 8, view: part(3, 1) }), 1024, 32)).toEqual([]);
  });
});

describe('an arena with holes', () => {
  const lifetimes = fc.array(
    fc.record({
      blocks: fc.integer({ min: 1, max: 12 }),
      ends: fc.tuple(fc.nat(20), fc.nat(20)),
      cut: fc.nat(12),
      wait: fc.nat(9),
    }),
    { maxLength: 30, size: 'max' },
  );

  it('has in them only what is gone by then, and what no step touches together with the tensor', () => {
    fc.assert(
      fc.property(lifetimes, (all) => {
        const lives = all.map(({ blocks, ends: [a, b], cut, wait }): Lifetime => {
          const [first, last] = [Math.min(a, b), Math.max(a, b)];
          const [from, until] = [256 * Math.min(cut, blocks), first + 1 + wait];
          const holes = from < 256 * blocks && until <= last ? [{ from, to: 256 * blocks, until }] : [];
          return { bytes: 256 * blocks, first, last, steps: [first, last], holes };
        });
        const { offsets, bytes, liveBytesPeak } = planArena(lives);
        expect(bytes).toBeGreaterThanOrEqual(liveBytesPeak);
        lives.forEach((a, i) => {
          expect(offsets[i]! + align(a.bytes)).toBeLessThanOrEqual(bytes);
          lives.forEach((b, j) => {
            const meets = offsets[i]! < offsets[j]! + b.bytes && offsets[j]! < offsets[i]! + a.bytes;
            if (i >= j || !meets || a.first > b.last || b.first > a.last) return;
            const from = Math.max(offsets[i]!, offsets[j]!);
            const to = Math.min(offsets[i]! + a.bytes, offsets[j]! + b.bytes);
            const isFree = (outer: number, { last }: Lifetime) =>
              lives[outer]!.holes!.some(
                (hole) => from >= offsets[outer]! + hole.from && to <= offsets[outer]! + hole.to && last < hole.until,
              );
            expect(isFree(i, b) || isFree(j, a)).toBe(true);
            expect(a.steps!.some((step) => b.steps!.includes(step))).toBe(false);
          });
        });
      }),
      { numRuns: 500 },
    );
  });

  it('takes less for a network that puts together at its end what it had at its beginning', () => {
    const b = new GraphBuilder('g');
    const conv = (x: Value, to: number) => b.Conv(x, ones(b, to, x.type.shape[1] as number, 1, 1));
    const early = conv(b.input('x', 'float32', [1, 4, 32, 32]), 32);
    const small = b.AveragePool(early, { kernel_shape: [2, 2], strides: [2, 2] });
    const large = b.Resize(small, null, b.constant('float32', [4], [1, 1, 2, 2]));
    const late = conv(conv(conv(large, 64), 64), 32);
    b.output('y', conv(b.Concat([early, late], { axis: 1 }), 4));
    const { plan } = compile(b.graph, { target: { ...PORTABLE, software: true } });
    const arena = plan.buffers.flatMap(({ kind, bytes }) => (kind === 'arena' ? [bytes] : []));
    // The half that is there, and two layers at once: the first of them lies on the other half.
    expect(arena).toEqual([4 * 32 * 32 * (32 + 64 + 64)]);
    expect(plan.liveBytesPeak).toBe(arena[0]);
  });
});
