// Views: a value that is another value's memory, at other places. An injective op whose index map is linear shares its
// input's memory as it lies; one whose map is affine is its input's memory with other strides.

import { add, type Dim, type Index, type IndexMap, mul, product, sameDim, traitOf, type Value } from '@trtx/ir';

/** How to address a value: element (c₀, c₁, …) lies at offset + Σ cᵢ·strideᵢ in the memory of `storage`. */
export interface TensorView {
  /** The value whose memory it is. */
  readonly storage: Value;
  /** Elements. */
  readonly offset: Dim;
  /** Elements, one for each axis; may be negative. */
  readonly strides: readonly Dim[];
  readonly shape: readonly Dim[];
}

/** Strides of a dense row-major tensor. */
export function rowMajor(shape: readonly Dim[]): Dim[] {
  const strides: Dim[] = [];
  let step: Dim = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step = mul(step, shape[axis]!);
  }
  return strides;
}

/** True where a size is a multiple of a number in every shape. */
export function isMultiple(dim: Dim, step: number): boolean {
  if (typeof dim === 'number') return dim % step === 0;
  return dim.constant % step === 0 && dim.terms.every(({ coefficient }) => coefficient % step === 0);
}

/** True where each `count` neighbours along an axis, from a multiple of as many on, lie side by side at such a multiple. */
export function liesInRuns({ offset, strides, shape }: TensorView, axis: number, count: number): boolean {
  const others = strides.filter((_, i) => i !== axis && shape[i] !== 1);
  return strides[axis] === 1 && [offset, shape[axis]!, ...others].every((dim) => isMultiple(dim, count));
}

/** A value in memory of its own. */
export function denseView(storage: Value): TensorView {
  const { shape } = storage.type;
  return { storage, offset: 0, strides: rowMajor(shape), shape };
}

/** True where elements follow one another in row-major order, from the offset on. */
export function isDense({ strides, shape }: Pick<TensorView, 'strides' | 'shape'>): boolean {
  return rowMajor(shape).every((stride, axis) => shape[axis] === 1 || sameDim(stride, strides[axis]!));
}

/** True where a view is all of its memory, as it lies. */
export function isWhole(view: TensorView): boolean {
  return view.offset === 0 && isDense(view) && sameDim(product(view.shape), product(view.storage.type.shape));
}

/** The view of the same elements, in the same order, in another shape; undefined where no strides give that. */
export function reshaped(view: TensorView, shape: readonly Dim[]): TensorView | undefined {
  const { storage, offset } = view;
  if (isDense(view)) return { storage, offset, strides: rowMajor(shape), shape };
  const strides = new Array<Dim>(shape.length).fill(0);
  let axis = shape.length - 1;
  for (const { size, stride } of runsOf(view)) {
    let inner: Dim = 1;
    while (!sameDim(inner, size)) {
      const own = shape[axis];
      if (own === undefined || own === 0) return undefined;
      strides[axis] = mul(stride, inner);
      inner = mul(inner, own);
      axis--;
    }
  }
  return shape.slice(0, axis + 1).every((dim) => dim === 1) ? { storage, offset, strides, shape } : undefined;
}

/** Axes of a view, the last first, with those joined that one stride goes through. */
function runsOf({ strides, shape }: TensorView): { size: Dim; stride: Dim }[] {
  const runs: { size: Dim; stride: Dim }[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const [size, stride] = [shape[axis]!, strides[axis]!];
    const last = runs.at(-1);
    if (size === 1) continue;
    if (last && sameDim(stride, mul(last.stride, last.size))) last.size = mul(last.size, size);
    else runs.push({ size, stride });
  }
  return runs;
}

/** The index map of a value's producer, if that op is injective. */
export function mapOf(value: Value): IndexMap | undefined {
  const node = value.producer;
  if (!node) return undefined;
  const at = node.view();
  const trait = traitOf(node.op, at);
  return trait.kind === 'injective' ? trait.map(at, node.outputs.indexOf(value)) : undefined;
}

/** The value whose memory a linear injective op shares, if its producer is one. */
export function linearSource(value: Value): Value | undefined {
  const map = mapOf(value);
  const [source] = map?.sources ?? [];
  if (map?.sources.length !== 1 || map.otherwise || source?.at !== 'linear' || source.where) return undefined;
  return value.producer!.inputs[source.input] ?? undefined;
}

/** The source and affine map of a value whose producer is an affine injective op. */
export function affineSource(value: Value): { source: Value; offsets: Dim[]; factors: Dim[][] } | undefined {
  const map = mapOf(value);
  const [source] = map?.sources ?? [];
  if (map?.sources.length !== 1 || map.otherwise || !source || source.at === 'linear' || source.where) return undefined;
  const rank = value.type.shape.length;
  const rows = source.at.map((index) => affine(index, rank, value.producer!.inputs));
  if (rows.includes(undefined)) return undefined;
  return {
    source: value.producer!.inputs[source.input]!,
    offsets: rows.map((row) => row!.offset),
    factors: rows.map((row) => row!.factors),
  };
}

/** The one input that an affine or linear injective op reads. */
export function sourceOf(value: Value): Value | undefined {
  return linearSource(value) ?? affineSource(value)?.source;
}

/** The view of a value whose source lies at `base`. */
export function viewThrough(value: Value, base: TensorView): TensorView | undefined {
  if (linearSource(value)) return reshaped(base, value.type.shape);
  const affine = affineSource(value);
  return affine && throughAffine(value, base, affine);
}

/** The view through an affine op of a view of its source. */
export function throughAffine(value: Value, base: TensorView, map: { offsets: Dim[]; factors: Dim[][] }): TensorView {
  const shape = value.type.shape;
  const offset = base.strides.reduce<Dim>((sum, stride, i) => add(sum, mul(stride, map.offsets[i]!)), base.offset);
  const strides = shape.map((_, axis) =>
    base.strides.reduce<Dim>((sum, stride, i) => add(sum, mul(stride, map.factors[i]![axis]!)), 0),
  );
  return { storage: base.storage, offset, strides, shape };
}

/**
 * Where an input of an injective op lies if the op's result lies at `view` and is made of its inputs alone: it is written
 * there in the first place. Undefined where an element of the input has no place in the result, or several.
 */
export function placeOfInput(value: Value, input: number, view: TensorView): TensorView | undefined {
  const map = mapOf(value);
  const sources = map?.sources.filter((source) => source.input === input) ?? [];
  const [source] = sources;
  if (!map || map.otherwise || !source || sources.length > 1) return undefined;
  const { shape } = value.producer!.inputs[input]!.type;
  if (source.at === 'linear') return source.where ? undefined : reshaped(view, shape);
  const rank = value.type.shape.length;
  const axes = source.at.map((index) => shiftedAxis(index, rank));
  if (axes.includes(undefined)) return undefined;
  const used = new Set(axes.map((one) => one!.axis));
  if (used.size < axes.length) return undefined;
  let { offset } = view;
  for (let axis = 0; axis < rank; axis++) if (!used.has(axis) && value.type.shape[axis] !== 1) return undefined;
  for (const [i, one] of axes.entries()) {
    const range = source.where?.find(({ index }) => index.kind === 'coord' && index.axis === one!.axis);
    const low = range?.low ?? 0;
    const size = range ? add(range.high, mul(range.low, -1)) : value.type.shape[one!.axis]!;
    if (!sameDim(low, one!.begin) || !sameDim(size, shape[i]!)) return undefined;
    offset = add(offset, mul(one!.begin, view.strides[one!.axis]!));
  }
  if (source.where?.some(({ index }) => index.kind !== 'coord')) return undefined;
  return { storage: view.storage, offset, strides: axes.map((one) => view.strides[one!.axis]!), shape };
}

/** An index that runs with an axis of the output, from a place of it on. */
function shiftedAxis(index: Index, rank: number): { axis: number; begin: Dim } | undefined {
  const own = affine(index, rank, []);
  const axis = own?.factors.findIndex((factor) => factor !== 0) ?? -1;
  if (!own || axis < 0) return undefined;
  const others = own.factors.some((factor, i) => i !== axis && factor !== 0);
  return others || own.factors[axis] !== 1 ? undefined : { axis, begin: mul(own.offset, -1) };
}

function affine(
  index: Index,
  rank: number,
  inputs: readonly (Value | null)[],
): { offset: Dim; factors: Dim[] } | undefined {
  const zeros = () => new Array<Dim>(rank).fill(0);
  if (index.kind === 'dim') return { offset: index.value, factors: zeros() };
  if (index.kind === 'coord') {
    const factors = zeros();
    factors[index.axis] = 1;
    return { offset: 0, factors };
  }
  if (index.kind === 'element') {
    const [only, ...others] = inputs[index.input]?.contents?.values ?? [];
    if (typeof only !== 'number' || others.length > 0) return undefined;
    return { offset: only < 0 ? add(index.size, only) : only, factors: zeros() };
  }
  const a = affine(index.a, rank, inputs);
  const b = affine(index.b, rank, inputs);
  if (!a || !b) return undefined;
  if (index.op === '+' || index.op === '-') {
    const sign = index.op === '+' ? 1 : -1;
    return {
      offset: add(a.offset, mul(b.offset, sign)),
      factors: a.factors.map((f, i) => add(f, mul(b.factors[i]!, sign))),
    };
  }
  if (index.op !== '*') return undefined;
  const [scale, other] = isConstant(a.factors) ? [a.offset, b] : isConstant(b.factors) ? [b.offset, a] : [undefined, a];
  if (scale === undefined) return undefined;
  return { offset: mul(other.offset, scale), factors: other.factors.map((f) => mul(f, scale)) };
}

function isConstant(factors: readonly Dim[]): boolean {
  return factors.every((f) => f === 0);
}
