// Winograd's minimal filtering: m neighbouring results of a filter of three taps from m + 2 inputs by as many products,
// instead of 3·m. In two dimensions a tile of m×m results takes (m + 2)² products instead of 9·m²: Y = Aᵀ [G g Gᵀ ⊙ Bᵀ d B] A.
//
// Rounding errors grow with m: with 4 they are some ten times those of a plain sum. A result of a tile is made of all its
// inputs, so that an infinity or NaN among them makes NaN of its neighbours too.
//
// Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015, 4.1 and 4.3.

import { literal } from '../wgsl/scalar.ts';
import type { Shader } from '../wgsl/shader.ts';

/** Results of a tile along each axis. */
export type TileLength = 2 | 4;

type Matrix = readonly (readonly number[])[];

/** The transforms of a tile. */
export interface Winograd {
  /** Inputs of a tile along each axis. */
  readonly reach: number;
  /** Bᵀ, of inputs. */
  readonly input: Matrix;
  /** G, of filters. */
  readonly filter: Matrix;
  /** Aᵀ, of products. */
  readonly output: Matrix;
}

export const WINOGRAD: Readonly<Record<TileLength, Winograd>> = {
  2: {
    reach: 4,
    input: [
      [1, 0, -1, 0],
      [0, 1, 1, 0],
      [0, -1, 1, 0],
      [0, 1, 0, -1],
    ],
    filter: [
      [1, 0, 0],
      [1 / 2, 1 / 2, 1 / 2],
      [1 / 2, -1 / 2, 1 / 2],
      [0, 0, 1],
    ],
    output: [
      [1, 1, 1, 0],
      [0, 1, -1, -1],
    ],
  },
  4: {
    reach: 6,
    input: [
      [4, 0, -5, 0, 1, 0],
      [0, -4, -4, 1, 1, 0],
      [0, 4, -4, -1, 1, 0],
      [0, -2, -1, 2, 1, 0],
      [0, 2, -1, -2, 1, 0],
      [0, 4, 0, -5, 0, 1],
    ],
    filter: [
      [1 / 4, 0, 0],
      [-1 / 6, -1 / 6, -1 / 6],
      [-1 / 6, 1 / 6, -1 / 6],
      [1 / 24, 1 / 12, 1 / 6],
      [1 / 24, -1 / 12, 1 / 6],
      [0, 0, 1],
    ],
    output: [
      [1, 1, 1, 1, 1, 0],
      [0, 1, -1, 2, -2, 0],
      [0, 1, 1, 4, 4, 0],
      [0, 1, -1, 8, -8, 1],
    ],
  },
};

/** Emits T·X·Tᵀ of a square of numbers by name; gives the names of its elements. */
export function emitTransform(shader: Shader, t: Matrix, x: readonly (readonly string[])[]): string[][] {
  const sides = t.map((row) => columnsOf(x).map((column) => combined(shader, row, column)));
  return sides.map((side) => t.map((row) => combined(shader, row, side)));
}

function columnsOf<T>(x: readonly (readonly T[])[]): T[][] {
  return x[0]!.map((_, i) => x.map((row) => row[i]!));
}

/** Σ factorᵢ·nameᵢ, of which at least one is not 0. */
function combined(shader: Shader, factors: readonly number[], names: readonly string[]): string {
  const terms = factors.flatMap((factor, i) => {
    if (factor === 0) return [];
    const size = Math.abs(factor);
    return [[factor < 0, size === 1 ? names[i]! : `${literal(shader, size, 'f32')} * ${names[i]}`] as const];
  });
  const text = terms.map(([isLess, term], i) =>
    isLess ? `${i > 0 ? ' - ' : '-'}${term}` : `${i > 0 ? ' + ' : ''}${term}`,
  );
  return shader.let(text.join(''), 't');
}

/** For each place in a transformed tile, row-major, the factors of the 3×3 numbers of a filter in G·g·Gᵀ. */
export function filterFactors({ filter }: Winograd): readonly (readonly number[])[] {
  return filter.flatMap((down) => filter.map((across) => down.flatMap((d) => across.map((a) => d * a))));
}
