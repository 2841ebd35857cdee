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

/** A step of the sum. */
interface Place {
  /** A tap of the kernel, by its coordinates. */
  readonly taps: readonly Ix[];
  readonly channel: Ix;
}

/** What a convolution reads and writes that takes so many neighbouring channels at once, if there are as many. */
export function channelFormats({ group }: Problem, count: number): readonly FormatUse[] {
  const { inputChannels, groups } = convGeometry(group.anchor!.view());
  const reads = (inputChannels / groups) % count === 0 ? 'channels-last' : 'row-major';
  return anyResult(reads, [group.anchor!.inputs[0]!]);
}

/**
 * What reads vectors of the row with a number, which can pass the last one: those at a step of the tile of `k` steps that
 * begins at another. Steps past the last one, and in the padding, are 0.
 */
export function windowsOf(
  e: Emitter,
  problem: Problem,
  slice: Ix,
  k: number,
  { count, read, zeros, join }: WindowVector,
): (row: Ix) => (tile: Ix, step: Ix) => string {
  const { shader } = e;
  const conv = problem.group.anchor!;
  const g = convGeometry(conv.view());
  const { depth } = sizeOf(problem);
  const channels = g.inputChannels / g.groups;
  const input = new Operand(e, conv.inputs[0]!);
  const kernel = g.axes.map((axis) => axis.kernel);
  const isWhole = depth % k === 0;
  /** Where the steps of a tile are those of one tap, it is the same for all that is read of the tile. */
  const hasOneTap = channels % k === 0;
  const tapsOfTiles = new Map<Ix, Place>();

  const placeOf = (step: Ix): Place => ({
    taps: Position.linear(kernel, shader.index(ix.div(step, channels), 'tap')).coords(shader),
    channel: shader.index(ix.mod(step, channels), 'c'),
  });
  /** Where a step of a tile is, at most at `last`. */
  const placeIn = (tile: Ix, step: Ix, last: number): Place & { readonly exists: boolean | string } => {
    if (hasOneTap) {
      const { taps, channel } = tapsOfTiles.get(tile) ?? placeOf(tile);
      tapsOfTiles.set(tile, { taps, channel });
      return { taps, channel: ix.add(channel, step), exists: true };
    }
    const number = shader.index(ix.add(tile, step), 's');
    if (isWhole) return { ...placeOf(number), exists: true };
    return { ...placeOf(shader.index(ix.minIx(number, last), 's')), exists: ix.less(number, depth) };
  };

  /** What `load` gives of the element of an output position at a step, at most `last`, or `zero`. */
  const element = (
    [n, ...out]: readonly Ix[],
    [tile, step]: readonly [Ix, Ix],
    last: number,
    load: (address: Ix) => string,
    zero: string,
  ): string => {
    const { taps, channel, exists } = placeIn(tile, step, last);
    const valid: (boolean | string)[] = [exists];
    const places = out.map((o, i) => {
      const axis = g.axes[i]!;
      const tap = ix.sub(ix.mul(taps[i]!, axis.dilation), e.size(axis.begin));
      const place = shader.index(ix.add(ix.mul(o, axis.stride), tap), 'y');
      if (axis.begin !== 0 || axis.end !== 0) valid.push(ix.less(place, e.size(axis.size)));
      return place;
    });
    const own = ix.add(ix.mul(slice, channels), channel);
    const loaded = load(shader.index(input.address([n!, own, ...places]), 'x'));
    const test = ix.all(valid);
    return test === true ? loaded : `select(${zero}, ${loaded}, ${test})`;
  };

  return (row) => {
    const [place] = placesOf(e, problem, [row]);
    if (read) return (tile, step) => element(place!, [tile, step], depth - count, read, zeros);
    return (tile, step) =>
      join(
        Array.from({ length: count }, (_, i) =>
          element(place!, [tile, shader.index(ix.add(step, i), 's')], depth - 1, (address) => input.at(address), '0.0'),
        ),
      );
  };
}
