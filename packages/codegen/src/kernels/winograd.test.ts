import { describe, expect, it } from 'vitest';
import { filterFactors, WINOGRAD } from './winograd.ts';

type Square = readonly (readonly number[])[];

/** T·X·Tᵀ. */
function transformed(t: Square, x: Square): number[][] {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const sides = t.map((row) =>
    x[0]!.map((_, c) =>
      dot(
        row,
        x.map((line) => line[c]!),
      ),
    ),
  );
  return sides.map((side) => t.map((row) => dot(row, side)));
}

function square(size: number, seed: number): number[][] {
  return Array.from({ length: size }, (_, r) => Array.from({ length: size }, (_, c) => Math.sin(seed + 7 * r + 3 * c)));
}

describe.each([2, 4] as const)('tiles of %i×%i', (length) => {
  const winograd = WINOGRAD[length];

  it('are the plain sums', () => {
    const [inputs, filter] = [square(winograd.reach, 1), square(3, 2)];
    const factors = filterFactors(winograd);
    const products = transformed(winograd.input, inputs).map((row, i) =>
      row.map((x, j) => {
        const own = factors[i * winograd.reach + j]!;
        return x * filter.flat().reduce((sum, tap, at) => sum + tap * own[at]!, 0);
      }),
    );
    const results = transformed(winograd.output, products);
    expect(results.map((row) => row.length)).toEqual(new Array(length).fill(length));
    for (const [y, row] of results.entries())
      for (const [x, result] of row.entries()) {
        const plain = filter.flatMap((taps, r) => taps.map((tap, c) => tap * inputs[y + r]![x + c]!));
        expect(result).toBeCloseTo(
          plain.reduce((sum, product) => sum + product, 0),
          12,
        );
      }
  });
});
