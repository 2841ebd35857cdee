// Which nodes work in float16: all that can, but for those that are to stay in float32; and of pointwise ops and movement,
// which work in either, as many as the fewest Casts allow.

import { isTrtxError } from '@trtx/errors';
import {
  type DType,
  type Graph,
  inferNode,
  type Known,
  Network,
  type Node,
  type OperandSpec,
  type Trait,
  traitOf,
  UNCUTTABLE,
  type Value,
} from '@trtx/ir';

/** What a node reads and gives where it works in float16. */
export interface HalfForm {
  /** The inputs that become float16. */
  readonly inputs: ReadonlySet<number>;
  readonly outputs: readonly DType[];
  readonly attributes: Node['attributes'];
}

/** The ONNX type number of float32. */
const FLOAT32 = 1;

/** The node in float16; undefined where it reads no float32, or its op does not take float16. */
export function halfForm(node: Node): HalfForm | undefined {
  const inputs = new Set<number>();
  const given = node.inputs.map((input, i): Known | null => {
    const { types } = specOf(node, i);
    if (input?.type.dtype !== 'float32' || staysWide(node, i) || (types && !types.includes('float16'))) return input;
    inputs.add(i);
    const { name, contents, reals } = input;
    return { name, type: { dtype: 'float16', shape: input.type.shape }, constant: null, contents, reals };
  });
  if (inputs.size === 0 || node.bodies.length > 0) return undefined;
  const computedIn = computedInOf(node);
  const attributes = computedIn === undefined ? node.attributes : new Map(node.attributes).set(computedIn, FLOAT32);
  try {
    const { outputs } = inferNode(node.op, given, attributes, node.outputs.length, node.name);
    return { inputs, outputs: outputs.map(({ dtype }) => dtype), attributes };
  } catch (error) {
    if (isTrtxError(error)) return undefined;
    throw error;
  }
}

/** Whether an input stays float32 in a node that works in float16. */
export function staysWide(node: Node, index: number): boolean {
  return specOf(node, index).staysWide ?? false;
}

function specOf({ op: { inputs } }: Node, index: number): OperandSpec {
  return inputs[Math.min(index, inputs.length - 1)]!;
}

/** The attribute that tells in which type the node computes what is delicate. */
function computedInOf(node: Node): string | undefined {
  const trait = traitOf(node.op, node.view());
  return 'delicate' in trait && typeof trait.delicate === 'object' ? trait.delicate.computedIn : undefined;
}

/**
 * The nodes that work in float16.
 * @param forms of the nodes that may
 * @param borders true where the graph's inputs and outputs stay float32
 * @param saves false where all nodes are to work in float16 that may, whatever Casts that takes
 */
export function assign(
  graph: Graph,
  forms: ReadonlyMap<Node, HalfForm>,
  borders: boolean,
  saves: boolean,
): ReadonlySet<Node> {
  if (!saves) return new Set(forms.keys());
  // The source's side is float32: of the cheapest cuts the one with the fewest nodes there is taken.
  const network = new Network();
  const sides = new Map([...forms.keys()].map((node) => [node, isFree(node) ? network.node() : network.sink]));
  const sideOf = (node: Node) => sides.get(node) ?? network.source;
  const border = borders ? network.source : network.sink;
  const readers = (value: Value) => [
    ...[...value.uses()].map(({ node, index }) => (forms.get(node)?.inputs.has(index) ? sideOf(node) : network.source)),
    ...(graph.isOutput(value) && borders ? [network.source] : []),
  ];
  const join = (producer: number, value: Value) => {
    const [half, single] = [network.node(), network.node()];
    network.edge(producer, half, 1);
    network.edge(single, producer, 1);
    for (const reader of readers(value)) {
      network.edge(half, reader, UNCUTTABLE);
      network.edge(reader, single, UNCUTTABLE);
    }
  };
  for (const input of graph.inputs) if (input.type.dtype === 'float32') join(border, input);
  for (const node of graph.nodes)
    for (const [i, output] of node.outputs.entries())
      if (output.type.dtype === 'float32')
        join(forms.get(node)?.outputs[i] === 'float32' ? network.source : sideOf(node), output);
  const { side } = network.minimumCut();
  return new Set([...forms.keys()].filter((node) => !side.has(sideOf(node))));
}

const FREE: ReadonlySet<Trait['kind']> = new Set(['pointwise', 'injective']);

/** Pointwise ops and movement: as quick in either type, but for what they read and write. */
function isFree(node: Node): boolean {
  return FREE.has(traitOf(node.op, node.view()).kind);
}
