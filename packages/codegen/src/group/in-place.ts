// Writing in place: where the inputs of a Concat, or of a Reshape of a Transpose, are results of groups with an anchor,
// these groups write them where they belong in its result, and nothing is left to do for it.

import type { Value } from '@trtx/ir';
import type { Formation } from './formation.ts';
import { denseView, mapOf, placeOfInput, sourceOf, type TensorView } from './view.ts';

/** Has a value's inputs written into its memory, if all of them can be. Returns whether that is so. */
export function writeInPlace(formation: Formation, value: Value): boolean {
  if (formation.apart.has(value.producer!)) return false;
  const places = placesIn(formation, value, formation.placed.get(value) ?? denseView(value));
  if (!places) return false;
  for (const [input, place] of places) formation.placed.set(input, place);
  return true;
}

/** Where each value that makes up another is to lie. */
function placesIn(formation: Formation, value: Value, place: TensorView): Map<Value, TensorView> | undefined {
  const map = mapOf(value);
  // What reads nothing is written by nobody but itself.
  if (!map || map.sources.length === 0 || value.producer!.outputs.length !== 1) return undefined;
  const places = new Map<Value, TensorView>();
  for (const { input } of map.sources) {
    const found = baseOf(formation, value, input, place);
    if (!found || places.has(found.value) || !canBePlaced(formation, found.value, found.place)) return undefined;
    places.set(found.value, found.place);
  }
  return places;
}

/** The value in memory that an input is a view of, and where that lies if the input is part of `value`. */
function baseOf(formation: Formation, value: Value, input: number, place: TensorView) {
  let at = value.producer!.inputs[input]!;
  let view = placeOfInput(value, input, place);
  while (view && formation.movements.has(at)) {
    const source = sourceOf(at)!;
    view = placeOfInput(at, at.producer!.inputs.indexOf(source), view);
    at = source;
  }
  return view && { value: at, place: view };
}

function canBePlaced(formation: Formation, value: Value, place: TensorView): boolean {
  const { producer } = value;
  if (!producer || formation.isWanted(value) || formation.placed.has(value)) return false;
  if (!formation.canLieAt(value, place)) return false;
  if (formation.draftOf(value)?.anchor) return true;
  // What is made up of such values itself is written there by them.
  return formation.isFree(producer) && !formation.draftOf(value) && placesIn(formation, value, place) !== undefined;
}
