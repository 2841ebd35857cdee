// QuantizeLinear and DequantizeLinear, which join the quantized part of a network to the rest: one scale for the whole
// tensor, for each place along an axis, or for each block of places along it.

import { ceilDiv, type Dim, sameDim } from '../dim.ts';
import { bitWidth, type DType, isFloat, isUnsigned } from '../dtype.ts';
import { type Alignment, type AttributeSpec, defineOp, type NodeView, type OpDef } from '../op.ts';
import * as s from '../scalar.ts';
import { normalizeAxis } from './axis.ts';
import { checkShape } from './check.ts';

/** Which scale belongs to an element: all alike, by its place along `axis`, or by `block` such places together. */
export interface QuantizeGeometry {
  readonly granularity: 'tensor' | 'axis' | 'block';
  readonly axis: number;
  readonly block: number;
  /** Type of the quotient or product, in which it is rounded. */
  readonly compute: DType;
}

const SMALL_FLOATS: readonly DType[] = ['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz', 'float4e2m1'];
/** What numbers are quantized to. */
const QUANTIZED: readonly DType[] = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint4',
  'int4',
  'uint2',
  'int2',
  ...SMALL_FLOATS,
];
const REAL: readonly DType[] = ['float32', 'float16', 'bfloat16'];

/**
 * Geometry of a QuantizeLinear or DequantizeLinear.
 * @throws TrtxError SHAPE for scales or zero points that do not fit the input
 */
export function quantizeGeometry(at: NodeView): QuantizeGeometry {
  const { shape } = at.input(0);
  const scale = at.input(1).shape;
  const zero = at.inputs[2]?.shape;
  const compute = computeType(at);
  if (isSingle(scale) && (!zero || isSingle(zero))) return { granularity: 'tensor', axis: 0, block: 0, compute };
  checkShape(at, 2, scale);
  const axis = normalizeAxis(at, at.int('axis'), shape.length);
  const block = at.int('block_size');
  if (block === 0) {
    if (scale.length !== 1) throw at.fail(`scales of rank ${scale.length} without a block size`);
    at.equal(scale[0]!, shape[axis]!);
    return { granularity: 'axis', axis, block, compute };
  }
  checkShape(
    at,
    1,
    shape.map((dim, i) => (i === axis ? blocks(dim, scale[i] ?? 0, block) : dim)),
  );
  return { granularity: 'block', axis, block, compute };
}

const isSingle = (shape: readonly Dim[]) => shape.length === 0 || (shape.length === 1 && shape[0] === 1);

/** How many blocks there are. Where sizes are dynamic, as many as there are scales. */
function blocks(dim: Dim, scales: Dim, block: number): Dim {
  const wanted = ceilDiv(dim, block);
  return sameDim(wanted, scales) || typeof wanted === 'number' ? wanted : scales;
}

/** The wider of the types that meet, or what the node says; float32 where one is no float to compute in. */
function computeType(at: NodeView): DType {
  if (at.has('precision')) return at.string('precision') as DType;
  const types = [at.input(0).dtype, at.input(1).dtype];
  const [first] = types;
  return first === types[1] && REAL.includes(first!) ? first! : 'float32';
}

const alignment: Alignment = (at, input) => {
  if (input === 0) return undefined;
  const { granularity, axis, block } = quantizeGeometry(at);
  if (granularity === 'tensor') return undefined;
  return granularity === 'axis' ? [axis] : at.input(0).shape.map((_, i) => (i === axis ? { axis, block } : i));
};

const ATTRIBUTES: Readonly<Record<string, AttributeSpec>> = {
  axis: { type: 'int', default: 1, doc: 'of scales that are more than one' },
  block_size: {
    type: 'int',
    default: 0,
    min: 0,
    max: 2 ** 30,
    doc: 'places along the axis that share a scale; 0 for one',
  },
};

const dtypeAttribute = (types: readonly DType[], doc: string): AttributeSpec => ({ type: 'string', oneOf: types, doc });

export const quantizeOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'QuantizeLinear',
    since: 25,
    summary: 'x / y_scale, rounded half to even, + y_zero_point, saturated',
    inputs: [
      { name: 'x', types: [...REAL, 'int32'] },
      { name: 'y_scale', types: [...REAL, 'int32', 'float8e8m0'] },
      { name: 'y_zero_point', types: QUANTIZED, optional: true },
    ],
    outputs: [{ name: 'y' }],
    attributes: {
      ...ATTRIBUTES,
      output_dtype: dtypeAttribute(QUANTIZED, 'that of y_zero_point; uint8 without one'),
      precision: dtypeAttribute(REAL, 'type of the quotient; that of the operands'),
      saturate: { type: 'int', default: 1, min: 0, max: 1, doc: 'what float8 has not becomes its largest number' },
    },
    trait: { kind: 'pointwise', scalar: quantized, alignment },
    infer(at) {
      quantizeGeometry(at);
      const dtype = quantizedType(at);
      if (at.inputs[2] && at.inputs[2].dtype !== dtype)
        throw at.fail(`zero points of ${at.inputs[2].dtype} where the output is ${dtype}`);
      return [{ dtype, shape: at.input(0).shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'DequantizeLinear',
    since: 25,
    summary: '(x − x_zero_point) · x_scale',
    inputs: [
      { name: 'x', types: [...QUANTIZED, 'int32'], sameAs: 'T1' },
      { name: 'x_scale', types: [...REAL, 'float8e8m0'] },
      { name: 'x_zero_point', types: [...QUANTIZED, 'int32'], sameAs: 'T1', optional: true },
    ],
    outputs: [{ name: 'y' }],
    attributes: { ...ATTRIBUTES, output_dtype: dtypeAttribute(REAL, 'that of x_scale') },
    trait: { kind: 'pointwise', scalar: dequantized, alignment, codes: true },
    infer(at) {
      quantizeGeometry(at);
      const dtype = dequantizedType(at);
      if (!REAL.includes(dtype)) throw at.fail(`an output of ${dtype}`, 'Give the attribute output_dtype.');
      return [{ dtype, shape: at.input(0).shape }];
    },
  }),
];

function quantizedType(at: NodeView): DType {
  return at.has('output_dtype') ? (at.string('output_dtype') as DType) : (at.inputs[2]?.dtype ?? 'uint8');
}

function dequantizedType(at: NodeView): DType {
  return (at.has('output_dtype') ? at.string('output_dtype') : at.input(1).dtype) as DType;
}

function quantized(at: NodeView): s.Scalar {
  const { compute } = quantizeGeometry(at);
  const dtype = quantizedType(at);
  const [x, scale, zero] = at.inputs.map((type, i) => type && s.arg(i, type.dtype));
  const quotient = rounded('div', s.cast(x!, compute), s.cast(scale!, compute));
  const shifted = (value: s.Scalar) => (zero ? rounded('add', value, s.cast(zero, value.dtype)) : value);
  if (isFloat(dtype)) return s.cast(shifted(quotient), dtype, at.int('saturate') ? undefined : { saturate: false });
  // float32 holds all whole numbers of 16 bits, which the types of the quotient may not.
  const whole = shifted(s.cast(s.unary('round', quotient), 'float32'));
  const [low, high] = rangeOf(dtype).map((value) => s.constant(value, 'float32')) as [s.Scalar, s.Scalar];
  return s.cast(s.clamp(whole, low, high), dtype);
}

function dequantized(at: NodeView): s.Scalar {
  const { compute } = quantizeGeometry(at);
  const [x, scale, zero] = at.inputs.map((type, i) => type && s.cast(s.arg(i, type.dtype), compute));
  const shifted = zero ? rounded('sub', x!, zero) : x!;
  return s.cast(rounded('mul', shifted, scale!), dequantizedType(at));
}

/**
 * An operation whose result is of its type, for it decides what is halfway between two steps: float32 has more than twice
 * the digits of the 16-bit types, so that rounding twice is rounding once.
 */
function rounded(op: s.BinaryOp, a: s.Scalar, b: s.Scalar): s.Scalar {
  return s.cast(s.binary(op, s.cast(a, 'float32'), s.cast(b, 'float32')), a.dtype);
}

/** The smallest and the largest number of an integer type. */
export function rangeOf(dtype: DType): readonly [low: number, high: number] {
  const bits = bitWidth(dtype);
  return isUnsigned(dtype) ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}
