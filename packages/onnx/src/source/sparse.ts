// Sparse tensors: elements with their places, zeros (or empty texts) everywhere else. They become dense constants, whose
// data is made when it is first read.

import { arrayType, type Constant, constantOf, type DataArray, elementCount, elementsOf, lanesOf } from '@trtx/ir';
import type { SparseTensorProto, TensorProto } from '../wire/index.ts';
import { modelError } from './error.ts';
import { checkedDims, type ExternalData, readTensor } from './tensor.ts';

/** A tensor of a file, in one of its two forms. */
export type AnyTensorProto = TensorProto | SparseTensorProto;

/**
 * Elements that the dense form of sparse tensors may have, of which a file of a few bytes may ask for any number.
 * @param stored elements in the file
 */
export function mostDense(stored: number): number {
  return 2 ** 24 + 1024 * stored;
}

export function isSparse(tensor: AnyTensorProto): tensor is SparseTensorProto {
  return 'indices' in tensor;
}

/** The tensors that a tensor's data is in. */
export function partsOf(tensor: AnyTensorProto): TensorProto[] {
  if (!isSparse(tensor)) return [tensor];
  return [tensor.values, tensor.indices].filter((part) => part !== undefined);
}

/**
 * The tensor as a constant, as `readTensor`. The places of a sparse one's elements are checked at once.
 * @throws TrtxError ONNX_MODEL, naming the tensor
 */
export function readAnyTensor(tensor: AnyTensorProto, external?: ExternalData, label?: string): Constant {
  return isSparse(tensor) ? readSparseTensor(tensor, external, label) : readTensor(tensor, external, label);
}

function readSparseTensor(sparse: SparseTensorProto, external?: ExternalData, label?: string): Constant {
  const tensor = label ?? sparse.values?.name ?? '';
  if (!sparse.values || !sparse.indices)
    throw modelError(`a sparse tensor without ${sparse.values ? 'indices' : 'values'}`, { tensor });
  const values = readTensor(sparse.values, external, tensor);
  const { dtype } = values;
  const { dims, count } = checkedDims(sparse.dims, dtype, tensor);
  if (values.dims.length !== 1)
    throw modelError(`values of [${values.dims}] in a sparse tensor, where one axis belongs`, { tensor });
  if (count > mostDense(values.dims[0]!))
    throw modelError(`a sparse tensor of [${dims}] with ${values.dims[0]} values is too large`, {
      tensor,
      hint: 'It has to be made dense here; export it with more of its elements, or smaller.',
    });
  const places = readPlaces(readTensor(sparse.indices, external, tensor), dims, values.dims[0]!, tensor);
  if (dtype === 'string') {
    const strings = new Array<string>(count).fill('');
    for (const [i, place] of places.entries()) strings[place] = values.strings![i]!;
    return { dtype, dims, strings, read: () => new Uint8Array(0) };
  }
  let dense: Constant | undefined;
  return {
    dtype,
    dims,
    read() {
      dense ??= constantOf(dtype, dims, scattered(values, places, count));
      return dense.read();
    },
  };
}

function scattered(values: Constant, places: Float64Array, count: number): DataArray {
  const lanes = lanesOf(values.dtype);
  const from = elementsOf(values);
  const to = new (arrayType(values.dtype))(count * lanes);
  for (const [i, place] of places.entries())
    for (let lane = 0; lane < lanes; lane++) to[place * lanes + lane] = from[i * lanes + lane]!;
  return to;
}

/** Places in row-major order, from indices of either form: one number for each element, or one for each axis. */
function readPlaces(indices: Constant, dims: readonly number[], elements: number, tensor: string): Float64Array {
  const { dtype, dims: shape } = indices;
  const fail = (message: string) => modelError(`${message} in a sparse tensor of [${dims}]`, { tensor });
  if (dtype !== 'int64') throw fail(`indices of ${dtype}, not of int64,`);
  const perAxis = shape.length === 2;
  const fits = shape[0] === elements && (shape.length === 1 || (perAxis && shape[1] === dims.length));
  if (!fits) throw fail(`indices of [${shape}] for ${elements} values`);
  const numbers = elementsOf(indices) as BigInt64Array;
  const sizes = perAxis ? dims : [elementCount(dims)];
  const places = new Float64Array(elements);
  let last = -1;
  for (let i = 0; i < elements; i++) {
    let place = 0;
    for (const [axis, size] of sizes.entries()) {
      const index = Number(numbers[i * sizes.length + axis]!);
      if (!(index >= 0 && index < size)) throw fail(`the index ${index} of ${size}`);
      place = place * size + index;
    }
    if (place <= last) throw fail(`index ${i} is ${place === last ? 'that of the value before' : 'out of order'}`);
    last = place;
    places[i] = place;
  }
  return places;
}
