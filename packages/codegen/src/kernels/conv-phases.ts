// A transposed convolution as plain ones. Output position o takes input i and tap k where o + begin = i·stride + k·dilation.
// The positions whose o mod stride is the same, a phase, take only the taps from one on that lie a stride apart: they are what
// a convolution of stride 1 gives with ⌈kernel / stride⌉ taps, the last of them first.
//
//   i = ⌊o / stride⌋ + ⌊(phase + begin) / stride⌋ − t·dilation        k = (phase + begin) mod stride + t·stride
//
// Source: Shi et al., "Is the deconvolution layer the same as a convolutional layer?", 2016.

import { add, atMost, ceilDiv, convTransposeGeometry, type Dim, mul, product, type WindowAxis } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { isMultiple } from '../group/view.ts';
import type { Problem } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { placeAmong } from './conv.ts';
import { type ConvSteps, stepsAlong } from './conv-steps.ts';
import type { WindowSide, Windows } from './conv-window.ts';

export interface PhaseAxis extends WindowAxis {
  readonly begin: number;
  /** Positions of a phase; in the last ones of the larger phases nothing may be. */
  readonly positions: Dim;
  /** Taps of a phase. Of some phases the last one is past the kernel. */
  readonly taps: number;
}

export interface Phases {
  readonly batch: Dim;
  readonly axes: readonly PhaseAxis[];
  readonly groups: number;
  /** Channels of a group. */
  readonly inputs: number;
  readonly outputs: number;
  /** Phases of each axis. */
  readonly strides: readonly number[];
  readonly count: number;
  /**
   * Whether all phases have the same windows and as many positions, so that they are columns of one product, as
   * [phase][output channel]. Otherwise each is a product of its own.
   */
  readonly isJoined: boolean;
  /** Output positions of a phase, over the batch. */
  readonly rows: Dim;
  /** How the sum of a phase runs, four steps at once. */
  readonly steps: ConvSteps;
}

/** The phases of a transposed convolution; undefined where the taps of one do not lie a stride apart. */
export function phasesOf({ group }: Problem): Phases | undefined {
  const { batch, groups, inputChannels, outputChannels, axes } = convTransposeGeometry(group.anchor!.view());
  const own: PhaseAxis[] = [];
  for (const axis of axes) {
    const { begin, stride, dilation, kernel, output } = axis;
    if (typeof begin !== 'number' || (stride > 1 && dilation > 1)) return undefined;
    own.push({ ...axis, begin, positions: ceilDiv(output, stride), taps: Math.ceil(kernel / stride) });
  }
  const strides = own.map(({ stride }) => stride);
  const inputs = inputChannels / groups;
  return {
    batch,
    axes: own,
    groups,
    inputs,
    outputs: outputChannels / groups,
    strides,
    count: strides.reduce((n, stride) => n * stride, 1),
    isJoined: own.every(
      ({ kernel, begin, output, stride }) =>
        kernel % stride === 0 && begin % stride === 0 && isMultiple(output, stride),
    ),
    rows: mul(batch, product(own.map(({ positions }) => positions))),
    steps: stepsAlong(
      own.map(({ taps, dilation }) => ({ kernel: taps, dilation })),
      inputs,
      4,
    ),
  };
}

/** Group of channels and phase that a slice is of; the first phase where all are joined. */
export function phaseAt(e: Emitter, { groups, strides, isJoined }: Phases, slice: Ix) {
  const sizes = isJoined ? [groups] : [groups, ...strides];
  const [group, ...phase] = Position.linear(sizes, slice).coords(e.shader) as [Ix, ...Ix[]];
  return { group, phase: isJoined ? strides.map(() => 0) : phase };
}

/** Batch and place of the row with a number, which can pass the last one, among the positions of a phase. */
export function placeInPhase(e: Emitter, { batch, axes }: Phases, row: Ix): Ix[] {
  const positions = axes.map((axis) => axis.positions);
  return placeAmong(e, batch, positions, row);
}

/** The windows of the positions of the phase that a slice is of. */
export function phaseWindows(e: Emitter, problem: Problem, phases: Phases, slice: Ix): Windows {
  const { group, phase } = phaseAt(e, phases, slice);
  return {
    input: problem.group.anchor!.inputs[0]!,
    channel: ix.mul(group, phases.inputs),
    axes: phases.axes.map((axis, i) => sideOf(e, axis, phases.isJoined ? 0 : axis.stride - 1, phase[i]!)),
    place: (row) => placeInPhase(e, phases, row),
  };
}

/** @param last of the phases that there are */
function sideOf({ shader }: Emitter, axis: PhaseAxis, last: number, phase: Ix): WindowSide {
  const { begin, stride, dilation, kernel, taps, size, positions } = axis;
  const ahead = shader.index(ix.add(phase, begin), 'p');
  const reach = add(positions, Math.floor((last + begin) / stride));
  const side = {
    size,
    kernel: taps,
    stride: 1,
    dilation,
    begin: ix.sub((taps - 1) * dilation, shader.index(ix.div(ahead, stride), 'q')),
    isPadded: taps > 1 || !atMost(reach, size),
  };
  const whole = kernel - (taps - 1) * stride;
  if (whole === stride) return side;
  const test = ix.less(ix.mod(ahead, stride), whole);
  return {
    ...side,
    missing: typeof test === 'string' ? shader.let(`select(1u, 0u, ${test})`, 'missing') : Number(!test),
  };
}

/** The number of the tap of the kernel that a phase has as the tap of a number; −1 for one past the kernel. Both row-major. */
export function tapOf({ axes, strides }: Phases, phase: number, tap: number): number {
  const at = unravel(phase, strides);
  const turned = unravel(
    tap,
    axes.map(({ taps }) => taps),
  );
  return axes.reduce((number, { begin, stride, kernel, taps }, i) => {
    const k = ((at[i]! + begin) % stride) + (taps - 1 - turned[i]!) * stride;
    return number < 0 || k >= kernel ? -1 : number * kernel + k;
  }, 0);
}

/** The coordinates of a row-major number. */
function unravel(number: number, sizes: readonly number[]): number[] {
  const coords: number[] = [];
  let rest = number;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    coords[axis] = rest % sizes[axis]!;
    rest = Math.floor(rest / sizes[axis]!);
  }
  return coords;
}
