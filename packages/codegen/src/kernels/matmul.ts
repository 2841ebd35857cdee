// MatMul and Gemm on the product core: rows are the rows of A, columns those of B, slices the batch.

import { type Dim, gemmGeometry, matmulGeometry, sameDim, type Value } from '@trtx/ir';
import type { Kernel, Problem } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import { defineGemv } from './gemv.ts';
import { defineBlockGemv } from './gemv-blocks.ts';
import { codesOf, defineProduct, type Product } from './product.ts';
import { defineMatrixProduct } from './product-matrix.ts';
import { defineStagedProduct } from './product-staged.ts';

/** A MatMul of inputs 0 and 1. */
export function matmulProduct(problem: Problem): Product {
  const node = problem.group.anchor!;
  const g = matmulGeometry(node.view());
  const [a, b] = node.inputs as [Value, Value];
  const own = (dims: readonly Dim[], batch: readonly Ix[], rank: number) =>
    dims.map((dim, i) => (dim === 1 ? 0 : batch[i]!)).slice(dims.length - rank);
  const rankA = Math.max(a.type.shape.length - 2, 0);
  const rankB = Math.max(b.type.shape.length - 2, 0);
  const rowAxis = g.vectorA ? [] : [g.m];
  const column = (n: Ix) => (g.vectorB ? [] : [n]);
  // One matrix B for all of A's batch: its rows are more rows of A.
  const shared = rankB === 0 && g.batch.every((dim, i) => sameDim(dim, g.batchA[i]!));
  const batch = shared ? [] : g.batch;
  return {
    a,
    b,
    codes: codesOf(problem, 1),
    batch,
    rows: shared ? [...g.batch, ...rowAxis] : rowAxis,
    n: g.n,
    k: g.k,
    alpha: 1,
    atA: (at, rows, k) => [...(shared ? rows : [...own(g.batchA, at, rankA), ...rows]), k],
    atB: (at, k, n) => [...(shared ? [] : own(g.batchB, at, rankB)), k, ...column(n)],
    atOutput: (at, rows, n) => [...at, ...rows, ...column(n)],
  };
}

function gemmProduct(problem: Problem): Product {
  const node = problem.group.anchor!;
  const g = gemmGeometry(node.view());
  const [a, b, c] = node.inputs as [Value, Value, Value | null];
  const pair = (swap: boolean, x: Ix, y: Ix) => (swap ? [y, x] : [x, y]);
  return {
    a,
    b,
    codes: codesOf(problem, 1),
    batch: [],
    rows: [g.m],
    n: g.n,
    k: g.k,
    alpha: g.alpha,
    c: c && g.beta !== 0 ? { value: c, beta: g.beta } : undefined,
    atA: (_, [m], k) => pair(g.transA, m!, k),
    atB: (_, k, n) => pair(g.transB, k, n),
    atOutput: (_, [m], n) => [m!, n],
  };
}

const PRODUCTS = [
  { op: 'MatMul', name: 'matmul', what: 'matrix product', product: matmulProduct },
  { op: 'Gemm', name: 'gemm', what: 'matrix product with a bias', product: gemmProduct },
] as const;

/** Every way to compute each of them. */
export const productKernels: readonly Kernel[] = PRODUCTS.flatMap(({ op, name, what, product }) => [
  defineProduct({
    op,
    id: `${name}.direct`,
    summary: `${what}, a tile of registers a thread, operands read from memory`,
    product,
  }),
  defineStagedProduct({
    op,
    id: `${name}.staged`,
    summary: `${what}, both operands through workgroup memory`,
    product,
  }),
  defineGemv({
    op,
    id: `${name}.gemv`,
    summary: `${what}, of a few rows: the matrix read once by vectors, sums shared by invocations`,
    product,
  }),
  defineBlockGemv({
    op,
    id: `${name}.gemv-blocks`,
    summary: `${what}, of a few rows with codes in blocks: these and their scales read once, made numbers in registers`,
    product,
  }),
  defineMatrixProduct({
    op,
    id: `${name}.matrix`,
    summary: `${what} on subgroup matrices, float16 operands through workgroup memory, sums in float32`,
    product,
  }),
]);
