// Runs one op in the reference and in ONNX Runtime, and compares.

import {
  type AttributeValue,
  arrayType,
  type DataArray,
  type Dim,
  type DType,
  dimOf,
  elementCount,
  Graph,
  Sym,
  standardOps,
  type Tensor,
  toFloat16,
} from '@trtx/ir';
import { expectClose, type Tolerance } from '../../../../tests/support/compare.ts';
import { type OracleOptions, runOpWithOnnxRuntime } from '../../../../tests/support/onnx-oracle.ts';
import { ReferenceRunner } from '../runner.ts';
import { constantOfTensor } from '../tensors.ts';

export interface CheckOptions extends Tolerance, Pick<OracleOptions, 'opset'> {
  outputCount?: number;
  /** Axes of input 0 with symbolic sizes in the graph; the runner then checks that inference foretold the shapes. */
  dynamic?: readonly number[];
  /** Inputs that are constants in the graph beside those that steer shapes. */
  constants?: readonly number[];
}

/** Expects the reference to give what ONNX Runtime gives. */
export async function check(
  op: string,
  inputs: readonly (Tensor | null)[],
  attributes: Readonly<Record<string, AttributeValue | undefined>> = {},
  options: CheckOptions = {},
): Promise<void> {
  const { opset, outputCount } = options;
  const expected = await runOpWithOnnxRuntime(op, inputs, attributes, { opset, outputCount });
  const actual = await runReference(op, inputs, attributes, options);
  expected.forEach((tensor, i) => {
    expectClose(actual[i]!, tensor, options, `output ${i} of ${op} ${JSON.stringify(attributes)}`);
  });
}

/** Runs one op in the reference, inputs that steer shapes being constants. */
export async function runReference(
  op: string,
  inputs: readonly (Tensor | null)[],
  attributes: Readonly<Record<string, AttributeValue | undefined>> = {},
  { outputCount = 1, dynamic = [], constants = [] }: CheckOptions = {},
): Promise<Tensor[]> {
  const def = standardOps.get(op)!;
  const graph = new Graph(op);
  const feeds = new Map<string, Tensor>();
  const values = inputs.map((tensor, i) => {
    if (!tensor) return null;
    if (def.inputs[i]?.steersShape || constants.includes(i))
      return graph.addConstant(constantOfTensor(tensor), `x${i}`);
    const shape = tensor.dims.map((dim, axis): Dim => {
      return i === 0 && dynamic.includes(axis) ? dimOf(new Sym(`d${axis}`)) : dim;
    });
    feeds.set(`x${i}`, tensor);
    return graph.addInput(`x${i}`, { dtype: tensor.dtype, shape });
  });
  const node = graph.addNode(def, values, attributes, { outputs: outputCount });
  node.outputs.forEach((value, i) => {
    graph.addOutput(`y${i}`, value);
  });
  const results = await new ReferenceRunner(graph).run(feeds);
  return node.outputs.map((_, i) => results.get(`y${i}`)!);
}

/** A tensor of plain numbers; float16 is rounded. */
export function tensor(dtype: DType, dims: readonly number[], values: readonly number[]): Tensor {
  const data = new (arrayType(dtype))(elementCount(dims));
  values.forEach((value, i) => {
    data[i] =
      data instanceof BigInt64Array || data instanceof BigUint64Array
        ? BigInt(value)
        : dtype === 'float16'
          ? toFloat16(value)
          : value;
  });
  return { dtype, dims, data: data as DataArray };
}

/** int64 elements of a vector. */
export const ints = (...values: number[]): Tensor => tensor('int64', [values.length], values);

/** Random numbers, the same in every run: uniform in [low, high); whole for integer types. */
export function random(
  dims: readonly number[],
  { dtype = 'float32' as DType, low = -1, high = 1, seed = 1 } = {},
): Tensor {
  let state = seed * 2654435761;
  const values = Array.from({ length: elementCount(dims) }, () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    const value = low + ((state >>> 8) / 2 ** 24) * (high - low);
    return dtype.includes('float') ? value : Math.floor(value);
  });
  return tensor(dtype, dims, values);
}
