// Pools, and blocks put back into images.

import { blockAxes, constantFrom, isFloat, type Node, type Value } from '@trtx/ir';
import { ints } from '../../normalize/pieces.ts';
import { castTo } from '../../normalize/steps.ts';
import { dropNeutral } from './neutral.ts';
import { type ExportEmitter, given, spelling } from './spelling.ts';

export const windowSpellings = [
  dropNeutral('AveragePool', 19, 'dilations'),
  dropNeutral('LpPool', 18, 'dilations', 'ceil_mode'),
  spelling('Col2Im', 18, (node, emit) => [transposedConv(node, emit)]),
];

/** A transposed convolution whose kernel has a 1 for each place of the block, one channel for another. */
function transposedConv(node: Node, emit: ExportEmitter): Value {
  const columns = given(node, 0);
  const at = node.view();
  const axes = blockAxes(at);
  const places = axes.reduce((product, { block }) => product * block, 1);
  const width = columns.type.shape[1]!;
  const counts = axes.map(({ count }) => count);
  const sizes = axes.map(({ size }) => size);
  if (typeof width !== 'number' || ![...counts, ...sizes].every((dim) => typeof dim === 'number'))
    throw emit.fail('an image of sizes that are not known at build', 'Choose opset 18 or newer.');
  const channels = width / places;
  const grid = emit.node('Reshape', [columns, ints(emit, 0, width, ...(counts as number[]))]);
  const ones = Array.from({ length: channels * places * places }, (_, i) => {
    return Math.floor(i / places) % places === i % places ? 1 : 0;
  });
  const kernel = emit.add(constantFrom('float32', [width, 1, ...axes.map(({ block }) => block)], ones));
  const { dtype } = columns.type;
  const compute = isFloat(dtype) ? dtype : 'float32';
  const ends = axes.map(({ block, stride, dilation, begin }, i) => {
    const whole = ((counts[i] as number) - 1) * stride + dilation * (block - 1) + 1;
    return whole - begin - (sizes[i] as number);
  });
  const attributes = {
    group: channels,
    strides: axes.map(({ stride }) => stride),
    dilations: axes.map(({ dilation }) => dilation),
    pads: [...axes.map(({ begin }) => begin), ...ends.map((end) => Math.max(end, 0))],
    output_padding: ends.map((end) => Math.max(-end, 0)),
  };
  const image = emit.node('ConvTranspose', [castTo(grid, compute, emit), castTo(kernel, compute, emit)], attributes);
  return castTo(image, dtype, emit);
}
