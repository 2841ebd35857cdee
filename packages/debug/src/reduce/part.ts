// Some nodes of a graph as a graph of their own, with what the others would have given them.

import { TrtxError } from '@trtx/errors';
import {
  elementCount,
  type Graph,
  isContainer,
  isInteger,
  MAX_CONTENTS,
  type Node,
  specialize,
  type Tensor,
  type Tensors,
  type Value,
} from '@trtx/ir';
import { extract } from '@trtx/passes';
import { constantOfTensor } from '@trtx/reference';
import type { CutValues } from './cut-values.ts';

export interface Part {
  readonly graph: Graph;
  readonly inputs: Tensors;
}

/**
 * Cuts nodes out of a graph. What they read of others becomes an input or, where it was computed of
 * constants alone or may steer shapes, a constant.
 * @throws TrtxError where they cannot stand alone: COMPOSE for strings, sequences and optionals at the cut, and as `extract`
 */
export async function partOf(
  graph: Graph,
  nodes: ReadonlySet<Node>,
  ends: readonly Value[],
  values: CutValues,
): Promise<Part> {
  const begins = readFromOutside(nodes);
  for (const { name, type } of [...begins, ...ends])
    if (isContainer(type.dtype) || type.dtype === 'string')
      throw new TrtxError('COMPOSE', `no part of a graph begins or ends with a ${type.dtype}`, { tensor: name });
  const inputs = await values.at(begins);
  const part = extract(graph, { inputs: begins.map(({ name }) => name), outputs: ends.map(({ name }) => name) });
  for (const value of begins) {
    const { producer, name } = value;
    if (producer && (values.isFixed(value) || maySteer(inputs.get(name)!))) fix(part, name, inputs);
  }
  const sizes = part.inputs.map(({ name }) => [name, [...inputs.get(name)!.dims]] as const);
  specialize(part, Object.fromEntries(sizes));
  return { graph: part, inputs };
}

/** Of what the nodes compute: what was an output of the graph, and what none of them reads and others do. */
export function endsOf(graph: Graph, nodes: ReadonlySet<Node>): Value[] {
  return [...nodes].flatMap((node) =>
    node.outputs.filter((value) => {
      if (graph.isOutput(value)) return true;
      const readers = [...value.users.keys()];
      return readers.length > 0 && !readers.some((reader) => nodes.has(reader));
    }),
  );
}

function readFromOutside(nodes: ReadonlySet<Node>): Value[] {
  const found = new Set<Value>();
  for (const { inputs } of nodes)
    for (const value of inputs)
      if (value && !value.constant && !(value.producer && nodes.has(value.producer))) found.add(value);
  return [...found];
}

/** Whether shape inference would read it. */
function maySteer({ dtype, dims }: Tensor): boolean {
  return (isInteger(dtype) || dtype === 'bool') && elementCount(dims) <= MAX_CONTENTS;
}

/** Makes an input a constant. */
function fix(part: Graph, name: string, inputs: Map<string, Tensor>): void {
  const input = part.inputs.find((one) => one.name === name)!;
  const tensor = inputs.get(name)!;
  part.rename(input, `${name}/before`);
  part.replaceUses(input, part.addConstant(constantOfTensor(tensor), name));
  part.removeInput(input);
  inputs.delete(name);
}
