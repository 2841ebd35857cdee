// Ops that cut and border.

import type { Node, Value } from '@trtx/ir';
import { ints } from '../../normalize/pieces.ts';
import { type ExportEmitter, given, knownInts, knownShape, positive, spelling } from './spelling.ts';

export const layoutSpellings = [
  spelling('Split', 18, splitEvenly),
  spelling('Pad', 18, padAllAxes),
  spelling('CenterCropPad', 18, cutAndPad),
];

/** Without sizes Split-13 makes equal parts; others are written as sizes. */
function splitEvenly(node: Node, emit: ExportEmitter): readonly Value[] | undefined {
  const without = ['num_outputs'];
  if (node.inputs[1]) return node.attributes.has('num_outputs') ? emit.older(node, { without }) : undefined;
  const at = node.view();
  const [axis] = positive([at.int('axis')], at.input(0).shape.length) as [number];
  const parts = node.outputs.map(({ type }) => type.shape[axis]!);
  if (parts.every((part) => String(part) === String(parts[0]))) return emit.older(node, { without });
  if (!parts.every((part) => typeof part === 'number'))
    throw emit.fail(`parts of [${parts}], of which the last may be smaller`, 'Choose opset 18 or newer.');
  return emit.older(node, { inputs: [given(node, 0), ints(emit, ...(parts as number[]))], without });
}

/** Pad-13 has pads for all axes, not for chosen ones. */
function padAllAxes(node: Node, emit: ExportEmitter): readonly Value[] | undefined {
  if (!node.inputs[3]) return undefined;
  const [data, pads, value] = [given(node, 0), given(node, 1), node.inputs[2] ?? null];
  const rank = data.type.shape.length;
  const axes = positive(knownInts(node.inputs[3])!, rank);
  const known = knownInts(pads);
  if (known) {
    const all = new Array<number>(2 * rank).fill(0);
    axes.forEach((axis, i) => {
      all[axis] = known[i]!;
      all[axis + rank] = known[i + axes.length]!;
    });
    return emit.older(node, { inputs: [data, ints(emit, ...all), value] });
  }
  // One more pad, of 0, is what the other axes take.
  const more = emit.node('Concat', [pads, ints(emit, 0)], { axis: 0 });
  const places = Array.from({ length: 2 * rank }, (_, i) => {
    const at = axes.indexOf(i % rank);
    return at < 0 ? 2 * axes.length : at + (i < rank ? 0 : axes.length);
  });
  return emit.older(node, { inputs: [data, emit.node('Gather', [more, ints(emit, ...places)]), value] });
}

/** ⌊(size − wanted)/2⌋ places are cut off at the beginning, or ⌊(wanted − size)/2⌋ added there. */
function cutAndPad(node: Node, emit: ExportEmitter): readonly Value[] {
  const data = given(node, 0);
  const [from, to] = [knownShape(data.type), knownShape(node.output.type)];
  if (!from || !to) throw emit.fail('sizes that are not known at build', 'Choose opset 18 or newer.');
  const larger = from.flatMap((size, axis) => (size > to[axis]! ? [axis] : []));
  const smaller = from.some((size, axis) => size < to[axis]!);
  let value = data;
  if (larger.length > 0) {
    const starts = larger.map((axis) => Math.floor((from[axis]! - to[axis]!) / 2));
    const ends = larger.map((axis, i) => starts[i]! + to[axis]!);
    value = emit.node('Slice', [value, ints(emit, ...starts), ints(emit, ...ends), ints(emit, ...larger)]);
  }
  if (!smaller) return [value];
  const missing = from.map((size, axis) => Math.max(to[axis]! - size, 0));
  const before = missing.map((count) => Math.floor(count / 2));
  return [emit.node('Pad', [value, ints(emit, ...before, ...missing.map((count, axis) => count - before[axis]!))])];
}
