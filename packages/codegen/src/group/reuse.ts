// Reuse of memory: a result may be written over an operand that nothing reads any more, where each element is read only for
// the element that takes its place.

import { sameShape, type Value } from '@trtx/ir';
import type { Formation } from './formation.ts';
import { computedBy, type Group, isHostUnit, nodesOf, rootOf, type Unit } from './group.ts';
import { denseView, isWhole, type TensorView } from './view.ts';

/** @param units in their order. Changes `views`: results that are written over operands become views of these */
export function reuseOperands(formation: Formation, units: readonly Unit[], views: Map<Value, TensorView>): void {
  const lastUses = new Map<Value, number>();
  units.forEach((unit, i) => {
    for (const root of rootsOf(unit, views)) lastUses.set(root, i);
  });
  const heirs = new Map<Value, Value>();
  units.forEach((unit, i) => {
    if (isHostUnit(unit) || !storesOnce(formation, unit)) return;
    for (const result of unit.results) {
      if (views.has(result) || formation.isWanted(result)) continue;
      const dying = [...operandsInPlace(formation, unit, views)].find((root) => {
        const isOurs = root.producer !== null && !formation.isWanted(root) && root.type.dtype === result.type.dtype;
        const memory = heirs.get(root) ?? root;
        return isOurs && lastUses.get(memory) === i && sameShape(root.type.shape, result.type.shape);
      });
      if (!dying) continue;
      const memory = heirs.get(dying) ?? dying;
      heirs.set(result, memory);
      lastUses.set(memory, lastUses.get(result)!);
    }
  });
  for (const [value, view] of views) {
    const memory = heirs.get(view.storage);
    if (memory) views.set(value, { ...view, storage: memory });
  }
  for (const [result, memory] of heirs) views.set(result, { ...denseView(result), storage: memory });
}

/** True where the kernel is known to be done with an element once it has stored it. */
function storesOnce(formation: Formation, { anchor }: Group): boolean {
  return anchor === null || formation.traitOf(anchor).kind !== 'opaque';
}

/** The memory that a unit reads or writes. */
function rootsOf(unit: Unit, views: ReadonlyMap<Value, TensorView>): Set<Value> {
  const nodes = isHostUnit(unit) ? [unit.node] : [...nodesOf(unit)];
  const results = isHostUnit(unit) ? unit.node.outputs : unit.results;
  const operands = nodes.flatMap(({ inputs }) => inputs.filter((value): value is Value => value !== null));
  return new Set([...operands, ...results].map((value) => rootOf(value, views)));
}

/** Memory of which a group reads nothing but the element in the place of the one that it computes. */
function operandsInPlace(formation: Formation, group: Group, views: ReadonlyMap<Value, TensorView>): Set<Value> {
  const here = computedInPlace(formation, group);
  const own = computedBy(group);
  const found = new Set<Value>();
  const elsewhere = new Set<Value>();
  for (const node of nodesOf(group))
    for (const value of node.inputs) {
      if (!value || value.producer === null || own.has(value)) continue;
      const root = rootOf(value, views);
      const view = views.get(value);
      const isHere = node !== group.anchor && here.has(node.output) && formation.traitOf(node).kind === 'pointwise';
      const lies = sameShape(value.type.shape, node.output.type.shape) && (!view || isWhole(view));
      (isHere && lies ? found : elsewhere).add(root);
    }
  return new Set([...found].filter((root) => !elsewhere.has(root)));
}

/** Values of a group that are computed only at the place of the element that is stored. */
function computedInPlace(formation: Formation, { nodes, accumulated, prologue }: Group): Set<Value> {
  const here = new Set([accumulated, ...nodes.slice(1).map((node) => node.output)]);
  // Readers first.
  const late = [...prologue].sort((a, b) => formation.positionOf(b.producer!) - formation.positionOf(a.producer!));
  for (const value of late) {
    const own = [...value.users.keys()].filter(
      (node) => node.outputs.some((v) => here.has(v) || prologue.has(v)) || node === nodes[0],
    );
    const stays = own.every((node) => formation.traitOf(node).kind === 'pointwise' && here.has(node.output));
    if (stays && own.every((node) => sameShape(node.output.type.shape, value.type.shape))) here.add(value);
  }
  return here;
}
