// Deformable convolution: a convolution whose taps are moved by offsets that come as an input, and read between elements.

import { defineOp, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import { checkShape } from './check.ts';
import { type ConvGeometry, convFlops, convGeometry } from './conv.ts';
import { FLOATS } from './types.ts';
import { WINDOW_ATTRIBUTES } from './window.ts';

/** The geometry of a DeformConv, as kernels read it. */
export interface DeformConvGeometry extends ConvGeometry {
  /** Neighbouring input channels in as many groups share their offsets and masks. */
  readonly offsetGroups: number;
  /** Taps of the window. Offsets are [batch, offsetGroups · taps · axes, …], masks [batch, offsetGroups · taps, …]. */
  readonly taps: number;
}

/** Geometry of a DeformConv: weights [outputChannels, inputChannels/groups, ...kernel]. */
export function deformConvGeometry(at: NodeView): DeformConvGeometry {
  const g = convGeometry(at);
  const offsetGroups = at.int('offset_group');
  if (g.inputChannels % offsetGroups !== 0)
    throw at.fail(`${g.inputChannels} channels in ${offsetGroups} groups of offsets`);
  const taps = g.axes.reduce((count, axis) => count * axis.kernel, 1);
  const spatial = g.axes.map((axis) => axis.output);
  checkShape(at, 2, [g.batch, offsetGroups * taps * g.axes.length, ...spatial]);
  checkShape(at, 3, [g.outputChannels]);
  checkShape(at, 4, [g.batch, offsetGroups * taps, ...spatial]);
  return { ...g, offsetGroups, taps };
}

const operand = (name: string, optional = false): OperandSpec => ({ name, types: FLOATS, sameAs: 'T', optional });
const { auto_pad: _, ...WINDOW } = WINDOW_ATTRIBUTES;
const GROUP = { type: 'int', default: 1, min: 1, max: 2 ** 20 } as const;

export const deformConvOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'DeformConv',
    since: 22,
    summary:
      'convolution whose taps are moved by offsets and weighed by masks; between elements it interpolates linearly',
    inputs: [operand('X'), operand('W'), operand('offset'), operand('B', true), operand('mask', true)],
    outputs: [{ name: 'Y' }],
    attributes: { ...WINDOW, group: GROUP, offset_group: GROUP },
    trait: { kind: 'opaque' },
    flops: (at) => convFlops(deformConvGeometry(at)),
    infer(at) {
      const g = deformConvGeometry(at);
      return [{ dtype: at.input(0).dtype, shape: [g.batch, g.outputChannels, ...g.axes.map((axis) => axis.output)] }];
    },
  }),
];
