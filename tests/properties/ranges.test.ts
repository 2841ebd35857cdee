// What is proved of integers holds: whatever an op gives of operands in their ranges is in the range of its result.

import { rangesOf, standardKernels } from '@trtx/codegen';
import { type DType, GraphBuilder, isFloat, type Tensor, type Value } from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import { expect, it } from 'vitest';
import { random } from '../kernels/support.ts';
import { SEED } from './shapes.ts';

type Op = (b: GraphBuilder, x: Value, y: Value) => Value;

const one = (b: GraphBuilder) => b.constant('int64', [1], [0]);

/** Ops of two operands of one type and shape. */
const OPS: Readonly<Record<string, Op>> = {
  Add: (b, x, y) => b.Add(x, y),
  Sub: (b, x, y) => b.Sub(x, y),
  Mul: (b, x, y) => b.Mul(x, y),
  Square: (b, x) => b.Mul(x, x),
  Div: (b, x, y) => b.Div(x, y),
  Mod: (b, x, y) => b.Mod(x, y, { fmod: isFloat(x.type.dtype) ? 1 : 0 }),
  Fmod: (b, x, y) => b.Mod(x, y, { fmod: 1 }),
  Min: (b, x, y) => b.Min([x, y]),
  Max: (b, x, y) => b.Max([x, y]),
  Neg: (b, x) => b.Neg(x),
  Abs: (b, x) => b.Abs(x),
  Sign: (b, x) => b.Sign(x),
  Where: (b, x, y) => b.Where(b.Less(x, y), x, b.Neg(y)),
  ReduceSum: (b, x) => b.ReduceSum(x, one(b)),
  ReduceMean: (b, x) => b.ReduceMean(x, one(b)),
  ReduceL1: (b, x) => b.ReduceL1(x, one(b)),
  ReduceL2: (b, x) => b.ReduceL2(x, one(b)),
  ReduceSumSquare: (b, x) => b.ReduceSumSquare(x, one(b)),
  ReduceProd: (b, x) => b.ReduceProd(x, one(b)),
  ReduceMax: (b, x) => b.ReduceMax(x, one(b)),
  CumSum: (b, x) => b.CumSum(x, one(b)),
  CumProd: (b, x) => b.CumProd(x, one(b)),
  ScatterAdd: (b, x, y) =>
    b.ScatterElements(x, b.constant('int64', [3, 4], Array(12).fill(1)), y, { reduction: 'add' }),
  ScatterMul: (b, x, y) =>
    b.ScatterElements(x, b.constant('int64', [3, 4], Array(12).fill(1)), y, { reduction: 'mul' }),
  Concat: (b, x, y) => b.Concat([x, y], { axis: 0 }),
};

const INTEGERS: Readonly<Record<string, Op>> = {
  BitwiseAnd: (b, x, y) => b.BitwiseAnd(x, y),
  BitwiseOr: (b, x, y) => b.BitwiseOr(x, y),
  BitwiseXor: (b, x, y) => b.BitwiseXor(x, y),
  BitwiseNot: (b, x) => b.BitwiseNot(x),
};

/** Of types of 32 bits and more. */
const PRODUCTS: Readonly<Record<string, Op>> = {
  Pow: (b, x, y) => b.Pow(x, b.Abs(y)),
  MatMul: (b, x, y) => b.MatMul(x, b.Transpose(y)),
};

/** Functions of floats. */
const FLOATS: Readonly<Record<string, Op>> = {
  Floor: (b, x) => b.Floor(x),
  Ceil: (b, x) => b.Ceil(x),
  Round: (b, x) => b.Round(x),
  Sqrt: (b, x) => b.Sqrt(b.Abs(x)),
  Exp: (b, x) => b.Exp(x),
  Sigmoid: (b, x) => b.Sigmoid(x),
  Tanh: (b, x) => b.Tanh(x),
  Sin: (b, x) => b.Sin(x),
  Half: (b, x) => b.Cast(x, { to: 'float16' }),
  Long: (b, x) => b.Cast(x, { to: 'int64' }),
  Byte: (b, x) => b.Cast(x, { to: 'uint8' }),
  Softplus: (b, x) => b.Softplus(x),
  Gelu: (b, x) => b.Gelu(x),
};

const DIMS = [3, 4];
const TRIALS = 12;

it.each<[DType, Readonly<Record<string, Op>>]>([
  ['int64', { ...OPS, ...INTEGERS, ...PRODUCTS }],
  ['int32', { ...OPS, ...INTEGERS, ...PRODUCTS }],
  ['int8', { ...OPS, ...INTEGERS }],
  ['float32', { ...OPS, ...FLOATS, ...PRODUCTS }],
])('of %s', async (dtype, ops) => {
  const ends = random([4000], { seed: SEED }).data as Float32Array;
  let drawn = 0;
  const number = (size: number) => {
    const x = ends[drawn++]! * size;
    return isFloat(dtype) ? Math.fround(x) : Math.round(x);
  };
  const b = new GraphBuilder('ranges');
  const feeds = new Map<string, Tensor>();
  const input = (low: number, high: number): Value => {
    const name = `x${feeds.size}`;
    const tensor = random(DIMS, { dtype, low, high: high + (isFloat(dtype) ? 0 : 1), seed: SEED + feeds.size });
    // The ends too.
    const data = tensor.data as Float32Array;
    [low, high].forEach((end, i) => {
      data[i] = (dtype === 'int64' ? BigInt(end) : end) as number;
    });
    feeds.set(name, tensor);
    // In range already, which only the graph knows of it.
    return b.Clip(b.input(name, dtype, DIMS), b.constant(dtype, [], [low]), b.constant(dtype, [], [high]));
  };
  for (const [name, op] of Object.entries(ops))
    for (let trial = 0; trial < TRIALS; trial++) {
      const size = [3, 100, 60000][trial % 3]! / (dtype === 'int8' ? 600 : 1);
      const [x, y] = [0, 1].map(() => {
        const [low, high] = [number(size), number(size)].sort((a, b) => a - b);
        return input(low!, high!);
      });
      b.output(`${name} ${trial}`, op(b, x!, y!));
    }
  const ranges = rangesOf(b.graph, standardKernels, 'host');
  const results = await new ReferenceRunner(b.graph).run(feeds);
  const complaints: string[] = [];
  let proved = 0;
  for (const { name, value } of b.graph.outputs) {
    const [low, high] = ranges.of(value);
    if (Number.isFinite(high - low) && !ranges.outgrows(value.producer!)) proved++;
    if (value.type.dtype === 'float16') continue;
    const outside = Array.from(results.get(name)!.data as Float32Array, Number).find((x) => x < low || x > high);
    if (outside !== undefined) complaints.push(`${name}: ${outside} is not in ${low}..${high}`);
  }
  expect(complaints).toEqual([]);
  expect(proved).toBeGreaterThan(100);
});
