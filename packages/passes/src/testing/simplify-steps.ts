// Steps that make what simplifying rules look for.

import { constantFrom, type GraphBuilder, type Value } from '@trtx/ir';
import { integers, numbers, rank, type Step, scalar, size, sizeOf } from './step.ts';

/** The value with its numbers in a range where no function overflows or is flat. */
const tame: Step = (b, x) => b.Clip(x, scalar(b, -5), scalar(b, 5));

/** 0, 1, … along the first axis. */
function positions(b: GraphBuilder, x: Value): Value {
  const count = sizeOf(b, x, 0, []);
  return b.Range(b.constant('int64', [], [0]), count, b.constant('int64', [], [1]));
}

export const simplifySteps: readonly Step[] = [
  (b, x, _, seed) => b.Slice(x, integers(b, [seed % 2]), integers(b, [2 + (seed % 3)]), integers(b, [1])),
  (b, x, other) => b.Slice(b.Concat([x, other], { axis: 1 }), integers(b, [0]), integers(b, [4]), integers(b, [1])),
  (b, x, other) => b.Concat([b.Concat([x, other], { axis: 1 }), x], { axis: 1 }),
  (b, x) => b.Concat([x, b.Slice(x, integers(b, [2]), integers(b, [2]), integers(b, [1]))], { axis: 1 }),
  (b, x) => b.Concat([...b.Split(x, null, { axis: 1, num_outputs: 2 }, { outputs: 2 })], { axis: 1 }),
  (b, x, other) => {
    const [first, second] = b.Split(
      b.Concat([x, other], { axis: 1 }),
      null,
      { axis: 1, num_outputs: 2 },
      { outputs: 2 },
    );
    return b.Sub(first!, second!);
  },
  (b, x, other, seed) => b.Where(b.constant('bool', [], [seed % 2]), x, other),
  (b, x, other) => b.Where(b.Not(b.Greater(x, scalar(b, 0))), x, other),
  (b, x, other) => {
    const test = b.Greater(x, scalar(b, 0));
    return b.Where(test, b.Where(test, x, other), b.Abs(x));
  },
  (b, x) => b.Abs(b.Abs(x)),
  (b, x) => b.Neg(b.Neg(x)),
  (b, x) => b.Cos(b.Neg(x)),
  (b, x, other) => b.Add(x, b.Neg(other)),
  (b, x) => b.Cast(b.Cast(b.Greater(x, scalar(b, 0)), { to: 'float32' }), { to: 'float64' }),
  (b, x, _, seed) => {
    const pads = integers(b, [...new Array(rank(x)).fill(0), ...new Array(rank(x) - 1).fill(0), 1]);
    const padded = b.Pad(x, pads);
    return seed % 2 ? b.Pad(padded, pads) : b.Conv(padded, numbers(b, [2, size(x, 1), 2, 2], seed));
  },
  (b, x) => b.AveragePool(b.Pad(x, integers(b, [0, 0, 1, 1, 0, 0, 1, 1])), { kernel_shape: [3, 3] }),
  (b, x) => b.Unsqueeze(b.ReduceSum(x, integers(b, [-1]), { keepdims: 0 }), integers(b, [rank(x) - 1])),
  (b, x, other, seed) => b.Cast(b.ArgMax(b.Softmax(tame(b, x, other, seed)), { axis: -1 }), { to: 'float64' }),
  (b, x) => b.ReduceMax(b.ReduceMax(x, integers(b, [1])), integers(b, [-1])),
  (b, x) => {
    const rows = b.Flatten(x, { axis: 1 });
    return b.MatMul(rows, b.Transpose(rows));
  },
  (b, x, _, seed) => b.Add(b.MatMul(b.Flatten(x, { axis: 1 }), numbers(b, [96, 5], seed)), numbers(b, [5], seed)),
  (b, x, _, seed) => {
    const rows = b.Reshape(x, integers(b, [-1, size(x, -1)]));
    const product = b.Gemm(rows, numbers(b, [size(x, -1), 3], seed), numbers(b, [3], seed));
    return b.Reshape(product, integers(b, [-1, size(x, 1), size(x, 2), 3]));
  },
  (b, x) => b.Einsum([x], { equation: 'ab...->ba...' }),
  (b, x) => b.Einsum([x, x], { equation: 'abcd,abed->abce' }),
  (b, x) => b.Pow(b.Abs(x), scalar(b, 0.5)),
  (b, x, _, seed) => {
    const part = (n: number) => numbers(b, [3], seed + n);
    return b.BatchNormalization(b.Conv(x, numbers(b, [3, size(x, 1), 1, 1], seed)), part(0), part(1), part(2), part(3));
  },
  (b, x) => b.Dropout(x, null, null, {}, { outputs: 2 })[0]!,
  (b, x) => {
    const own = b.Shape(x);
    const sizes = b.Concat([b.Slice(own, integers(b, [0]), integers(b, [1])), integers(b, [2, 1, 1, 1])], { axis: 0 });
    return b.ReduceSum(b.Expand(b.Unsqueeze(x, integers(b, [1])), sizes), integers(b, [1]), { keepdims: 0 });
  },
  (b, x) => b.Mul(x, b.ConstantOfShape(b.Shape(x), { value: constantFrom('float64', [1], [2]) })),
  (b, x) => b.Tile(b.ReduceMean(x, integers(b, [1])), integers(b, [1, 3, 1, 1])),
  (b, x) => b.Gather(x, positions(b, x)),
  (b, x) => b.GatherND(x, b.constant('int64', [size(x, 0), 1], [...new Array(size(x, 0)).keys()])),
  (b, x) => {
    const all = b.GreaterOrEqual(b.Reshape(positions(b, x), integers(b, [-1, 1, 1, 1])), b.constant('int64', [], [0]));
    return b.Cast(b.And(b.Greater(x, scalar(b, 0)), all), { to: 'float64' });
  },
];
