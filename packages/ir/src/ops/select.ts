// Ops whose output sizes only the elements tell: what is not zero, not alike, not suppressed.

import { type Contents, MAX_CONTENTS } from '../contents.ts';
import { type Dim, minDim, product } from '../dim.ts';
import { countsOf, join, placesOf } from '../interval.ts';
import { defineOp, type Inferred, type NodeView, type OpDef } from '../op.ts';
import { elementCount } from '../tensor.ts';
import { normalizeAxis } from './axis.ts';
import { BOOL } from './types.ts';

/** The axis of a Compress or Unique; undefined where the flattened input is meant. */
export function pickedAxis(at: NodeView): number | undefined {
  return at.has('axis') ? normalizeAxis(at, at.int('axis'), at.input(0).shape.length) : undefined;
}

/** The shape with `size` places along the picked axis, or of the flattened input. */
function picked(at: NodeView, size: Dim): readonly Dim[] {
  const axis = pickedAxis(at);
  return axis === undefined ? [size] : at.input(0).shape.map((dim, i) => (i === axis ? size : dim));
}

/** The number of places along the picked axis. */
function places(at: NodeView): Dim {
  const { shape } = at.input(0);
  const axis = pickedAxis(at);
  return axis === undefined ? product(shape) : shape[axis]!;
}

const int64 = (...shape: readonly Dim[]): Inferred => ({ dtype: 'int64', shape });

export const selectOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'NonZero',
    since: 13,
    summary: 'the positions of the elements that are not zero, in row-major order: a row for each axis',
    inputs: [{ name: 'X' }],
    outputs: [{ name: 'Y' }],
    attributes: {},
    trait: { kind: 'opaque' },
    range: (at) => [join([0, 0], ...at.input(0).shape.map(placesOf))],
    infer(at) {
      const { shape } = at.input(0);
      const contents = knownPositions(at);
      if (contents) return [{ ...int64(...contents.dims), contents }];
      return [int64(shape.length, at.unknown('count', product(shape)))];
    },
  }),
  defineOp({
    domain: '',
    name: 'Compress',
    since: 11,
    summary: 'slices along an axis, or elements of the flattened input, where the condition holds',
    inputs: [{ name: 'input' }, { name: 'condition', types: BOOL }],
    outputs: [{ name: 'output' }],
    attributes: { axis: { type: 'int', doc: 'the input is flattened where it is absent' } },
    trait: { kind: 'opaque' },
    infer(at) {
      const { dtype } = at.input(0);
      const condition = at.input(1).shape;
      if (condition.length !== 1) throw at.fail(`a condition of rank ${condition.length}`);
      const size = places(at);
      const chosen = at.numbers(1)?.flatMap((holds, i) => (holds ? [i] : []));
      const past = chosen?.find((i) => typeof size === 'number' && i >= size);
      if (past !== undefined) throw at.fail(`place ${past} is chosen of ${size}`);
      return [{ dtype, shape: picked(at, chosen?.length ?? at.unknown('count', minDim(condition[0]!, size))) }];
    },
  }),
  defineOp({
    domain: '',
    name: 'Unique',
    since: 11,
    summary: 'the elements, or slices along an axis, without repetition; where each is first, where it went, how many',
    inputs: [{ name: 'X' }],
    outputs: ['Y', 'indices', 'inverse_indices', 'counts'].map((name) => ({ name })),
    attributes: {
      axis: { type: 'int', doc: 'the input is flattened where it is absent' },
      sorted: { type: 'int', default: 1, min: 0, max: 1, doc: 'ascending, or in order of first appearance' },
    },
    trait: { kind: 'opaque' },
    range: (at, of) => [of(0), placesOf(places(at)), placesOf(places(at)), countsOf(places(at))],
    infer(at) {
      const size = places(at);
      const count = at.unknown('count', size);
      const all = [{ dtype: at.input(0).dtype, shape: picked(at, count) }, int64(count), int64(size), int64(count)];
      return all.slice(0, at.outputCount);
    },
  }),
  defineOp({
    domain: '',
    name: 'NonMaxSuppression',
    since: 11,
    summary: 'boxes of each class, best first, without those that overlap better ones: [batch, class, box] for each',
    inputs: [
      { name: 'boxes', types: ['float32'] },
      { name: 'scores', types: ['float32'] },
      { name: 'max_output_boxes_per_class', types: ['int64'], optional: true },
      { name: 'iou_threshold', types: ['float32'], optional: true },
      { name: 'score_threshold', types: ['float32'], optional: true },
    ],
    outputs: [{ name: 'selected_indices' }],
    attributes: {
      center_point_box: {
        type: 'int',
        default: 0,
        min: 0,
        max: 1,
        doc: 'boxes are [x, y, width, height] from their centers, not [y1, x1, y2, x2] of two corners',
      },
    },
    trait: { kind: 'opaque' },
    range: (at) => [join(...[...at.input(1).shape, at.input(0).shape[1]!].map(placesOf))],
    infer(at) {
      const [boxes, scores] = [at.input(0).shape, at.input(1).shape];
      if (boxes.length !== 3 || scores.length !== 3)
        throw at.fail(`boxes of [${boxes}] and scores of [${scores}] where [B, N, 4] and [B, C, N] belong`);
      at.equal(boxes[2]!, 4);
      const batch = at.equal(boxes[0]!, scores[0]!);
      const count = at.equal(boxes[1]!, scores[2]!);
      const most = at.inputs[2] ? at.numbers(2)?.[0] : 0;
      const each = most === undefined ? count : minDim(Math.max(most, 0), count);
      return [int64(at.unknown('selected', product([batch, scores[1]!, each])), 3)];
    },
  }),
];

/** Positions of known elements that are not zero. */
function knownPositions(at: NodeView): Contents | undefined {
  const known = at.numbers(0);
  const dims = at.input(0).shape as readonly number[];
  if (!known || known.length !== elementCount(dims)) return undefined;
  const found = known.flatMap((value, i) => (value !== 0 ? [i] : []));
  if (found.length * dims.length > MAX_CONTENTS) return undefined;
  let stride = known.length;
  const values = dims.flatMap((dim) => {
    stride /= dim;
    const step = stride;
    return found.map((place) => Math.floor(place / step) % dim);
  });
  return { dims: [dims.length, found.length], values };
}
