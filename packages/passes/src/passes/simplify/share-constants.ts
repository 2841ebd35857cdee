// Constants with the same bytes are one; in bodies, which see no values around them, they hold the same memory.

import { byteLength, type Constant, elementCount, type Graph, hashConstant, sameConstant, type Value } from '@trtx/ir';
import type { PassContext } from '../../rule.ts';

/** Larger constants of one type and shape are told apart by a few of their bytes first: most weights are such. */
const MAX_HASHED_BYTES = 64 * 2 ** 10;
const SAMPLES = 64;

export function shareConstants(graph: Graph, record: PassContext['record']): void {
  const first = new Map<string, { readonly value: Value; readonly graph: Graph }>();
  for (const { value, graph: own } of likely(graph)) {
    const constant = value.constant!;
    const hash = hashConstant(constant);
    const known = first.get(hash);
    if (!known) {
      first.set(hash, { value, graph: own });
      continue;
    }
    const other = known.value.constant!;
    const isDone = own === known.graph ? value === known.value : constant === other;
    if (isDone || !sameConstant(other, constant)) continue;
    if (!record('same-constant', [], `${value.name} is ${known.value.name}`)) return;
    if (own === known.graph) own.replaceUses(value, known.value);
    else own.shareConstant(value, other);
  }
}

/** The constants of the graph and of its bodies that may have the bytes of another one. */
function* likely(graph: Graph): IterableIterator<{ value: Value; graph: Graph }> {
  const groups = new Map<string, { value: Value; graph: Graph }[]>();
  const put = (
    groups: Map<string, { value: Value; graph: Graph }[]>,
    key: string,
    item: { value: Value; graph: Graph },
  ) => {
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  };
  for (const each of graph.withBodies())
    for (const value of each.constants()) {
      const { dtype, dims } = value.constant!;
      put(groups, `${dtype}[${dims}]`, { value, graph: each });
    }
  for (const group of groups.values()) {
    if (group.length === 1) continue;
    const { dtype, dims } = group[0]!.value.constant!;
    if (dtype === 'string' || byteLength(dtype, elementCount(dims)) <= MAX_HASHED_BYTES) {
      yield* group;
      continue;
    }
    const bySample = new Map<string, typeof group>();
    for (const item of group) put(bySample, sampleOf(item.value.constant!), item);
    for (const part of bySample.values()) if (part.length > 1) yield* part;
  }
}

const samples = new WeakMap<Constant, string>();

function sampleOf(constant: Constant): string {
  let sample = samples.get(constant);
  if (sample === undefined) {
    const bytes = constant.read();
    const step = Math.max(Math.floor(bytes.length / SAMPLES), 1) | 1;
    const found: number[] = [];
    for (let i = 0; i < bytes.length; i += step) found.push(bytes[i]!);
    sample = found.join(',');
    samples.set(constant, sample);
  }
  return sample;
}
