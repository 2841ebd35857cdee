// QuantizeLinear, DequantizeLinear and Cast, whose attributes came with new element types.

import { type DType, elementCount, type Node, type Value } from '@trtx/ir';
import { castTo } from '../../normalize/steps.ts';
import { neutralOf } from './neutral.ts';
import { type ExportEmitter, given, knownShape, spelling } from './spelling.ts';

export const quantizeSpellings = [
  spelling('QuantizeLinear', 23, quantize),
  spelling('DequantizeLinear', 23, dequantize),
  spelling('Cast CastLike', 24, (node, emit) => {
    const without = neutralOf(node, emit.opset < 19 ? ['round_mode', 'saturate'] : ['round_mode']);
    return without.length > 0 ? emit.older(node, { without }) : undefined;
  }),
];

function quantize(node: Node, emit: ExportEmitter): readonly Value[] | undefined {
  const [x, scale] = [given(node, 0), given(node, 1)];
  const { dtype } = node.output.type;
  if (emit.opset < 19 && !(x.type.dtype === 'float32' && scale.type.dtype === 'float32')) {
    const attributes = { ...Object.fromEntries(node.attributes), output_dtype: dtype };
    const inputs = [castTo(x, 'float32', emit), castTo(scale, 'float32', emit), node.inputs[2] ?? null];
    return [emit.node('QuantizeLinear', inputs, attributes)];
  }
  const without = neutralOf(node, emit.opset < 19 ? ['saturate', 'block_size'] : emit.opset < 21 ? ['block_size'] : []);
  const computed = x.type.dtype === scale.type.dtype ? x.type.dtype : 'float32';
  if (node.attributes.get('precision') === computed) without.push('precision');
  // The type of the output is that of the zero point, which is 0 where the node has none.
  const tells = emit.opset < 21 && node.attributes.has('output_dtype');
  if (tells) without.push('output_dtype');
  if (without.length === 0) return undefined;
  const zero = node.inputs[2] ?? (tells && dtype !== 'uint8' ? zeros(scale, dtype, emit) : null);
  return emit.older(node, { inputs: [x, scale, zero], without });
}

function zeros(scale: Value, dtype: DType, emit: ExportEmitter): Value {
  const dims = knownShape(scale.type);
  if (!dims) throw emit.fail('scales of a number that is not known at build', 'Choose opset 21 or newer.');
  return emit.constant(dtype, dims, new Array<number>(elementCount(dims)).fill(0));
}

function dequantize(node: Node, emit: ExportEmitter): readonly Value[] | undefined {
  const [x, scale] = [given(node, 0), given(node, 1)];
  const { dtype } = node.output.type;
  // Scales of another type than the output, which DequantizeLinear-13 has in float32 only.
  const own = emit.opset < 19 ? 'float32' : dtype;
  if (scale.type.dtype !== own) {
    const { output_dtype: _, ...attributes } = Object.fromEntries(node.attributes);
    const inputs = [x, castTo(scale, own, emit), node.inputs[2] ?? null];
    return [castTo(emit.node('DequantizeLinear', inputs, attributes), dtype, emit)];
  }
  const without = neutralOf(node, emit.opset < 21 ? ['block_size'] : []);
  if (node.attributes.has('output_dtype')) without.push('output_dtype');
  return without.length > 0 ? emit.older(node, { without }) : undefined;
}
