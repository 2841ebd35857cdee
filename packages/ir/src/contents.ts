// Contents: the elements of a small integer tensor as dims. This is how shapes flow through Shape, Gather, Concat and
// the arithmetic between them. One generic evaluator serves every pointwise and injective op, from its own data.
// Exporters take some of that arithmetic through floats (⌈n/32⌉ as Cast, Div, Ceil, Cast), whose elements are `reals`.

import { isTrtxError } from '@trtx/errors';
import { add, atMost, bounds, type Dim, floorDiv, maxDim, minDim, mod, mul, neverEqual, sameDim, sub } from './dim.ts';
import { bitWidth, type DType, isFloat, isInteger, isUnsigned } from './dtype.ts';
import type { Index, IndexMap } from './index-map.ts';
import { evaluateReal } from './reals.ts';
import type { Scalar } from './scalar.ts';
import { type Constant, elementCount, elementsOf, numbersOf } from './tensor.ts';

/** Elements in row-major order; bools are 0 and 1. */
export interface Contents {
  readonly dims: readonly number[];
  readonly values: readonly Dim[];
}

/** Larger tensors are data, not shape arithmetic. */
export const MAX_CONTENTS = 4096;

/** The elements of a small integer or bool constant; undefined for other constants. */
export function contentsOf(constant: Constant): Contents | undefined {
  const { dtype, dims } = constant;
  if (!(isInteger(dtype) || dtype === 'bool') || elementCount(dims) > MAX_CONTENTS) return undefined;
  // INT64_MAX and its like stand for "to the end": any number past every dimension does.
  const values = Array.from(elementsOf(constant) as ArrayLike<number | bigint>, (element) =>
    Math.max(-(2 ** 52), Math.min(2 ** 52, Number(element))),
  );
  return { dims, values };
}

/** Float tensors with more elements are data. */
export const MAX_REALS = 64;

/** The elements of a small float constant; undefined for other constants. */
export function realsOf(constant: Constant): Contents | undefined {
  const { dtype, dims } = constant;
  if (!isFloat(dtype) || elementCount(dims) > MAX_REALS) return undefined;
  return { dims, values: [...numbersOf(constant)] };
}

/** Contents of a pointwise op's output, or undefined where an element cannot be told. */
export function pointwiseContents(
  scalar: Scalar,
  inputs: readonly (Contents | undefined)[],
  dims: readonly number[],
): Contents | undefined {
  const count = elementCount(dims);
  if (count > MAX_CONTENTS) return undefined;
  const values: Dim[] = [];
  for (let i = 0; i < count; i++) {
    const position = unravel(i, dims);
    const value = evaluate(scalar, (index) => {
      const input = inputs[index];
      return input?.values[ravelBroadcast(position, input.dims)];
    });
    if (value === undefined) return undefined;
    values.push(value);
  }
  return { dims, values };
}

/** Contents of an injective op's output, or undefined where an element cannot be told. */
export function injectiveContents(
  map: IndexMap,
  inputs: readonly (Contents | undefined)[],
  dims: readonly number[],
): Contents | undefined {
  const count = elementCount(dims);
  if (count > MAX_CONTENTS) return undefined;
  const values: Dim[] = [];
  for (let i = 0; i < count; i++) {
    const value = elementAt(map, inputs, i, unravel(i, dims));
    if (value === undefined) return undefined;
    values.push(value);
  }
  return { dims, values };
}

/** True where both are known to be the same, or both are unknown. */
export function sameContents(a: Contents | undefined, b: Contents | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.values.length === b.values.length && a.values.every((dim, i) => sameDim(dim, b.values[i]!));
}

/** The value as numbers, or undefined where one is symbolic. */
export function asNumbers(contents: Contents | undefined): number[] | undefined {
  return contents?.values.every((v) => typeof v === 'number') ? (contents.values as number[]).slice() : undefined;
}

function elementAt(
  map: IndexMap,
  inputs: readonly (Contents | undefined)[],
  linear: number,
  position: readonly number[],
): Dim | undefined {
  for (const [s, source] of map.sources.entries()) {
    const last = s === map.sources.length - 1 && map.otherwise === undefined;
    if (!last && source.where) {
      const inside = source.where.map(({ index, low, high }) => {
        const at = evaluateIndex(index, position, inputs);
        if (at === undefined || typeof low !== 'number' || typeof high !== 'number') return undefined;
        return low <= at && at < high;
      });
      if (inside.includes(false)) continue;
      if (inside.includes(undefined)) return undefined;
    }
    const input = inputs[source.input];
    if (!input) return undefined;
    if (source.at === 'linear') return input.values[linear];
    const at = source.at.map((index) => evaluateIndex(index, position, inputs));
    if (at.some((x, axis) => x === undefined || x < 0 || x >= input.dims[axis]!)) return undefined;
    return input.values[ravelBroadcast(at as number[], input.dims)];
  }
  if (map.otherwise === undefined) return undefined;
  return 'value' in map.otherwise ? map.otherwise.value : inputs[map.otherwise.input]?.values[0];
}

function evaluateIndex(
  index: Index,
  position: readonly number[],
  inputs: readonly (Contents | undefined)[],
): number | undefined {
  if (index.kind === 'coord') return position[index.axis];
  if (index.kind === 'dim') return typeof index.value === 'number' ? index.value : undefined;
  if (index.kind === 'element') {
    const input = inputs[index.input];
    const at = index.at.map((i) => evaluateIndex(i, position, inputs));
    if (!input || at.includes(undefined)) return undefined;
    const value = input.values[ravelBroadcast(at as number[], input.dims)];
    if (typeof value !== 'number') return undefined;
    return value >= 0 ? value : typeof index.size === 'number' ? value + index.size : undefined;
  }
  const a = evaluateIndex(index.a, position, inputs);
  const b = evaluateIndex(index.b, position, inputs);
  if (a === undefined || b === undefined) return undefined;
  switch (index.op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return Math.floor(a / b);
    case '%':
      return a % b;
    case 'min':
      return Math.min(a, b);
    case 'max':
      return Math.max(a, b);
  }
}

/** The expression over dims; undefined where the sign or the order cannot be proved. */
function evaluate(s: Scalar, arg: (index: number) => Dim | undefined): Dim | undefined {
  if (isFloat(s.dtype)) return evaluateReal(s, (part) => evaluate(part, arg), arg);
  if (s.dtype !== 'bool' && !isInteger(s.dtype)) return undefined;
  const value = evaluateUnbounded(s, arg);
  return value === undefined || fits(value, s.dtype) ? value : undefined;
}

/**
 * True where the type holds the value. Shape arithmetic of 32 bits or more is taken not to overflow while it is
 * symbolic (bounds are wide where a model declares none), but not to go below zero where it is unsigned.
 */
function fits(value: Dim, dtype: DType): boolean {
  if (dtype === 'bool') return true;
  const bits = bitWidth(dtype);
  const { min, max } = bounds(value);
  if (isUnsigned(dtype) && min < 0) return false;
  if (typeof value !== 'number' && bits >= 32) return true;
  const limit = 2 ** (isUnsigned(dtype) ? bits : bits - 1);
  return min >= -limit && max < limit;
}

function evaluateUnbounded(s: Scalar, arg: (index: number) => Dim | undefined): Dim | undefined {
  switch (s.kind) {
    case 'arg':
      return arg(s.index);
    case 'const':
      return s.value;
    case 'cast': {
      const a = evaluate(s.a, arg);
      if (a === undefined) return undefined;
      if (s.dtype !== 'bool') return typeof a === 'number' ? Math.trunc(a) : a;
      return truth(sameDim(a, 0) ? false : neverEqual(a, 0) ? true : undefined);
    }
    case 'select': {
      const test = evaluate(s.test, arg);
      return typeof test === 'number' ? evaluate(test ? s.a : s.b, arg) : undefined;
    }
    case 'unary': {
      const a = evaluate(s.a, arg);
      if (a === undefined) return undefined;
      if (s.op === 'neg') return mul(a, -1);
      if (s.op === 'not') return typeof a === 'number' ? truth(a === 0) : undefined;
      if (s.op === 'abs') return bounds(a).min >= 0 ? a : bounds(a).max <= 0 ? mul(a, -1) : undefined;
      if (s.op === 'sign') return bounds(a).min > 0 ? 1 : bounds(a).max < 0 ? -1 : undefined;
      return undefined;
    }
    case 'compare':
    case 'binary': {
      const a = evaluate(s.a, arg);
      const b = evaluate(s.b, arg);
      if (a === undefined || b === undefined) return undefined;
      if (isFloat(s.a.dtype) && !(Number.isInteger(a) && Number.isInteger(b))) return undefined;
      return ifSensible(() => (s.kind === 'compare' ? truth(ordered(s.op, a, b)) : arithmetic(s.op, a, b)));
    }
  }
}

/** What shape arithmetic gives; undefined for numbers that no shape has (sums of INT64_MAX, hashes): they are data. */
export function ifSensible<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (isTrtxError(error) && error.code === 'DIM_ARITHMETIC') return undefined;
    throw error;
  }
}

function arithmetic(op: string, a: Dim, b: Dim): Dim | undefined {
  const natural = bounds(a).min >= 0 && bounds(b).min > 0;
  switch (op) {
    case 'add':
      return add(a, b);
    case 'sub':
      return sub(a, b);
    case 'mul':
      return mul(a, b);
    case 'div':
      return typeof a === 'number' && typeof b === 'number' && b !== 0
        ? Math.trunc(a / b)
        : natural
          ? floorDiv(a, b)
          : undefined;
    case 'mod':
      return natural ? mod(a, b) : undefined;
    case 'min':
      return minDim(a, b);
    case 'max':
      return maxDim(a, b);
    case 'and':
      return typeof a === 'number' && typeof b === 'number' ? a & b : a === 0 || b === 0 ? 0 : undefined;
    case 'or':
      return typeof a === 'number' && typeof b === 'number' ? a | b : a === 1 || b === 1 ? 1 : undefined;
    default:
      return undefined;
  }
}

function ordered(op: string, a: Dim, b: Dim): boolean | undefined {
  const decide = (yes: boolean, no: boolean) => (yes ? true : no ? false : undefined);
  switch (op) {
    case 'eq':
      return decide(sameDim(a, b), neverEqual(a, b));
    case 'ne':
      return decide(neverEqual(a, b), sameDim(a, b));
    case 'le':
      return decide(atMost(a, b), atMost(add(b, 1), a));
    case 'lt':
      return decide(atMost(add(a, 1), b), atMost(b, a));
    case 'ge':
      return decide(atMost(b, a), atMost(add(a, 1), b));
    default:
      return decide(atMost(add(b, 1), a), atMost(a, b));
  }
}

function truth(value: boolean | undefined): Dim | undefined {
  return value === undefined ? undefined : value ? 1 : 0;
}

function unravel(linear: number, dims: readonly number[]): number[] {
  const position = new Array<number>(dims.length);
  let rest = linear;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    position[axis] = rest % dims[axis]!;
    rest = Math.floor(rest / dims[axis]!);
  }
  return position;
}

/** Row-major position in `dims` of a position in a shape that `dims` broadcasts to. */
function ravelBroadcast(position: readonly number[], dims: readonly number[]): number {
  let linear = 0;
  const skip = position.length - dims.length;
  for (let axis = 0; axis < dims.length; axis++) {
    linear = linear * dims[axis]! + (dims[axis] === 1 ? 0 : position[axis + skip]!);
  }
  return linear;
}
