// Codes of which no numbers are made at build: weights of few bits, which kernels read as they are, and tables of them, of which
// a few rows are read. As numbers they would take four or eight times as much memory.

import { type DType, type Index, type Node, traitOf, type Value } from '@trtx/ir';

/** The types of codes that kernels read. */
const CODES: ReadonlySet<DType> = new Set(['int4', 'uint4', 'int8', 'uint8', 'float4e2m1']);

/** True for a node that makes numbers of such codes, all of whose readers are matrix products or look rows up. */
export function areKept(node: Node): boolean {
  const trait = traitOf(node.op, node.view());
  if (trait.kind !== 'pointwise' || !trait.codes || !CODES.has(node.inputs[0]!.type.dtype)) return false;
  const stack: Value[] = [node.output];
  for (let value = stack.pop(); value; value = stack.pop()) {
    for (const [reader, inputs] of value.users) {
      const kind = readingOf(reader, inputs, value);
      if (kind === undefined) return false;
      if (kind === 'elsewhere') stack.push(...reader.outputs);
    }
  }
  return true;
}

/** How a node reads what is made of codes: as weights or rows of a table, or as the same elements at other places. */
function readingOf(reader: Node, inputs: ReadonlySet<number>, value: Value): 'codes' | 'elsewhere' | undefined {
  const at = reader.view();
  const trait = traitOf(reader.op, at);
  const [input, ...others] = inputs;
  if (others.length > 0) return undefined;
  if (trait.kind === 'contraction') {
    const weights = trait.weights?.(at).find((one) => one.input === input);
    const isMatrix = value.type.shape.length === 2 && weights?.summed.length === 1 && weights.channel;
    return isMatrix ? 'codes' : undefined;
  }
  if (trait.kind !== 'injective') return undefined;
  const [source, ...more] = trait.map(at).sources;
  if (!source || more.length > 0 || source.input !== input || source.where) return undefined;
  return source.at !== 'linear' && source.at.some(isLookedUp) ? 'codes' : 'elsewhere';
}

const isLookedUp = ({ kind }: Index) => kind === 'element';
