// Weight-only quantization: constants become codes of few bits, which a DequantizeLinear turns into numbers where they are
// read. What is computed stays float.

import { TrtxError } from '@trtx/errors';
import { constantFrom, elementCount, type Graph, isFloat, type Node, standardOps, type Value, verify } from '@trtx/ir';
import { nodesNamed } from '../names.ts';
import { constantBytes } from '../report/bytes.ts';
import { type Kept, type QuantizationReport, REPORT_VERSION } from '../report/report.ts';
import type { Quantized } from '../scheme/quantize.ts';
import { LARGEST_BLOCK, SMALLEST_BLOCK } from '../scheme/scheme.ts';
import { codesFor, reportOf } from './codes.ts';
import { addDequantized } from './dequantized.ts';
import { type LayoutOptions, layoutOf } from './layout.ts';
import { searchedRounding, type WeightMethod } from './methods.ts';
import { isContraction, type Weights, weightsOf } from './operands.ts';

export interface WeightOptions extends LayoutOptions {
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
  const { method = searchedRounding } = options;
  const before = constantBytes(graph);
  const asked = nodesNamed(graph, keep);
  const kept: Kept[] = [];
  const found: Found[] = [];
  const codes = new Map<string, Quantized>();
  // Nothing is changed before all weights have codes: what fails leaves the graph as it was.
  for (const each of graph.withBodies())
    for (const node of each.topological()) {
      const weights = weightsOf(node);
      const reason = reasonOf(node, weights, asked, options);
      if (reason !== undefined) kept.push({ node: node.name, op: node.op.name, reason });
      if (reason !== undefined || !weights) continue;
      const layout = layoutOf(weights, options);
      const key = `${weights.value.name} ${JSON.stringify(layout)}`;
      if (!codes.has(key)) codes.set(key, codesFor(weights, layout, method));
      found.push({ graph: each, weights, key });
    }
  const all = found.map(({ weights, key }) => reportOf(weights, codes.get(key)!, method.name));
  const done = new Map<string, Value>();
  for (const { graph: each, weights, key } of found) {
    if (!done.has(key)) done.set(key, addNumbers(each, weights, codes.get(key)!));
    each.setInput(weights.node, weights.input, done.get(key)!);
  }
  verify(graph);
  const bytes = { before, after: constantBytes(graph) };
  return { version: REPORT_VERSION, kind: 'weights', bytes, weights: all, activations: [], layers: [], kept };
}

interface Found {
  /** The graph or the body that the weights are in. */
  readonly graph: Graph;
  readonly weights: Weights;
  /** The same for nodes that read one constant in one layout. */
  readonly key: string;
}

/** Why a node with weights, or one that might have some, stays as it is. */
function reasonOf(
  node: Node,
  weights: Weights | undefined,
  asked: ReadonlySet<Node>,
  { smallest = 64 }: WeightOptions,
): string | undefined {
  if (!weights) return isContraction(node) ? 'no constant weights' : otherConstants(node);
  if (asked.has(node)) return 'asked for';
  const count = elementCount(weights.dims);
  return count < smallest ? `${count} weights are too few to pay` : undefined;
}

/** Constants of fewer elements than this are not worth telling of. */
const LARGE = 1024;

/** Why large constants that are no weights stay as they are. */
function otherConstants(node: Node): string | undefined {
  const large = node.inputs.map(matrixCount).filter((count) => count >= LARGE);
  if (large.length === 0) return undefined;
  return `${large.reduce((sum, count) => sum + count, 0)} constants that its op does not tell to be weights`;
}

/** Elements of a float constant that is more than a vector, as biases are. */
function matrixCount(value: Value | null): number {
  const { dtype, dims } = value?.constant ?? { dtype: 'float32', dims: [] };
  return isFloat(dtype) && dims.filter((dim) => dim > 1).length > 1 ? elementCount(dims) : 0;
}

/** The numbers of quantized weights, in the shape that they had. */
function addNumbers(graph: Graph, { node, value, dims }: Weights, quantized: Quantized): Value {
  const { name } = value;
  const { origin } = node;
  const numbers = addDequantized(graph, name, quantized, { origin });
  if (quantized.dims.length === dims.length) return numbers;
  const shape = graph.addConstant(constantFrom('int64', [dims.length], dims), `${name}.shape`);
  const options = { name: `${name}.reshape`, outputs: [`${name}.reshaped`], origin };
  return graph.addNode(standardOps.get('Reshape')!, [numbers, shape], {}, options).output;
}
