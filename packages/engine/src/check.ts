// Small checks of untrusted JSON, and how to put them together. Each throws `ENGINE_INVALID` and names the place in the
// manifest: `steps[2].from.buffer`.
import { quote, TrtxError } from '@trtx/errors';
import type { PlanBuffer } from './plan.ts';
import type { Size } from './terms.ts';

/** Looks at a value and the path to it; what it returns is the value with its type, or what it found out. */
export type Check<T = unknown> = (value: unknown, path: string) => T;

export function invalid(why: string, cause?: unknown): TrtxError {
  return new TrtxError('ENGINE_INVALID', why, {
    hint: 'build the engine again',
    cause,
  });
}

export function fail(path: string, why: string): never {
  throw invalid(`the plan contradicts itself: ${quote(path)} ${why}`);
}

export function object(value: unknown, path: string): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) fail(path, 'is not an object');
  return value as Record<string, unknown>;
}

/** An object with such fields, looked at in the order of `checks`. It may have others. */
export function fields<T extends object>(
  value: unknown,
  path: string,
  checks: { readonly [K in keyof T]: Check<T[K]> },
  prefix = `${path}.`,
): T {
  const from = object(value, path);
  for (const [key, check] of Object.entries<Check>(checks)) check(from[key], prefix + key);
  return from as T;
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value, path) => (value === undefined ? value : check(value, path));
}

/** Calls `each` for the entries of an array. */
export function list(
  value: unknown,
  path: string,
  each: (entry: unknown, path: string, index: number) => void,
): number {
  if (!Array.isArray(value)) fail(path, 'is not an array');
  for (let i = 0; i < value.length; i++) each(value[i], `${path}[${i}]`, i);
  return value.length;
}

export function string(value: unknown, path: string): string {
  if (typeof value !== 'string') fail(path, 'is not a text');
  return value;
}

export function strings(value: unknown, path: string): readonly string[] {
  list(value, path, string);
  return value as string[];
}

/** A safe integer in `min..max`, both inclusive. */
export function integer(min = 0, max = Number.MAX_SAFE_INTEGER): Check<number> {
  return (value, path) => {
    if (!Number.isSafeInteger(value)) fail(path, 'is not an integer');
    if ((value as number) < min || (value as number) > max) fail(path, `is ${value}, not in ${min}..${max}`);
    return value as number;
  };
}

/** An index into something that has `length` entries. */
export function index(length: number): Check<number> {
  return integer(0, length - 1);
}

export function multiple(of: number, max?: number): Check<number> {
  return (value, path) => {
    const n = integer(0, max)(value, path);
    if (n % of !== 0) fail(path, `is ${n}, not a multiple of ${of}`);
    return n;
  };
}

export function oneOf<T extends string>(choices: readonly T[]): Check<T> {
  return (value, path) => {
    // Not String(value): an object out of a file may have a toString that is no function.
    const what = typeof value === 'string' ? quote(value) : typeof value;
    if (!choices.includes(value as T)) fail(path, `is ${what}, not one of ${choices.join(', ')}`);
    return value as T;
  };
}

/** A size: a number, or one of the plan's `exprs` expressions. */
export function size(exprs: number): Check<Size> {
  return (value, path) => {
    if (typeof value === 'number') return integer()(value, path);
    return fields(value, path, { expr: index(exprs) });
  };
}

/** A shape. Returns the number of its elements: NaN where it is for the runtime to see, at each shape of a run. */
export function shape(exprs: number): Check<number> {
  return (value, path) => {
    let count = 1;
    list(value, path, (dim, at) => {
      const n = size(exprs)(dim, at);
      count *= typeof n === 'number' ? n : Number.NaN;
    });
    return count;
  };
}

/** `bytes` (of NaN nothing is known) in a buffer of one of the kinds, from a multiple of `step`. Returns the buffer's index. */
export function place(
  buffers: readonly PlanBuffer[],
  kinds: readonly PlanBuffer['kind'][],
  bytes: number,
  step = 4,
): Check<number> {
  return (value, path) => {
    const { buffer } = fields(value, path, { buffer: index(buffers.length) });
    const { kind, bytes: length } = buffers[buffer]!;
    if (!kinds.includes(kind)) fail(`${path}.buffer`, `is of kind ${kind}`);
    fields(value, path, { offset: multiple(step, length - (bytes || 0)) });
    return buffer;
  };
}

/** No two texts alike. */
export function distinct(texts: readonly string[], path: string): void {
  const seen = new Set<string>();
  for (const text of texts) {
    if (seen.has(text)) fail(path, `has ${quote(text)} twice`);
    seen.add(text);
  }
}
