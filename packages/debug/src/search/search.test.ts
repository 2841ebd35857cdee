import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstThat } from './first.ts';
import { minimize } from './minimize.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

it('finds the first number in as many steps as it has digits', async () => {
  for (const first of numbers(100)) {
    let asked = 0;
    const found = await firstThat(-1, 100, (n) => {
      asked++;
      return n >= first;
    });
    expect(found).toBe(first);
    expect(asked).toBeLessThanOrEqual(7);
  }
});

it('leaves what is needed, wherever it is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(39), { minLength: 1, maxLength: 5 }), async (needed) => {
      const left = await minimize(numbers(40), (some) => needed.every((one) => some.includes(one)));
      expect(left).toEqual([...needed].sort((a, b) => a - b));
    }),
  );
});

it('leaves nothing that may go alone, where several lists would do', async () => {
  const holds = (some: readonly number[]) => some.includes(3) || (some.includes(7) && some.includes(11));
  const left = await minimize(numbers(16), holds);
  for (const one of left) expect(holds(left.filter((other) => other !== one))).toBe(false);
});

it('ends where it is told, with a list of which the predicate holds', async () => {
  let budget = 3;
  const left = await minimize(
    numbers(40),
    (some) => {
      budget--;
      return some.includes(39);
    },
    () => budget > 0,
  );
  expect(left).toContain(39);
  expect(budget).toBe(0);
});
