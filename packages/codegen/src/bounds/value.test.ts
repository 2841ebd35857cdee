import fc from 'fast-check';
import { expect, it } from 'vitest';
import { between, joined, narrowed, operated, U32, type Value } from './value.ts';

/** What WGSL makes of two u32. */
const COMPUTE: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => (a + b) >>> 0,
  '-': (a, b) => (a - b) >>> 0,
  '*': (a, b) => Math.imul(a, b) >>> 0,
  '/': (a, b) => (b === 0 ? a : Math.floor(a / b)),
  '%': (a, b) => (b === 0 ? 0 : a % b),
  '&': (a, b) => (a & b) >>> 0,
  '|': (a, b) => (a | b) >>> 0,
  '^': (a, b) => (a ^ b) >>> 0,
  '<<': (a, b) => (b < 32 ? (a << b) >>> 0 : 0),
  '>>': (a, b) => (b < 32 ? a >>> b : 0),
};

/** A number, small or any, and something that is known of it. */
const knowns = fc
  .record({
    step: fc.constantFrom(1, 2, 3, 4, 8, 32, 96, 65536),
    count: fc.oneof(fc.nat(40), fc.nat(2 ** 32 - 1)),
    below: fc.nat(9),
    above: fc.nat(9),
  })
  .map(({ step, count, below, above }) => {
    const most = Math.floor((2 ** 32 - 1) / step);
    const at = Math.min(count, most);
    const [low, high] = [Math.max(at - below, 0) * step, Math.min(at + above, most) * step];
    const known: Value = low === high ? between(U32, low, low, low) : between(U32, low, high, step);
    return { number: at * step, known };
  });

const holds = ({ low, high, step }: Value, number: number) =>
  number >= low && number <= high && (step === 0 ? number === 0 : number % step === 0);

it.each(Object.keys(COMPUTE))('what is known of a %s b holds for all a and b of which something is known', (op) => {
  const property = fc.property(knowns, knowns, (a, b) => {
    if (/<<|>>/.test(op) && b.number > 31) return true;
    return holds(operated(op, a.known, b.known), COMPUTE[op]!(a.number, b.number));
  });
  fc.assert(property, { numRuns: 2000 });
});

it('what is known of either of two, or more of one, holds too', () => {
  const property = fc.property(knowns, knowns, fc.nat(50), (a, b, by) => {
    const both = joined(a.known, b.known);
    const less = narrowed(a.known, a.number - by, a.number + by);
    return holds(both, a.number) && holds(both, b.number) && holds(less, a.number);
  });
  fc.assert(property, { numRuns: 2000 });
  expect(narrowed(between(U32, 0, 96, 32), 0, 95)).toMatchObject({ low: 0, high: 64 });
});
