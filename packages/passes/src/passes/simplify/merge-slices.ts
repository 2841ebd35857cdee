// Parts of tensors: slices of slices, picks of picks, tensors that are cut and put together again, concatenations in concatenations.

import { add, type Dim, type Node, normalizeAxis, type Value } from '@trtx/ir';
import { integersOf, producerOf } from '../../match.ts';
import type { NewValue, Operand, Patch } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';

/** Positions along an axis, counted from its beginning; the end may lie past the axis. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Contents of "to the end", as INT64_MAX and its like read. */
const END = 2 ** 52;

/** Slice of a Slice is one. */
const sliceOfSlice = defineRule({
  name: 'slice-of-slice',
  ops: ['Slice'],
  apply(node, patch) {
    const inner = producerOf(node.inputs[0], 'Slice');
    if (!inner || !patch.onlyUsedBy(inner.output, node)) return undefined;
    const [first, second] = [rangesOf(inner), rangesOf(node)];
    if (!first || !second) return undefined;
    const merged = new Map(first);
    for (const [axis, range] of second) {
      const before = first.get(axis);
      merged.set(axis, before ? rangeOfRange(before, range) : range);
    }
    const y = slice(inner.inputs[0]!, merged, patch);
    if (!patch.sameShape(y.type.shape, node.output.type.shape)) return undefined;
    return patch.covers(inner).replace(node.output, y, 'Slice of Slice');
  },
});

/** A Slice that lies in one part of a Concat is a Slice of the part, or the part. */
const sliceOfConcat = defineRule({
  name: 'slice-of-concat',
  ops: ['Slice'],
  apply(node, patch) {
    const concat = producerOf(node.inputs[0], 'Concat');
    const [[axis, range] = [], ...more] = rangesOf(node) ?? [];
    if (!concat || axis === undefined || !range || more.length > 0 || axis !== axisOf(concat)) return undefined;
    let low = 0;
    for (const part of concat.inputs as readonly Value[]) {
      const size = part.type.shape[axis]!;
      if (typeof size !== 'number') return undefined;
      if (range.start >= low && range.end <= low + size) {
        const whole = range.start === low && range.end === low + size && range.step === 1;
        const own = { ...range, start: range.start - low, end: range.end - low };
        const y = whole ? part : slice(part, new Map([[axis, own]]), patch);
        if (!patch.sameShape(y.type.shape, node.output.type.shape)) return undefined;
        return patch.covers(concat).replace(node.output, y, 'lies in one part of the Concat');
      }
      low += size;
    }
    return undefined;
  },
});

/** Concat in a Concat along the same axis, as one of its parts, is one. As several of them it would multiply. */
const concatOfConcat = defineRule({
  name: 'concat-of-concat',
  ops: ['Concat'],
  apply(node, patch) {
    const axis = axisOf(node);
    const covered: Node[] = [];
    const parts = node.inputs.flatMap((input) => {
      const inner = producerOf(input, 'Concat');
      if (!inner || axisOf(inner) !== axis || !patch.onlyUsedBy(inner.output, node)) return [input];
      if (node.inputs.indexOf(input) !== node.inputs.lastIndexOf(input)) return [input];
      covered.push(inner);
      return inner.inputs;
    });
    if (covered.length === 0) return undefined;
    const y = patch.node('Concat', parts, { axis });
    if (!patch.sameShape(y.type.shape, node.output.type.shape)) return undefined;
    return patch.covers(...covered).replace(node.output, y, 'Concat of Concat');
  },
});

/** What is picked of what is picked is picked at once: the positions first, which are fewer elements than what is at them. */
const gatherOfGather = defineRule({
  name: 'gather-of-gather',
  ops: ['Gather'],
  apply(node, patch) {
    const inner = producerOf(node.inputs[0], 'Gather', 'GatherND');
    if (!inner || !patch.onlyUsedBy(inner.output, node)) return undefined;
    const [x, positions] = inner.inputs as [Value, Value];
    const isND = inner.op.name === 'GatherND';
    if (isND && inner.view().int('batch_dims') !== 0) return undefined;
    const first = isND ? 0 : axisOf(inner);
    const axes = positions.type.shape.length - (isND ? 1 : 0);
    const axis = axisOf(node) - first;
    if (axis < 0 || axis >= axes) return undefined;
    const picked = patch.node('Gather', [positions, node.inputs[1]!], { axis });
    const y = isND ? patch.node('GatherND', [x, picked]) : patch.node('Gather', [x, picked], { axis: first });
    if (!patch.sameShape(y.type.shape, node.output.type.shape)) return undefined;
    return patch.covers(inner).replace(node.output, y, 'Gather of what was gathered');
  },
});

/** Parts with nothing in them add nothing. */
const emptyPart = defineRule({
  name: 'empty-part',
  ops: ['Concat'],
  apply(node, patch) {
    const axis = axisOf(node);
    const parts = node.inputs.filter((input) => input!.type.shape[axis] !== 0);
    if (parts.length === node.inputs.length || parts.length === 0) return undefined;
    const y = patch.node('Concat', parts, { axis });
    return patch.sameShape(y.type.shape, node.output.type.shape)
      ? patch.replace(node.output, y, 'an empty part')
      : undefined;
  },
});

/** What Split or Slices took apart and Concat puts together again is what it was. */
const partsOfOne = defineRule({
  name: 'parts-of-one',
  ops: ['Concat'],
  apply(node, patch) {
    const axis = axisOf(node);
    let source: Value | undefined;
    let reached: Dim = 0;
    for (const input of node.inputs as readonly Value[]) {
      const part = partOf(input, axis);
      if (!part || (source && part.source !== source) || !patch.sameDim(part.start, reached)) return undefined;
      source = part.source;
      reached = part.end;
      patch.covers(input.producer!);
    }
    if (!source || !patch.sameDim(reached, source.type.shape[axis]!)) return undefined;
    if (!patch.sameShape(source.type.shape, node.output.type.shape)) return undefined;
    return patch.replace(node.output, source, 'all parts of one');
  },
});

/** Where Split cuts between the parts of a Concat, these are what it gives. */
const splitOfConcat = defineRule({
  name: 'split-of-concat',
  ops: ['Split'],
  apply(node, patch) {
    const concat = producerOf(node.inputs[0], 'Concat');
    const axis = concat && axisOf(concat);
    if (!concat || axis === undefined || axis !== axisOf(node)) return undefined;
    if (concat.inputs.length !== node.outputs.length) return undefined;
    const same = node.outputs.every((output, i) => patch.sameShape(output.type.shape, concat.inputs[i]!.type.shape));
    if (!same) return undefined;
    node.outputs.forEach((output, i) => {
      patch.replace(output, concat.inputs[i]!);
    });
    return patch.covers(concat).because('Split between the parts of a Concat');
  },
});

export const mergeSlices = definePass({
  name: 'merge-slices',
  summary: 'chains of Slice, Gather or Concat become one; Split and Slice beside Concat cancel',
  rules: [sliceOfSlice, sliceOfConcat, concatOfConcat, gatherOfGather, emptyPart, partsOfOne, splitOfConcat],
});

function axisOf(node: Node): number {
  const view = node.view();
  return normalizeAxis(view, view.int('axis'), view.input(0).shape.length);
}

/** The axes that a Slice cuts; undefined where a position is symbolic or counts from a symbolic end, or a step goes back. */
export function rangesOf(node: Node): Map<number, Range> | undefined {
  const [data, ...operands] = node.inputs;
  const [starts, ends, axes, steps] = operands.map(integersOf);
  if (!starts || !ends || (operands[2] && !axes) || (operands[3] && !steps)) return undefined;
  const { shape } = data!.type;
  const view = node.view();
  const ranges = new Map<number, Range>();
  for (const [i, first] of starts.entries()) {
    const axis = axes ? normalizeAxis(view, axes[i]!, shape.length) : i;
    const step = steps?.[i] ?? 1;
    const [start, end] = [fromBegin(first, shape[axis]!), fromBegin(ends[i]!, shape[axis]!)];
    if (step < 1 || start === undefined || end === undefined) return undefined;
    ranges.set(axis, { start, end, step });
  }
  return ranges;
}

function fromBegin(position: number, size: Dim): number | undefined {
  if (typeof size === 'number') return Math.max(0, Math.min(position < 0 ? position + size : position, size));
  return position < 0 ? undefined : position;
}

function rangeOfRange(first: Range, second: Range): Range {
  const at = (position: number) => Math.min(first.start + position * first.step, END);
  return { start: at(second.start), end: Math.min(first.end, at(second.end)), step: first.step * second.step };
}

function slice(x: Operand, ranges: ReadonlyMap<number, Range>, patch: Patch): NewValue {
  const list = [...ranges.values()];
  const steps = list.some(({ step }) => step !== 1)
    ? patch.integers(
        list.map(({ step }) => step),
        'steps',
      )
    : null;
  return patch.node('Slice', [
    x,
    patch.integers(list.map(({ start }) => start), 'starts'),
    patch.integers(list.map(({ end }) => end), 'ends'),
    patch.integers([...ranges.keys()], 'axes'),
    steps,
  ]); // biome-ignore format: an operand a line
}

/** The value as a part, along an axis, of another that is whole along the others. */
function partOf(value: Value, axis: number): { source: Value; start: Dim; end: Dim } | undefined {
  const node = value.producer;
  if (node?.op.domain !== '') return undefined;
  if (node.op.name === 'Split') {
    if (axisOf(node) !== axis) return undefined;
    const sizes = node.outputs.map(({ type }) => type.shape[axis]!);
    const at = node.outputs.indexOf(value);
    const start = sizes.slice(0, at).reduce<Dim>(add, 0);
    return { source: node.inputs[0]!, start, end: add(start, sizes[at]!) };
  }
  if (node.op.name !== 'Slice') return undefined;
  const [[own, range] = [], ...more] = rangesOf(node) ?? [];
  if (own !== axis || range?.step !== 1 || more.length > 0) return undefined;
  const source = node.inputs[0]!;
  return { source, start: range.start, end: range.end >= END ? source.type.shape[axis]! : range.end };
}
