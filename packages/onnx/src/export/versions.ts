// What in a graph is newer than the oldest opset that is written.

import { quote } from '@trtx/errors';
import { type DType, type Node, opName } from '@trtx/ir';
import { isNeutral } from './spell/neutral.ts';

/** The oldest opset that is written. */
export const OLDEST_EXPORTED_OPSET = 17;

/**
 * Ops that ONNX Runtime 1.30 does not take in all opsets that have them: it knows Swish in opset 24 alone, and Attention
 * without the windows of opset 25. To be avoided in files for any engine.
 */
export const NOT_IN_ONNX_RUNTIME: readonly string[] = ['Attention', 'Swish'];

/** Ops of the default domain, and the first opset that has them. */
const INTRODUCED: ReadonlyMap<string, number> = new Map([
  ['BitwiseAnd', 18],
  ['BitwiseNot', 18],
  ['BitwiseOr', 18],
  ['BitwiseXor', 18],
  ['CenterCropPad', 18],
  ['Col2Im', 18],
  ['Mish', 18],
  ['DeformConv', 19],
  ['AffineGrid', 20],
  ['Gelu', 20],
  ['ImageDecoder', 20],
  ['RegexFullMatch', 20],
  ['StringConcat', 20],
  ['StringSplit', 20],
  // What GroupNormalization-18 does is another thing.
  ['GroupNormalization', 21],
  ['Attention', 23],
  ['RMSNormalization', 23],
  ['RotaryEmbedding', 23],
  ['Swish', 24],
  ['TensorScatter', 24],
  ['BitCast', 26],
  ['CumProd', 26],
  ['CausalConvWithState', 27],
  ['LinearAttention', 27],
  ['SwiGLU', 28],
]);

/** An input or attribute that an op got later; with `values` only these of the attribute came later. */
interface Extension {
  readonly input?: number;
  readonly attribute?: string;
  readonly values?: readonly string[];
  readonly opset: number;
}

/** Inputs and attributes that ops got later. */
const EXTENDED: ReadonlyMap<string, readonly Extension[]> = new Map<string, readonly Extension[]>([
  [
    'Attention',
    [
      { input: 6, opset: 24 },
      { attribute: 'left_window_size', opset: 25 },
      { attribute: 'right_window_size', opset: 25 },
    ],
  ],
  ['AveragePool', [{ attribute: 'dilations', opset: 19 }]],
  [
    'LpPool',
    [
      { attribute: 'dilations', opset: 18 },
      { attribute: 'ceil_mode', opset: 18 },
    ],
  ],
  [
    'Resize',
    [
      { attribute: 'antialias', opset: 18 },
      { attribute: 'axes', opset: 18 },
      { attribute: 'keep_aspect_ratio_policy', opset: 18 },
      { attribute: 'coordinate_transformation_mode', values: ['half_pixel_symmetric'], opset: 19 },
    ],
  ],
  [
    'Pad',
    [
      { input: 3, opset: 18 },
      { attribute: 'mode', values: ['wrap'], opset: 19 },
    ],
  ],
  ['ScatterElements', [{ attribute: 'reduction', values: ['max', 'min'], opset: 18 }]],
  ['ScatterND', [{ attribute: 'reduction', values: ['max', 'min'], opset: 18 }]],
  ...['Cast', 'CastLike'].map((op): [string, readonly Extension[]] => [
    op,
    [
      { attribute: 'saturate', opset: 19 },
      { attribute: 'round_mode', opset: 24 },
    ],
  ]),
  [
    'QuantizeLinear',
    [
      { attribute: 'saturate', opset: 19 },
      { attribute: 'block_size', opset: 21 },
      { attribute: 'output_dtype', opset: 21 },
      { attribute: 'precision', opset: 23 },
    ],
  ],
  [
    'DequantizeLinear',
    [
      { attribute: 'block_size', opset: 21 },
      { attribute: 'output_dtype', opset: 23 },
    ],
  ],
]);

/** Element types, and the first opset whose ops take them. */
const TYPES: ReadonlyMap<DType, number> = new Map([
  ['float8e4m3fn', 19],
  ['float8e4m3fnuz', 19],
  ['float8e5m2', 19],
  ['float8e5m2fnuz', 19],
  ['int4', 21],
  ['uint4', 21],
  ['float4e2m1', 23],
  ['float8e8m0', 24],
  ['uint2', 25],
  ['int2', 25],
]);

/** Element types that an op got later than they came. */
export interface Widening {
  readonly types: readonly DType[];
  readonly opset: number;
  /** Whether the op gives the same when it is computed in a wider type, and rounded then. */
  readonly inWider: boolean;
}

const GOT_BFLOAT16 =
  'Acos Acosh Asin Asinh Atan Atanh AveragePool Conv ConvTranspose Cos Cosh Det Elu GlobalAveragePool GlobalLpPool ' +
  'GlobalMaxPool GridSample HardSigmoid HardSwish InstanceNormalization LpNormalization LpPool MaxPool Mish RoiAlign Round ' +
  'Selu Sin Sinh Softplus Softsign Tan ThresholdedRelu';

/** Ops of the default domain by name. */
export const WIDENED: ReadonlyMap<string, readonly Widening[]> = new Map<string, readonly Widening[]>([
  ...GOT_BFLOAT16.split(' ').map((op): [string, Widening[]] => [
    op,
    [{ types: ['bfloat16'], opset: 22, inWider: true }],
  ]),
  // What they compute on the way is rounded too, or there is no input to be cast.
  ...'Bernoulli Dropout EyeLike GRU LSTM MaxUnpool Multinomial RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike'
    .split(' ')
    .map((op): [string, Widening[]] => [op, [{ types: ['bfloat16'], opset: 22, inWider: false }]]),
  ['Celu', [{ types: ['float16', 'bfloat16', 'float64'], opset: 28, inWider: false }]],
  ['ConstantOfShape', [{ types: ['bfloat16'], opset: 20, inWider: false }]],
  ['Equal', [{ types: ['string'], opset: 19, inWider: false }]],
  ['IsInf', [{ types: ['float16', 'bfloat16'], opset: 20, inWider: true }]],
  ['ReduceMax', [{ types: ['bool'], opset: 20, inWider: true }]],
  ['ReduceMin', [{ types: ['bool'], opset: 20, inWider: true }]],
  ['TopK', [{ types: ['bfloat16'], opset: 24, inWider: true }]],
  ['Range', [{ types: ['float16', 'bfloat16'], opset: 27, inWider: true }]],
  ['QuantizeLinear', [{ types: ['int16', 'uint16'], opset: 21, inWider: false }]],
  ['DequantizeLinear', [{ types: ['int16', 'uint16'], opset: 21, inWider: false }]],
]);

export interface OpsetNeed {
  /** An op, one of its inputs or attributes, or an element type. */
  readonly what: string;
  /** The first opset that has it. */
  readonly opset: number;
  /** Name of a node. */
  readonly node: string;
}

/** All that the oldest opset lacks of what the nodes are and have. */
export function opsetNeeds(nodes: readonly Node[]): OpsetNeed[] {
  return nodes.flatMap((node) => (node.op.domain === '' ? needsOf(node) : []));
}

function needsOf(node: Node): OpsetNeed[] {
  const needs: OpsetNeed[] = [];
  const need = (what: string, opset: number | undefined) => {
    if (opset !== undefined) needs.push({ what, opset, node: node.name });
  };
  const op = quote(opName(node.op));
  need(op, INTRODUCED.get(node.op.name));
  for (const { input, attribute, values, opset } of EXTENDED.get(node.op.name) ?? []) {
    const value = attribute === undefined ? undefined : node.attributes.get(attribute);
    if (input !== undefined && node.inputs[input]) need(`${node.op.inputs[input]!.name} of ${op}`, opset);
    if (value === undefined) continue;
    if (values?.includes(value as string)) need(`${attribute} ${value} of ${op}`, opset);
    else if (!values && !isNeutral(node.op, attribute!, value)) need(`${attribute} of ${op}`, opset);
  }
  const operands = [...node.inputs, ...node.outputs].flatMap((value) => (value ? [value.type.dtype] : []));
  for (const dtype of new Set(operands)) need(dtype, TYPES.get(dtype));
  for (const { types, opset } of WIDENED.get(node.op.name) ?? [])
    for (const dtype of types) if (operands.includes(dtype)) need(`${op} of ${dtype}`, opset);
  return needs;
}
