// The loops over columns of floats. One for each operation, written out: a loop that calls a function it is given makes a
// heap number for every element and runs ten times slower.

import type { BinaryOp, CompareOp, UnaryOp } from '@trtx/ir';
import { erf } from './functions.ts';

type Column = Float64Array;

export const UNARY_LOOPS: Readonly<Partial<Record<UnaryOp, (a: Column, out: Column, n: number) => void>>> = {
  neg(a, out, n) {
    for (let i = 0; i < n; i++) out[i] = -a[i]!;
  },
  abs(a, out, n) {
    for (let i = 0; i < n; i++) out[i] = Math.abs(a[i]!);
  },
  sqrt(a, out, n) {
    for (let i = 0; i < n; i++) out[i] = Math.sqrt(a[i]!);
  },
  exp(a, out, n) {
    for (let i = 0; i < n; i++) out[i] = Math.exp(a[i]!);
  },
  log(a, out, n) {
    for (let i = 0; i < n; i++) out[i] = Math.log(a[i]!);
  },
  floor(a, out, n) {
    for (let i = 0; i < n; i++) out[i] = Math.floor(a[i]!);
  },
  tanh(a, out, n) {
    for (let i = 0; i < n; i++) out[i] = Math.tanh(a[i]!);
  },
  erf(a, out, n) {
    for (let i = 0; i < n; i++) out[i] = erf(a[i]!);
  },
};

export const BINARY_LOOPS: Readonly<Partial<Record<BinaryOp, (a: Column, b: Column, out: Column, n: number) => void>>> =
  {
    add(a, b, out, n) {
      for (let i = 0; i < n; i++) out[i] = a[i]! + b[i]!;
    },
    sub(a, b, out, n) {
      for (let i = 0; i < n; i++) out[i] = a[i]! - b[i]!;
    },
    mul(a, b, out, n) {
      for (let i = 0; i < n; i++) out[i] = a[i]! * b[i]!;
    },
    div(a, b, out, n) {
      for (let i = 0; i < n; i++) out[i] = a[i]! / b[i]!;
    },
    min(a, b, out, n) {
      for (let i = 0; i < n; i++) out[i] = Math.min(a[i]!, b[i]!);
    },
    max(a, b, out, n) {
      for (let i = 0; i < n; i++) out[i] = Math.max(a[i]!, b[i]!);
    },
    pow(a, b, out, n) {
      for (let i = 0; i < n; i++) out[i] = power(a[i]!, b[i]!);
    },
    fmod(a, b, out, n) {
      for (let i = 0; i < n; i++) out[i] = a[i]! % b[i]!;
    },
    mod(a, b, out, n) {
      for (let i = 0; i < n; i++) out[i] = a[i]! - b[i]! * Math.floor(a[i]! / b[i]!);
    },
  };

export const COMPARE_LOOPS: Readonly<Record<CompareOp, (a: Column, b: Column, out: Column, n: number) => void>> = {
  eq(a, b, out, n) {
    for (let i = 0; i < n; i++) out[i] = a[i]! === b[i]! ? 1 : 0;
  },
  ne(a, b, out, n) {
    for (let i = 0; i < n; i++) out[i] = a[i]! !== b[i]! ? 1 : 0;
  },
  lt(a, b, out, n) {
    for (let i = 0; i < n; i++) out[i] = a[i]! < b[i]! ? 1 : 0;
  },
  le(a, b, out, n) {
    for (let i = 0; i < n; i++) out[i] = a[i]! <= b[i]! ? 1 : 0;
  },
  gt(a, b, out, n) {
    for (let i = 0; i < n; i++) out[i] = a[i]! > b[i]! ? 1 : 0;
  },
  ge(a, b, out, n) {
    for (let i = 0; i < n; i++) out[i] = a[i]! >= b[i]! ? 1 : 0;
  },
};

/** As C's pow: 1 to any power, and −1 to an infinite one, is 1. */
export function power(a: number, b: number): number {
  return a === 1 || (a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY)) ? 1 : a ** b;
}
