// Models of a hundred bytes or so that ask for much: huge tensors, long computations, texts and expressions that grow.

import {
  type AttributeInput,
  info,
  type ModelInput,
  node,
  numbers,
  tensor,
} from '../../packages/onnx/src/testing/models.ts';
import type { NodeProto, TensorProto } from '../../packages/onnx/src/wire/index.ts';

const HUGE = 2 ** 40;
const MEGA = 2 ** 20;

const ints = (name: string, ...values: number[]) => numbers(name, 'int64', [values.length], values);
const integer = (name: string, value: number) => numbers(name, 'int64', [], [value]);
const ones = (name: string, ...dims: number[]) =>
  numbers(name, 'float32', dims, new Array(dims.reduce((a, b) => a * b, 1)).fill(1));
const texts = (name: string, ...values: string[]) =>
  tensor(name, 'string', [values.length], { string_data: values.map((text) => new TextEncoder().encode(text)) });

/** A model of one node over constants. */
function single(
  op: string,
  constants: TensorProto[],
  attributes: Readonly<Record<string, AttributeInput>> = {},
  opset = 22,
): ModelInput {
  return chain(
    [
      node(
        op,
        constants.map(({ name }) => name!),
        ['y'],
        attributes,
      ),
    ],
    constants,
    opset,
  );
}

function chain(nodes: NodeProto[], initializers: TensorProto[], opset = 22): ModelInput {
  return { nodes, initializers, opset, inputs: [info('x', 'float32', [1])] };
}

const fill = (shape: string, output: string) => node('ConstantOfShape', [shape], [output]);
/** y of constants that are made in the model. */
const made = (op: string, shapes: number[][], attributes = {}) =>
  chain(
    [
      ...shapes.map((_, i) => fill(`s${i}`, `c${i}`)),
      node(
        op,
        shapes.map((_, i) => `c${i}`),
        ['y'],
        attributes,
      ),
    ],
    shapes.map((shape, i) => ints(`s${i}`, ...shape)),
    23,
  );
const doubling = (op: string, times: number, attributes = {}) =>
  Array.from({ length: times }, (_, i) => node(op, [`c${i}`, `c${i}`], [`c${i + 1}`], attributes));

/** Models, and the code that import or build answer with; null for those that an engine can be made of. */
export const BOMBS: [string, ModelInput, string | null][] = [
  ['ConstantOfShape of 2^40', single('ConstantOfShape', [ints('s', HUGE)]), 'SHAPE_UNBOUNDED'],
  ['ConstantOfShape of 2^28', single('ConstantOfShape', [ints('s', 2 ** 28)]), 'TENSOR_TOO_LARGE'],
  ['ConstantOfShape of 2^80', single('ConstantOfShape', [ints('s', HUGE, HUGE)]), 'SHAPE'],
  ['ConstantOfShape of rank 4096', single('ConstantOfShape', [ints('s', ...new Array(4096).fill(1))]), 'SHAPE'],
  ['Expand to 2^40', single('Expand', [ones('a', 1), ints('s', HUGE)]), 'SHAPE_UNBOUNDED'],
  ['Expand to rank 4000', single('Expand', [ones('a', 1), ints('s', ...new Array(4000).fill(2))]), 'SHAPE'],
  ['Expand of texts', single('Expand', [texts('a', 'b'), ints('s', 2 ** 27)]), null],
  ['Tile by 2^40', single('Tile', [ones('a', 1), ints('s', HUGE)]), 'SHAPE_UNBOUNDED'],
  ['Tile of a long text', single('Tile', [texts('a', 'b'.repeat(1e5)), ints('s', 2 ** 20)]), null],
  ['Pad by 2^40', single('Pad', [ones('a', 1), ints('s', 0, HUGE)]), 'SHAPE_UNBOUNDED'],
  ['Pad by less than there is', single('Pad', [ones('a', 1), ints('s', -5, -5)]), 'SHAPE'],
  ['Range up to 2^40', single('Range', [integer('a', 0), integer('b', HUGE), integer('c', 1)]), 'SHAPE_UNBOUNDED'],
  [
    'Range in tiny steps',
    single(
      'Range',
      ['a', 'b', 'c'].map((name, i) => numbers(name, 'float32', [], [[0, 1, 1e-30][i]!])),
    ),
    'SHAPE',
  ],
  ['OneHot of depth 2^40', single('OneHot', [ints('a', 1, 2), integer('d', HUGE), ones('v', 2)]), 'SHAPE_UNBOUNDED'],
  ['OneHot of negative depth', single('OneHot', [ints('a', 1, 2), integer('d', -4), ones('v', 2)]), 'SHAPE'],
  ['CenterCropPad to 2^62', single('CenterCropPad', [ones('a', 1, 4), ints('s', 2 ** 31, 2 ** 31)]), 'SHAPE'],
  [
    'EyeLike of 2^40',
    chain([fill('s', 'c'), node('EyeLike', ['c'], ['y'])], [ints('s', MEGA, MEGA)]),
    'SHAPE_UNBOUNDED',
  ],
  ['HannWindow of 2^40', single('HannWindow', [integer('a', HUGE)]), 'SHAPE_UNBOUNDED'],
  ['HannWindow of 2^22', single('HannWindow', [integer('a', 2 ** 22)]), null],
  [
    'a mel matrix of 2^61',
    single('MelWeightMatrix', [
      integer('a', 2 ** 31),
      integer('b', 2 ** 31),
      integer('c', 16_000),
      numbers('d', 'float32', [], [0]),
      numbers('e', 'float32', [], [8000]),
    ]),
    'SHAPE',
  ],
  ['a Fourier transform of prime length', single('DFT', [ones('a', 1, 2, 1), integer('n', 1_000_003)]), null],
  ['a Fourier transform of length 2^40', single('DFT', [ones('a', 1, 2, 1), integer('n', HUGE)]), 'SHAPE_UNBOUNDED'],
  [
    'frames at every sample',
    chain([node('STFT', ['a', 'n', '', 'l'], ['y'])], [ones('a', 1, 4000, 1), integer('n', 1), integer('l', 2000)]),
    null,
  ],
  ['RandomNormal of 2^62', single('RandomNormal', [], { shape: [2 ** 31, 2 ** 31] }), 'SHAPE'],
  ['Multinomial of 2^31 samples', single('Multinomial', [ones('a', 1, 4)], { sample_size: 2 ** 31 }), null],
  [
    'Conv padded by 2^20',
    single('Conv', [ones('a', 1, 1, 2, 2), ones('w', 1, 1, 1, 1)], { pads: new Array(4).fill(MEGA) }),
    'SHAPE_UNBOUNDED',
  ],
  [
    'ConvTranspose of strides 2^20',
    single('ConvTranspose', [ones('a', 1, 1, 2, 2), ones('w', 1, 1, 1, 1)], { strides: [MEGA, MEGA] }),
    'SHAPE_UNBOUNDED',
  ],
  [
    'AveragePool under a window of 2^40',
    single('AveragePool', [ones('a', 1, 1, 2, 2)], {
      kernel_shape: [MEGA, MEGA],
      pads: new Array(4).fill(MEGA),
      strides: [MEGA, MEGA],
    }),
    null,
  ],
  [
    'MaxPool under a window of 2^40',
    single('MaxPool', [ones('a', 1, 1, 2, 2)], { kernel_shape: [MEGA, MEGA], auto_pad: 'SAME_UPPER' }),
    null,
  ],
  [
    'Resize to 2^62',
    chain([node('Resize', ['a', '', '', 's'], ['y'])], [ones('a', 1, 1, 2, 2), ints('s', 1, 1, 2 ** 31, 2 ** 31)]),
    'SHAPE',
  ],
  [
    'Resize through a large tensor',
    chain(
      [node('Resize', ['a', '', '', 's'], ['y'], { mode: 'linear' })],
      [ones('a', 1, 2 ** 17), ints('s', 2 ** 17, 1)],
    ),
    null,
  ],
  [
    'MaxUnpool to 2^62',
    single(
      'MaxUnpool',
      [ones('a', 1, 1, 2, 2), numbers('i', 'int64', [1, 1, 2, 2], [0, 1, 2, 3]), ints('s', 1, 1, 2 ** 31, 2 ** 31)],
      { kernel_shape: [2, 2] },
    ),
    'SHAPE',
  ],
  [
    'RoiAlign of a region of 10^30',
    single('RoiAlign', [ones('a', 1, 1, 2, 2), numbers('r', 'float32', [1, 4], [0, 0, 1e30, 1e30]), ints('b', 0)]),
    null,
  ],
  [
    'RoiAlign of many points',
    single('RoiAlign', [ones('a', 1, 1, 2, 2), ones('r', 1, 4), ints('b', 0)], { sampling_ratio: 65_536 }),
    'SHAPE',
  ],
  [
    'RoiAlign of 2^32 cells',
    single('RoiAlign', [ones('a', 1, 1, 2, 2), ones('r', 1, 4), ints('b', 0)], {
      output_height: 65_536,
      output_width: 65_536,
    }),
    'TENSOR_TOO_LARGE',
  ],
  [
    'a sum of 2^48 products',
    made(
      'Einsum',
      [
        [256, 256],
        [256, 256],
        [256, 256],
      ],
      { equation: 'ij,kl,mn->' },
    ),
    null,
  ],
  [
    'a product of large matrices',
    made('MatMul', [
      [2048, 2048],
      [2048, 2048],
    ]),
    null,
  ],
  [
    'an outer product of 2^40',
    made('MatMul', [
      [MEGA, 1],
      [1, MEGA],
    ]),
    'SHAPE_UNBOUNDED',
  ],
  [
    'a broadcast sum of 2^40',
    made('Add', [
      [MEGA, 1],
      [1, MEGA],
    ]),
    'SHAPE_UNBOUNDED',
  ],
  [
    'attention over many steps',
    made('Attention', [
      [1, 1, 8192, 1],
      [1, 1, 8192, 1],
      [1, 1, 8192, 1],
    ]),
    null,
  ],
  [
    'a tensor that is doubled again and again',
    chain(
      [fill('s', 'c0'), ...doubling('Concat', 20, { axis: 0 }), node('ReduceSum', ['c20'], ['y'])],
      [ints('s', MEGA)],
    ),
    'TENSOR_TOO_LARGE',
  ],
  [
    'a tensor that is doubled 40 times',
    chain(
      [fill('s', 'c0'), ...doubling('Concat', 40, { axis: 0 }), node('ReduceSum', ['c40'], ['y'])],
      [ints('s', MEGA)],
    ),
    'DIM_ARITHMETIC',
  ],
  [
    'a text that is doubled again and again',
    chain(
      [...doubling('StringConcat', 40), node('RegexFullMatch', ['c40'], ['y'], { pattern: 'a' })],
      [texts('c0', 'abcdefgh')],
    ),
    null,
  ],
  [
    'many tensors of 16 MB',
    chain(
      [
        ...Array.from({ length: 100 }, (_, i) =>
          node('ConstantOfShape', ['s'], [`c${i}`], { value: numbers('v', 'float32', [1], [i]) }),
        ),
        ...Array.from({ length: 100 }, (_, i) => node('Cos', [`c${i}`], [`d${i}`])),
        node(
          'Sum',
          Array.from({ length: 100 }, (_, i) => `d${i}`),
          ['y'],
        ),
      ],
      [ints('s', 2 ** 22)],
    ),
    null,
  ],
  [
    'a Gather of 2^32',
    chain(
      [fill('s', 'c'), node('Cast', ['c'], ['i'], { to: 7 }), node('Gather', ['a', 'i'], ['y'])],
      [ones('a', 1, 65_536), ints('s', 65_536)],
    ),
    'TENSOR_TOO_LARGE',
  ],
  [
    'an expression of ways through a text',
    single('RegexFullMatch', [texts('a', 'a'.repeat(2e5))], { pattern: '(a{0,900})*b' }),
    null,
  ],
  [
    'an expression that repeats repeats',
    single('RegexFullMatch', [texts('a', 'a')], { pattern: '((a{1000}){1000}){1000}' }),
    null,
  ],
  ['an expression of 100,000 groups', single('RegexFullMatch', [texts('a', 'a')], { pattern: '('.repeat(1e5) }), null],
  [
    'boxes that do not overlap',
    chain(
      [node('NonMaxSuppression', ['b', 's', 'm'], ['y'])],
      [
        numbers(
          'b',
          'float32',
          [1, 20_000, 4],
          Array.from({ length: 80_000 }, (_, i) => i),
        ),
        ones('s', 1, 1, 20_000),
        integer('m', HUGE),
      ],
    ),
    null,
  ],
  ['a determinant', made('Det', [[1500, 1500]]), null],
  [
    'symbols that multiply',
    {
      nodes: [
        node('Size', ['x'], ['s0']),
        ...Array.from({ length: 12 }, (_, i) => node('Mul', [`s${i}`, `s${i}`], [`s${i + 1}`])),
        node('Reshape', ['s12', 'm'], ['v']),
        fill('v', 'y'),
      ],
      initializers: [ints('m', 1)],
      inputs: [info('x', 'float32', ['a', 'b', 'c'])],
    },
    'SHAPE_UNBOUNDED',
  ],
  [
    'symbols in thousands of operations',
    {
      nodes: [
        node('Shape', ['x'], ['s0']),
        node('Shape', ['z'], ['t0']),
        ...Array.from({ length: 300 }, (_, i) => [
          node('Max', [`s${i}`, `t${i}`], [`s${i + 1}`]),
          node('Add', [`s${i}`, `t${i}`], [`t${i + 1}`]),
        ]).flat(),
        fill('s300', 'y'),
      ],
      inputs: [info('x', 'float32', ['a']), info('z', 'float32', ['b'])],
    },
    'SHAPE_UNBOUNDED',
  ],
];
