// Resize in general: each output element is a sum over taps, weighted axis by axis. (To the nearest element by simple
// ratios it is injective, and no kernel is needed.)
//
// The coordinate that an output element reads at is a ratio of integers wherever the scale is. Its whole part and its
// rest are exact then, also for dynamic sizes; with float32 alone a coordinate of some thousands has lost its weights.

import {
  bounds,
  type Dim,
  maxDim,
  mul,
  type Node,
  type NodeView,
  type ResizeAxis,
  type ResizeGeometry,
  resizeGeometry,
  sameDim,
  sub,
  type Value,
} from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { sameFormat } from '../format/format.ts';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';
import { emitResult } from './elements.ts';
import { declareFilter } from './filters.ts';

export const resize = defineKernel<null>({
  id: 'resize',
  version: 1,
  summary: 'interpolation along any axes, one output element an invocation',
  ops: ['Resize'],
  ownsWords: true,
  applies({ group }) {
    const { mode } = resizeGeometry(group.anchor!.view());
    return mode === 'nearest' || computeOf(group.accumulated.type.dtype) === 'f32';
  },
  formats: ({ group }) => sameFormat([group.anchor!.inputs[0]!]),
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const { shader } = e;
    const node = group.anchor!;
    const at = node.view();
    const g = resizeGeometry(at);
    const input = node.inputs[0]!;
    const { shape, dtype } = group.accumulated.type;
    return emitResult(e, shape, (position) => {
      const coords = position.coords(shader);
      const axes = g.axes.map((axis, d) => new AxisTaps(e, g, node, axis, coords[d]!));
      const result = shader.name('result');
      shader.line(`var ${result} = ${literal(shader, 0, computeOf(dtype))};`);
      const total = shader.name('total');
      // The weights of a filter that was cut or widened do not add up to 1.
      const normalized = g.mode !== 'nearest' && (leavesOut(at) || at.int('antialias') === 1);
      if (normalized) shader.line(`var ${total} = 0.0f;`);
      const sum = (d: number, places: readonly Ix[], weight: string | undefined): void => {
        if (d < axes.length) {
          axes[d]!.each((place, own) =>
            sum(d + 1, [...places, place], own && weight ? shader.let(`${weight} * ${own}`, 'w') : (own ?? weight)),
          );
          return;
        }
        const element = e.read(input, Position.at(input.type.shape, places));
        shader.line(weight ? `${result} += ${weight} * ${element};` : `${result} = ${element};`);
        if (normalized) shader.line(`${total} += ${weight ?? '1.0f'};`);
      };
      sum(0, [], undefined);
      if (normalized) shader.line(`${result} /= ${total};`);
      const outside = axes.flatMap((axis) => axis.outside ?? []);
      if (outside.length > 0) {
        const value = literal(shader, at.float('extrapolation_value'), computeOf(dtype));
        shader.line(`${result} = select(${result}, ${value}, ${outside.join(' | ')});`);
      }
      return result;
    });
  },
});

/** True where taps outside the input get no weight; otherwise they read the element at the edge. */
function leavesOut(at: NodeView): boolean {
  return at.string('mode') === 'cubic' && at.int('exclude_outside') === 1;
}

/** The input places that one output element reads along one axis. */
class AxisTaps {
  readonly at: NodeView;
  /** A condition under which the element lies outside of the region of interest. */
  readonly outside: string | undefined;
  readonly #size: Ix;
  /** The coordinate's whole part (an i32) and what is left (an f32 in [0, 1)); none on an axis that stays as it is. */
  readonly #at: { whole: string; rest: string } | undefined;

  constructor(
    readonly e: Emitter,
    readonly g: ResizeGeometry,
    node: Node,
    readonly axis: ResizeAxis,
    readonly o: Ix,
  ) {
    this.at = node.view();
    this.#size = e.size(axis.size);
    const crops = g.coordinates === 'tf_crop_and_resize';
    const same = sameDim(axis.size, axis.output) && (!axis.ratio || sameDim(axis.ratio.up, axis.ratio.down));
    if (same && !crops) return;
    const { shader } = e;
    const exact = rational(e, axis, g.coordinates, o);
    if (exact) {
      const [up, down] = [shader.index(exact.up, 'n'), exact.down];
      this.#at = {
        whole: shader.let(`i32(${ix.text(ix.div(up, down))}) - 1`, 'whole'),
        rest: shader.let(`f32(${ix.text(ix.mod(up, down))}) / f32(${ix.text(down)})`, 'rest'),
      };
      return;
    }
    const x = shader.let(real(e, axis, g.coordinates, o, regionOf(e, node.inputs[1], axis)), 'x');
    this.#at = { whole: shader.let(`i32(floor(${x}))`, 'whole'), rest: shader.let(`${x} - floor(${x})`, 'rest') };
    if (crops) this.outside = `(${x} < 0.0f) | (${x} > ${text(realOf(ix.sub(this.#size, 1)))})`;
  }

  /** Emits `body` for each tap; without a weight where that is 1. */
  each(body: (place: Ix, weight: string | undefined) => void): void {
    if (!this.#at) {
      body(this.o, undefined);
      return;
    }
    const { shader } = this.e;
    const { whole, rest } = this.#at;
    if (this.g.mode === 'nearest') {
      body(this.#clamped(`${whole} + ${NEAREST[this.g.nearest](rest)}`), undefined);
      return;
    }
    const filter = declareFilter(this.e, this.g.mode, this.at.float('cubic_coeff_a'));
    if (this.at.int('antialias') === 1) {
      this.#eachOfWideFilter(filter, body);
      return;
    }
    const reach = this.g.mode === 'linear' ? 1 : 2;
    for (let tap = 1 - reach; tap <= reach; tap++) {
      const place = shader.let(tap === 0 ? whole : `${whole} + (${tap})`, 'place');
      const weight = `${filter}(${tap}.0f - ${rest})`;
      const own = leavesOut(this.at) ? `select(0.0f, ${weight}, ${this.#inside(place)})` : weight;
      body(this.#clamped(place), shader.let(own, 'w'));
    }
  }

  /** A filter that is as much wider as the output is smaller. */
  #eachOfWideFilter(filter: string, body: (place: Ix, weight: string | undefined) => void): void {
    const { shader } = this.e;
    const { whole, rest } = this.#at!;
    const shrink = shader.let(`min(${text(scaleOf(this.e, this.axis))}, 1.0f)`, 'shrink');
    const reach = shader.let(`i32(ceil(${this.g.mode === 'linear' ? '1.0f' : '2.0f'} / ${shrink}))`, 'reach');
    const tap = shader.name('tap');
    shader.block(`for (var ${tap} = -${reach}; ${tap} <= ${reach} + 1; ${tap}++)`, () => {
      const place = shader.let(`${whole} + ${tap}`, 'place');
      shader.when(!leavesOut(this.at) || this.#inside(place), () =>
        body(this.#clamped(place), shader.let(`${filter}((f32(${tap}) - ${rest}) * ${shrink})`, 'w')),
      );
    });
  }

  #inside(place: string): string {
    return `u32(${place}) < ${ix.text(this.#size)}`;
  }

  #clamped(place: string): Ix {
    return this.e.shader.let(`u32(clamp(${place}, 0i, i32(${ix.text(ix.sub(this.#size, 1))})))`, 'at');
  }
}

/** What the rest of a coordinate adds to its whole part. */
const NEAREST: Readonly<Record<ResizeGeometry['nearest'], (rest: string) => string>> = {
  floor: () => '0i',
  ceil: (rest) => `select(0i, 1i, ${rest} > 0.0f)`,
  round_prefer_floor: (rest) => `select(0i, 1i, ${rest} > 0.5f)`,
  round_prefer_ceil: (rest) => `select(0i, 1i, ${rest} >= 0.5f)`,
};

/** One more than the coordinate, so that it is positive, as up/down; undefined where it is no ratio of 32-bit integers. */
function rational(
  e: Emitter,
  { size, output, ratio }: ResizeAxis,
  coordinates: ResizeGeometry['coordinates'],
  o: Ix,
): { up: Ix; down: Ix } | undefined {
  if (!ratio || coordinates === 'tf_crop_and_resize') return undefined;
  const { up, down } = ratio;
  // (o·step + first) / under
  let step: Dim = mul(down, 2);
  let first = sub(down, up);
  let under: Dim = mul(up, 2);
  if (coordinates === 'asymmetric') [step, first, under] = [down, 0, up];
  else if (coordinates === 'align_corners') {
    const given = sameDim(up, output) && sameDim(down, size);
    [step, first, under] = given
      ? [sub(size, 1), 0, sub(output, 1)]
      : [mul(sub(size, 1), down), 0, sub(mul(size, up), down)];
    // Of a single output element o is 0: the denominator only has to be positive.
    under = maxDim(under, 1);
  } else if (coordinates === 'half_pixel_symmetric') first = sub(mul(size, up), sub(mul(output, down), first));
  const largest = bounds(mul(output, step)).max + bounds(first).max + bounds(under).max;
  if (!(largest < 2 ** 32)) return undefined;
  const whole = ix.add(ix.add(ix.mul(o, e.size(step)), e.size(first)), e.size(under));
  if (coordinates !== 'pytorch_half_pixel' || (typeof output === 'number' && output > 1))
    return { up: whole, down: e.size(under) };
  // There, an output of one element reads the first.
  const lone = `${ix.text(e.size(output))} == 1u`;
  return { up: `select(${ix.text(whole)}, ${ix.text(e.size(under))}, ${lone})`, down: e.size(under) };
}

/** A number that is known now, or an expression of type f32. */
type Real = number | string;

const operation = (symbol: string, fold: (a: number, b: number) => number) => (a: Real, b: Real) =>
  typeof a === 'number' && typeof b === 'number' ? fold(a, b) : `(${text(a)} ${symbol} ${text(b)})`;
const plus = operation('+', (a, b) => a + b);
const minus = operation('-', (a, b) => a - b);
const times = operation('*', (a, b) => a * b);
const over = operation('/', (a, b) => a / b);

function text(x: Real): string {
  if (typeof x === 'string') return x;
  const digits = String(Math.fround(x));
  return /[.e]/.test(digits) ? `${digits}f` : `${digits}.0f`;
}

function realOf(x: Ix): Real {
  return typeof x === 'number' ? x : `f32(${x})`;
}

/** Start and end of the region of interest, as fractions of the axis. */
function regionOf(e: Emitter, roi: Value | null | undefined, axis: ResizeAxis): readonly [Real, Real] {
  if (axis.roi) return axis.roi;
  const at = (i: number) => e.shader.let(e.read(roi!, Position.at(roi!.type.shape, [i])), 'region');
  return [at(axis.roiAt[0]), at(axis.roiAt[1])];
}

/** The coordinate in float32, slope · o + offset. */
function real(
  e: Emitter,
  axis: ResizeAxis,
  coordinates: ResizeGeometry['coordinates'],
  o: Ix,
  [start, end]: readonly [Real, Real],
): string {
  const size = realOf(e.size(axis.size));
  const output = realOf(e.size(axis.output));
  const last = minus(size, 1);
  const scale = scaleOf(e, axis);
  const half = [over(1, scale), minus(over(0.5, scale), 0.5)] as const;
  const along = over(last, minus(times(scale, size), 1));
  const unlessSingle = (many: Real, single: Real): Real => {
    if (typeof output === 'number') return output === 1 ? single : many;
    return `select(${text(many)}, ${text(single)}, ${output} == 1.0f)`;
  };
  const forms: Record<typeof coordinates, () => readonly [slope: Real, offset: Real]> = {
    asymmetric: () => [half[0], 0],
    half_pixel: () => half,
    pytorch_half_pixel: () => [unlessSingle(half[0], 0), unlessSingle(half[1], 0)],
    half_pixel_symmetric: () => [half[0], plus(half[1], times(0.5, minus(size, over(output, scale))))],
    align_corners: () => [unlessSingle(along, 0), 0],
    tf_crop_and_resize: () => [
      unlessSingle(times(minus(end, start), along), 0),
      unlessSingle(times(start, last), times(times(plus(start, end), 0.5), last)),
    ],
  };
  const [slope, offset] = forms[coordinates]();
  return text(plus(times(realOf(o), slope), offset));
}

function scaleOf(e: Emitter, { scale, ratio }: ResizeAxis): Real {
  return scale ?? over(realOf(e.size(ratio!.up)), realOf(e.size(ratio!.down)));
}
