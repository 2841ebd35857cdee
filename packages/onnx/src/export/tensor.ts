// Tensors and types as messages.

import type { Constant, ElementType, TensorType } from '@trtx/ir';
import { numberOf } from '../source/dtypes.ts';
import type { Dimension, TensorProto, TypeProto, ValueInfoProto } from '../wire/index.ts';
import { placeWeights, type WeightsFile } from './weights.ts';

const encoder = new TextEncoder();
const EXTERNAL = 1;

/** The constant as a message; its bytes are a view, or in the weights file where there is one and they are many. */
export function tensorProto(constant: Constant, name?: string, weights?: WeightsFile): TensorProto {
  const { dtype, dims, strings } = constant;
  const tensor: TensorProto = {
    name,
    dims: dims.map(BigInt),
    data_type: numberOf(dtype),
    string_data: (strings ?? []).map((text) => encoder.encode(text)),
    external_data: [],
  };
  if (strings) return tensor;
  const place = weights && placeWeights(weights, constant);
  if (!place) return { ...tensor, raw_data: constant.read() };
  return {
    ...tensor,
    data_location: EXTERNAL,
    external_data: [
      { key: 'location', value: weights.location },
      { key: 'offset', value: String(place.offset) },
      { key: 'length', value: String(place.length) },
    ],
  };
}

/** The declaration of a graph input or output. A dimension that is no number is written as the text of its expression. */
export function valueInfo(name: string, type: TensorType): ValueInfoProto {
  return { name, type: typeProto(type) };
}

/** A type as a message; sizes that are not known are left open. Elements nest as deep as the graph's types do. */
export function typeProto({ dtype, shape, element }: TensorType | ElementType): TypeProto {
  if (dtype === 'sequence') return { sequence_type: { elem_type: element && typeProto(element) } };
  if (dtype === 'optional') return { optional_type: { elem_type: element && typeProto(element) } };
  const dim = shape?.map((size): Dimension => {
    if (size === null) return {};
    return typeof size === 'number' ? { dim_value: BigInt(size) } : { dim_param: dimName(size.key) };
  });
  return { tensor_type: { elem_type: numberOf(dtype), ...(dim && { shape: { dim } }) } };
}

/** Symbols with odd names are quoted in expressions; alone they are their names again. */
function dimName(key: string): string {
  if (!key.startsWith('"')) return key;
  try {
    return JSON.parse(key) as string;
  } catch {
    return key;
  }
}
