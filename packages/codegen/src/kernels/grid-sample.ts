// GridSample: each output element is a sum over taps around a position that an input tells, weighted axis by axis.

import { type Dim, type GRID_MODES, type GRID_PADDINGS, sub, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';
import { emitResult } from './elements.ts';
import { declareFilter } from './filters.ts';

interface Sampling {
  readonly mode: (typeof GRID_MODES)[number];
  readonly padding: (typeof GRID_PADDINGS)[number];
  /** −1 and 1 are the centers of the outermost elements. */
  readonly aligned: boolean;
}

interface Tap {
  readonly place: Ix;
  /** Absent where it is 1. */
  readonly weight?: string;
  /** The condition under which the tap meets the input; absent where it always does. */
  readonly inside?: string;
}

/** Spatial axes. */
const MAX_AXES = 3;

export const gridSample = defineKernel<null>({
  id: 'grid-sample',
  version: 1,
  summary: 'interpolation at positions that an input tells, one output element an invocation',
  ops: ['GridSample'],
  ownsWords: true,
  applies({ group }) {
    const at = group.anchor!.view();
    // The sum over 2ⁿ or 4ⁿ elements is written out.
    if (at.input(0).shape.length > 2 + MAX_AXES) return false;
    return at.string('mode') === 'nearest' || computeOf(group.accumulated.type.dtype) === 'f32';
  },
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const { shader } = e;
    const node = group.anchor!;
    const at = node.view();
    const [input, grid] = node.inputs as [Value, Value];
    const sampling = {
      mode: at.string('mode'),
      padding: at.string('padding_mode'),
      aligned: at.int('align_corners') === 1,
    } as Sampling;
    const sizes = input.type.shape.slice(2);
    return emitResult(e, group.accumulated.type.shape, (position) => {
      const [n, c, ...out] = position.coords(shader);
      const axes = sizes.map((size, i) => {
        // The last axis comes first in the grid.
        const place = Position.at(grid.type.shape, [n!, ...out, sizes.length - 1 - i]);
        return tapsOf(e, sampling, size, shader.let(e.read(grid, place)));
      });
      const result = shader.name('result');
      shader.line(`var ${result} = ${literal(shader, 0, computeOf(input.type.dtype))};`);
      const sum = (axis: number, taps: readonly Tap[]): void => {
        if (axis < axes.length) {
          for (const tap of axes[axis]!) sum(axis + 1, [...taps, tap]);
          return;
        }
        const weights = taps.flatMap(({ weight }) => weight ?? []);
        shader.when(ix.all(taps.flatMap(({ inside }) => inside ?? [])), () => {
          const places = [n!, c!, ...taps.map(({ place }) => place)];
          const element = e.read(input, Position.at(input.type.shape, places));
          shader.line(
            weights.length > 0 ? `${result} += ${weights.join(' * ')} * ${element};` : `${result} = ${element};`,
          );
        });
      };
      sum(0, []);
      return result;
    });
  },
});

/** The taps of one axis of `dim` elements, at a position from −1 to 1. */
function tapsOf(e: Emitter, { mode, padding, aligned }: Sampling, dim: Dim, position: string): Tap[] {
  const { shader } = e;
  const size = `f32(${ix.text(e.size(dim))})`;
  const last = e.size(sub(dim, 1));
  const [low, high] = aligned ? ['0.0f', `(${size} - 1.0f)`] : ['-0.5f', `(${size} - 0.5f)`];
  const scaled = aligned
    ? `(${position} + 1.0f) * 0.5f * (${size} - 1.0f)`
    : `((${position} + 1.0f) * ${size} - 1.0f) * 0.5f`;
  let x = shader.let(mode === 'nearest' ? `round(${scaled})` : scaled, 'x');
  if (padding === 'reflection') shader.global(REFLECTED);
  // A cubic sum reaches for elements around a position wherever it is: each of them is brought inside.
  if (mode !== 'cubic' && padding !== 'zeros') {
    const brought = padding === 'border' ? `clamp(${x}, 0.0f, ${size} - 1.0f)` : `reflected(${x}, ${low}, ${high})`;
    x = shader.let(`select(${x}, ${brought}, (${x} < ${low}) | (${x} > ${high}))`, 'x');
  }
  const tap = (place: string, weight?: string): Tap => {
    const clamped = (p: string) => shader.let(`u32(clamp(${p}, 0i, i32(${ix.text(last)})))`, 'at');
    if (padding === 'reflection') return { place: clamped(`i32(reflected(f32(${place}), ${low}, ${high}))`), weight };
    const inside = padding === 'zeros' ? `u32(${place}) <= ${ix.text(last)}` : undefined;
    return { place: clamped(place), weight, inside };
  };
  if (mode === 'nearest') return [tap(shader.let(`i32(${x})`, 'place'))];
  const first = shader.let(`i32(floor(${x}))`, 'first');
  const rest = shader.let(`${x} - floor(${x})`, 'rest');
  const filter = declareFilter(e, mode, -0.75);
  const reach = mode === 'linear' ? [0, 1] : [-1, 0, 1, 2];
  return reach.map((i) =>
    tap(shader.let(`${first} + (${i}i)`, 'place'), shader.let(`${filter}(${i}.0f - ${rest})`, 'w')),
  );
}

/** Mirrored at the edges until it is between them. */
const REFLECTED = `fn reflected(x: f32, low: f32, high: f32) -> f32 {
  let range = high - low;
  let beyond = select(x - high, low - x, x < low);
  if (range <= 0.0f) { return 0.0f; }
  if (beyond <= 0.0f) { return x; }
  let turns = floor(beyond / range);
  let rest = beyond - turns * range;
  let turned = (i32(turns) & 1) == 1;
  return select(low + rest, high - rest, (x < low) == turned);
}`;
