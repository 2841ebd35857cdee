// Resize, whose attributes came one by one.

import { constantFrom, type Node, numbersOf, type Value } from '@trtx/ir';
import { ints } from '../../normalize/pieces.ts';
import { neutralOf } from './neutral.ts';
import { size } from './pieces.ts';
import { type ExportEmitter, given, positive, spelling } from './spelling.ts';

const LATER = ['antialias', 'keep_aspect_ratio_policy'];

export const resizeSpellings = [spelling('Resize', 18, allAxes)];

/** Resize-13 has scales, sizes and a region for all axes, not for chosen ones. */
function allAxes(node: Node, emit: ExportEmitter): readonly Value[] | undefined {
  const without = neutralOf(node, LATER);
  const chosen = node.view().ints('axes');
  const ofScalesOnly = node.attributes.get('keep_aspect_ratio_policy') !== undefined && !node.inputs[3];
  if (ofScalesOnly && !without.includes('keep_aspect_ratio_policy')) without.push('keep_aspect_ratio_policy');
  if (!chosen) return without.length > 0 ? emit.older(node, { without }) : undefined;
  const x = given(node, 0);
  const axes = positive(chosen, x.type.shape.length);
  const [, region, scales, sizes] = node.inputs;
  const inputs = [
    x,
    region ? regionOf(region, axes, x, emit) : null,
    scales ? scalesOf(scales, axes, x, emit) : null,
    sizes ? sizesOf(sizes, axes, x, emit) : null,
  ];
  return emit.older(node, { inputs, without: [...without, 'axes'] });
}

function scalesOf(scales: Value, axes: readonly number[], x: Value, emit: ExportEmitter): Value {
  const given = numbers(scales, emit);
  const all = x.type.shape.map((_, axis) => (axes.includes(axis) ? given[axes.indexOf(axis)]! : 1));
  return emit.constant('float32', [all.length], all);
}

function regionOf(region: Value, axes: readonly number[], x: Value, emit: ExportEmitter): Value {
  const given = numbers(region, emit);
  const side = (offset: number, otherwise: number) =>
    x.type.shape.map((_, axis) => (axes.includes(axis) ? given[axes.indexOf(axis) + offset]! : otherwise));
  const all = [...side(0, 0), ...side(axes.length, 1)];
  return emit.add(constantFrom(region.type.dtype, [all.length], all));
}

/** Sizes that are known, or taken apart and put between those that stay. */
function sizesOf(sizes: Value, axes: readonly number[], x: Value, emit: ExportEmitter): Value {
  const known = sizes.contents?.values;
  const parts = x.type.shape.map((_, axis) => {
    const at = axes.indexOf(axis);
    if (at < 0) return size(x, axis, emit);
    const wanted = known?.[at];
    return typeof wanted === 'number' ? ints(emit, wanted) : emit.node('Gather', [sizes, ints(emit, at)]);
  });
  const constants = parts.map(({ contents }) => contents?.values[0]);
  return constants.every((one) => typeof one === 'number')
    ? ints(emit, ...(constants as number[]))
    : emit.node('Concat', parts, { axis: 0 });
}

function numbers(value: Value, emit: ExportEmitter): number[] {
  if (!value.constant) throw emit.fail(`${value.name} is not known at build`, 'Choose opset 18 or newer.');
  return numbersOf(value.constant);
}
