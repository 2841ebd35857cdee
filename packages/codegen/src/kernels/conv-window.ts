// The input of a convolution as a matrix that is never formed: a row for each output position, a column for each step of the
// sum, which runs over kernel taps and, within each, over the input channels of the group.

import { convGeometry } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Problem } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { Operand } from './contraction.ts';
import { sizeOf } from './conv.ts';

export interface WindowElement {
  readonly address: Ix;
  /** False in the padding, and past the last step. */
  readonly valid: boolean | string;
}

/**
 * What finds the element of an output position's window, as `placesOf` gives it, at a step of the sum. Steps come in whole
 * tiles of `k`; of those past the last one the address is that of step `last`.
 */
export function windowsOf(e: Emitter, problem: Problem, slice: Ix, k: number) {
  const { shader } = e;
  const conv = problem.group.anchor!;
  const g = convGeometry(conv.view());
  const { depth } = sizeOf(problem);
  const channels = g.inputChannels / g.groups;
  const input = new Operand(e, conv.inputs[0]!);
  const kernel = g.axes.map((axis) => axis.kernel);
  const isWhole = depth % k === 0;
  return ([n, ...out]: readonly Ix[], step: Ix, last: number): WindowElement => {
    const inside = isWhole ? step : shader.index(ix.minIx(step, last), 's');
    const taps = Position.linear(kernel, shader.index(ix.div(inside, channels), 'tap')).coords(shader);
    const valid: (boolean | string)[] = [isWhole || ix.less(step, depth)];
    const at = out.map((o, i) => {
      const axis = g.axes[i]!;
      const tap = ix.sub(ix.mul(taps[i]!, axis.dilation), e.size(axis.begin));
      const place = shader.index(ix.add(ix.mul(o, axis.stride), tap), 'y');
      if (axis.begin !== 0 || axis.end !== 0) valid.push(ix.less(place, e.size(axis.size)));
      return place;
    });
    const channel = ix.add(ix.mul(slice, channels), ix.mod(inside, channels));
    return { address: shader.index(input.address([n!, channel, ...at]), 'x'), valid: ix.all(valid) };
  };
}
