// The input of a convolution as a matrix that is never formed: a row for each output position, a column for each step of the
// sum, which runs over kernel taps and, within each, over the input channels of the group.

import { convGeometry } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { anyResult, type FormatUse } from '../format/format.ts';
import type { Problem } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { Operand } from './contraction.ts';
import { placesOf, sizeOf } from './conv.ts';

/** Steps of a row that are read together, and as what. */
export interface WindowVector {
  readonly count: 4 | 8;
  /** Reads them at once, from the address of the first; absent where they do not lie side by side. */
  readonly read: ((address: Ix) => string) | undefined;
  readonly zeros: string;
  /** The vector of elements that were read one by one. */
  join(elements: readonly string[]): string;
}

/** What a convolution reads and writes that takes so many neighbouring channels at once, if there are as many. */
export function channelFormats({ group }: Problem, count: number): readonly FormatUse[] {
  const { inputChannels, groups } = convGeometry(group.anchor!.view());
  const reads = (inputChannels / groups) % count === 0 ? 'channels-last' : 'row-major';
  return anyResult(reads, [group.anchor!.inputs[0]!]);
}

/**
 * What reads vectors of the row with a number, which can pass the last one, from a step on. Steps come in whole tiles of `k`;
 * those past the last one, and in the padding, are 0.
 */
export function windowsOf(
  e: Emitter,
  problem: Problem,
  slice: Ix,
  k: number,
  { count, read, zeros, join }: WindowVector,
): (row: Ix) => (step: Ix) => string {
  const { shader } = e;
  const conv = problem.group.anchor!;
  const g = convGeometry(conv.view());
  const { depth } = sizeOf(problem);
  const channels = g.inputChannels / g.groups;
  const input = new Operand(e, conv.inputs[0]!);
  const kernel = g.axes.map((axis) => axis.kernel);
  const isWhole = depth % k === 0;

  /** What `load` gives of the element of an output position at a step, at most `last`, or `zero`. */
  const element = (
    [n, ...out]: readonly Ix[],
    step: Ix,
    last: number,
    load: (address: Ix) => string,
    zero: string,
  ): string => {
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
    const loaded = load(shader.index(input.address([n!, channel, ...at]), 'x'));
    const test = ix.all(valid);
    return test === true ? loaded : `select(${zero}, ${loaded}, ${test})`;
  };

  return (row) => {
    const [place] = placesOf(e, problem, [row]);
    if (read) return (step) => element(place!, step, depth - count, read, zeros);
    return (step) =>
      join(
        Array.from({ length: count }, (_, i) =>
          element(place!, shader.index(ix.add(step, i), 's'), depth - 1, (address) => input.at(address), '0.0'),
        ),
      );
  };
}
