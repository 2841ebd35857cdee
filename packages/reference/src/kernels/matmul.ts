// Matrix products, in float64. Integers are exact as far as float64 holds them; beyond that they are refused.

import { elementCount, gemmGeometry, isFloat, matmulGeometry, type NodeView, type Tensor } from '@trtx/ir';
import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { fromFloat64, stridesOf, toFloat64 } from '../tensors.ts';
import { packRows, gemm as product, rowsOf } from './gemm.ts';

/** A matrix in memory: element (row, column) is values[start + row·rowStride + column·columnStride]. */
interface Matrix {
  readonly values: Float64Array;
  readonly start: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

export const matmul = defineReference({
  op: 'MatMul',
  run: (call) => [rounded(call, matrixProduct(call.at, operand(call, 0), operand(call, 1)))],
  steps: productSteps,
});

/** Multiplications of a node with the geometry of a MatMul. */
export function productSteps(at: NodeView): number {
  const { batch, m, k, n } = matmulGeometry(at);
  return ([...batch, m, k, n] as number[]).reduce((a, b) => a * b, 1);
}

/** The product of a node with the geometry of a MatMul, of numbers in place of its inputs. */
export function matrixProduct(at: NodeView, a: Float64Array, b: Float64Array): Float64Array {
  const g = matmulGeometry(at);
  const [m, k, n] = [g.m, g.k, g.n] as [number, number, number];
  const batch = g.batch as number[];
  const count = elementCount(batch);
  const out = new Float64Array(count * m * n);
  const stepsA = batchSteps(g.batchA as number[], m * k);
  const stepsB = batchSteps(g.batchB as number[], k * n);
  for (let i = 0; i < count; i++) {
    const startA = batchOffset(i, batch, stepsA);
    const startB = batchOffset(i, batch, stepsB);
    multiply(
      { values: a, start: startA, rowStride: k, columnStride: 1 },
      { values: b, start: startB, rowStride: n, columnStride: 1 },
      [m, k, n],
      out,
      i * m * n,
    );
  }
  return out;
}

export const gemm = defineReference({
  op: 'Gemm',
  run(call) {
    const g = gemmGeometry(call.at);
    const [m, k, n] = [g.m, g.k, g.n] as [number, number, number];
    const out = new Float64Array(m * n);
    const matrix = (index: number, columns: number, rows: number, transposed: boolean): Matrix => {
      const [rowStride, columnStride] = transposed ? [1, rows] : [columns, 1];
      return { values: operand(call, index), start: 0, rowStride, columnStride };
    };
    multiply(matrix(0, k, m, g.transA), matrix(1, n, k, g.transB), [m, k, n], out, 0);
    if (g.alpha !== 1) for (let i = 0; i < out.length; i++) out[i]! *= g.alpha;
    if (g.c && call.inputs[2]) {
      const c = toFloat64(call.inputs[2]);
      const [rows, columns] = g.c as [number, number];
      for (let row = 0; row < m; row++)
        for (let column = 0; column < n; column++)
          out[row * n + column]! += g.beta * c[(rows === 1 ? 0 : row) * columns + (columns === 1 ? 0 : column)]!;
    }
    return [rounded(call, out)];
  },
  steps(at) {
    const { m, k, n } = gemmGeometry(at);
    return (m as number) * (k as number) * (n as number);
  },
});

/** out[m, n] from `at` on = A × B. Vectors go straight, without packing. */
function multiply(a: Matrix, b: Matrix, [m, k, n]: [number, number, number], out: Float64Array, at: number): void {
  if (m < 3 || n < 3) {
    for (let row = 0; row < m; row++) axpy(a, b, row, k, n, out, at + row * n);
    return;
  }
  const rows = packRows(a.values, m, k, a.start, a.rowStride, a.columnStride);
  product(rows, n, rowsOf(b.values, b.start, b.rowStride, b.columnStride), (sums, stride, column, columns) => {
    for (let row = 0; row < m; row++)
      for (let c = 0; c < columns; c++) out[at + row * n + column + c] = sums[row * stride + c]!;
  });
}

/** One row of the product, in the order in which B lies in memory. */
function axpy(a: Matrix, b: Matrix, row: number, k: number, n: number, out: Float64Array, at: number): void {
  const start = a.start + row * a.rowStride;
  if (b.rowStride === 1 || n === 1) {
    for (let c = 0; c < n; c++) {
      let sum = 0;
      const from = b.start + c * b.columnStride;
      for (let i = 0; i < k; i++) sum += a.values[start + i * a.columnStride]! * b.values[from + i * b.rowStride]!;
      out[at + c] = sum;
    }
    return;
  }
  for (let i = 0; i < k; i++) {
    const factor = a.values[start + i * a.columnStride]!;
    const from = b.start + i * b.rowStride;
    for (let c = 0; c < n; c++) out[at + c]! += factor * b.values[from + c * b.columnStride]!;
  }
}

function operand(call: KernelCall, index: number): Float64Array {
  return toFloat64(inputOf(call, index));
}

/** Rounded to the output's type; integers of up to 32 bits wrap. */
function rounded(call: KernelCall, values: Float64Array): Tensor {
  const { dtype, dims } = call.outputs[0]!;
  if (!isFloat(dtype) && values.some((value) => Math.abs(value) > Number.MAX_SAFE_INTEGER))
    throw call.at.fail('sums of integers leave the range in which the reference is exact');
  return fromFloat64(dtype, dims, values);
}

/** Steps of the start of a matrix along the batch axes: 0 where the operand broadcasts. */
function batchSteps(dims: readonly number[], size: number): number[] {
  return stridesOf(dims).map((stride, axis) => (dims[axis] === 1 ? 0 : stride * size));
}

function batchOffset(linear: number, dims: readonly number[], steps: readonly number[]): number {
  let offset = 0;
  let rest = linear;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    offset += (rest % dims[axis]!) * steps[axis]!;
    rest = Math.floor(rest / dims[axis]!);
  }
  return offset;
}
