// Resize. To the nearest element it is injective: where the scale of each axis is a ratio of integers, the coordinate of
// the element is a quotient of integers, also with symbolic sizes. Otherwise kernels read the geometry.

import { add, atMost, bounds, type Dim, floorDiv, maxDim, mul, sameDim, sub } from '../dim.ts';
import { coord, type Index, type IndexMap, indexOf, indexOp } from '../index-map.ts';
import { ANY, join } from '../interval.ts';
import { defineOp, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import { normalizeAxis } from './axis.ts';
import { FLOATS, INDICES } from './types.ts';

export const RESIZE_MODES = ['nearest', 'linear', 'cubic'] as const;
export const RESIZE_COORDINATES = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_crop_and_resize',
] as const;
export const NEAREST_MODES = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'] as const;

/** One axis of a Resize. */
export interface ResizeAxis {
  readonly size: Dim;
  readonly output: Dim;
  /** Output elements for each input element, as a ratio; undefined where `scale` is no simple one. */
  readonly ratio: { readonly up: Dim; readonly down: Dim } | undefined;
  /** The scale as a number; undefined where it depends on symbolic sizes (it is `ratio` then). */
  readonly scale: number | undefined;
  /** The region of interest of tf_crop_and_resize, as fractions of the axis; undefined where only the run tells. */
  readonly roi: readonly [start: number, end: number] | undefined;
  /** Where in the roi operand these are. */
  readonly roiAt: readonly [start: number, end: number];
}

export interface ResizeGeometry {
  readonly mode: (typeof RESIZE_MODES)[number];
  readonly coordinates: (typeof RESIZE_COORDINATES)[number];
  readonly nearest: (typeof NEAREST_MODES)[number];
  /** All axes of the input; those that stay have size = output and a scale of 1. */
  readonly axes: readonly ResizeAxis[];
}

/**
 * Geometry of a Resize. The output element o of an axis reads the input at a coordinate that `coordinates` defines, by
 * the exact scale also where the output's size was rounded down from size·scale:
 *
 *     asymmetric            o / scale
 *     half_pixel            (o + ½) / scale − ½
 *     half_pixel_symmetric  the same + size/2 · (1 − output / (size·scale))
 *     pytorch_half_pixel    as half_pixel; 0 where output is 1
 *     align_corners         o · (size − 1) / (size·scale − 1); 0 where output is 1
 *     tf_crop_and_resize    the same along the roi: (size − 1) · (start + o · (end − start) / (size·scale − 1));
 *                           (size − 1) · (start + end) / 2 where output is 1
 */
export function resizeGeometry(at: NodeView): ResizeGeometry {
  const { shape } = at.input(0);
  const picked = at.ints('axes')?.map((axis) => normalizeAxis(at, axis, shape.length)) ?? shape.map((_, axis) => axis);
  const coordinates = at.string('coordinate_transformation_mode') as ResizeGeometry['coordinates'];
  const crops = coordinates === 'tf_crop_and_resize';
  if (crops && !at.inputs[1]) throw at.fail('tf_crop_and_resize without a roi');
  const roi = crops ? at.numbers(1) : undefined;
  if (roi && roi.length !== 2 * picked.length)
    throw at.fail(`a roi of ${roi.length} numbers for ${picked.length} axes`);
  const resized = picked.map((axis) => shape[axis]!);
  const scaled = scalesOf(at, resized) ?? sizesOf(at, resized);
  const axes = shape.map((size, axis): ResizeAxis => {
    const i = picked.indexOf(axis);
    const roiAt = [i, i + picked.length] as const;
    if (i < 0) return { size, output: size, ratio: { up: 1, down: 1 }, scale: 1, roi: [0, 1], roiAt };
    return { ...scaled[i]!, size, roi: crops ? roi && [roi[roiAt[0]]!, roi[roiAt[1]]!] : [0, 1], roiAt };
  });
  return {
    mode: at.string('mode') as ResizeGeometry['mode'],
    coordinates,
    nearest: at.string('nearest_mode') as ResizeGeometry['nearest'],
    axes,
  };
}

type Scaled = Pick<ResizeAxis, 'output' | 'ratio' | 'scale'>;

/** From the `scales` operand, where it has elements. */
function scalesOf(at: NodeView, sizes: readonly Dim[]): Scaled[] | undefined {
  if (!at.inputs[2] || at.inputs[2].shape[0] === 0) return undefined;
  const scales = at.numbers(2);
  if (!scales) throw at.fail('the scales are not known at build', 'Make them a constant, or give sizes instead.');
  if (scales.length !== sizes.length) throw at.fail(`${scales.length} scales for ${sizes.length} axes`);
  return sizes.map((size, i) => {
    const scale = scales[i]!;
    if (!(scale > 0 && scale < 2 ** 20)) throw at.fail(`a scale of ${scale}`);
    const ratio = ratioOf(scale);
    if (ratio) return { output: floorDiv(mul(size, ratio.up), ratio.down), ratio, scale };
    if (typeof size !== 'number')
      throw at.fail(`a scale of ${scale} on the dynamic size ${size}`, 'Give sizes, or scales that are simple ratios.');
    return { output: Math.floor(Math.fround(size * Math.fround(scale))), ratio, scale };
  });
}

/** From the `sizes` operand. */
function sizesOf(at: NodeView, sizes: readonly Dim[]): Scaled[] {
  if (!at.inputs[3]) throw at.fail('neither scales nor sizes are given');
  const wanted = at.need(3).values;
  if (wanted.length !== sizes.length) throw at.fail(`${wanted.length} sizes for ${sizes.length} axes`);
  const policy = at.string('keep_aspect_ratio_policy');
  if (policy === 'stretch')
    return sizes.map((size, i) => {
      const output = wanted[i]!;
      const known = typeof size === 'number' && typeof output === 'number';
      return { output, ratio: { up: output, down: size }, scale: known ? output / size : undefined };
    });
  const numbers = [...sizes, ...wanted];
  if (!numbers.every((n) => typeof n === 'number')) throw at.fail(`${policy} with sizes that are not known at build`);
  const scales = sizes.map((size, i) => (wanted[i] as number) / (size as number));
  const best = scales.indexOf(Math[policy === 'not_larger' ? 'min' : 'max'](...scales));
  const ratio = { up: wanted[best]!, down: sizes[best]! };
  const scale = scales[best]!;
  return sizes.map((size) => ({ output: Math.floor((size as number) * scale + 0.5), ratio, scale }));
}

/** The ratio of small integers that a float32 scale stands for. */
function ratioOf(scale: number): { up: number; down: number } | undefined {
  for (let down = 1; down <= 256; down++) {
    const up = Math.round(scale * down);
    if (up > 0 && Math.fround(up / down) === Math.fround(scale)) return { up, down };
  }
  return undefined;
}

/** The map of a Resize to the nearest element, or undefined where it is none. */
function nearestMap(at: NodeView): IndexMap | undefined {
  const g = resizeGeometry(at);
  if (g.mode !== 'nearest' || at.int('antialias')) return undefined;
  const index = g.axes.map((axis, i) => nearestIndex(coord(i), axis, g));
  return index.every((one) => one !== undefined) ? { sources: [{ input: 0, at: index as Index[] }] } : undefined;
}

/** The coordinate of output element `o`, as numerator and denominator, rounded as `nearest` tells and clamped. */
function nearestIndex(o: Index, { size, output, ratio }: ResizeAxis, g: ResizeGeometry): Index | undefined {
  if (!ratio) return undefined;
  const { up, down } = ratio;
  if (sameDim(up, down) && sameDim(size, output)) return o;
  let step: Dim;
  let shift: Dim = 0;
  let denominator: Dim;
  // What needs no clamp: coordinates that are never negative, and those below the size whatever is rounded down.
  const natural = g.coordinates === 'asymmetric' || g.coordinates === 'align_corners';
  let below = natural && g.nearest === 'floor';
  switch (g.coordinates) {
    case 'asymmetric':
      [step, denominator] = [down, up];
      below &&= atMost(mul(output, down), mul(size, up));
      break;
    case 'align_corners':
      // o·(size − 1) / (size·up/down − 1). Of a single output element o is 0: the denominator only has to be positive.
      if (size === 1) return indexOf(0);
      if (sameDim(up, output) && sameDim(down, size)) [step, denominator] = [sub(size, 1), sub(output, 1)];
      else [step, denominator] = [mul(sub(size, 1), down), sub(mul(size, up), down)];
      denominator = maxDim(denominator, 1);
      break;
    case 'half_pixel':
    case 'pytorch_half_pixel':
    case 'half_pixel_symmetric': {
      if (g.coordinates === 'pytorch_half_pixel' && bounds(output).min <= 1)
        return output === 1 ? indexOf(0) : undefined;
      // (o + ½)·down/up − ½ = (2·o·down + down − up) / 2·up; the symmetric form shifts by (size·up − output·down) / 2·up
      shift = sub(down, up);
      if (g.coordinates === 'half_pixel_symmetric') shift = add(shift, sub(mul(size, up), mul(output, down)));
      [step, denominator] = [mul(down, 2), mul(up, 2)];
      break;
    }
    default:
      return undefined;
  }
  // Rounding doubles the fraction. What passes 31 bits is left to kernels, which have float32 too. (Sizes without a bound
  // get one from the profile, before there is any code.)
  const isBounded = [size, output].every((dim) => bounds(dim).max < 2 ** 31 - 1);
  const largest = bounds(mul(output, step)).max + bounds(shift).max + bounds(denominator).max;
  if (isBounded && !(2 * largest < 2 ** 31)) return undefined;
  const numerator = indexOp('+', indexOp('*', o, step), shift);
  const quotient = roundedQuotient(numerator, denominator, g.nearest, natural);
  return below ? quotient : indexOp('min', quotient, sub(size, 1));
}

/** n/d rounded to a natural number. Quotients below 0 are made 0 before the division, which is of naturals. */
function roundedQuotient(n: Index, d: Dim, mode: ResizeGeometry['nearest'], natural: boolean): Index {
  const floor = (a: Index, b: Dim) => indexOp('/', natural ? a : indexOp('max', a, 0), b);
  if (mode === 'floor') return floor(n, d);
  if (mode === 'ceil') return floor(indexOp('+', n, sub(d, 1)), d);
  // ⌊n/d + ½⌋ = ⌊(2n + d) / 2d⌋ rounds halves up; ⌈n/d − ½⌉ = ⌊(2n + d − 1) / 2d⌋ rounds them down.
  const half = mode === 'round_prefer_ceil' ? d : sub(d, 1);
  return floor(indexOp('+', indexOp('*', n, 2), half), mul(d, 2));
}

const operand = (name: string, types: OperandSpec['types'], steersShape = false): OperandSpec => ({
  name,
  types,
  optional: name !== 'X',
  steersShape,
});

export const resizeOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'Resize',
    since: 19,
    summary: 'axes made longer or shorter by interpolation; sizes follow from scales (rounded down) or are given',
    inputs: [
      operand('X', undefined),
      operand('roi', FLOATS),
      operand('scales', ['float32'], true),
      { ...operand('sizes', INDICES, true), told: 'sizes' },
    ],
    outputs: [{ name: 'Y' }],
    attributes: {
      mode: { type: 'string', default: 'nearest', oneOf: RESIZE_MODES },
      coordinate_transformation_mode: { type: 'string', default: 'half_pixel', oneOf: RESIZE_COORDINATES },
      nearest_mode: { type: 'string', default: 'round_prefer_floor', oneOf: NEAREST_MODES },
      antialias: { type: 'int', default: 0, min: 0, max: 1, doc: 'a wider filter when making smaller' },
      axes: { type: 'ints', doc: 'the axes that roi, scales and sizes are for; all' },
      cubic_coeff_a: { type: 'float', default: -0.75 },
      exclude_outside: { type: 'int', default: 0, min: 0, max: 1, doc: 'weights outside the input become 0' },
      extrapolation_value: { type: 'float', default: 0, doc: 'of tf_crop_and_resize, outside the input' },
      keep_aspect_ratio_policy: { type: 'string', default: 'stretch', oneOf: ['stretch', 'not_larger', 'not_smaller'] },
    },
    trait: { kind: 'opaque' },
    traitAt(at) {
      const map = nearestMap(at);
      return map ? { kind: 'injective', map: () => map } : { kind: 'opaque' };
    },
    // Weights may be negative where they are cubic.
    range: (at, of) => [at.string('mode') === 'cubic' ? ANY : join(of(0), [at.float('extrapolation_value'), 0])],
    infer: (at) => [{ dtype: at.input(0).dtype, shape: resizeGeometry(at).axes.map(({ output }) => output) }],
  }),
];
