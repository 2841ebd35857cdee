// Small models written in code, for tests: messages with what a test does not care about left out.

import type { DType } from '@trtx/ir';
import { numberOf } from '../source/dtypes.ts';
import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
  TypeProto,
  ValueInfoProto,
} from '../wire/index.ts';
import { encodeModel, joinParts } from '../wire/index.ts';

export type AttributeInput =
  | number
  | string
  | readonly number[]
  | { float: number }
  | { floats: number[] }
  | TensorProto
  | GraphProto
  | TypeProto;

/** An attribute; plain numbers are integers. */
export function attribute(name: string, value: AttributeInput): AttributeProto {
  const base = { name, floats: [], ints: [], strings: [], tensors: [], graphs: [], sparse_tensors: [] };
  if (typeof value === 'number') return { ...base, type: 2, i: BigInt(value) };
  if (typeof value === 'string') return { ...base, type: 3, s: new TextEncoder().encode(value) };
  if (Array.isArray(value)) return { ...base, type: 7, ints: value.map(BigInt) };
  if ('float' in value) return { ...base, type: 1, f: value.float };
  if ('floats' in value) return { ...base, type: 6, floats: value.floats };
  if ('node' in value) return { ...base, type: 5, g: value };
  if (isType(value)) return { ...base, type: 13, tp: value };
  return { ...base, type: 4, t: value as TensorProto };
}

function isType(value: object): value is TypeProto {
  return ['tensor_type', 'sequence_type', 'optional_type'].some((kind) => kind in value);
}

/** A graph for an attribute. Outputs may be named alone. */
export function bodyProto(
  input: readonly ValueInfoProto[],
  node: readonly NodeProto[],
  output: readonly (ValueInfoProto | string)[],
  initializer: readonly TensorProto[] = [],
): GraphProto {
  return {
    name: 'body',
    node: [...node],
    input: [...input],
    output: output.map(asInfo),
    initializer: [...initializer],
    value_info: [],
    sparse_initializer: [],
  };
}

function asInfo(output: ValueInfoProto | string): ValueInfoProto {
  return typeof output === 'string' ? { name: output } : output;
}

export function node(
  op: string,
  input: string[],
  output: string[],
  attributes: Readonly<Record<string, AttributeInput>> = {},
  more: Partial<NodeProto> = {},
): NodeProto {
  const list = Object.entries(attributes).map(([name, value]) => attribute(name, value));
  return { op_type: op, input, output, name: `n_${output[0]}`, attribute: list, ...more };
}

/** A tensor without data. */
export function tensor(
  name: string,
  dtype: DType,
  dims: readonly (number | bigint)[],
  more: Partial<TensorProto> = {},
): TensorProto {
  return { name, data_type: numberOf(dtype), dims: dims.map(BigInt), string_data: [], external_data: [], ...more };
}

/** A tensor of float32, int64 or bool with its data raw. */
export function numbers(
  name: string,
  dtype: 'float32' | 'int64' | 'bool',
  dims: readonly number[],
  values: readonly number[],
): TensorProto {
  const Type = dtype === 'bool' ? Uint8Array : Float32Array;
  const array = dtype === 'int64' ? BigInt64Array.from(values, BigInt) : Type.from(values);
  return tensor(name, dtype, dims, { raw_data: new Uint8Array(array.buffer) });
}

/** A sparse tensor of float32: numbers at places in row-major order. */
export function sparse(
  name: string,
  dims: readonly (number | bigint)[],
  places: readonly number[],
  values: readonly number[] = places.map((place) => place + 1),
): SparseTensorProto {
  return {
    dims: dims.map(BigInt),
    values: numbers(name, 'float32', [values.length], values),
    indices: numbers('', 'int64', [places.length], places),
  };
}

/** An attribute that holds a sparse tensor. */
export function sparseAttribute(name: string, tensor: SparseTensorProto): AttributeProto {
  return { ...attribute(name, 0), type: 11, i: undefined, sparse_tensor: tensor };
}

/** An attribute that holds a graph: the body of a node. */
export function bodyAttribute(name: string, graph: Partial<GraphProto>): AttributeProto {
  const empty = { node: [], initializer: [], input: [], output: [], value_info: [], sparse_initializer: [] };
  return { ...attribute(name, 0), type: 5, i: undefined, g: { ...empty, ...graph } };
}

/** A declaration; a dimension may be a number, a name, or null for one that is dynamic without a name. */
export function info(name: string, dtype: DType, dims?: readonly (number | bigint | string | null)[]): ValueInfoProto {
  return { name, type: tensorType(dtype, dims) };
}

/** A tensor's type, with dimensions as `info` has them. */
export function tensorType(dtype: DType, dims?: readonly (number | bigint | string | null)[]): TypeProto {
  const dim = dims?.map((size) => {
    if (size === null) return {};
    return typeof size === 'string' ? { dim_param: size } : { dim_value: BigInt(size) };
  });
  return { tensor_type: { elem_type: numberOf(dtype), shape: dim && { dim } } };
}

export function sequenceType(element: TypeProto): TypeProto {
  return { sequence_type: { elem_type: element } };
}

export function optionalType(element: TypeProto): TypeProto {
  return { optional_type: { elem_type: element } };
}

export interface ModelInput {
  nodes?: NodeProto[];
  inputs?: ValueInfoProto[];
  outputs?: (ValueInfoProto | string)[];
  initializers?: TensorProto[];
  opset?: number;
  functions?: FunctionProto[];
  graph?: Partial<GraphProto>;
  model?: Partial<ModelProto>;
}

/** A model of x: float32[2, 3] and y unless told otherwise. */
export function modelProto(input: ModelInput): ModelProto {
  const { nodes = [node('Relu', ['x'], ['y'])], opset = 21 } = input;
  return {
    ir_version: 8n,
    opset_import: [{ domain: '', version: BigInt(opset) }],
    metadata_props: [],
    functions: input.functions ?? [],
    graph: {
      name: 'g',
      node: nodes,
      input: input.inputs ?? [info('x', 'float32', [2, 3])],
      output: (input.outputs ?? ['y']).map(asInfo),
      initializer: input.initializers ?? [],
      value_info: [],
      sparse_initializer: [],
      ...input.graph,
    },
    ...input.model,
  };
}

/** The model's file. */
export function modelBytes(input: ModelInput): Uint8Array {
  return joinParts(encodeModel(modelProto(input)));
}

export function functionProto(
  name: string,
  input: string[],
  output: string[],
  nodes: NodeProto[],
  more: Partial<FunctionProto> = {},
): FunctionProto {
  return {
    name,
    domain: 'local',
    input,
    output,
    node: nodes,
    attribute: [],
    attribute_proto: [],
    opset_import: [
      { domain: '', version: 21n },
      { domain: 'local', version: 1n },
    ],
    ...more,
  };
}
