// Attributes as messages, typed as the op's definition says.

import { quote, TrtxError } from '@trtx/errors';
import { type AttributeValue, type Constant, type DType, type Node, opName } from '@trtx/ir';
import { isDtypeAttribute } from '../source/constants.ts';
import { numberOf } from '../source/dtypes.ts';
import type { AttributeProto, GraphProto, TypeProto } from '../wire/index.ts';
import { tensorProto, typeProto } from './tensor.ts';

const encoder = new TextEncoder();
const EMPTY = { floats: [], ints: [], strings: [], tensors: [], graphs: [], sparse_tensors: [] };

/** AttributeProto.AttributeType */
const TYPE = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8, type: 13 } as const;
/** The one of a graph. */
const GRAPH = 5;

/**
 * The attribute of a node.
 * @throws TrtxError ONNX_EXPORT where the op has no such attribute
 */
export function attributeProto(node: Node, name: string, value: AttributeValue): AttributeProto {
  const { op } = node;
  const spec = op.attributes[name];
  if (!spec) throw new TrtxError('ONNX_EXPORT', `${opName(op)} has no attribute ${quote(name)}`, { node: node.name });
  if (op.domain === '' && isDtypeAttribute(op.name, name))
    return { ...EMPTY, name, type: TYPE.int, i: BigInt(numberOf(value as DType)) };
  return { ...EMPTY, name, type: TYPE[spec.type], ...field(spec.type, value) };
}

/** An attribute that is a tensor. */
export function tensorAttribute(name: string, value: Constant): AttributeProto {
  return { ...EMPTY, name, type: TYPE.tensor, t: tensorProto(value) };
}

/** An attribute that is a graph. */
export function graphAttribute(name: string, g: GraphProto): AttributeProto {
  return { ...EMPTY, name, type: GRAPH, g };
}

function field(type: keyof typeof TYPE, value: AttributeValue): Partial<AttributeProto> {
  switch (type) {
    case 'float':
      return { f: value as number };
    case 'int':
      return { i: BigInt(value as number) };
    case 'string':
      return { s: encoder.encode(value as string) };
    case 'tensor':
      return { t: tensorProto(value as Constant) };
    case 'type':
      return { tp: typeOfText(value as string) };
    case 'floats':
      return { floats: [...(value as readonly number[])] };
    case 'ints':
      return { ints: (value as readonly number[]).map(BigInt) };
    case 'strings':
      return { strings: (value as readonly string[]).map((text) => encoder.encode(text)) };
  }
}

/** `float32`, `sequence(int64)` */
function typeOfText(text: string): TypeProto {
  const [, sequence, dtype] = /^(sequence)?\(?(\w+)\)?$/.exec(text)!;
  const element = { dtype: dtype as DType };
  return typeProto(sequence ? { dtype: 'sequence', element } : element);
}
