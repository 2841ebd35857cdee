// Weight-only quantization: constants become codes of few bits, which a DequantizeLinear turns into numbers where they are
// read. What is computed stays float.

import { errorAt, TrtxError } from '@trtx/errors';
import { constantFrom, elementCount, type Graph, type Node, standardOps, type Value, verify } from '@trtx/ir';
import { nodesNamed } from '../names.ts';
import { bytesOf, constantBytes } from '../report/bytes.ts';
import { ErrorSum } from '../report/error.ts';
import { type Kept, type QuantizationReport, type QuantizedWeights, REPORT_VERSION } from '../report/report.ts';
import { dequantize, type Quantized } from '../scheme/quantize.ts';
import { LARGEST_BLOCK, type QuantizedType, type ScaleType, type Scheme, SMALLEST_BLOCK } from '../scheme/scheme.ts';
import { addDequantized } from './dequantized.ts';
import { searchedRounding, type WeightMethod } from './methods.ts';
import { isContraction, type Weights, weightsOf } from './operands.ts';
import { valuesOf } from './values.ts';

export interface WeightOptions {
  /** int4 by default. */
  readonly type?: QuantizedType;
  /** Without zero points (the default). */
  readonly symmetric?: boolean;
  /** Weights that share a scale, along what is summed over: 16 to 256, 32 by default; or all of an output channel. */
  readonly block?: number | 'channel';
  /** How codes are found; `searchedRounding` by default. */
  readonly method?: WeightMethod;
  /** Names of nodes, of their ops or of tensors that they compute: their weights stay as they are. */
  readonly keep?: readonly string[];
  /** Constants of fewer elements stay as they are: 64 by default. */
  readonly smallest?: number;
}

/**
 * Quantizes the constant weights of contractions, and tables that rows are looked up in, in place (`cloneGraph` copies a graph
 * first), bodies of control flow too. Passes that compute constants at build would undo it: optimize before.
 * @throws TrtxError QUANT_SCHEME for blocks of another size and types without such a scheme, QUANT_UNKNOWN for a name in `keep`
 *   that nothing has, QUANT_NAN for weights that are no finite numbers
 */
export function quantizeWeights(graph: Graph, options: WeightOptions = {}): QuantizationReport {
  const { block = 32, keep = [] } = options;
  if (block !== 'channel' && !(Number.isInteger(block) && block >= SMALLEST_BLOCK && block <= LARGEST_BLOCK))
    throw new TrtxError('QUANT_SCHEME', `blocks of ${block} weights`, {
      hint: `Choose from ${SMALLEST_BLOCK} to ${LARGEST_BLOCK}, or whole channels.`,
    });
  const before = constantBytes(graph);
  const asked = nodesNamed(graph, keep);
  const all: QuantizedWeights[] = [];
  const kept: Kept[] = [];
  for (const each of graph.withBodies()) {
    const done = new Map<string, Done>();
    for (const node of each.topological()) {
      const weights = weightsOf(node);
      const reason = reasonOf(node, weights, asked, options);
      if (reason !== undefined) kept.push({ node: node.name, op: node.op.name, reason });
      else if (weights) all.push(replace(each, weights, done, options));
    }
  }
  verify(graph);
  const bytes = { before, after: constantBytes(graph) };
  return { version: REPORT_VERSION, kind: 'weights', bytes, weights: all, activations: [], layers: [], kept };
}

/** Why a node with weights, or one that might have some, stays as it is. */
function reasonOf(
  node: Node,
  weights: Weights | undefined,
  asked: ReadonlySet<Node>,
  { smallest = 64 }: WeightOptions,
): string | undefined {
  if (!weights) return isContraction(node) ? 'no constant weights' : undefined;
  if (asked.has(node)) return 'asked for';
  const count = elementCount(weights.dims);
  return count < smallest ? `${count} weights are too few to pay` : undefined;
}

/** Weights as they are laid out for quantization. */
interface Layout {
  readonly dims: readonly number[];
  readonly scheme: Scheme;
}

/**
 * Blocks lie along the axis that is summed over. Where it is several that lie one behind the other at the end, as in a
 * convolution, they are taken for one: a block of 3 × 3 taps would have nine scales otherwise.
 */
function layoutOf({ dims, along, operand }: Weights, options: WeightOptions): Layout {
  const { type = 'int4', block = 32 } = options;
  const { symmetric = true } = options;
  if (block === 'channel') {
    const axis = operand ? operand.channel?.axis : rowsOf(dims, along);
    return {
      dims,
      scheme: { type, symmetric, granularity: axis === undefined ? { kind: 'tensor' } : { kind: 'channel', axis } },
    };
  }
  const longest = along.reduce((best, axis) => (dims[axis]! > dims[best]! ? axis : best));
  const whole = along.every((axis) => axis === longest || dims[axis] === 1);
  const first = dims.length - along.length;
  const joined = !whole && along.every((axis, i) => axis === first + i);
  const flat = joined ? [...dims.slice(0, first), elementCount(dims.slice(first))] : dims;
  return {
    dims: flat,
    scheme: { type, symmetric, granularity: { kind: 'block', axis: joined ? first : longest, size: block } },
  };
}

/** The axis of a table that tells rows apart, where it is one. */
function rowsOf(dims: readonly number[], along: readonly number[]): number | undefined {
  const others = dims.map((_, axis) => axis).filter((axis) => !along.includes(axis));
  return others.length === 1 ? others[0] : undefined;
}

/** A constant that was quantized, for the next node that reads it in the same layout. */
interface Done {
  readonly value: Value;
  readonly quantized: Quantized;
}

function replace(graph: Graph, weights: Weights, done: Map<string, Done>, options: WeightOptions): QuantizedWeights {
  const { node, input, value, dims } = weights;
  const { method = searchedRounding } = options;
  const layout = layoutOf(weights, options);
  const constant = value.constant!;
  const values = valuesOf(constant);
  const key = `${value.name} ${JSON.stringify(layout)}`;
  let found = done.get(key);
  if (!found) {
    const quantized = quantizeNamed(values, layout, method, constant.dtype as ScaleType, value.name);
    const numbers = addDequantized(graph, value.name, quantized, { origin: node.origin });
    found = { value: shaped(graph, numbers, dims, value.name), quantized };
    done.set(key, found);
  }
  graph.setInput(node, input, found.value);
  const { codes, scales, zeroPoints, scheme, scaleType } = found.quantized;
  const sizes = [
    [scheme.type, codes.length],
    [scaleType, scales.length],
    [scheme.type, zeroPoints?.length ?? 0],
  ] as const;
  const after = sizes.reduce((sum, [dtype, count]) => sum + bytesOf({ dtype, dims: [count] }), 0);
  return {
    node: node.name,
    op: node.op.name,
    origin: node.origin,
    tensor: value.name,
    scheme,
    method: method.name,
    bytes: { before: bytesOf(constant), after },
    ...new ErrorSum().add(values, dequantize(found.quantized)).error,
  };
}

function quantizeNamed(
  values: ArrayLike<number>,
  { dims, scheme }: Layout,
  method: WeightMethod,
  scaleType: ScaleType,
  tensor: string,
): Quantized {
  try {
    return method.quantize(values, dims, scheme, scaleType);
  } catch (error) {
    throw errorAt(error, { tensor });
  }
}

function shaped(graph: Graph, value: Value, dims: readonly number[], name: string): Value {
  if (value.type.shape.length === dims.length) return value;
  const shape = graph.addConstant(constantFrom('int64', [dims.length], dims), `${name}.shape`);
  const { origin } = value.producer!;
  const reshape = standardOps.get('Reshape')!;
  return graph.addNode(reshape, [value, shape], {}, { name: `${name}.reshape`, outputs: [`${name}.reshaped`], origin })
    .output;
}
