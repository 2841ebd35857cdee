// How each value in memory is stored: packed where whatever writes it owns whole words, else a word an element. Decided for
// groups before a tactic is chosen, so that tactics can be compared and changed without their neighbours.

import { TrtxError } from '@trtx/errors';
import { type Graph, type Node, standardOps, type Value } from '@trtx/ir';
import { type Group, type Grouping, rootOf } from '../group/group.ts';
import { isWhole } from '../group/view.ts';
import { type Storages, sharesWords, storageOf, wordStorageOf } from '../storage.ts';
import type { Tactic } from '../tactics.ts';
import type { Target } from '../target.ts';

export function storagesOf(
  grouping: Grouping,
  tactics: ReadonlyMap<Group, readonly Tactic[]>,
  { features }: Target,
): Storages {
  const ownsWords = (group: Group) => tactics.get(group)!.every(({ kernel }) => kernel.ownsWords);
  const apart = new Set<Value>();
  for (const group of grouping.groups) {
    const owns = ownsWords(group);
    for (const result of group.results) {
      const view = grouping.views.get(result);
      if (!owns || (view && !isWhole(view))) apart.add(rootOf(result, grouping.views));
    }
  }
  return (value) => {
    const { type, name } = value;
    const isApart = apart.has(rootOf(value, grouping.views));
    const packed = storageOf(type.dtype);
    const storage = packed && isApart && sharesWords(type.dtype, packed, features) ? wordStorageOf(type.dtype) : packed;
    if (!storage)
      throw new TrtxError('UNSUPPORTED_TYPE', `${type.dtype} has no representation on the GPU`, { tensor: name });
    return storage;
  };
}

/** Gives every graph output that would not be packed a copy that is. Returns the nodes that copy: each is a group alone. */
export function packOutputs(graph: Graph, grouping: Grouping, storages: Storages): Node[] {
  const written = new Set(grouping.groups.flatMap(({ results }) => results.map((one) => rootOf(one, grouping.views))));
  const copies: Node[] = [];
  for (const output of graph.outputs) {
    const { value } = output;
    const root = rootOf(value, grouping.views);
    if (!written.has(root) || storages(value) === storageOf(value.type.dtype)) continue;
    const { origin } = root.producer!;
    const copy = graph.addNode(standardOps.get('Identity')!, [value], {}, { name: output.name, origin });
    output.value = copy.output;
    copies.push(copy);
  }
  return copies;
}
