// Matrix products on the contraction core: rows are the rows of A, columns those of B, slices the batch.

import { ceilDiv, type Dim, gemmGeometry, matmulGeometry, product, sameDim, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type Kernel, type Launch, type Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';
import {
  accumulate,
  gridOf,
  Operand,
  type Place,
  packConstant,
  placeThread,
  storeTile,
  type Tile,
  type TileStore,
  WORKGROUP,
} from './contraction.ts';
import { TILES, tileCost } from './tiles.ts';

/** The one form of MatMul and Gemm: out[batch, rows, n] = alpha · Σₖ A[batch, rows, k]·B[batch, k, n] + beta · C. */
interface Product {
  readonly a: Value;
  readonly b: Value;
  /** Axes of the output that B has too (slices), axes that it lacks (rows), and its own (columns). */
  readonly batch: readonly Dim[];
  readonly rows: readonly Dim[];
  readonly n: Dim;
  readonly k: Dim;
  readonly alpha: number;
  /** Added to each element, with its factor. */
  readonly c?: { readonly value: Value; readonly beta: number };
  /** Coordinates in A, in B and in the output. */
  atA(batch: readonly Ix[], rows: readonly Ix[], k: Ix): readonly Ix[];
  atB(batch: readonly Ix[], k: Ix, n: Ix): readonly Ix[];
  atOutput(batch: readonly Ix[], rows: readonly Ix[], n: Ix): readonly Ix[];
}

function matmulProduct(problem: Problem): Product {
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

function emitProduct(e: Emitter, problem: Problem, p: Product, tile: Tile): Launch {
  const { shader } = e;
  const rows = product(p.rows);
  const slices = product(p.batch);
  const vectors = vectorsOf(p);
  const shape = problem.group.accumulated.type.shape;
  placeThread(e, tile, rows, vectors, slices, (place) => {
    const a = new Operand(e, p.a);
    const columns = columnReader(e, p, tile, place);
    const batch = Position.linear(p.batch, place.slice).coords(shader);
    const rowCoords = place.rows.map((row) =>
      Position.linear(p.rows, shader.index(ix.minIx(row, ix.sub(e.size(rows), 1)), 'm')).coords(shader),
    );
    const starts = rowCoords.map((row) => shader.index(a.address(p.atA(batch, row, 0)), 'x'));
    const stride = a.stride(p.atA(batch, rowCoords[0]!, 'k').indexOf('k'));
    const start = shader.index(columns.start(batch), 'w');
    const acc = accumulate(e, tile, (step) => {
      shader.loop(e.size(p.k), 'k', (k) => {
        const offset = shader.index(ix.mul(k, stride), 'o');
        step(
          (row) => a.at(ix.add(starts[row]!, offset)),
          (vector) => columns.at(start, k, vector),
        );
      });
    });
    const names = shape.map((_, i) => `c${i}`);
    const store: TileStore = {
      rows: rowCoords.map((coords, r) => [place.rows[r]!, ...coords]),
      parameters: names,
      first: (vector) => ix.mul(ix.add(place.vector, vector), 4),
      count: e.size(p.n),
      body() {
        const at = Position.at(shape, names);
        let value = p.alpha === 1 ? 'value' : `${literal(shader, p.alpha, 'f32')} * value`;
        if (p.c) {
          const c = e.read(p.c.value, at.broadcast(shader, p.c.value.type.shape));
          value += p.c.beta === 1 ? ` + ${c}` : ` + ${literal(shader, p.c.beta, 'f32')} * ${c}`;
        }
        e.store(at, shader.let(value));
      },
      inside: ([row]) => ix.less(row!, e.size(rows)),
      element: ([, ...coords], column) => p.atOutput(batch, coords, column),
    };
    storeTile(e, acc, store, problem.target.software);
  });
  return { workgroupSize: WORKGROUP, workgroups: gridOf(tile, rows, vectors, slices).workgroups };
}

/** B's columns, four at a time: packed as [k][n] with n padded if B is one constant matrix, else where they lie. */
function columnReader(e: Emitter, p: Product, tile: Tile, place: Place) {
  const [k, n] = [p.k, p.n];
  const constant = p.b.constant;
  if (constant && p.batch.length === 0 && typeof k === 'number' && typeof n === 'number') {
    const padded = Math.ceil(n / 4 / tile.vectors) * tile.vectors;
    const transposed = p.atB([], 'k', 'n').indexOf('k') === 1;
    const packed = packConstant(p.b.name, constant, `matmul${padded}${transposed ? 't' : ''}`, k * padded * 4, (i) => {
      const column = i % (padded * 4);
      const row = Math.floor(i / (padded * 4));
      if (column >= n) return -1;
      return transposed ? column * k + row : row * n + column;
    });
    const read = e.packedVectors(packed);
    return {
      start: () => place.vector,
      at: (start: Ix, row: Ix, v: number) => read(ix.add(ix.add(start, ix.mul(row, padded)), v)),
    };
  }
  const b = new Operand(e, p.b);
  const last = ix.sub(e.size(n), 1);
  const probe = p.atB(
    p.batch.map(() => 0),
    'k',
    'n',
  );
  const strideK = b.stride(probe.indexOf('k'));
  const strideN = probe.includes('n') ? b.stride(probe.indexOf('n')) : 0;
  const offsets = Array.from({ length: tile.vectors * 4 }, (_, c) =>
    e.shader.index(ix.mul(ix.minIx(ix.add(ix.mul(place.vector, 4), c), last), strideN), 'n'),
  );
  return {
    start: (batch: readonly Ix[]) => b.address(p.atB(batch, 0, 0)),
    at: (start: Ix, row: Ix, v: number) => {
      const line = e.shader.index(ix.add(start, ix.mul(row, strideK)), 'l');
      return `vec4<f32>(${[0, 1, 2, 3].map((c) => b.at(ix.add(line, offsets[v * 4 + c]!))).join(', ')})`;
    },
  };
}

function vectorsOf(p: Product): Dim {
  return ceilDiv(p.n, 4);
}

function define(op: string, id: string, summary: string, productOf: (problem: Problem) => Product): Kernel {
  return defineKernel<Tile>({
    id,
    version: 1,
    summary,
    ops: [op],
    applies: (problem) => computeOf(problem.group.accumulated.type.dtype) === 'f32',
    params: () => TILES,
    cost(problem, tile) {
      const p = productOf(problem);
      return tileCost(problem.target, tile, product(p.rows), vectorsOf(p), product(p.batch), p.k);
    },
    emit: (e, problem, tile) => emitProduct(e, problem, productOf(problem), tile),
  });
}

const SUMMARY = 'matrix product, a tile of registers a thread, operands read from memory';

export const matmulDirect = define('MatMul', 'matmul.direct', SUMMARY, matmulProduct);
export const gemmDirect = define('Gemm', 'gemm.direct', SUMMARY, gemmProduct);
