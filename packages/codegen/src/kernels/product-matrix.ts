// The product core on subgroup matrices.

import { bitWidth } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type Kernel, type Launch, type Problem } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { Operand } from './contraction.ts';
import { eightsOf } from './eights.ts';
import { emitMatrix } from './matrix.ts';
import type { HalfSources } from './matrix-problem.ts';
import { EIGHT, type MatrixSize, type MatrixTile, matricesOf, matrixCost, matrixTiles } from './matrix-tiles.ts';
import {
  axesOf,
  DECODED,
  isInStep,
  type Product,
  type ProductKernel,
  packedMatrix,
  rowsOf,
  sumsSizeOf,
} from './product.ts';
import { productFinishing } from './product-finish.ts';

export function defineMatrixProduct({ op, id, summary, product: productOf }: ProductKernel): Kernel {
  return defineKernel<MatrixTile>({
    id,
    version: 4,
    summary,
    ops: [op],
    decodes: DECODED,
    applies(problem) {
      const p = productOf(problem);
      if (!p || p.zeroA || p.zeroB || matricesOf(problem.target).length === 0) return false;
      const values = [p.a, p.b, problem.group.accumulated];
      return values.every(({ type, contents, constant }) => type.dtype === 'float16' && (!contents || constant));
    },
    params: (problem) => matrixTiles(problem.target, sizeOf(productOf(problem)!)),
    cost: (problem, tile) => matrixCost(problem.target, tile, sizeOf(productOf(problem)!)),
    emit: (e, problem, tile) => emitProduct(e, problem, productOf(problem)!, tile),
  });
}

function sizeOf(p: Product): MatrixSize {
  const bits = p.codes && bitWidth(p.codes.codes.type.dtype);
  return { ...sumsSizeOf(p), hasWeights: p.b.constant !== null || p.codes !== undefined, bits };
}

function emitProduct(e: Emitter, problem: Problem, p: Product, tile: MatrixTile): Launch {
  return emitMatrix(e, tile, {
    ...productFinishing(e, problem, p, tile.n, EIGHT),
    size: sizeOf(p),
    sources: (stage, slice) => sourcesOf(stage, p, tile, Position.linear(p.batch, slice).coords(stage.shader)),
  });
}

function sourcesOf(e: Emitter, p: Product, tile: MatrixTile, batch: readonly Ix[]): HalfSources {
  const { shader } = e;
  const isWhole = typeof p.k === 'number' && p.k % tile.k === 0;
  const a = new Operand(e, p.a);
  const { step } = axesOf(p).a;
  const read = eightsOf(e, p.a, step, p.k, isWhole ? 'nothing' : 'zeros');
  return {
    a(row) {
      const [coords] = rowsOf(e, p, [row]);
      const start = shader.index(a.address(p.atA(batch, coords!, 0)), 'x');
      return (tile, step) => read(start, ix.add(tile, step));
    },
    along: a.stride(step) === 1 ? 'steps' : 'rows',
    isWorkedOn: !isWhole || !isInStep(e, p.a, step, p.k, EIGHT) || p.codes !== undefined,
    ...columnsOf(e, p, tile, batch, isWhole),
  };
}

/** B: packed as [k][n] if it is one constant matrix, else where it lies, in the order in which its elements follow one another. */
function columnsOf(
  e: Emitter,
  p: Product,
  tile: MatrixTile,
  batch: readonly Ix[],
  isWhole: boolean,
): Pick<HalfSources, 'b' | 'order'> {
  const { shader } = e;
  const packed = packedMatrix(e, p, tile.n, tile.k);
  if (packed) return { order: 'columns', b: (column) => (step) => packed(step, column) };
  const b = new Operand(e, p.b);
  const depth = e.size(p.k);
  const axes = axesOf(p).b;
  const strideK = b.stride(axes.step);
  const start = shader.index(b.address(p.atB(batch, 0, 0)), 'w');
  // A vector has no axis of columns, and one of them.
  if (strideK === 1 || axes.column < 0) {
    const strideN = axes.column < 0 ? 0 : b.stride(axes.column);
    const read = eightsOf(e, p.b, axes.step, p.k, isWhole ? 'nothing' : 'zeros');
    return {
      order: 'steps',
      b(column) {
        const line = shader.index(ix.add(start, ix.mul(column, strideN)), 'w');
        return (step) => read(line, step);
      },
    };
  }
  const read = eightsOf(e, p.b, axes.column, p.n, 'anything');
  return {
    order: 'columns',
    b: (column) => (step) => {
      const test = isWhole || ix.less(step, depth);
      const line = ix.add(start, ix.mul(test === true ? step : ix.minIx(step, ix.sub(depth, 1)), strideK));
      return test === true ? read(line, column) : `select(vec4<u32>(), ${read(line, column)}, ${test})`;
    },
  };
}
