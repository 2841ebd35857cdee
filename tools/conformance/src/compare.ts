// Comparison as upstream's runner does it: type and shape exactly, strings exactly, numbers with tolerances.

import { isContainer, lanesOf, type Tensor } from '@trtx/ir';
import { toFloat64 } from '@trtx/reference';
import { describe, itemsOf } from './values.ts';

/** |a − e| ≤ ATOL + RTOL·|e| */
const RTOL = 1e-3;
const ATOL = 1e-7;

/** What is wrong with a value, or undefined where it is right. Random ones are compared by type and shape only. */
export function difference(actual: Tensor | undefined, expected: Tensor, random = false): string | undefined {
  if (actual === undefined) return 'the output is missing';
  if (describe(actual) !== describe(expected)) return `${describe(actual)} where ${describe(expected)} is expected`;
  if (isContainer(expected.dtype)) return ofItems(itemsOf(actual), itemsOf(expected), random);
  if (random) return undefined;
  return expected.dtype === 'string' ? ofStrings(actual, expected) : ofNumbers(actual, expected);
}

function ofItems(actual: readonly Tensor[], expected: readonly Tensor[], random: boolean): string | undefined {
  for (const [i, item] of expected.entries()) {
    const wrong = difference(actual[i], item, random);
    if (wrong) return `item ${i}: ${wrong}`;
  }
  return undefined;
}

function ofStrings(actual: Tensor, expected: Tensor): string | undefined {
  const texts = expected.data as readonly string[];
  const at = texts.findIndex((text, i) => text !== actual.data[i]);
  return at < 0
    ? undefined
    : `[${at}] is ${JSON.stringify(actual.data[at])} where ${JSON.stringify(texts[at])} is expected`;
}

function ofNumbers(actual: Tensor, expected: Tensor): string | undefined {
  const [a, e] = [toFloat64(actual), toFloat64(expected)];
  const lanes = lanesOf(expected.dtype);
  let bad = 0;
  let first = -1;
  for (let i = 0; i < e.length; i += lanes) {
    if (lanes === 2 ? closeComplex(a, e, i) : close(a[i]!, e[i]!)) continue;
    if (bad++ === 0) first = i;
  }
  if (bad === 0) return undefined;
  const at = (numbers: Float64Array) => numbers.subarray(first, first + lanes).join(' + i·');
  return `${bad} of ${e.length / lanes} elements differ: [${first / lanes}] is ${at(a)} where ${at(e)} is expected`;
}

/** By the moduli of the difference and of what is expected. */
function closeComplex(a: Float64Array, e: Float64Array, i: number): boolean {
  const [modulus, apart] = [Math.hypot(e[i]!, e[i + 1]!), Math.hypot(a[i]! - e[i]!, a[i + 1]! - e[i + 1]!)];
  if (!Number.isFinite(modulus)) return close(a[i]!, e[i]!) && close(a[i + 1]!, e[i + 1]!);
  return apart <= ATOL + RTOL * modulus;
}

function close(a: number, e: number): boolean {
  if (!Number.isFinite(e)) return Object.is(a, e);
  return Math.abs(a - e) <= ATOL + RTOL * Math.abs(e);
}
