// Sampling at positions: the input is interpolated along one axis after the other.

import { elementCount, type GRID_MODES, type GRID_PADDINGS } from '@trtx/ir';
import { defineReference, inputOf } from '../kernel.ts';
import { fromFloat64, stridesOf, toFloat64 } from '../tensors.ts';
import { roundHalfEven } from './functions.ts';

export const gridSample = defineReference({
  op: 'GridSample',
  run(call) {
    const { dtype, dims } = call.outputs[0]!;
    const input = inputOf(call, 0);
    const source = toFloat64(input);
    const grid = toFloat64(inputOf(call, 1));
    const [batches, channels, ...sizes] = input.dims as [number, number, ...number[]];
    const aligned = call.at.int('align_corners') === 1;
    const mode = call.at.string('mode') as (typeof GRID_MODES)[number];
    const padding = call.at.string('padding_mode') as (typeof GRID_PADDINGS)[number];
    const axes = sizes.map((size) => new SampledAxis(size, aligned, mode, padding));
    const strides = stridesOf(sizes);
    const rank = sizes.length;
    // Each sample is of 2ⁿ or 4ⁿ elements.
    if (rank > 6) throw call.at.fail(`${rank} spatial axes`, 'The reference samples up to 6.');
    const places = elementCount(dims.slice(2));
    const image = elementCount(sizes);
    const out = new Float64Array(elementCount(dims));
    for (let batch = 0; batch < batches; batch++)
      for (let place = 0; place < places; place++) {
        const position = (batch * places + place) * rank;
        // The last spatial axis comes first in the grid.
        const taps = axes.map((axis, i) => axis.taps(grid[position + rank - 1 - i]!));
        for (let channel = 0; channel < channels; channel++) {
          const start = (batch * channels + channel) * image;
          const sum = (axis: number, offset: number): number => {
            if (axis === rank) return source[start + offset]!;
            let total = 0;
            for (const { at, weight } of taps[axis]!) total += weight * sum(axis + 1, offset + at * strides[axis]!);
            return total;
          };
          out[(batch * channels + channel) * places + place] = sum(0, 0);
        }
      }
    return [fromFloat64(dtype, dims, out)];
  },
  steps(at, { outputs }) {
    const taps = at.string('mode') === 'cubic' ? 4 : 2;
    return 16 * outputs[0]! * taps ** (at.input(0).shape.length - 2);
  },
});

interface Tap {
  readonly at: number;
  readonly weight: number;
}

/** One spatial axis. Its outer edges are at −½ and size − ½, or at 0 and size − 1 where corners are aligned. */
class SampledAxis {
  readonly #low: number;
  readonly #high: number;

  constructor(
    readonly size: number,
    readonly aligned: boolean,
    readonly mode: (typeof GRID_MODES)[number],
    readonly padding: (typeof GRID_PADDINGS)[number],
  ) {
    this.#low = aligned ? 0 : -0.5;
    this.#high = aligned ? size - 1 : size - 0.5;
  }

  /** The elements that a position from −1 to 1 reads, without those that are outside and count as zeros. */
  taps(position: number): Tap[] {
    let x = this.aligned ? ((position + 1) / 2) * (this.size - 1) : ((position + 1) * this.size - 1) / 2;
    if (this.mode === 'nearest') x = roundHalfEven(x);
    // A cubic sum reaches for elements around a position wherever it is: each of them is brought inside.
    if (this.mode !== 'cubic' && (x < this.#low || x > this.#high)) {
      if (this.padding === 'border') x = Math.min(Math.max(x, 0), this.size - 1);
      if (this.padding === 'reflection') x = this.#reflected(x);
    }
    if (this.mode === 'nearest') return this.#tap(Math.trunc(x), 1);
    const first = Math.floor(x);
    const rest = x - first;
    if (this.mode === 'linear') return [...this.#tap(first, 1 - rest), ...this.#tap(first + 1, rest)];
    return [-1, 0, 1, 2].flatMap((i) => this.#tap(first + i, cubic(Math.abs(rest - i))));
  }

  #tap(place: number, weight: number): Tap[] {
    const inside = place >= 0 && place < this.size;
    if (inside) return [{ at: place, weight }];
    if (this.padding === 'zeros') return [];
    if (this.padding === 'border') return [{ at: Math.min(Math.max(place, 0), this.size - 1), weight }];
    return [{ at: Math.trunc(this.#reflected(place)), weight }];
  }

  /** Mirrored at the edges until it is between them. */
  #reflected(x: number): number {
    const range = this.#high - this.#low;
    if (range <= 0) return 0;
    const beyond = x < this.#low ? this.#low - x : x - this.#high;
    if (beyond <= 0) return x;
    const rest = beyond % range;
    const turned = Math.floor(beyond / range) % 2 === 1;
    return x < this.#low === turned ? this.#high - rest : this.#low + rest;
  }
}

/** Keys' cubic convolution (1981) with a = −¾. */
function cubic(d: number): number {
  const a = -0.75;
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

export const affineGrid = defineReference({
  op: 'AffineGrid',
  run(call) {
    const { dtype, dims } = call.outputs[0]!;
    const theta = toFloat64(inputOf(call, 0));
    const [batches, ...sizes] = dims.slice(0, -1) as [number, ...number[]];
    const rank = sizes.length;
    const aligned = call.at.int('align_corners') === 1;
    const along = (place: number, size: number) =>
      aligned ? (size > 1 ? (2 * place) / (size - 1) - 1 : 0) : (2 * place + 1) / size - 1;
    const strides = stridesOf(sizes);
    const places = elementCount(sizes);
    const out = new Float64Array(elementCount(dims));
    for (let batch = 0; batch < batches; batch++)
      for (let place = 0; place < places; place++) {
        // x, the last axis, comes first.
        const position = sizes.map((size, i) => along(Math.floor(place / strides[i]!) % size, size)).reverse();
        for (let row = 0; row < rank; row++) {
          const matrix = (batch * rank + row) * (rank + 1);
          let sum = theta[matrix + rank]!;
          for (let i = 0; i < rank; i++) sum += theta[matrix + i]! * position[i]!;
          out[(batch * places + place) * rank + row] = sum;
        }
      }
    return [fromFloat64(dtype, dims, out)];
  },
});
