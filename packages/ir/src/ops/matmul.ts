// Matrix products.

import { bounds, type Dim, product } from '../dim.ts';
import { ANY, productOf, sumOf } from '../interval.ts';
import { defineOp, type NodeView, type OpDef, type OperandSpec, type WeightOperand } from '../op.ts';
import { broadcast } from './broadcast.ts';
import { FLOATS } from './types.ts';

/** The geometry of a MatMul: [...batchA, m, k] × [...batchB, k, n]. */
export interface MatmulGeometry {
  /** Batch dims of the output. */
  readonly batch: readonly Dim[];
  /** Batch dims of each operand, as many as `batch` has; 1 where it broadcasts. */
  readonly batchA: readonly Dim[];
  readonly batchB: readonly Dim[];
  readonly m: Dim;
  readonly k: Dim;
  readonly n: Dim;
  /** The operand has rank 1: m (n) is 1 and the output lacks that axis. */
  readonly vectorA: boolean;
  readonly vectorB: boolean;
}

/** Geometry of a MatMul with inputs 0 and 1. */
export function matmulGeometry(at: NodeView): MatmulGeometry {
  const a = at.input(0).shape;
  const b = at.input(1).shape;
  if (a.length === 0 || b.length === 0) throw at.fail('an operand of rank 0', 'Use Mul to scale by a number.');
  const k = at.equal(a.at(-1)!, b.length === 1 ? b[0]! : b.at(-2)!);
  const own = [a.slice(0, -2), b.slice(0, -2)];
  const batch = broadcast(at, own);
  const [batchA, batchB] = own.map((dims) => [...new Array<Dim>(batch.length - dims.length).fill(1), ...dims]);
  return {
    batch,
    batchA: batchA!,
    batchB: batchB!,
    m: a.length === 1 ? 1 : a.at(-2)!,
    k,
    n: b.length === 1 ? 1 : b.at(-1)!,
    vectorA: a.length === 1,
    vectorB: b.length === 1,
  };
}

/** Either operand: the columns of B are the output's, and so are the rows of A. */
function matmulWeights(at: NodeView): readonly WeightOperand[] {
  const [a, b] = [at.input(0).shape.length, at.input(1).shape.length];
  const output = Math.max(a, b, 2) - (a === 1 ? 1 : 0) - (b === 1 ? 1 : 0);
  const columns = b === 1 ? {} : { channel: { axis: b - 1, output: output - 1 } };
  const rows = a === 1 ? {} : { channel: { axis: a - 2, output: output - (b === 1 ? 1 : 2) } };
  return [
    { input: 1, with: 0, summed: [Math.max(b - 2, 0)], ...columns },
    { input: 0, with: 1, summed: [a - 1], ...rows },
  ];
}

function gemmWeights(at: NodeView): readonly WeightOperand[] {
  const [transA, transB] = [at.int('transA'), at.int('transB')];
  return [
    { input: 1, with: 0, summed: [transB], channel: { axis: 1 - transB, output: 1 }, bias: 2 },
    { input: 0, with: 1, summed: [1 - transA], channel: { axis: transA, output: 0 } },
  ];
}

/** Of the products; what is added to them is little. */
export function matmulFlops({ batch, m, n, k }: Pick<MatmulGeometry, 'batch' | 'm' | 'n' | 'k'>): Dim {
  return product([2, ...batch, m, n, k]);
}

/** The geometry of a Gemm: alpha · A′[m, k] × B′[k, n] + beta · C, where ′ transposes as told. */
export interface GemmGeometry {
  readonly m: Dim;
  readonly k: Dim;
  readonly n: Dim;
  /** A is stored as [k, m]; B as [n, k]. */
  readonly transA: boolean;
  readonly transB: boolean;
  readonly alpha: number;
  readonly beta: number;
  /** Dims of C with leading ones up to rank 2; undefined where there is no C. */
  readonly c: readonly [Dim, Dim] | undefined;
}

/** Geometry of a Gemm. */
export function gemmGeometry(at: NodeView): GemmGeometry {
  const matrix = (index: number, transposed: boolean): [Dim, Dim] => {
    const { shape } = at.input(index);
    if (shape.length !== 2)
      throw at.fail(`input ${'AB'[index]} has rank ${shape.length}`, 'Gemm takes matrices; use MatMul for batches.');
    return transposed ? [shape[1]!, shape[0]!] : [shape[0]!, shape[1]!];
  };
  const transA = at.int('transA') === 1;
  const transB = at.int('transB') === 1;
  const [m, k] = matrix(0, transA);
  const [otherK, n] = matrix(1, transB);
  const bias = at.inputs[2]?.shape;
  if (bias && bias.length > 2) throw at.fail(`input C has rank ${bias.length}`);
  const c: [Dim, Dim] | undefined = bias && [bias.at(-2) ?? 1, bias.at(-1) ?? 1];
  if (c && c[0] !== 1) at.equal(c[0], m);
  if (c && c[1] !== 1) at.equal(c[1], n);
  return { m, k: at.equal(k, otherK), n, transA, transB, alpha: at.float('alpha'), beta: at.float('beta'), c };
}

const TYPES = [...FLOATS, 'int32', 'int64', 'uint32', 'uint64'] as const;
const operand = (name: string, optional = false): OperandSpec => ({ name, types: TYPES, sameAs: 'T', optional });

export const matmulOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'MatMul',
    since: 13,
    summary: 'matrix product over the last two axes, the others broadcast',
    inputs: [operand('A'), operand('B')],
    outputs: [{ name: 'Y' }],
    attributes: {},
    trait: { kind: 'contraction', weights: matmulWeights },
    flops: (at) => matmulFlops(matmulGeometry(at)),
    range(at, of) {
      const { max } = bounds(matmulGeometry(at).k);
      return [sumOf(productOf(of(0), of(1)), [0, max])];
    },
    infer(at) {
      const g = matmulGeometry(at);
      const shape = [...g.batch, ...(g.vectorA ? [] : [g.m]), ...(g.vectorB ? [] : [g.n])];
      return [{ dtype: at.input(0).dtype, shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'Gemm',
    since: 13,
    summary: 'alpha · A × B + beta · C, each of A and B transposed as told',
    inputs: [operand('A'), operand('B'), operand('C', true)],
    outputs: [{ name: 'Y' }],
    attributes: {
      alpha: { type: 'float', default: 1 },
      beta: { type: 'float', default: 1 },
      transA: { type: 'int', default: 0, min: 0, max: 1 },
      transB: { type: 'int', default: 0, min: 0, max: 1 },
    },
    trait: { kind: 'contraction', weights: gemmWeights },
    flops: (at) => matmulFlops({ batch: [], ...gemmGeometry(at) }),
    range: () => [ANY],
    infer(at) {
      const g = gemmGeometry(at);
      return [{ dtype: at.input(0).dtype, shape: [g.m, g.n] }];
    },
  }),
];
