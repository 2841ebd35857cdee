// The matrix of a product of few rows: in which order its elements are read, 16 bytes at a time, and how it is packed for that.

import type { Emitter } from '../emitter.ts';
import { computedBy } from '../group/group.ts';
import { denseView, liesInRuns } from '../group/view.ts';
import type { Problem } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { packable, packConstant } from './contraction.ts';
import type { WeightOrder } from './gemv-tiles.ts';
import { axesOf, type Product } from './product.ts';

/** In which order the elements of B can be read by vectors, if in one: where they lie, or as they are packed. */
export function orderOf({ group, grouping }: Problem, p: Product, vector: number): WeightOrder | undefined {
  if (constantOf(p)) return 'steps';
  if (computedBy(group).has(p.b)) return undefined;
  const view = grouping.views.get(p.b) ?? denseView(p.b);
  const { step, column } = axesOf(p).b;
  if (liesInRuns(view, step, vector)) return 'steps';
  return column >= 0 && liesInRuns(view, column, vector) ? 'columns' : undefined;
}

/**
 * Reads a vector of the steps of a column, by numbers of both, if B is one constant matrix: packed as [n][k], with k filled up
 * with 0 to a multiple of so many elements.
 */
export function packedColumn(e: Emitter, p: Product, vector: number) {
  const matrix = constantOf(p);
  if (!matrix) return undefined;
  const { constant, k, n } = matrix;
  const vectors = Math.ceil(k / vector);
  const length = vectors * vector;
  const transposed = axesOf(p).b.step === 1;
  const key = `columns${n}x${length}${transposed ? 't' : ''}`;
  const packed = packConstant(p.b.name, constant, key, n * length, (i) => {
    const column = Math.floor(i / length);
    const row = i % length;
    if (row >= k) return -1;
    return transposed ? column * k + row : row * n + column;
  });
  const read = vector === 8 ? e.packedWords(packed, 'vec4<u32>') : e.packedVectors(packed);
  return (column: Ix, number: Ix) => read(ix.add(ix.mul(column, vectors), number));
}

function constantOf({ b, batch, k, n }: Product) {
  const constant = packable(b, 'f32');
  if (!constant || batch.length > 0 || typeof k !== 'number' || typeof n !== 'number') return undefined;
  return { constant, k, n };
}
