// The messages of an ONNX file (onnx.proto3 of IR version 13), as types and as tables: one line per field. Decoder and
// encoder read the tables; nothing is generated and no code is built from text, so a strict content security policy holds.
//
// Fields keep their ONNX names. Left out: documentation, training, device configurations, map and opaque types; the
// decoder skips them as it skips unknown fields.

/** How a field is written. A message field names its table by a function, because messages contain each other. */
export type Kind =
  | 'int32'
  | 'int64'
  | 'float'
  | 'string'
  | 'bytes'
  /** A repeated number kept as its packed bytes: a view of the file wherever the file has it packed in one piece. */
  | 'packedVarint'
  | 'packed32'
  | 'packed64'
  | (() => Schema);

export interface Field {
  readonly id: number;
  readonly name: string;
  readonly kind: Kind;
  readonly repeated: boolean;
}

export interface Schema {
  readonly name: string;
  readonly fields: ReadonlyMap<number, Field>;
}

export interface StringStringEntry {
  key?: string;
  value?: string;
}

export interface TensorProto {
  dims: bigint[];
  data_type?: number;
  segment?: object;
  float_data?: Uint8Array;
  int32_data?: Uint8Array;
  string_data: Uint8Array[];
  int64_data?: Uint8Array;
  name?: string;
  raw_data?: Uint8Array;
  double_data?: Uint8Array;
  uint64_data?: Uint8Array;
  external_data: StringStringEntry[];
  data_location?: number;
}

export interface SparseTensorProto {
  values?: TensorProto;
  indices?: TensorProto;
  dims: bigint[];
}

/** A sequence in a file of its own; the field that counts is told by `elem_type`. */
export interface SequenceProto {
  name?: string;
  elem_type?: number;
  tensor_values: TensorProto[];
  sparse_tensor_values: SparseTensorProto[];
  sequence_values: SequenceProto[];
  map_values: object[];
  optional_values: OptionalProto[];
}

/** An optional in a file of its own. */
export interface OptionalProto {
  name?: string;
  elem_type?: number;
  tensor_value?: TensorProto;
  sparse_tensor_value?: SparseTensorProto;
  sequence_value?: SequenceProto;
  map_value?: object;
  optional_value?: OptionalProto;
}

export interface Dimension {
  dim_value?: bigint;
  dim_param?: string;
}

export interface TensorShapeProto {
  dim: Dimension[];
}

export interface TensorTypeProto {
  elem_type?: number;
  shape?: TensorShapeProto;
}

/** The type of a sequence or optional. */
export interface ContainerTypeProto {
  elem_type?: TypeProto;
}

export interface TypeProto {
  tensor_type?: TensorTypeProto;
  sequence_type?: ContainerTypeProto;
  map_type?: object;
  sparse_tensor_type?: object;
  optional_type?: ContainerTypeProto;
}

export interface ValueInfoProto {
  name?: string;
  type?: TypeProto;
}

export interface AttributeProto {
  name?: string;
  f?: number;
  i?: bigint;
  s?: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  tp?: TypeProto;
  floats: number[];
  ints: bigint[];
  strings: Uint8Array[];
  tensors: TensorProto[];
  graphs: GraphProto[];
  type?: number;
  ref_attr_name?: string;
  sparse_tensor?: SparseTensorProto;
  sparse_tensors: SparseTensorProto[];
}

export interface NodeProto {
  input: string[];
  output: string[];
  name?: string;
  op_type?: string;
  attribute: AttributeProto[];
  domain?: string;
  overload?: string;
}

export interface GraphProto {
  node: NodeProto[];
  name?: string;
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  value_info: ValueInfoProto[];
  sparse_initializer: SparseTensorProto[];
}

export interface OperatorSetId {
  domain?: string;
  version?: bigint;
}

export interface FunctionProto {
  name?: string;
  input: string[];
  output: string[];
  attribute: string[];
  node: NodeProto[];
  opset_import: OperatorSetId[];
  domain?: string;
  attribute_proto: AttributeProto[];
  overload?: string;
}

export interface ModelProto {
  ir_version?: bigint;
  producer_name?: string;
  producer_version?: string;
  domain?: string;
  model_version?: bigint;
  doc_string?: string;
  graph?: GraphProto;
  opset_import: OperatorSetId[];
  metadata_props: StringStringEntry[];
  functions: FunctionProto[];
}

const one = (id: number, kind: Kind) => ({ id, kind, repeated: false });
const many = (id: number, kind: Kind) => ({ id, kind, repeated: true });

/** A table that has a line for every field of the message type. */
function message<M extends object>(
  name: string,
  fields: Readonly<Record<keyof M & string, Omit<Field, 'name'>>>,
): Schema {
  const entries = Object.entries<Omit<Field, 'name'>>(fields);
  return { name, fields: new Map(entries.map(([field, spec]) => [spec.id, { ...spec, name: field }])) };
}

const EMPTY: Schema = { name: 'message', fields: new Map() };
const empty = () => EMPTY;

const STRING_ENTRY = message<StringStringEntry>('StringStringEntry', {
  key: one(1, 'string'),
  value: one(2, 'string'),
});

export const TENSOR = message<TensorProto>('TensorProto', {
  dims: many(1, 'int64'),
  data_type: one(2, 'int32'),
  segment: one(3, empty),
  float_data: one(4, 'packed32'),
  int32_data: one(5, 'packedVarint'),
  string_data: many(6, 'bytes'),
  int64_data: one(7, 'packedVarint'),
  name: one(8, 'string'),
  raw_data: one(9, 'bytes'),
  double_data: one(10, 'packed64'),
  uint64_data: one(11, 'packedVarint'),
  external_data: many(13, () => STRING_ENTRY),
  data_location: one(14, 'int32'),
});

const SPARSE_TENSOR = message<SparseTensorProto>('SparseTensorProto', {
  values: one(1, () => TENSOR),
  indices: one(2, () => TENSOR),
  dims: many(3, 'int64'),
});

export const SEQUENCE: Schema = message<SequenceProto>('SequenceProto', {
  name: one(1, 'string'),
  elem_type: one(2, 'int32'),
  tensor_values: many(3, () => TENSOR),
  sparse_tensor_values: many(4, () => SPARSE_TENSOR),
  sequence_values: many(5, () => SEQUENCE),
  map_values: many(6, empty),
  optional_values: many(7, () => OPTIONAL),
});

export const OPTIONAL: Schema = message<OptionalProto>('OptionalProto', {
  name: one(1, 'string'),
  elem_type: one(2, 'int32'),
  tensor_value: one(3, () => TENSOR),
  sparse_tensor_value: one(4, () => SPARSE_TENSOR),
  sequence_value: one(5, () => SEQUENCE),
  map_value: one(6, empty),
  optional_value: one(7, () => OPTIONAL),
});

const DIMENSION = message<Dimension>('Dimension', { dim_value: one(1, 'int64'), dim_param: one(2, 'string') });

const SHAPE = message<TensorShapeProto>('TensorShapeProto', { dim: many(1, () => DIMENSION) });

const TENSOR_TYPE = message<TensorTypeProto>('TypeProto.Tensor', {
  elem_type: one(1, 'int32'),
  shape: one(2, () => SHAPE),
});

const CONTAINER_TYPE = message<ContainerTypeProto>('TypeProto.Sequence', { elem_type: one(1, () => TYPE) });

const TYPE: Schema = message<TypeProto>('TypeProto', {
  tensor_type: one(1, () => TENSOR_TYPE),
  sequence_type: one(4, () => CONTAINER_TYPE),
  map_type: one(5, empty),
  sparse_tensor_type: one(8, empty),
  optional_type: one(9, () => CONTAINER_TYPE),
});

const VALUE_INFO = message<ValueInfoProto>('ValueInfoProto', { name: one(1, 'string'), type: one(2, () => TYPE) });

const ATTRIBUTE = message<AttributeProto>('AttributeProto', {
  name: one(1, 'string'),
  f: one(2, 'float'),
  i: one(3, 'int64'),
  s: one(4, 'bytes'),
  t: one(5, () => TENSOR),
  g: one(6, () => GRAPH),
  tp: one(14, () => TYPE),
  floats: many(7, 'float'),
  ints: many(8, 'int64'),
  strings: many(9, 'bytes'),
  tensors: many(10, () => TENSOR),
  graphs: many(11, () => GRAPH),
  type: one(20, 'int32'),
  ref_attr_name: one(21, 'string'),
  sparse_tensor: one(22, () => SPARSE_TENSOR),
  sparse_tensors: many(23, () => SPARSE_TENSOR),
});

const NODE = message<NodeProto>('NodeProto', {
  input: many(1, 'string'),
  output: many(2, 'string'),
  name: one(3, 'string'),
  op_type: one(4, 'string'),
  attribute: many(5, () => ATTRIBUTE),
  domain: one(7, 'string'),
  overload: one(8, 'string'),
});

const GRAPH: Schema = message<GraphProto>('GraphProto', {
  node: many(1, () => NODE),
  name: one(2, 'string'),
  initializer: many(5, () => TENSOR),
  input: many(11, () => VALUE_INFO),
  output: many(12, () => VALUE_INFO),
  value_info: many(13, () => VALUE_INFO),
  sparse_initializer: many(15, () => SPARSE_TENSOR),
});

const OPERATOR_SET = message<OperatorSetId>('OperatorSetIdProto', {
  domain: one(1, 'string'),
  version: one(2, 'int64'),
});

const FUNCTION = message<FunctionProto>('FunctionProto', {
  name: one(1, 'string'),
  input: many(4, 'string'),
  output: many(5, 'string'),
  attribute: many(6, 'string'),
  node: many(7, () => NODE),
  opset_import: many(9, () => OPERATOR_SET),
  domain: one(10, 'string'),
  attribute_proto: many(11, () => ATTRIBUTE),
  overload: one(13, 'string'),
});

export const MODEL = message<ModelProto>('ModelProto', {
  ir_version: one(1, 'int64'),
  producer_name: one(2, 'string'),
  producer_version: one(3, 'string'),
  domain: one(4, 'string'),
  model_version: one(5, 'int64'),
  doc_string: one(6, 'string'),
  graph: one(7, () => GRAPH),
  opset_import: many(8, () => OPERATOR_SET),
  metadata_props: many(14, () => STRING_ENTRY),
  functions: many(25, () => FUNCTION),
});
