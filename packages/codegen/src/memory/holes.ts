// Holes: parts of a tensor in memory that are written long after the others, as when a layer early in a network writes its
// half of what is put together at the end. Until then other tensors may lie there.

import { product } from '@trtx/ir';
import { isDense, type TensorView } from '../group/view.ts';
import { ALIGNMENT, type Hole } from './arena.ts';
import type { Life } from './lifetimes.ts';

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The holes of a tensor of so many bytes, of so many bits an element. */
export function holesOf({ first, writes }: Life, bytes: number, bits: number): Hole[] {
  const holes: Hole[] = [];
  let unwritten: Range[] = [{ from: 0, to: bytes }];
  for (const { step, view } of writes) {
    const written = (view && rangeOf(view, bits)) ?? { from: 0, to: bytes };
    const now = unwritten.flatMap((range) => common(range, written));
    if (step > first) holes.push(...now.flatMap((range) => inside(range, bytes, step)));
    unwritten = unwritten.flatMap((range) => without(range, written));
  }
  // Nobody is known to have written what the first step reads.
  return writes[0]?.step === first ? holes : [];
}

/** Where a view lies, in bytes; undefined where that is no range, or only the run tells. */
function rangeOf({ offset, strides, shape }: TensorView, bits: number): Range | undefined {
  const count = product(shape);
  if (typeof offset !== 'number' || typeof count !== 'number' || !isDense({ strides, shape })) return undefined;
  return { from: Math.floor((offset * bits) / 8), to: Math.ceil(((offset + count) * bits) / 8) };
}

function common(a: Range, b: Range): Range[] {
  const both = { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
  return both.from < both.to ? [both] : [];
}

function without(a: Range, b: Range): Range[] {
  return [
    { from: a.from, to: Math.min(a.to, b.from) },
    { from: Math.max(a.from, b.to), to: a.to },
  ].filter(({ from, to }) => from < to);
}

/** What is aligned of a range; behind the last byte nothing else lies. */
function inside({ from, to }: Range, bytes: number, until: number): Hole[] {
  const up = (at: number) => Math.ceil(at / ALIGNMENT) * ALIGNMENT;
  const end = to === bytes ? up(to) : Math.floor(to / ALIGNMENT) * ALIGNMENT;
  return up(from) < end ? [{ from: up(from), to: end, until }] : [];
}
