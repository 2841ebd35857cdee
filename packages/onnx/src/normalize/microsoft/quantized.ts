// Ops on quantized tensors: DequantizeLinear, the op itself, QuantizeLinear, as for those of the default domain.

import type { Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode } from '../node.ts';
import { dequantize, dynamicRange, quantize, quantizedInput } from '../quantize.ts';
import type { SpelledOps } from '../spelled.ts';
import { castTo } from '../steps.ts';
import { softmaxFrom } from './activations.ts';
import { ints, like, needInts, optional, sum, takeAll, takeFlag, takeNumber } from './parts.ts';
import { channelsFirst, channelsLast } from './products.ts';

const CONV = ['auto_pad', 'dilations', 'group', 'kernel_shape', 'pads', 'strides'];

export const quantized: SpelledOps = {
  QuantizeLinear: (node, emit) => [
    emit.node('QuantizeLinear', node.inputs.slice(0, 3), takeAll(node, 'axis', 'block_size', 'saturate')),
  ],
  DequantizeLinear: (node, emit) => [
    emit.node('DequantizeLinear', node.inputs.slice(0, 3), takeAll(node, 'axis', 'block_size')),
  ],
  QLinearAdd: binary('Add'),
  QLinearMul: binary('Mul'),
  QLinearSigmoid: unary((x, _, emit) => emit.node('Sigmoid', [x])),
  QLinearLeakyRelu: unary((x, node, emit) =>
    emit.node('LeakyRelu', [x], { alpha: takeNumber(node, 'alpha', emit, 0.01) }),
  ),
  QLinearSoftmax: unary((x, node, emit) => {
    const flattens = takeNumber(node, 'opset', emit) < 13;
    const axis = takeNumber(node, 'axis', emit, flattens ? 1 : -1);
    return flattens ? softmaxFrom(x, axis, emit) : emit.node('Softmax', [x], { axis });
  }),
  QLinearReduceMean: unary((x, node, emit) => {
    const axes = ints(emit, ...needInts(node, 'axes', emit));
    return emit.node('ReduceMean', [x, axes], { keepdims: takeNumber(node, 'keepdims', emit, 1) });
  }),
  QLinearGlobalAveragePool: unary((x, node, emit) =>
    inFirst(x, takeFlag(node, 'channels_last', emit), emit, (first) => emit.node('GlobalAveragePool', [first])),
  ),
  QLinearAveragePool: unary((x, node, emit) => {
    const attributes = takeAll(node, 'auto_pad', 'ceil_mode', 'count_include_pad', 'kernel_shape', 'pads', 'strides');
    return inFirst(x, takeFlag(node, 'channels_last', emit), emit, (first) =>
      emit.node('AveragePool', [first], attributes),
    );
  }),
  QLinearConcat: (node, emit) => {
    const count = (node.inputs.length - 2) / 3;
    if (!Number.isInteger(count) || count < 1) throw emit.fail(`${node.inputs.length} inputs, not three for each part`);
    const parts = Array.from({ length: count }, (_, i) => dequantize(quantizedInput(node, 2 + 3 * i, emit), 0, emit));
    const whole = emit.node('Concat', parts, { axis: takeNumber(node, 'axis', emit) });
    return [requantized(node, whole, 0, inputOf(node, 2, emit), emit)];
  },
  QLinearWhere: (node, emit) => {
    const [x, y] = [1, 4].map((i) => dequantize(quantizedInput(node, i, emit), 0, emit)) as [Value, Value];
    return [requantized(node, emit.node('Where', [inputOf(node, 0, emit), x, y]), 7, inputOf(node, 1, emit), emit)];
  },
  QLinearConv: (node, emit) => {
    const [x, w] = [quantizedInput(node, 0, emit), quantizedInput(node, 3, emit)];
    const product = emit.node('Mul', [x.scale, w.scale]);
    const bias = optional(node, 8);
    const operands = [dequantize(w, 0, emit), bias && dequantize({ value: bias, scale: product, zero: null }, 0, emit)];
    const attributes = takeAll(node, ...CONV);
    const y = inFirst(dequantize(x, 0, emit), takeFlag(node, 'channels_last', emit), emit, (first) =>
      emit.node('Conv', [first, ...operands], attributes),
    );
    return [requantized(node, y, 6, x.value, emit)];
  },
  NhwcMaxPool: (node, emit) => {
    const attributes = takeAll(node, 'auto_pad', 'ceil_mode', 'dilations', 'kernel_shape', 'pads', 'strides');
    return [inFirst(inputOf(node, 0, emit), true, emit, (first) => emit.node('MaxPool', [first], attributes))];
  },
  QGemm: (node, emit) => {
    const [a, b] = [quantizedInput(node, 0, emit), quantizedInput(node, 3, emit)];
    const { transB = 0, ...others } = takeAll(node, 'transA', 'transB');
    const alpha = takeNumber(node, 'alpha', emit, 1);
    const columns = transB ? 0 : 1;
    const product = emit.node('Gemm', [dequantize(a, 0, emit), dequantize(b, columns, emit)], {
      ...others,
      transB,
      alpha,
    });
    const c = optional(node, 6);
    // C is in units of alpha · a_scale · b_scale, of which there may be one for each column.
    const unit = emit.node('Mul', [emit.node('Mul', [a.scale, b.scale]), like(a.scale, alpha, emit)]);
    const y = sum(emit, product, c && emit.node('Mul', [castTo(c, 'float32', emit), unit]));
    return [optional(node, 7) ? requantized(node, y, 7, a.value, emit) : y];
  },
  MatMulIntegerToFloat: (node, emit) => {
    const operand = (i: number) => {
      return { value: inputOf(node, i, emit), scale: inputOf(node, i + 2, emit), zero: optional(node, i + 4) };
    };
    const product = emit.node('MatMul', [dequantize(operand(0), -1, emit), dequantize(operand(1), -1, emit)]);
    return [castTo(sum(emit, product, optional(node, 6)), inputOf(node, 2, emit).type.dtype, emit)];
  },
  DynamicQuantizeMatMul: (node, emit) => {
    const x = inputOf(node, 0, emit);
    const { scale, zero } = dynamicRange(x, emit);
    const a = dequantize({ value: quantize(x, scale, zero, 'uint8', emit), scale, zero }, 0, emit);
    const b = { value: inputOf(node, 1, emit), scale: inputOf(node, 2, emit), zero: optional(node, 3) };
    return [sum(emit, emit.node('MatMul', [a, dequantize(b, -1, emit)]), optional(node, 4))];
  },
  MatMulInteger16: (node, emit) => {
    const [a, b] = [inputOf(node, 0, emit), inputOf(node, 1, emit)];
    const to = a.type.dtype === 'uint16' && b.type.dtype === 'uint16' ? 'uint32' : 'int32';
    return [emit.node('MatMul', [castTo(a, to, emit), castTo(b, to, emit)])];
  },
  MulInteger: (node, emit) => {
    const operand = (i: number) => {
      const zero = optional(node, i + 1);
      const value = castTo(inputOf(node, i, emit), 'int32', emit);
      return zero ? emit.node('Sub', [value, castTo(zero, 'int32', emit)]) : value;
    };
    return [emit.node('Mul', [operand(0), operand(2)])];
  },
  ReduceSumInteger: (node, emit) => {
    const x = inputOf(node, 0, emit);
    const wide = castTo(x, x.type.dtype === 'uint8' ? 'uint32' : 'int32', emit);
    const axes = ints(emit, ...needInts(node, 'axes', emit));
    return [emit.node('ReduceSum', [wide, axes], { keepdims: takeNumber(node, 'keepdims', emit, 1) })];
  },
};

/** A quantized op of two operands, each with scale and zero point, and those of the result. */
function binary(op: string): SpelledOps[string] {
  return (node, emit) => {
    const [a, b] = [0, 3].map((i) => dequantize(quantizedInput(node, i, emit), 0, emit));
    return [requantized(node, emit.node(op, [a!, b!]), 6, inputOf(node, 0, emit), emit)];
  };
}

/** A quantized op of one operand with scale and zero point, and those of the result. */
function unary(compute: (x: Value, node: LegacyNode, emit: Emitter) => Value): SpelledOps[string] {
  return (node, emit) => {
    const x = dequantize(quantizedInput(node, 0, emit), 0, emit);
    return [requantized(node, compute(x, node, emit), 3, inputOf(node, 0, emit), emit)];
  };
}

/** The value quantized as inputs `index` and the next tell, in the type of `example` where there is no zero point. */
function requantized(node: LegacyNode, value: Value, index: number, example: Value, emit: Emitter): Value {
  return quantize(value, inputOf(node, index, emit), optional(node, index + 1), example.type.dtype, emit);
}

/** What `compute` makes of an input with the channels in axis 1, for one that may have them last. */
function inFirst(x: Value, last: boolean, emit: Emitter, compute: (x: Value) => Value): Value {
  return last ? channelsLast(compute(channelsFirst(x, emit)), emit) : compute(x);
}
