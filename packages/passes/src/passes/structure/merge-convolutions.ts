// Two convolutions with nothing between them are one, where one of the two has a window of one element: where that takes
// no more multiplications and additions.

import { type ConvGeometry, convGeometry, type Node } from '@trtx/ir';
import { float64Of, floatConstant, fromFloat64 } from '../../match.ts';
import type { Patch } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';

/** Products that the merged weights are summed of, past which the build would take seconds. */
const MAX_PRODUCTS = 2 ** 29;

/** A Conv of one group with constant weights [outputs, inputs, ...kernel] and bias. */
interface Convolution {
  readonly node: Node;
  readonly geometry: ConvGeometry;
  readonly weights: Float64Array;
  readonly bias: Float64Array | undefined;
  /** Elements of the window. */
  readonly window: number;
}

/** Conv, then a Conv whose window is one element. */
const pointwiseAfter = defineRule({
  name: 'pointwise-after',
  ops: ['Conv'],
  apply(node, patch) {
    const pair = pairOf(node, patch);
    if (!pair || !isPointwise(pair.second)) return undefined;
    return merge(pair.first, pair.second, pair.first, patch);
  },
});

/** A Conv whose window is one element, then a Conv. Padding after it must be of its zeros: it has no bias then. */
const pointwiseBefore = defineRule({
  name: 'pointwise-before',
  ops: ['Conv'],
  apply(node, patch) {
    const pair = pairOf(node, patch);
    if (!pair || !isPointwise(pair.first)) return undefined;
    const { first, second } = pair;
    const isPadded = second.geometry.axes.some(({ begin, end }) => begin !== 0 || end !== 0);
    return first.bias && isPadded ? undefined : merge(first, second, second, patch);
  },
});

export const mergeConvolutions = definePass({
  name: 'merge-convolutions',
  summary: 'two convolutions in a row, one of them with a window of one element, become one where that is no more work',
  rules: [pointwiseAfter, pointwiseBefore],
});

function pairOf(node: Node, patch: Patch): { first: Convolution; second: Convolution } | undefined {
  const before = node.inputs[0]!.producer;
  if (before?.op !== node.op || !patch.onlyUsedBy(node.inputs[0]!, node)) return undefined;
  const [first, second] = [convolutionOf(before), convolutionOf(node)];
  return first && second && isCheaper(first, second) ? { first, second } : undefined;
}

function convolutionOf(node: Node): Convolution | undefined {
  const weights = floatConstant(node.inputs[1]);
  const bias = node.inputs[2];
  const geometry = convGeometry(node.view());
  if (!weights || geometry.groups !== 1 || (bias && !floatConstant(bias))) return undefined;
  return {
    node,
    geometry,
    weights: float64Of(weights),
    bias: bias ? float64Of(bias.constant!) : undefined,
    window: geometry.axes.reduce((n, { kernel }) => n * kernel, 1),
  };
}

/** One element, of every place: no stride and no padding. */
function isPointwise({ geometry }: Convolution): boolean {
  return geometry.axes.every(
    ({ kernel, stride, begin, end }) => kernel === 1 && stride === 1 && begin === 0 && end === 0,
  );
}

/**
 * Multiply-adds for each place of the output, which is also the number of weights. Where the second has strides, the first
 * one computes more places than that, so that one convolution is cheaper still.
 */
function isCheaper(first: Convolution, second: Convolution): boolean {
  const [from, between, to] = [
    first.geometry.inputChannels,
    first.geometry.outputChannels,
    second.geometry.outputChannels,
  ];
  const window = first.window * second.window;
  if (from * between * to * window > MAX_PRODUCTS) return false;
  return from * to * window <= from * between * first.window + between * to * second.window;
}

/** One Conv with the window, strides and padding of `windowed`. */
function merge(first: Convolution, second: Convolution, windowed: Convolution, patch: Patch): Patch | undefined {
  const [from, between, to] = [
    first.geometry.inputChannels,
    first.geometry.outputChannels,
    second.geometry.outputChannels,
  ];
  const { window } = windowed;
  const weights = new Float64Array(to * from * window);
  const at = (w: Convolution, rows: number, row: number, column: number, tap: number) =>
    w.weights[(row * rows + column) * w.window + (w.window === 1 ? 0 : tap)]!;
  for (let o = 0; o < to; o++)
    for (let m = 0; m < between; m++)
      for (let i = 0; i < from; i++)
        for (let tap = 0; tap < window; tap++)
          weights[(o * from + i) * window + tap]! += at(second, between, o, m, tap) * at(first, from, m, i, tap);
  const bias = second.bias?.slice() ?? (first.bias ? new Float64Array(to) : undefined);
  if (first.bias && bias)
    for (let o = 0; o < to; o++)
      for (let m = 0; m < between; m++)
        for (let tap = 0; tap < second.window; tap++) bias[o]! += at(second, between, o, m, tap) * first.bias[m]!;
  if (![weights, bias ?? []].every((list) => list.every(Number.isFinite))) return undefined;
  const w = windowed.node.inputs[1];
  const { dtype } = w!.type;
  const dims = [to, from, ...windowed.geometry.axes.map(({ kernel }) => kernel)];
  const made = patch.node(
    'Conv',
    [
      first.node.inputs[0],
      patch.constant(fromFloat64(dtype, dims, weights), w!.name),
      bias && patch.constant(fromFloat64(dtype, [to], bias), `${second.node.name}.bias`),
    ],
    windowed.node.attributes,
    second.node.name,
  );
  return patch
    .covers(first.node)
    .replace(second.node.output, made, `${first.node.name} and ${second.node.name} as one`);
}
