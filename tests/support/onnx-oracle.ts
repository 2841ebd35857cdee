// ONNX Runtime as an oracle: small models written down as nodes, encoded as ONNX here and run by onnxruntime-node with its
// optimizations off. Shares no code with what it is compared with but the op definitions, which tell attribute types.

import {
  type AttributeSpec,
  type AttributeValue,
  type DType,
  type ElementDType,
  standardOps,
  type Tensor,
} from '@trtx/ir';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';

/** A node of the model. Absent optional inputs are ''. */
export interface OracleNode {
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  domain?: string;
  /**
   * As in the ir. Types come from the op's definition; for ops without one, integers are ints and other numbers floats.
   * Element types (a Cast's `to`) are names.
   */
  attributes?: Readonly<Record<string, AttributeValue | undefined>>;
}

export interface OracleOptions {
  /** Version of the default domain; 22. */
  opset?: number;
  /** Versions of further domains. */
  domains?: Readonly<Record<string, number>>;
  /** Initializers by name. Everything else that no node gives is an input. */
  constants?: Readonly<Record<string, Tensor>>;
  /** Names of the outputs wanted; those that no node reads by default. */
  outputs?: readonly string[];
  /** Element types of outputs that ONNX Runtime cannot infer. */
  types?: Readonly<Record<string, DType>>;
  /** Declared shapes of inputs, with names for dynamic sizes; by default those of the tensors. */
  shapes?: Readonly<Record<string, readonly (number | string)[]>>;
}

/** Runs nodes (in any data order that ONNX allows: producers first) on inputs by name. */
export async function runWithOnnxRuntime(
  nodes: readonly OracleNode[],
  inputs: Readonly<Record<string, Tensor>>,
  options: OracleOptions = {},
): Promise<Map<string, Tensor>> {
  return runModelWithOnnxRuntime(encodeModel(nodes, inputs, options), inputs);
}

/** Runs a model file on inputs by name, with ONNX Runtime's optimizations off. */
export async function runModelWithOnnxRuntime(
  model: Uint8Array,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<Map<string, Tensor>> {
  const session = await InferenceSession.create(model, { graphOptimizationLevel: 'disabled', logSeverityLevel: 3 });
  try {
    const feeds = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, toOrt(tensor)]));
    const results = await session.run(feeds);
    return new Map(Object.entries(results).map(([name, tensor]) => [name, fromOrt(tensor as OrtTensor)]));
  } finally {
    await session.release();
  }
}

/** Runs one op; inputs in its order, null for absent ones. Gives its outputs in order. */
export async function runOpWithOnnxRuntime(
  op: string,
  inputs: readonly (Tensor | null)[],
  attributes: OracleNode['attributes'] = {},
  options: OracleOptions & { outputCount?: number } = {},
): Promise<Tensor[]> {
  const names = inputs.map((tensor, i) => (tensor ? `x${i}` : ''));
  const outputs = Array.from({ length: options.outputCount ?? 1 }, (_, i) => `y${i}`);
  const feeds = Object.fromEntries(inputs.flatMap((tensor, i) => (tensor ? [[`x${i}`, tensor]] : [])));
  const results = await runWithOnnxRuntime([{ op, inputs: names, outputs, attributes }], feeds, {
    ...options,
    outputs,
  });
  return outputs.map((name) => results.get(name)!);
}

/** The bytes of the ONNX model. */
export function encodeModel(
  nodes: readonly OracleNode[],
  inputs: Readonly<Record<string, Tensor>>,
  options: OracleOptions = {},
): Uint8Array {
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const outputs = options.outputs ?? nodes.flatMap((node) => node.outputs).filter((name) => !read.has(name));
  const graph = message(
    ...nodes.map((node, i) => field(1, encodeNode(node, i))),
    field(2, 'oracle'),
    ...Object.entries(options.constants ?? {}).map(([name, tensor]) => field(5, encodeTensor(tensor, name))),
    ...Object.entries(inputs).map(([name, { dtype, dims }]) =>
      field(11, encodeInput(name, dtype, options.shapes?.[name] ?? dims)),
    ),
    ...outputs.map((name) => field(12, encodeOutput(name, options.types?.[name]))),
  );
  const opsets = [['', options.opset ?? 22] as const, ...Object.entries(options.domains ?? {})];
  return message(
    field(1, 10),
    field(7, graph),
    ...opsets.map(([domain, version]) => field(8, message(field(1, domain), field(2, version)))),
  );
}

const TYPES: Readonly<Record<ElementDType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e4m3fnuz: 18,
  float8e5m2: 19,
  float8e5m2fnuz: 20,
  uint4: 21,
  int4: 22,
  float4e2m1: 23,
  float8e8m0: 24,
  uint2: 25,
  int2: 26,
};

function encodeNode({ op, inputs, outputs, domain = '', attributes = {} }: OracleNode, index: number): Uint8Array {
  const specs = standardOps.get(op, domain)?.attributes ?? {};
  return message(
    ...inputs.map((name) => field(1, name)),
    ...outputs.map((name) => field(2, name)),
    field(3, `${op}_${index}`),
    field(4, op),
    ...Object.entries(attributes).flatMap(([name, value]) => {
      return value === undefined ? [] : [field(5, encodeAttribute(name, value, specs[name]))];
    }),
    field(7, domain),
  );
}

function encodeAttribute(name: string, value: AttributeValue, spec: AttributeSpec | undefined): Uint8Array {
  if (['to', 'dtype', 'output_dtype', 'precision', 'output_datatype'].includes(name))
    return message(field(1, name), field(3, TYPES[value as ElementDType]), field(20, 2));
  const list: readonly (number | string)[] = Array.isArray(value) ? value : [];
  const one = (list.length ? list[0] : value) as unknown;
  const guess = typeof one === 'string' ? 'string' : Number.isInteger(one) ? 'int' : 'float';
  switch (spec?.type ?? (Array.isArray(value) ? `${guess}s` : guess)) {
    case 'float':
      return message(field(1, name), float(2, value as number), field(20, 1));
    case 'int':
      return message(field(1, name), field(3, value as number), field(20, 2));
    case 'string':
      return message(field(1, name), field(4, value as string), field(20, 3));
    case 'floats':
      return message(field(1, name), ...list.map((x) => float(7, x as number)), field(20, 6));
    case 'ints':
      return message(field(1, name), ...list.map((x) => field(8, x)), field(20, 7));
    case 'strings':
      return message(field(1, name), ...list.map((x) => field(9, x)), field(20, 8));
    default: {
      const { dtype, dims, read } = value as Exclude<AttributeValue, number | string | readonly unknown[]>;
      return message(field(1, name), field(5, encodeBytes(dtype, dims, read(), '')), field(20, 4));
    }
  }
}

function encodeTensor(tensor: Tensor, name: string): Uint8Array {
  if (tensor.dtype === 'string') {
    const strings = tensor.data as readonly string[];
    return message(
      ...tensor.dims.map((dim) => field(1, dim)),
      field(2, 8),
      ...strings.map((s) => field(6, s)),
      field(8, name),
    );
  }
  const { buffer, byteOffset, byteLength } = tensor.data as Uint8Array;
  return encodeBytes(tensor.dtype, tensor.dims, new Uint8Array(buffer, byteOffset, byteLength), name);
}

function encodeBytes(dtype: DType, dims: readonly number[], bytes: Uint8Array, name: string): Uint8Array {
  return message(
    ...dims.map((dim) => field(1, dim)),
    field(2, TYPES[dtype as ElementDType]),
    field(8, name),
    field(9, bytes),
  );
}

function encodeInput(name: string, dtype: DType, dims: readonly (number | string)[]): Uint8Array {
  const shape = message(...dims.map((dim) => field(1, message(field(typeof dim === 'number' ? 1 : 2, dim)))));
  return message(field(1, name), field(2, encodeType(dtype, field(2, shape))));
}

function encodeOutput(name: string, dtype: DType | undefined): Uint8Array {
  return message(field(1, name), ...(dtype ? [field(2, encodeType(dtype))] : []));
}

function encodeType(dtype: DType, ...shape: readonly Uint8Array[]): Uint8Array {
  return message(field(1, message(field(1, TYPES[dtype as ElementDType]), ...shape)));
}

// The wire format of protobuf: fields are (number, value) with integers as varints and all else with its length in front.

function message(...fields: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, f) => sum + f.length, 0));
  let at = 0;
  for (const f of fields) {
    bytes.set(f, at);
    at += f.length;
  }
  return bytes;
}

function field(number: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === 'number') return message(varint(number * 8), varint(value));
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return message(varint(number * 8 + 2), varint(bytes.length), bytes);
}

function float(number: number, value: number): Uint8Array {
  return message(varint(number * 8 + 5), new Uint8Array(Float32Array.of(value).buffer));
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.of(...bytes, Number(rest));
}

function toOrt({ dtype, dims, data }: Tensor): OrtTensor {
  return new OrtTensor(dtype as 'float32', data as Float32Array, dims);
}

function fromOrt(tensor: OrtTensor): Tensor {
  const { type, dims, data } = tensor;
  // float16 comes as Uint16Array, or as Float16Array where JavaScript has it: both hold the same bits.
  const bits =
    type === 'float16'
      ? new Uint16Array((data as Uint16Array).buffer, (data as Uint16Array).byteOffset, data.length)
      : data;
  return { dtype: type as DType, dims, data: bits as Tensor['data'] };
}
