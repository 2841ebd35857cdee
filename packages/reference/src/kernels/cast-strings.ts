// Cast to and from strings. Numbers are written as NumPy writes them, by which ONNX's cases are made; infinities and NaN
// by the names that ONNX reserves.

import { arrayType, codecOf, type DType, isFloat, type Tensor } from '@trtx/ir';
import { fromFloat64, toFloat64 } from '../tensors.ts';

/** A tensor cast to another type, one of the two being string. */
export function castStrings(input: Tensor, to: DType): Tensor {
  const { dims } = input;
  if (to === 'string') return { dtype: to, dims, data: textsOf(input) };
  const texts = input.data as readonly string[];
  const data = new (arrayType(to))(texts.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (const [i, text] of texts.entries()) data[i] = parseInteger(text);
    return { dtype: to, dims, data };
  }
  const numbers = Float64Array.from(texts, parseNumber);
  if (to === 'bool') return { dtype: to, dims, data: Uint8Array.from(numbers, (x) => Number(x !== 0)) };
  return fromFloat64(to, dims, isFloat(to) ? numbers : numbers.map((x) => Math.trunc(x) || 0));
}

/** Plain and scientific numbers; `INF`, `+INF`, `-INF` and `NaN` in any case. What is no number is NaN. */
function parseNumber(text: string): number {
  const special = /^([+-]?)inf(inity)?$/i.exec(text.trim());
  if (special) return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** Exactly where the text is an integer, otherwise its integer part; 0 for what is no number. */
function parseInteger(text: string): bigint {
  if (/^\s*[+-]?\d+\s*$/.test(text)) return BigInt(text.trim().replace(/^\+/, ''));
  const number = Math.trunc(parseNumber(text));
  return Number.isFinite(number) ? BigInt(number) : 0n;
}

function textsOf(input: Tensor): string[] {
  const { dtype, data } = input;
  if (dtype === 'string') return [...(data as readonly string[])];
  if (!isFloat(dtype)) return Array.from(data as ArrayLike<number | bigint>, String);
  const same = sameIn(dtype);
  return Array.from(toFloat64(input), (value) => printFloat(value, same));
}

/** Tells whether a number rounds to `value` in the type. */
function sameIn(dtype: DType): (number: number, value: number) => boolean {
  if (dtype === 'float32') return (number, value) => Math.fround(number) === value;
  const codec = dtype === 'float16' ? codecOf(dtype) : undefined;
  return codec ? (number, value) => codec.decode(codec.encode(number)) === value : (number, value) => number === value;
}

/** The fewest digits that give the value back; plain from 1e-4 to 1e16, scientific beyond. */
function printFloat(value: number, same: (number: number, value: number) => boolean): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  let shortest = value;
  for (let digits = 1; digits < 17; digits++) {
    shortest = Number(value.toPrecision(digits));
    if (same(shortest, value)) break;
  }
  const magnitude = Math.abs(shortest);
  if (magnitude < 1e-4 || magnitude >= 1e16) return shortest.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  return Number.isInteger(shortest) ? `${shortest}.0` : String(shortest);
}
