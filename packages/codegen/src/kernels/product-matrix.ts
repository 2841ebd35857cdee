// The product core on subgroup matrices.

import { product } from '@trtx/ir';
import { type Emitter, packHalves } from '../emitter.ts';
import { defineKernel, type Kernel, type Launch, type Problem } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { finisher, Operand } from './contraction.ts';
import { emitMatrix, type HalfSources } from './matrix.ts';
import { type MatrixSize, type MatrixTile, matrixCost, matrixTiles } from './matrix-tiles.ts';
import { isInStep, type Product, type ProductKernel, packedMatrix, rowsOf, storeOf } from './product.ts';

export function defineMatrixProduct({ op, id, summary, product: productOf }: ProductKernel): Kernel {
  return defineKernel<MatrixTile>({
    id,
    version: 1,
    summary,
    ops: [op],
    applies(problem) {
      const p = productOf(problem);
      if (!p || p.zeroA || p.zeroB || matrixTiles(problem.target).length === 0) return false;
      const values = [p.a, p.b, problem.group.accumulated];
      return values.every(({ type, contents, constant }) => type.dtype === 'float16' && (!contents || constant));
    },
    params: ({ target }) => matrixTiles(target),
    cost: (problem, tile) => matrixCost(tile, sizeOf(productOf(problem)!)),
    emit: (e, problem, tile) => emitProduct(e, problem, productOf(problem)!, tile),
  });
}

function sizeOf(p: Product): MatrixSize {
  return { rows: product(p.rows), columns: p.n, slices: product(p.batch), depth: p.k };
}

function emitProduct(e: Emitter, problem: Problem, p: Product, tile: MatrixTile): Launch {
  const batchOf = (slice: Ix) => Position.linear(p.batch, slice).coords(e.shader);
  return emitMatrix(
    e,
    tile,
    sizeOf(p),
    'columns',
    (slice) => sourcesOf(e, p, tile, batchOf(slice)),
    (slice) => {
      const batch = batchOf(slice);
      const store = storeOf(e, problem, p, batch, [], [], { first: () => 0, columns: tile.n });
      const finish = finisher(e, store);
      return (sum, row, column) => {
        const [coords] = rowsOf(e, p, [row]);
        e.shader.when(store.inside([row]), () => finish(sum, [row, ...coords!], column));
      };
    },
  );
}

function sourcesOf(e: Emitter, p: Product, tile: MatrixTile, batch: readonly Ix[]): HalfSources {
  const { shader } = e;
  const depth = e.size(p.k);
  const isWhole = typeof p.k === 'number' && p.k % tile.k === 0;
  const a = new Operand(e, p.a);
  const origin = p.rows.map(() => 0);
  const axis = p.atA(batch, origin, 'k').indexOf('k');
  const inside = (step: Ix) => isWhole || ix.less(step, depth);
  const readA = stepsOf(
    e,
    a,
    isInStep(e, p.a, axis, p.k, 8) ? e.halves(p.a) : undefined,
    a.stride(axis),
    depth,
    inside,
  );
  const rowOf = (row: Ix) => {
    const [coords] = rowsOf(e, p, [row]);
    return shader.index(a.address(p.atA(batch, coords!, 0)), 'x');
  };
  return { a: (row) => readA(rowOf(row)), ...columnsOf(e, p, tile, batch, inside) };
}

/** What reads eight steps of a line of an operand that begins at an address: at once, or one by one. */
function stepsOf(
  e: Emitter,
  operand: Operand,
  halves: ((address: Ix) => string) | undefined,
  stride: Ix,
  depth: Ix,
  inside: (step: Ix) => boolean | string,
) {
  return (start: Ix) => (step: Ix) => {
    if (halves) {
      const test = inside(step);
      const eight = halves(ix.add(start, test === true ? step : ix.minIx(step, ix.sub(depth, 8))));
      return test === true ? eight : `select(vec4<u32>(), ${eight}, ${test})`;
    }
    const elements = Array.from({ length: 8 }, (_, i) => {
      const at = e.shader.index(ix.add(step, i), 's');
      const test = inside(at);
      const clamped = test === true ? at : ix.minIx(at, ix.sub(depth, 1));
      const element = operand.at(ix.add(start, ix.mul(clamped, stride)));
      return test === true ? element : `select(0.0, ${element}, ${test})`;
    });
    return packHalves(elements);
  };
}

/** B: packed as [k][n] if it is one constant matrix, else where it lies, in the order in which its elements follow one another. */
function columnsOf(
  e: Emitter,
  p: Product,
  tile: MatrixTile,
  batch: readonly Ix[],
  inside: (step: Ix) => boolean | string,
): Pick<HalfSources, 'b' | 'order'> {
  const { shader } = e;
  const packed = packedMatrix(e, p, tile.n, tile.k);
  if (packed) return { order: 'columns', b: (column) => (step) => packed(step, column) };
  const b = new Operand(e, p.b);
  const depth = e.size(p.k);
  const probe = p.atB(batch, 'k', 'n');
  const axisK = probe.indexOf('k');
  const axisN = probe.indexOf('n');
  const strideN = axisN < 0 ? 0 : b.stride(axisN);
  const strideK = b.stride(axisK);
  const start = shader.index(b.address(p.atB(batch, 0, 0)), 'w');
  if (strideK === 1) {
    const read = stepsOf(e, b, isInStep(e, p.b, axisK, p.k, 8) ? e.halves(p.b) : undefined, 1, depth, inside);
    return { order: 'steps', b: (column) => read(shader.index(ix.add(start, ix.mul(column, strideN)), 'w')) };
  }
  const halves = axisN >= 0 && isInStep(e, p.b, axisN, p.n, 8) ? e.halves(p.b) : undefined;
  const columns = e.size(p.n);
  return {
    order: 'columns',
    b: (column) => (step) => {
      const test = inside(step);
      const line = ix.add(start, ix.mul(test === true ? step : ix.minIx(step, ix.sub(depth, 1)), strideK));
      const eight = halves
        ? halves(ix.add(line, ix.minIx(column, ix.sub(columns, 8))))
        : packHalves(
            Array.from({ length: 8 }, (_, i) =>
              b.at(ix.add(line, ix.mul(ix.minIx(ix.add(column, i), ix.sub(columns, 1)), strideN))),
            ),
          );
      return test === true ? eight : `select(vec4<u32>(), ${eight}, ${test})`;
    },
  };
}
