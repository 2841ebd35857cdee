// A part of a graph as a graph of its own.

import { quote, TrtxError } from '@trtx/errors';
import {
  asSymbol,
  cloneGraph,
  type Dim,
  dimOf,
  type Graph,
  removeDead,
  Sym,
  type TensorType,
  type Value,
} from '@trtx/ir';

export interface ExtractOptions {
  /** Where the part begins: names of inputs, inner values or constants. By default the graph's inputs that are needed. */
  readonly inputs?: readonly string[];
  /** Where it ends: names of outputs or inner values; the graph's own by default. */
  readonly outputs?: readonly string[];
}

/**
 * Cuts out what lies between values: a graph whose inputs and outputs they are, with their names. The graph stays as it is.
 * Dynamic sizes of inner values that become inputs keep their symbols; where they were computed of several, they are
 * symbols of their own.
 *
 * @throws TrtxError COMPOSE, naming the tensor: a value that the graph has not, an input that is needed and not given. And as
 *   `Graph.addNode`, where what steered a shape is cut off.
 */
export function extract(graph: Graph, { inputs, outputs }: ExtractOptions): Graph {
  const part = cloneGraph(graph);
  const byName = valuesByName(part);
  const find = (name: string): Value => {
    const value = byName.get(name);
    if (value) return value;
    throw new TrtxError('COMPOSE', 'the graph has no such value', {
      tensor: name,
      hint: 'Values inside the bodies of control flow are none of the graph; `printGraph` shows its own.',
    });
  };
  const ends = outputs?.map((name) => ({ name, value: find(name) })) ?? [...part.outputs];
  part.outputs.splice(0);
  for (const { name, value } of ends) part.addOutput(name, value);
  const begins = inputs?.map(find);
  if (begins) cut(part, new Set(begins), inputs!);
  removeDead(part);
  const isWanted = new Set(inputs);
  for (const input of [...part.inputs]) {
    if (inputs && isWanted.has(input.name)) continue;
    if (part.isUnused(input)) part.removeInput(input);
    else if (inputs)
      throw new TrtxError('COMPOSE', 'an input of the graph is needed that is none of the part', {
        tensor: input.name,
        node: [...input.users.keys()][0]?.name,
        hint: `Add ${quote(input.name)} to the inputs, or begin behind what reads it.`,
      });
  }
  part.reinfer();
  return part;
}

/** Values by the names of the graph's outputs, and by their own. */
function valuesByName(graph: Graph): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const value of [...graph.inputs, ...graph.constants()]) values.set(value.name, value);
  for (const node of graph.nodes) for (const value of node.outputs) values.set(value.name, value);
  for (const { name, value } of graph.outputs) values.set(name, value);
  return values;
}

/** Puts inputs in the place of the values. */
function cut(part: Graph, begins: ReadonlySet<Value>, names: readonly string[]): void {
  const symbols = new Map<string, Dim>();
  [...begins].forEach((value, i) => {
    if (part.inputs.includes(value)) return;
    const name = names[i]!;
    part.rename(value, `${name}/before`);
    const input = part.addInput(name, inputType(value.type, name, symbols));
    part.replaceUses(value, input);
  });
}

/** A type whose sizes an input can tell: numbers, or multiples of symbols. */
function inputType(type: TensorType, name: string, symbols: Map<string, Dim>): TensorType {
  const shape = type.shape.map((dim, axis): Dim => {
    if (typeof dim === 'number' || asSymbol(dim)) return dim;
    const known = symbols.get(dim.key) ?? dimOf(new Sym(`${name}.${axis}`));
    symbols.set(dim.key, known);
    return known;
  });
  return { ...type, shape };
}
