// Which constants of a graph are weights, and along which axis they are quantized in blocks. Read from traits: operands of
// contractions, and tables whose rows are looked up.

import { type Index, type IndexMap, isFloat, type Node, traitOf, type Value, type WeightOperand } from '@trtx/ir';

/** A constant operand that may be quantized. */
export interface Weights {
  readonly node: Node;
  /** Which input of the node it is. */
  readonly input: number;
  readonly value: Value;
  readonly dims: readonly number[];
  /** Axes that are summed over; of a table, the axes of a row. Blocks lie along them. */
  readonly along: readonly number[];
  /** How it is multiplied; absent for tables. */
  readonly operand?: WeightOperand;
}

/** The types of weights that have a scale's type. */
const WEIGHT_TYPES: ReadonlySet<string> = new Set(['float32', 'float16']);

/** The node's weights; undefined where it has none that are constant and of a type that is quantized. */
export function weightsOf(node: Node): Weights | undefined {
  const at = node.view();
  const trait = traitOf(node.op, at);
  if (trait.kind === 'contraction')
    for (const operand of trait.weights?.(at) ?? []) {
      const dims = weightDims(node.inputs[operand.input]);
      const other = node.inputs[operand.with];
      if (dims && other && !other.constant)
        return { node, input: operand.input, value: node.inputs[operand.input]!, dims, along: operand.summed, operand };
    }
  return trait.kind === 'injective' ? tableOf(node, trait.map(at)) : undefined;
}

/** True for contractions of floats: their weights would be quantized if they had any. */
export function isContraction(node: Node): boolean {
  const at = node.view();
  return traitOf(node.op, at).kind === 'contraction' && isFloat(node.output.type.dtype);
}

/** A constant of which rows are looked up by indices. */
function tableOf(node: Node, map: IndexMap): Weights | undefined {
  const [source] = map.sources;
  if (map.sources.length !== 1 || !source || source.at === 'linear') return undefined;
  const dims = weightDims(node.inputs[source.input]);
  if (!dims || !source.at.some(isLookedUp)) return undefined;
  // A row is whole where its last axis is: blocks along it are read one after another.
  const last = source.at.length - 1;
  if (isLookedUp(source.at[last]!)) return undefined;
  return { node, input: source.input, value: node.inputs[source.input]!, dims, along: [last] };
}

const isLookedUp = ({ kind }: Index) => kind === 'element';

function weightDims(value: Value | null | undefined): readonly number[] | undefined {
  return value?.constant && WEIGHT_TYPES.has(value.constant.dtype) ? value.constant.dims : undefined;
}
