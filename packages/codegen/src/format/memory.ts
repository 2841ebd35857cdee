// Which values share a memory, and where each lies in it once the memory is in another format.

import type { Graph, Value } from '@trtx/ir';
import { type Grouping, rootOf } from '../group/group.ts';
import { denseView, isDense, sourceOf, type TensorView, viewThrough } from '../group/view.ts';
import { type Storages, sharesWords } from '../storage.ts';
import type { Target } from '../target.ts';
import { type Format, partIn, stridesIn } from './format.ts';

/**
 * The memories that could be in channels-last format too: those that groups alone write and read, a word an element, and
 * in which everything that lies in them still could. For each, where its values are then.
 */
export function choices(
  graph: Graph,
  grouping: Grouping,
  { storages, isHosted, target }: { storages: Storages; isHosted(value: Value): boolean; target: Target },
) {
  const inside = new Map<Value, Value[]>();
  for (const [value, { storage }] of grouping.views) {
    const list = inside.get(storage);
    if (list) list.push(value);
    else inside.set(storage, [value]);
  }
  const wanted = (value: Value) => graph.isOutput(value) || isHosted(value);
  const isShared = (value: Value) => sharesWords(value.type.dtype, storages(value), target.features);
  const found = new Map<Value, ReadonlyMap<Value, TensorView>>();
  for (const root of new Set(
    grouping.groups.flatMap(({ results }) => results.map((one) => rootOf(one, grouping.views))),
  )) {
    const values = inside.get(root) ?? [];
    if (!hasChoice(root) || isShared(root) || [root, ...values].some(wanted)) continue;
    const places = placesIn('channels-last', root, values, grouping);
    if (places) found.set(root, places);
  }
  return found;
}

/** True where the formats differ. */
function hasChoice({ producer, type: { shape } }: Value): boolean {
  if (!producer || shape.length < 3) return false;
  return !isDense({ strides: stridesIn('channels-last', shape), shape });
}

/** Where a memory's values lie if it is in a format; undefined if one of them has no strides then. */
function placesIn(
  format: Format,
  root: Value,
  values: readonly Value[],
  { views }: Grouping,
): Map<Value, TensorView> | undefined {
  const places = new Map([[root, partIn(format, denseView(root))!]]);
  // In data order, so that what a view is of comes first.
  for (const value of values) {
    const source = sourceOf(value);
    const base = source && places.get(source);
    const place = partIn(format, views.get(value)!) ?? (base && viewThrough(value, base));
    if (!place) return undefined;
    places.set(value, place);
  }
  return places;
}
