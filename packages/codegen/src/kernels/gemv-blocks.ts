// Products of a few rows with a matrix of codes in blocks, which take as long as codes and scales take to be read: as gemv.ts,
// with 16 or 32 codes of a column in a vector. They are made numbers in registers; what they are scaled by is multiplied with
// sums of a block, not with each of them.

import { product } from '@trtx/ir';
import { isMultiple } from '../group/view.ts';
import { defineKernel, type Kernel, type Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { ELEMENTS } from './eights.ts';
import { emitGemv, mostRows } from './gemv.ts';
import { EIGHT_STEPS, sumCodes, vectorOfCodes } from './gemv-block-sums.ts';
import { type GemvSize, type GemvTile, gemvCost, gemvTiles, MOST_ROWS } from './gemv-tiles.ts';
import { DECODED, type Product, type ProductKernel } from './product.ts';

export function defineBlockGemv({ op, id, summary, product: productOf }: ProductKernel): Kernel {
  return defineKernel<GemvTile>({
    id,
    version: 1,
    summary,
    ops: [op],
    decodes: DECODED,
    applies(problem) {
      const p = productOf(problem);
      return p !== undefined && sizeOf(problem, p) !== undefined;
    },
    params: (problem) => gemvTiles(problem.target, sizeOf(problem, productOf(problem)!)!),
    cost: (problem, tile) => gemvCost(problem.target, tile, sizeOf(problem, productOf(problem)!)!),
    emit: (e, problem, tile) => emitGemv(e, problem, productOf(problem)!, tile, sumCodes),
  });
}

/** The product's sizes; undefined where it has too many rows, or blocks that vectors of its rows are not whole in. */
function sizeOf(problem: Problem, p: Product): GemvSize | undefined {
  const { a, codes, k } = p;
  const elements = ELEMENTS.get(a.type.dtype);
  const rows = mostRows(p);
  if (!codes || !elements || rows > MOST_ROWS || (a.contents && !a.constant)) return undefined;
  if (computeOf(problem.group.accumulated.type.dtype) !== 'f32') return undefined;
  if (codes.blocks > 1 && !isMultiple(codes.block, EIGHT_STEPS)) return undefined;
  const vector = vectorOfCodes(codes);
  const eachScale = (codes.scales.type.dtype === 'float16' ? 2 : 4) + (codes.zeros ? 1 : 0);
  return {
    rows,
    columns: p.n,
    slices: product(p.batch),
    depth: k,
    order: 'steps',
    vector,
    codes: { rowBytes: (16 * vector) / elements, scaleBytes: (eachScale * vector) / codes.block },
  };
}
