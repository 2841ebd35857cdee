// Quantization. The graph has one form of it: DequantizeLinear before an ordinary op and QuantizeLinear behind it. Ops on
// quantized tensors become that; kernels that compute in integers match the three together.

import type { DType, Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode, type Step } from './node.ts';
import { become, castTo, NEVER, step } from './steps.ts';

export const quantizeSteps: readonly Step[] = [
  // Type number 0 stands for no type.
  step('QuantizeLinear DequantizeLinear', NEVER, (node) => {
    for (const name of ['output_dtype', 'precision']) if (node.attributes.get(name) === 0) node.attributes.delete(name);
  }),
  step('DynamicQuantizeLinear', NEVER, dynamicQuantize),
  step('QLinearMatMul', NEVER, quantizedMatmul),
  step('QLinearConv', NEVER, quantizedConv),
];

/** A quantized operand, as three inputs in a row give it. */
export interface Quantized {
  readonly value: Value;
  readonly scale: Value;
  readonly zero: Value | null;
}

/** The operand that input `index` and the two behind it give. */
export function quantizedInput(node: LegacyNode, index: number, emit: Emitter): Quantized {
  const [value, scale] = [inputOf(node, index, emit), inputOf(node, index + 1, emit)];
  return { value, scale, zero: node.inputs[index + 2] ?? null };
}

/** The operand as float32; where there are several scales, they belong to places along `axis`. */
export function dequantize({ value, scale, zero }: Quantized, axis: number, emit: Emitter): Value {
  const scales = castTo(scale, 'float32', emit);
  const single = ({ type }: Value) => type.shape.every((dim) => dim === 1);
  if (scale.type.shape.length > 1) {
    // One for each row or column, of its own rank: as in NumPy.
    const offset = zero ? emit.node('Sub', [castTo(value, 'float32', emit), castTo(zero, 'float32', emit)]) : value;
    return emit.node('Mul', [castTo(offset, 'float32', emit), scales]);
  }
  const repeated = zero && single(zero) && !single(scale);
  const zeros = repeated ? emit.node('Expand', [zero, emit.node('Shape', [scale])]) : zero;
  return emit.node('DequantizeLinear', [value, scales, ...(zeros ? [zeros] : [])], { axis });
}

/** The node becomes the QuantizeLinear of a value. */
function becomeQuantized(node: LegacyNode, value: Value, scale: Value, zero: Value | null, emit: Emitter): void {
  become(node, 'QuantizeLinear', [value, singleScale(scale, emit), zero]);
}

/** The value quantized with one scale, to `dtype` where no zero point tells another. */
export function quantize(value: Value, scale: Value, zero: Value | null, dtype: DType, emit: Emitter): Value {
  const inputs = [value, singleScale(scale, emit), zero];
  return zero ? emit.node('QuantizeLinear', inputs) : emit.node('QuantizeLinear', inputs, { output_dtype: dtype });
}

function singleScale(scale: Value, emit: Emitter): Value {
  if (scale.type.shape.some((dim) => dim !== 1)) throw emit.fail('an output with more than one scale');
  return castTo(scale, 'float32', emit);
}

function quantizedMatmul(node: LegacyNode, emit: Emitter): void {
  const a = dequantize(quantizedInput(node, 0, emit), -2, emit);
  const b = dequantize(quantizedInput(node, 3, emit), -1, emit);
  becomeQuantized(node, emit.node('MatMul', [a, b]), inputOf(node, 6, emit), node.inputs[7] ?? null, emit);
}

/** The bias is in int32, in units of the product of both scales. */
function quantizedConv(node: LegacyNode, emit: Emitter): void {
  const x = quantizedInput(node, 0, emit);
  const w = quantizedInput(node, 3, emit);
  const [scale, zero, bias] = [inputOf(node, 6, emit), node.inputs[7] ?? null, node.inputs[8] ?? null];
  const operands = [dequantize(x, 0, emit), dequantize(w, 0, emit)];
  if (bias) {
    const product = emit.node('Mul', [x.scale, w.scale]);
    operands.push(dequantize({ value: bias, scale: product, zero: null }, 0, emit));
  }
  const attributes = Object.fromEntries(node.attributes);
  becomeQuantized(node, emit.node('Conv', operands, attributes), scale, zero, emit);
}

function dynamicQuantize(node: LegacyNode, emit: Emitter): void {
  const x = inputOf(node, 0, emit);
  const { scale, zero } = dynamicRange(x, emit);
  become(node, 'QuantizeLinear', [x, scale, zero]);
  node.outputCount = 1;
  node.behind = ([y]) => [y!, scale, zero];
}

/** The float32 scale and uint8 zero point that make the range of the elements, 0 included, that of the type. */
export function dynamicRange(x: Value, emit: Emitter): { scale: Value; zero: Value } {
  const number = (value: number) => emit.scalar('float32', value);
  const [least, most] = (['Min', 'Max'] as const).map((name) => {
    return emit.node(name, [emit.node(`Reduce${name}`, [x], { keepdims: 0 }), number(0)]);
  }) as [Value, Value];
  const range = emit.node('Sub', [most, least]);
  // Where all elements are 0 any scale will do, but for 0.
  const empty = emit.node('Equal', [range, number(0)]);
  const scale = emit.node('Where', [empty, number(1), emit.node('Div', [range, number(255)])]);
  const offset = emit.node('Sub', [number(0), emit.node('Div', [least, scale])]);
  const zero = castTo(emit.node('Clip', [emit.node('Round', [offset]), number(0), number(255)]), 'uint8', emit);
  return { scale, zero };
}
