// Constant nodes, and attributes that the graph has in another form than the file.

import { type AttributeValue, type Constant, constantFrom } from '@trtx/ir';
import { attributeField } from './attributes.ts';
import { dtypeName } from './dtypes.ts';
import { modelError } from './error.ts';
import type { SourceNode } from './nodes.ts';
import { readAnyTensor } from './sparse.ts';
import { type ExternalData, readTensor } from './tensor.ts';

const decoder = new TextDecoder();

/**
 * The value of a Constant node.
 * @throws TrtxError ONNX_MODEL
 */
export function constantOfNode(node: SourceNode, external: ExternalData): Constant {
  const { name } = node;
  const values = node.attributes.filter((attribute) => attribute.name !== 'consumed_inputs');
  const [attribute] = values;
  if (!attribute || values.length > 1)
    throw modelError(`a Constant with ${values.length} values`, { node: name, tensor: node.outputs[0] });
  const key = attribute.name ?? '';
  const field = attributeField(attribute);
  if (key === 'value' && field === 't' && attribute.t) return readTensor(attribute.t, external, node.outputs[0]);
  if (key === 'sparse_value' && field === 'sparse_tensor' && attribute.sparse_tensor)
    return readAnyTensor(attribute.sparse_tensor, external, node.outputs[0]);
  if (key === 'value_float' && field === 'f') return constantFrom('float32', [], [attribute.f ?? 0]);
  if (key === 'value_floats') return constantFrom('float32', [attribute.floats.length], attribute.floats);
  if (key === 'value_int' && field === 'i') return integers([], [attribute.i ?? 0n]);
  if (key === 'value_ints') return integers([attribute.ints.length], attribute.ints);
  if (key === 'value_string' && field === 's') return texts([], [attribute.s!]);
  if (key === 'value_strings') return texts([attribute.strings.length], attribute.strings);
  throw modelError(`a Constant whose value is ${key || 'without a name'}`, {
    node: name,
    tensor: node.outputs[0],
  });
}

function integers(dims: readonly number[], values: readonly bigint[]): Constant {
  const bytes = new Uint8Array(BigInt64Array.from(values).buffer);
  return { dtype: 'int64', dims, read: () => bytes };
}

function texts(dims: readonly number[], values: readonly Uint8Array[]): Constant {
  return { dtype: 'string', dims, strings: values.map((s) => decoder.decode(s)), read: () => new Uint8Array(0) };
}

/** Attributes that are an element type: a number in the file, its name in the graph. */
const DTYPE_ATTRIBUTES: ReadonlySet<string> = new Set([
  'Cast.to',
  'BitCast.to',
  'EyeLike.dtype',
  'Bernoulli.dtype',
  'Multinomial.dtype',
  'RandomNormal.dtype',
  'RandomNormalLike.dtype',
  'RandomUniform.dtype',
  'RandomUniformLike.dtype',
  'BlackmanWindow.output_datatype',
  'HammingWindow.output_datatype',
  'HannWindow.output_datatype',
  'MelWeightMatrix.output_datatype',
  'SequenceEmpty.dtype',
  'QuantizeLinear.output_dtype',
  'QuantizeLinear.precision',
  'DequantizeLinear.output_dtype',
]);

/** True where the attribute is the name of an element type in the graph. */
export function isDtypeAttribute(op: string, attribute: string): boolean {
  return DTYPE_ATTRIBUTES.has(`${op}.${attribute}`);
}

/** The attribute as the graph has it. */
export function graphAttribute(op: string, attribute: string, value: AttributeValue): AttributeValue {
  return typeof value === 'number' && isDtypeAttribute(op, attribute) ? dtypeName(value) : value;
}
