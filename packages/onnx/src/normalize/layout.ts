// Ops that move elements: shapes and ranges that were attributes became inputs.

import { type Emitter, type LegacyNode, setInput, take, takeInts, typeOf } from './node.ts';
import { defaults, dropped, intsToInput, NEVER, numberToInput, step } from './steps.ts';

export const layoutSteps = [
  dropped('Reshape', 5, 'consumed_inputs'),
  intsToInput('Reshape', 5, 'shape', 1, true),
  intsToInput('Squeeze', 13, 'axes', 1),
  intsToInput('Unsqueeze', 13, 'axes', 1, true),
  defaults('Concat', 4, { axis: 1 }),
  step('Slice', 10, sliceRanges),
  intsToInput('Split', 13, 'split', 1),
  step('Split', 18, (node) => {
    if (!node.inputs[1]) node.attributes.set('num_outputs', node.outputCount);
  }),
  step('Tile', 6, tileAxis),
  // The type in which 16-bit floats are added up: what is rounded once is as good as any.
  dropped('Range', NEVER, 'stash_type'),
  step('Pad', 2, (node, emit) => {
    const pads = takeInts(node, 'paddings', emit);
    if (pads) node.attributes.set('pads', pads);
  }),
  intsToInput('Pad', 11, 'pads', 1, true),
  numberToInput('Pad', 11, 'value', 2),
];

function sliceRanges(node: LegacyNode, emit: Emitter): void {
  ['starts', 'ends', 'axes'].forEach((name, i) => {
    const values = takeInts(node, name, emit);
    if (values) setInput(node, i + 1, emit.constant('int64', [values.length], values));
    else if (name !== 'axes') throw emit.fail(`attribute ${name} is missing`);
  });
}

/** Tile-1 repeats along one axis, with both numbers as inputs. */
function tileAxis(node: LegacyNode, emit: Emitter): void {
  take(node, 'tiles');
  const rank = typeOf(node, 0, emit).shape.length;
  const tiles = node.inputs[1]?.contents?.values[0];
  const axis = node.inputs[2]?.contents?.values[0];
  if (typeof tiles !== 'number' || typeof axis !== 'number') throw emit.fail('tiles or axis are not known at build');
  const repeats = new Array<number>(rank).fill(1);
  repeats[axis < 0 ? axis + rank : axis] = tiles;
  node.inputs = [node.inputs[0]!, emit.constant('int64', [rank], repeats)];
}
