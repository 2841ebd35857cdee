import { describe, expect, it } from 'vitest';
import { random, runReference, tensor } from '../testing/check.ts';

describe('Dropout', () => {
  const X = random([50, 40], { low: 1, high: 2 });
  const yes = tensor('bool', [], [1]);
  const ratio = (value: number) => tensor('float32', [], [value]);

  it('drops the share that it is told, and scales the rest', async () => {
    const run = () => runReference('Dropout', [X, ratio(0.25), yes], { seed: 3 }, { outputCount: 2 });
    const [y, mask] = await run();
    const kept = Array.from(mask!.data as Uint8Array);
    const share = kept.reduce((a, b) => a + b) / kept.length;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.8);
    const x = X.data as Float32Array;
    (y!.data as Float32Array).forEach((value, i) => {
      expect(value).toBeCloseTo(kept[i] ? x[i]! / 0.75 : 0, 5);
    });
    expect(await run()).toEqual([y, mask]);
  });

  it.each([
    ['no training', [X, ratio(0.5)]],
    ['a ratio of 0', [X, ratio(0), yes]],
  ])('keeps all with %s', async (_, inputs) => {
    const [y, mask] = await runReference('Dropout', inputs, {}, { outputCount: 2 });
    expect(y!.data).toEqual(X.data);
    expect((mask!.data as Uint8Array).every((kept) => kept === 1)).toBe(true);
  });

  it('refuses to drop everything', async () => {
    await expect(runReference('Dropout', [X, ratio(1), yes])).rejects.toThrow('a ratio of 1, which is not in [0, 1)');
  });
});
