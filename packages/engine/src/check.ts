// Small checks of untrusted JSON. Each throws `ENGINE_INVALID` and names the place in the manifest: `steps[2].from.buffer`.
import { quote, TrtxError } from '@trtx/errors';
import type { Size } from './plan.ts';

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

export function strings(value: unknown, path: string): void {
  list(value, path, string);
}

/** A safe integer in `min..max`, both inclusive. */
export function integer(value: unknown, path: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value)) fail(path, 'is not an integer');
  if ((value as number) < min || (value as number) > max) fail(path, `is ${value}, not in ${min}..${max}`);
  return value as number;
}

/** An index into something that has `length` entries. */
export function index(value: unknown, path: string, length: number): number {
  return integer(value, path, 0, length - 1);
}

export function multiple(value: unknown, path: string, of: number, max?: number): number {
  const n = integer(value, path, 0, max);
  if (n % of !== 0) fail(path, `is ${n}, not a multiple of ${of}`);
  return n;
}

export function oneOf<T extends string>(value: unknown, path: string, choices: readonly T[]): T {
  // Not String(value): an object out of a file may have a toString that is no function.
  const what = typeof value === 'string' ? quote(value) : typeof value;
  if (!choices.includes(value as T)) fail(path, `is ${what}, not one of ${choices.join(', ')}`);
  return value as T;
}

/** A size: a number, or one of the plan's `exprs` expressions. */
export function size(value: unknown, path: string, exprs: number): Size {
  if (typeof value === 'number') return integer(value, path);
  const expr = index(object(value, path).expr, `${path}.expr`, exprs);
  return { expr };
}

/** No two texts alike. */
export function distinct(texts: readonly string[], path: string): void {
  const seen = new Set<string>();
  for (const text of texts) {
    if (seen.has(text)) fail(path, `has ${quote(text)} twice`);
    seen.add(text);
  }
}
