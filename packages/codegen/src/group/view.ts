// Views: a value that is another value's memory, read at other places. An injective op whose index map is linear shares
// its input's memory as it lies; one whose map is affine is its input's memory with other strides.

import { add, type Dim, type Index, type IndexMap, mul, traitOf, type Value } from '@trtx/ir';

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
  const rows = source.at.map((index) => affine(index, rank));
  if (rows.includes(undefined)) return undefined;
  return {
    source: value.producer!.inputs[source.input]!,
    offsets: rows.map((row) => row!.offset),
    factors: rows.map((row) => row!.factors),
  };
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

function affine(index: Index, rank: number): { offset: Dim; factors: Dim[] } | undefined {
  const zeros = () => new Array<Dim>(rank).fill(0);
  if (index.kind === 'dim') return { offset: index.value, factors: zeros() };
  if (index.kind === 'coord') {
    const factors = zeros();
    factors[index.axis] = 1;
    return { offset: 0, factors };
  }
  if (index.kind === 'element') return undefined;
  const a = affine(index.a, rank);
  const b = affine(index.b, rank);
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
