// What an invocation of a product of few rows sums up: its part of the sums of some columns, for every row.

import { ceilDiv } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { isMultiple } from '../group/view.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Operand } from './contraction.ts';
import { ELEMENTS, foursOf, vectorsOf } from './eights.ts';
import type { GemvTile } from './gemv-tiles.ts';
import { packedColumn } from './gemv-weights.ts';
import { axesOf, type Product } from './product.ts';

/** What an invocation works on. */
export interface GemvPlace {
  /** Its number among those that share its sums. */
  readonly lane: Ix;
  /** The number of its first column. */
  readonly column: Ix;
  readonly batch: readonly Ix[];
  /** Coordinates of every row. */
  readonly rows: readonly (readonly Ix[])[];
}

/** Sums by vectors along each column; gives their names, as [row][column]. */
export function sumSteps(e: Emitter, p: Product, tile: GemvTile, place: GemvPlace): string[][] {
  const { shader } = e;
  const vector = ELEMENTS.get(p.b.type.dtype)!;
  const last = ix.sub(e.size(p.n), 1);
  const weights = Array.from({ length: tile.columns }, (_, c) =>
    columnReader(e, p, place, shader.index(ix.minIx(ix.add(place.column, c), last), 'n')),
  );
  const elements = rowReaders(e, p, place);
  const sums = declareSums(e, elements.length, tile.columns);
  eachStep(e, tile, e.size(ceilDiv(p.k, vector)), place.lane, (steps) => {
    const read = steps.map((v) => weights.map((column) => shader.let(column(v), 'w')));
    steps.forEach((v, u) => {
      const w = read[u]!.map((vector) => foursOf(e, p.b, vector));
      elements.forEach((row, r) => {
        const x = foursOf(e, p.a, shader.let(row(v), 'x'));
        w.forEach((fours, c) => {
          for (const [i, four] of fours.entries()) shader.line(`${sums[r]![c]} += ${four} * ${x[i]};`);
        });
      });
    });
  });
  return sums.map((row) => row.map((sum) => shader.let(`(${sum}.x + ${sum}.y) + (${sum}.z + ${sum}.w)`, 'sum')));
}

/** Sums by vectors of columns that lie side by side; gives their names, as [row][column]. */
export function sumColumns(e: Emitter, p: Product, tile: GemvTile, place: GemvPlace): string[][] {
  const { shader } = e;
  const vector = ELEMENTS.get(p.b.type.dtype)!;
  const b = new Operand(e, p.b);
  const { step, column } = axesOf(p).b;
  const read = vectorsOf(e, p.b, column, p.n, 'anything');
  const start = shader.index(b.address(p.atB(place.batch, 0, 0)), 'w');
  const a = new Operand(e, p.a);
  const stride = a.stride(axesOf(p).a.step);
  const rows = place.rows.map((coords) => shader.index(a.address(p.atA(place.batch, coords, 0)), 'x'));
  const sums = declareSums(e, rows.length, vector / 4);
  eachStep(e, tile, e.size(p.k), place.lane, (steps) => {
    const vectors = steps.map((k) =>
      shader.let(read(shader.index(ix.add(start, ix.mul(k, b.stride(step))), 'l'), place.column), 'w'),
    );
    steps.forEach((k, u) => {
      const fours = foursOf(e, p.b, vectors[u]!);
      rows.forEach((row, r) => {
        const x = shader.let(a.at(ix.add(row, ix.mul(k, stride))), 'x');
        for (const [i, four] of fours.entries()) shader.line(`${sums[r]![i]} += ${x} * ${four};`);
      });
    });
  });
  return sums.map((row) => row.flatMap((sum) => [...'xyzw'].map((component) => `${sum}.${component}`)));
}

function declareSums({ shader }: Emitter, rows: number, columns: number): string[][] {
  const sums = Array.from({ length: rows }, () => Array.from({ length: columns }, () => shader.name('acc')));
  for (const sum of sums.flat()) shader.line(`var ${sum} = vec4<f32>();`);
  return sums;
}

/** Emits the steps of a lane, `unroll` at a time, then the rest one by one. */
export function eachStep(
  { shader }: Emitter,
  { lanes, unroll }: GemvTile,
  count: Ix,
  lane: Ix,
  body: (steps: readonly Ix[]) => void,
): void {
  const round = lanes * unroll;
  const rounds = ix.div(count, round);
  if (rounds !== 0)
    shader.loop(rounds, 't', (t) => {
      const first = shader.index(ix.add(ix.mul(t, round), lane), 's');
      body(Array.from({ length: unroll }, (_, u) => shader.index(ix.add(first, u * lanes), 's')));
    });
  const start = ix.mul(rounds, round);
  if (start === count) return;
  const step = shader.name('s');
  shader.block(
    `for (var ${step} = ${ix.text(ix.add(start, lane))}; ${step} < ${ix.text(count)}; ${step} += ${lanes}u)`,
    () => body([step]),
  );
}

/** Reads the vector with a number of a column. */
function columnReader(e: Emitter, p: Product, place: GemvPlace, n: Ix): (number: Ix) => string {
  const vector = ELEMENTS.get(p.b.type.dtype)!;
  const packed = packedColumn(e, p, vector);
  if (packed) return (number) => packed(n, number);
  const b = new Operand(e, p.b);
  const read = vectorsOf(e, p.b, axesOf(p).b.step, p.k);
  const start = e.shader.index(b.address(p.atB(place.batch, 0, n)), 'w');
  return (number) => read(start, e.shader.index(ix.mul(number, vector), 'k'));
}

/**
 * For each row of A: reads the vector with a number. Past the end there are zeros.
 * @param steps to a multiple of which is read
 */
export function rowReaders(
  e: Emitter,
  p: Product,
  place: GemvPlace,
  steps = ELEMENTS.get(p.a.type.dtype)!,
): ((number: Ix) => string)[] {
  const vector = ELEMENTS.get(p.a.type.dtype)!;
  const a = new Operand(e, p.a);
  const past = isMultiple(p.k, steps) ? 'nothing' : 'zeros';
  const read = vectorsOf(e, p.a, axesOf(p).a.step, p.k, past);
  return place.rows.map((coords) => {
    const start = e.shader.index(a.address(p.atA(place.batch, coords, 0)), 'x');
    return (number) => read(start, e.shader.index(ix.mul(number, vector), 'k'));
  });
}
