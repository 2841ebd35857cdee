// Chains that fuse, or that must not: views of views, joins and cuts, look-ups, outputs in the middle.

import { constantFrom, type GraphBuilder, type Value } from '@trtx/ir';
import { type Case, type CaseInput, f32, ints, weights } from '../support.ts';

const bool = (...dims: (number | string)[]): CaseInput => ({ dtype: 'bool', dims });
const indices = (low: number, high: number, ...dims: number[]): CaseInput => ({ dtype: 'int64', dims, low, high });

const chain = (name: string, inputs: readonly CaseInput[], build: Case['build'], more: Partial<Case> = {}): Case => ({
  name: `chain: ${name}`,
  inputs,
  build,
  ...more,
});

function block(b: GraphBuilder, x: Value): Value {
  const channels = x.type.shape[1] as number;
  const positive = (seed: number) => weights(b, [channels], { low: 0.5, high: 1.5, seed });
  const y = b.Conv(x, weights(b, [channels, channels, 3, 3], { low: -0.2, high: 0.2 }), { pads: [1, 1, 1, 1] });
  return b.BatchNormalization(y, positive(1), positive(2), positive(3), positive(4));
}

const image = f32(1, 6, 7, 5);
const sizes = {
  symbols: { N: { min: 1, max: 4 }, L: { min: 3, max: 24 } },
  runs: [
    { N: 2, L: 7 },
    { N: 4, L: 24 },
    { N: 1, L: 3 },
  ],
};

export const chainCases: readonly Case[] = [
  chain('residual blocks', [image], (b, x) => {
    const y = b.Relu(b.Add(block(b, b.Relu(block(b, x))), x));
    return b.Relu(b.Add(block(b, y), y));
  }),
  chain('squeeze and excite with hard swish', [image], (b, x) => {
    const y = block(b, x);
    const wide = b.Mul(y, b.HardSigmoid(y));
    const gate = b.Sigmoid(b.Conv(b.GlobalAveragePool(wide), weights(b, [6, 6, 1, 1])));
    return b.Mul(wide, gate);
  }),
  chain('what a convolution gives is read twice and is an output', [image], (b, x) => {
    const y = block(b, x);
    return [b.Relu(y), y, b.Add(b.Tanh(y), x)];
  }),
  chain('cut, worked on, joined', [f32(2, 9, 4)], (b, x) => {
    const [p, q, r] = b.op('Split', [x, ints(b, 4, 3, 2)], { axis: 1 }, { outputs: 3 }) as [Value, Value, Value];
    return b.Concat([b.Relu(r), q, b.Mul(p, p)], { axis: 1 });
  }),
  chain('joined on every axis, with itself and nothing', [f32(2, 3, 4), f32(2, 0, 4)], (b, x, none) => [
    b.Concat([x, none, x], { axis: 1 }),
    b.Neg(b.Concat([x, x], { axis: 0 })),
    b.Concat([b.Transpose(x), b.Transpose(x)], { axis: -1 }),
  ]),
  chain(
    'twelve tensors joined',
    Array.from({ length: 12 }, (_, i) => f32(2, 1 + (i % 3))),
    (b, ...all) => b.Relu(b.Concat(all, { axis: 1 })),
  ),
  chain(
    'twelve tensors added',
    Array.from({ length: 12 }, () => f32(3, 4)),
    (b, ...all) => b.Sum(all),
  ),
  chain(
    'a chain over twelve tensors',
    Array.from({ length: 12 }, () => f32(3, 4)),
    (b, ...all) => all.reduce((sum, x, i) => (i % 2 ? b.Add(sum, x) : b.Mul(sum, x))),
  ),
  chain('padded in every mode', [f32(3, 4, 5)], (b, x) => [
    b.Pad(x, ints(b, 1, 0, 2, 0, 1, 1), b.constant('float32', [], [7])),
    b.Pad(x, ints(b, -1, 1, 0, 0, -2, 3)),
    ...(['reflect', 'edge', 'wrap'] as const).map((mode) => b.Pad(x, ints(b, 2, 3, 4, 2, 0, 4), { mode })),
    b.Pad(x, ints(b, 9, 0), null, ints(b, 2), { mode: 'edge' }),
    b.Relu(b.Pad(b.Transpose(b.Neg(x)), ints(b, 1, 1, 0, 1, 0, 0), { mode: 'reflect' })),
  ]),
  chain('slices with steps, of slices', [f32(8, 9)], (b, x) => {
    const back = b.Slice(x, ints(b, -2, 7), ints(b, 0, -100), ints(b, 0, 1), ints(b, -3, -2));
    return [
      back,
      b.Relu(b.Slice(back, ints(b, 1), ints(b, 100), ints(b, 1))),
      b.Slice(x, ints(b, 9), ints(b, 2), ints(b, 0)),
    ];
  }),
  chain(
    'looked up, also from the end',
    [f32(5, 4), indices(-5, 5, 2, 3), indices(-4, 4, 5, 2), indices(-4, 4, 6, 2)],
    (b, x, i, j, k) => [
      b.Gather(x, i),
      b.Gather(b.Exp(x), j, { axis: 1 }),
      b.GatherElements(x, j, { axis: 1 }),
      b.Relu(b.GatherND(x, k)),
      b.Gather(x, b.constant('int64', [], [-1]), { axis: 1 }),
    ],
  ),
  chain('depth to space and back', [f32(2, 12, 3, 4)], (b, x) => {
    const wide = b.Relu(b.DepthToSpace(x, { blocksize: 2 }));
    return [wide, b.DepthToSpace(x, { blocksize: 2, mode: 'CRD' }), b.SpaceToDepth(wide, { blocksize: 2 })];
  }),
  chain('reshaped transposes', [f32(4, 6, 5)], (b, x) => {
    const turned = b.Transpose(x, { perm: [2, 0, 1] });
    const flat = b.Reshape(turned, ints(b, 5, 24));
    return [b.Relu(flat), b.Transpose(b.Reshape(flat, ints(b, 10, 12))), b.MatMul(flat, weights(b, [24, 3]))];
  }),
  chain('bools in and out', [f32(3, 4), f32(4), bool(3, 1)], (b, x, y, mask) => {
    const above = b.And(b.Greater(x, y), mask);
    return [above, b.Where(above, x, y), b.Cast(b.Xor(above, mask), { to: 'float32' }), b.Not(mask)];
  }),
  chain(
    'integers',
    [indices(-50, 50, 4, 5), indices(1, 7, 5), { dtype: 'uint8', dims: [4, 5], low: 0, high: 255 }],
    (b, x, y, z) => [
      b.Div(x, y),
      b.Mod(x, y),
      b.Cast(b.Mul(x, y), { to: 'int8' }),
      b.Add(z, z),
      b.Cast(b.Cast(z, { to: 'float32' }), { to: 'int32' }),
      b.Max([x, y]),
    ],
  ),
  chain('outputs that are inputs, constants, each other', [f32(3, 4)], (b, x) => {
    const y = b.Relu(x);
    return [
      x,
      y,
      y,
      b.Reshape(y, ints(b, 12)),
      b.Reshape(x, ints(b, 2, 6)),
      weights(b, [3]),
      b.Identity(b.Identity(x)),
    ];
  }),
  chain('one number', [f32(), f32(1)], (b, x, y) => [b.Add(x, y), b.Exp(x), b.Unsqueeze(x, ints(b, 0))]),
  chain('broadcast both ways', [f32(3, 1, 5), f32(4, 1), f32(1)], (b, x, y, z) => [
    b.Mul(b.Add(x, y), z),
    b.Expand(x, ints(b, 2, 3, 4, 5)),
    b.Relu(b.Add(b.Expand(y, ints(b, 4, 5)), x)),
  ]),
  chain(
    'shapes computed from shapes',
    [f32('N', 'L', 6)],
    (b, x) => {
      const size = b.Shape(x);
      const halves = b.Concat([b.Slice(size, ints(b, 0), ints(b, 2)), ints(b, 2, 3)], { axis: 0 });
      const y = b.Transpose(b.Reshape(x, halves), { perm: [0, 2, 1, 3] });
      const count = b.Cast(b.Gather(size, b.constant('int64', [], [1])), { to: 'float32' });
      return [b.Div(y, count), size, b.ConstantOfShape(halves), b.Mul(size, ints(b, 2))];
    },
    sizes,
  ),
  chain(
    'joined, and nothing of it is read from memory',
    [f32('N', 'L')],
    (b, x) => {
      const size = b.Shape(x);
      const filled = [3, 5, 7].map((value) =>
        b.ConstantOfShape(b.Slice(size, ints(b, 0), ints(b, 1)), { value: constantFrom('int64', [1], [value]) }),
      );
      return [
        b.Concat([...filled, b.ConstantOfShape(ints(b, 2), { value: constantFrom('int64', [1], [9]) })], { axis: 0 }),
      ];
    },
    sizes,
  ),
  chain(
    'dynamic: turned, reversed, cut, joined',
    [f32('N', 'L', 4)],
    (b, x) => {
      const turned = b.Transpose(x, { perm: [1, 2, 0] });
      const reversed = b.Slice(turned, ints(b, -1), ints(b, -100000), ints(b, 0), ints(b, -1));
      const tail = b.Slice(x, ints(b, -2), ints(b, 100000), ints(b, 1));
      return [
        b.Relu(reversed),
        b.Concat([x, tail, x], { axis: 1 }),
        b.Add(reversed, turned),
        b.Slice(tail, ints(b, 3), ints(b, -9), ints(b, 2), ints(b, -2)),
      ];
    },
    sizes,
  ),
  chain(
    'dynamic: padded',
    [f32('N', 'L', 4)],
    (b, x) => [
      b.Pad(x, ints(b, 0, 2, 1, 0, 1, 0)),
      b.Pad(x, ints(b, 0, 2, 1, 0, 1, 2), { mode: 'reflect' }),
      b.Relu(b.Pad(x, ints(b, 0, 2, 1, 0, 30, 2), { mode: 'edge' })),
      b.Pad(x, ints(b, 0, 5, 1, 0, 30, 2), { mode: 'wrap' }),
    ],
    sizes,
  ),
  chain(
    'dynamic: cut in halves',
    [f32('N', 'L', 4)],
    (b, x) => {
      const [p, q] = b.op('Split', [x], { axis: 1, num_outputs: 2 }, { outputs: 2 }) as [Value, Value];
      return [b.Relu(p), b.Concat([q, p], { axis: 1 }), b.ReduceSum(q, ints(b, 1))];
    },
    { symbols: sizes.symbols, runs: sizes.runs.filter(({ L }) => L > 3) },
  ),
  chain(
    'dynamic: flattened and multiplied',
    [f32('N', 'L', 2, 3)],
    (b, x) => {
      const flat = b.Flatten(x, { axis: 2 });
      return [b.MatMul(b.Transpose(flat), flat), b.Gemm(flat, weights(b, [6, 5]), weights(b, [5]))];
    },
    sizes,
  ),
  chain(
    'dynamic: upsampled to what it meets',
    [f32(1, 2, 'L', 'N'), f32(1, 2, 'P', 'Q')],
    (b, x, y) => {
      const larger = b.op('Resize', [x, null, null, b.Shape(y)], {
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor',
      })[0]!;
      return b.Concat([b.Relu(larger), y], { axis: 1 });
    },
    {
      symbols: { ...sizes.symbols, P: { min: 1, max: 40 }, Q: { min: 1, max: 9 } },
      runs: [
        { N: 2, L: 7, P: 14, Q: 4 },
        { N: 4, L: 5, P: 1, Q: 9 },
      ],
    },
  ),
];
