// Products of a few rows with a matrix, which take as long as the matrix takes to be read: each of its elements is read once,
// by vectors of 16 bytes that neighbouring invocations have side by side, and used for all rows. Some invocations share the
// sum of a column; what each has summed up is joined by their subgroup, and through workgroup memory.
//
// Where steps of the sum follow one another in memory, an invocation has every so manieth vector of a column; a constant
// matrix is packed that way. Where columns do, it has every so manieth step of a vector of columns.

import { bounds, ceilDiv, minDim, product } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type Kernel, type Launch, type Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { finisher } from './contraction.ts';
import { ELEMENTS } from './eights.ts';
import { type GemvPlace, sumColumns, sumSteps } from './gemv-sums.ts';
import {
  columnsOf,
  type GemvSize,
  type GemvTile,
  gemvCost,
  gemvTiles,
  joinedOf,
  MOST_ROWS,
  partsOf,
} from './gemv-tiles.ts';
import { orderOf } from './gemv-weights.ts';
import { type Product, type ProductKernel, rowsOf, storeOf } from './product.ts';
import { sumOver } from './subgroup.ts';

export function defineGemv({ op, id, summary, product: productOf }: ProductKernel): Kernel {
  return defineKernel<GemvTile>({
    id,
    version: 1,
    summary,
    ops: [op],
    applies(problem) {
      const p = productOf(problem);
      return p !== undefined && sizeOf(problem, p) !== undefined;
    },
    params: (problem) => gemvTiles(problem.target, sizeOf(problem, productOf(problem)!)!),
    cost: (problem, tile) => gemvCost(problem.target, tile, sizeOf(problem, productOf(problem)!)!),
    emit: (e, problem, tile) =>
      emitGemv(e, problem, productOf(problem)!, tile, tile.order === 'steps' ? sumSteps : sumColumns),
  });
}

/** The product's sizes; undefined where it has too many rows, or a matrix that cannot be read by vectors. */
function sizeOf(problem: Problem, p: Product): GemvSize | undefined {
  const { a, b } = p;
  const { dtype } = b.type;
  const rows = mostRows(p);
  const vector = ELEMENTS.get(dtype);
  const isSame = a.type.dtype === dtype && computeOf(problem.group.accumulated.type.dtype) === 'f32';
  if (!vector || !isSame || rows > MOST_ROWS || p.zeroA || p.zeroB) return undefined;
  if ([a, b].some((value) => value.contents && !value.constant)) return undefined;
  const order = orderOf(problem, p, vector);
  return order && { rows, columns: p.n, slices: product(p.batch), depth: p.k, order, vector };
}

/** At least one, which need not exist. */
export function mostRows({ rows }: Product): number {
  return Math.max(bounds(product(rows)).max, 1);
}

/** @param summed gives the names of an invocation's sums, as [row][column] */
export function emitGemv(
  e: Emitter,
  problem: Problem,
  p: Product,
  tile: GemvTile,
  summed: (e: Emitter, p: Product, tile: GemvTile, place: GemvPlace) => string[][],
): Launch {
  const { shader } = e;
  const rows = mostRows(p);
  const own = columnsOf(tile);
  const tiles = ceilDiv(p.n, own);
  const first = shader.index(ix.mul(ix.mod('group', e.size(tiles)), own), 'first');
  const slice = shader.index(ix.div('group', e.size(tiles)), 'slice');
  const { order } = tile;
  // Those that read side by side are neighbours.
  const teams = tile.threads / tile.lanes;
  const lane = shader.index(order === 'steps' ? ix.mod('lid', tile.lanes) : ix.div('lid', teams), 'lane');
  const team = order === 'steps' ? ix.div('lid', tile.lanes) : ix.mod('lid', teams);
  const ownFirst = shader.index(ix.mul(team, tile.columns), 'own');
  shader.when(ix.less(slice, e.size(product(p.batch))), () => {
    const batch = Position.linear(p.batch, slice).coords(shader);
    const column = shader.index(ix.add(first, ownFirst), 'column');
    const place = { lane, column, batch, rows: rowsOf(e, p, [...Array(rows).keys()]) };
    const sums = summed(e, p, tile, place);
    const store = storeOf(e, problem, p, batch, [], [], { first: () => 0, columns: own });
    const finish = finisher(e, store);
    join(e, tile, { lane, column: ownFirst }, sums, (sum, row, own) => {
      const [coords] = rowsOf(e, p, [row]);
      shader.when(store.inside([row]), () => finish([sum], [row, ...coords!], shader.index(ix.add(first, own), 'n')));
    });
  });
  const { subgroups } = e.target;
  return {
    workgroupSize: tile.threads,
    workgroupBytes: 4 * partsOf(e.target, tile, rows),
    // Without rows there is nothing to read.
    workgroups: product([tiles, ...p.batch, minDim(product(p.rows), 1)]),
    ...(shader.features.has('subgroups') && subgroups ? { subgroups } : {}),
  };
}

/**
 * Adds what the invocations of each column have summed up, always in the same order, and emits `finish` for each sum, with its
 * row and its column in the workgroup.
 * @param place the lane, and its first column in the workgroup
 * @param sums names, as [row][column]
 */
function join(
  e: Emitter,
  tile: GemvTile,
  { lane, column }: Pick<GemvPlace, 'lane' | 'column'>,
  sums: string[][],
  finish: (sum: string, row: Ix, column: Ix) => void,
): void {
  const { shader } = e;
  const own = columnsOf(tile);
  const together = joinedOf(e.target, tile);
  const parts = tile.lanes / together;
  const count = sums.length * own;
  shader.global(`var<workgroup> parts: array<f32, ${parts * count}>;`);
  const joined = sums.map((row) => row.map((sum) => sumOver(shader, sum, together)));
  const part = shader.index(ix.div(lane, together), 'part');
  shader.when(together === 1 || `${ix.text(lane)} % ${together}u == 0u`, () => {
    joined.forEach((row, r) => {
      for (const [c, sum] of row.entries()) {
        const at = ix.add(ix.add(ix.mul(part, count), column), r * own + c);
        shader.line(`parts[${ix.text(at)}] = ${sum};`);
      }
    });
  });
  shader.line('workgroupBarrier();');
  for (let start = 0; start < count; start += tile.threads) {
    const number = shader.index(ix.add('lid', start), 'number');
    shader.when(start + tile.threads <= count || ix.less(number, count), () => {
      const total = shader.name('total');
      shader.line(`var ${total} = parts[${ix.text(number)}];`);
      if (parts > 1)
        shader.loop(parts - 1, 'other', (other) => {
          const at = ix.add(number, ix.mul(ix.add(other, 1), count));
          shader.line(`${total} += parts[${ix.text(at)}];`);
        });
      finish(total, shader.index(ix.div(number, own), 'row'), ix.mod(number, own));
    });
  }
}
