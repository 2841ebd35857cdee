// The product core on the staged contraction: for products that are large enough for workgroups to share what they read.

import type { Emitter } from '../emitter.ts';
import { defineKernel, type Kernel, type Launch, type Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { Operand } from './contraction.ts';
import {
  axesOf,
  DECODED,
  isInStep,
  type Product,
  type ProductKernel,
  packedColumns,
  rowsOf,
  sumsSizeOf,
} from './product.ts';
import { productFinishing } from './product-finish.ts';
import { emitStaged, type Sources } from './staged.ts';
import { type StagedTile, stagedCost, stagedTiles } from './staged-tiles.ts';

export function defineStagedProduct({ op, id, summary, product: productOf }: ProductKernel): Kernel {
  return defineKernel<StagedTile>({
    id,
    version: 4,
    summary,
    ops: [op],
    decodes: DECODED,
    applies(problem) {
      const p = productOf(problem);
      if (!p || p.zeroA || p.zeroB || computeOf(problem.group.accumulated.type.dtype) !== 'f32') return false;
      return [p.a, p.b].every((value) => !value.contents || value.constant);
    },
    params: (problem) => stagedTiles(problem.target, sumsSizeOf(productOf(problem)!)),
    cost: (problem, tile) => stagedCost(tile, sumsSizeOf(productOf(problem)!)),
    emit: (e, problem, tile) => emitProduct(e, problem, productOf(problem)!, tile),
  });
}

function emitProduct(e: Emitter, problem: Problem, p: Product, tile: StagedTile): Launch {
  return emitStaged(e, tile, {
    ...productFinishing(e, problem, p, tile.n, 4),
    size: sumsSizeOf(p),
    sources: (stage, slice) => sourcesOf(stage, p, tile, Position.linear(p.batch, slice).coords(stage.shader)),
  });
}

function sourcesOf(e: Emitter, p: Product, tile: StagedTile, batch: readonly Ix[]): Sources {
  const { shader } = e;
  const depth = e.size(p.k);
  const isWhole = typeof p.k === 'number' && p.k % tile.k === 0;
  const a = new Operand(e, p.a);
  const axis = axesOf(p).a.step;
  const stride = a.stride(axis);
  const fours = isInStep(e, p.a, axis, p.k, 4) ? e.vectors(p.a) : undefined;
  const inside = (step: Ix) => isWhole || ix.less(step, depth);
  const clamped = (step: Ix, last: Ix) => (isWhole ? step : ix.minIx(step, last));
  const packed = packedColumns(e, p, 'f32', tile.n / 4, tile.k);
  const columns = packed ?? plainColumns(e, p, batch, clamped, inside);
  return {
    order: stride === 1 ? 'steps' : 'rows',
    isWorkedOn: !(fours && packed && isWhole) || p.codes !== undefined,
    a(row) {
      const [coords] = rowsOf(e, p, [row]);
      const start = shader.index(a.address(p.atA(batch, coords!, 0)), 'x');
      if (fours)
        return (tile, inTile) => {
          const step = ix.add(tile, inTile);
          const four = fours(ix.add(start, clamped(step, ix.sub(depth, 4))));
          const test = inside(step);
          return test === true ? four : `select(vec4<f32>(), ${four}, ${test})`;
        };
      return (tile, inTile) => {
        const step = ix.add(tile, inTile);
        const elements = [0, 1, 2, 3].map((i) => {
          const at = ix.add(step, i);
          const element = a.at(ix.add(start, ix.mul(clamped(at, ix.sub(depth, 1)), stride)));
          const test = inside(at);
          return test === true ? element : `select(0.0, ${element}, ${test})`;
        });
        return `vec4<f32>(${elements.join(', ')})`;
      };
    },
    b: (vector) => (step) => columns(vector, step),
  };
}

/** As `packedColumns`, of B where it lies. */
function plainColumns(
  e: Emitter,
  p: Product,
  batch: readonly Ix[],
  clamped: (step: Ix, last: Ix) => Ix,
  inside: (step: Ix) => boolean | string,
) {
  const b = new Operand(e, p.b);
  const { step, column } = axesOf(p).b;
  const strideN = column < 0 ? 0 : b.stride(column);
  const strideK = b.stride(step);
  const start = e.shader.index(b.address(p.atB(batch, 0, 0)), 'w');
  return (vector: Ix, step: Ix) => {
    const line = ix.add(start, ix.mul(clamped(step, ix.sub(e.size(p.k), 1)), strideK));
    const elements = [0, 1, 2, 3].map((i) => {
      const column = ix.minIx(ix.add(ix.mul(vector, 4), i), ix.sub(e.size(p.n), 1));
      return b.at(ix.add(line, ix.mul(column, strideN)));
    });
    const four = `vec4<f32>(${elements.join(', ')})`;
    const test = inside(step);
    return test === true ? four : `select(vec4<f32>(), ${four}, ${test})`;
  };
}
