// The input of a convolution as a matrix that is never formed: a row for each output position, a column for each step of the
// sum, some of which are read at once.

import { convGeometry, type Dim, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { anyResult, type FormatUse } from '../format/format.ts';
import type { Problem } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { Operand } from './contraction.ts';
import { placesOf } from './conv.ts';
import type { ConvSteps } from './conv-steps.ts';

/** Steps of a row that are read together, and as what. */
export interface WindowVector {
  readonly count: 4 | 8;
  /** Reads them at once, from the address of the first; absent where they do not lie side by side. */
  readonly read: ((address: Ix) => string) | undefined;
  readonly zeros: string;
  /** The vector of elements that were read one by one. */
  join(elements: readonly string[]): string;
}

/** Four steps, as a vec4<f32>. */
export function inFours(read: WindowVector['read']): WindowVector {
  return { count: 4, read, zeros: 'vec4<f32>()', join: (elements) => `vec4<f32>(${elements.join(', ')})` };
}

/** What a kernel reads and writes that takes so many neighbouring channels of its input at once, if a group has as many. */
export function channelFormats(input: Value, channels: number, count: number): readonly FormatUse[] {
  return anyResult(channels % count === 0 ? 'channels-last' : 'row-major', [input]);
}

/** Windows over an input, one for each row: those of a convolution, or of what is computed as one. */
export interface Windows {
  readonly input: Value;
  /** The first channel that they take. */
  readonly channel: Ix;
  readonly axes: readonly WindowSide[];
  /** Batch and place of the row with a number, which can pass the last one. */
  place(row: Ix): readonly Ix[];
}

/** Windows along one axis. */
export interface WindowSide {
  readonly size: Dim;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** How far before the input the first window begins; below zero, as numbers that wrap around are, where it does behind that. */
  readonly begin: Ix;
  /** Whether any window passes the input. */
  readonly isPadded: boolean;
  /** Taps, the first ones, that do not count; none where it says nothing. */
  readonly missing?: Ix;
}

/** The windows of the output positions of a convolution, over the channels of a group. */
export function convWindows(e: Emitter, problem: Problem, group: Ix): Windows {
  const conv = problem.group.anchor!;
  const { axes, inputChannels, groups } = convGeometry(conv.view());
  return {
    input: conv.inputs[0]!,
    channel: ix.mul(group, inputChannels / groups),
    axes: axes.map((axis) => ({
      ...axis,
      begin: e.size(axis.begin),
      isPadded: axis.begin !== 0 || axis.end !== 0,
    })),
    place: (row) => placesOf(e, problem, [row])[0]!,
  };
}

/** True where every step of whole tiles of `k` of them lies in the input, so that nothing is put to 0. */
export function areWhole({ axes }: Windows, { depth }: ConvSteps, k: number): boolean {
  return depth % k === 0 && axes.every(({ isPadded, missing = 0 }) => !isPadded && missing === 0);
}

/** What reads a vector of a row: its steps from one in the tile on that begins at another. */
export type WindowRow = (tile: Ix, step: Ix) => string;

/**
 * What reads vectors of the row with a number, which can pass the last one. Steps come in whole tiles of `k`; those past the
 * last one, and in the padding, are 0.
 */
export function windowReader(
  e: Emitter,
  windows: Windows,
  steps: ConvSteps,
  k: number,
  vector: WindowVector,
): (row: Ix) => WindowRow {
  const reader = new WindowReader(e, windows, steps, k);
  return (row) => {
    const place = windows.place(row);
    const { read, count, zeros, join } = vector;
    if (steps.order === 'taps') return (tile, step) => join(reader.line(place, tile, step, count));
    if (read) return (tile, step) => reader.element(place, tile, step, steps.depth - count, read, zeros);
    return (tile, step) =>
      join(Array.from({ length: count }, (_, i) => reader.single(place, tile, e.shader.index(ix.add(step, i), 's'))));
  };
}

/** A step of the sum. */
interface Place {
  /** A tap of the kernel, by its coordinates: of all axes, or of all but the last. */
  readonly taps: readonly Ix[];
  readonly channel: Ix;
  readonly exists: boolean | string;
}

class WindowReader {
  readonly #input: Operand;
  /** Where the steps of a tile are those of one tap, it is the same for all that is read of the tile. */
  readonly #hasOneTap: boolean;
  readonly #isWhole: boolean;
  readonly #taps = new Map<Ix, Place>();

  constructor(
    readonly e: Emitter,
    readonly windows: Windows,
    readonly steps: ConvSteps,
    k: number,
  ) {
    this.#input = new Operand(e, windows.input);
    this.#hasOneTap = steps.channels % k === 0;
    this.#isWhole = steps.depth % k === 0;
  }

  single(place: readonly Ix[], tile: Ix, step: Ix): string {
    return this.element(place, tile, step, this.steps.depth - 1, (address) => this.#input.at(address), '0.0');
  }

  /** What `load` gives of the element of an output position at a step, at most `last`, or `zero`; in the order of channels. */
  element(
    [n, ...out]: readonly Ix[],
    tile: Ix,
    step: Ix,
    last: number,
    load: (address: Ix) => string,
    zero: string,
  ): string {
    const { taps, channel, exists } = this.#placeIn(tile, step, last);
    const { places, inside } = this.#inInput(out, taps);
    const address = this.#input.address([n!, this.#channel(channel), ...places]);
    return this.#loaded(ix.all([exists, ...inside]), address, load, zero);
  }

  /** The elements of an output position from a step on that follow one another along the last axis; in the order of taps. */
  line([n, ...out]: readonly Ix[], tile: Ix, step: Ix, count: number): string[] {
    const { shader } = this.e;
    const { depth, channels, taps: width, filled } = this.steps;
    const { axes } = this.windows;
    const number = shader.index(ix.add(tile, step), 's');
    const within = this.#isWhole ? number : shader.index(ix.minIx(number, depth - count), 's');
    const last = axes.at(-1)!;
    const outer = axes.slice(0, -1).map(({ kernel }) => kernel);
    const coords = Position.linear([...outer, channels, filled], within).coords(shader);
    const [channel, first] = coords.slice(-2) as [Ix, Ix];
    const { places, inside } = this.#inInput(out.slice(0, -1), coords);
    const start = shader.index(ix.sub(ix.add(ix.mul(out.at(-1)!, last.stride), first), last.begin), 'x');
    const line = shader.index(this.#input.address([n!, this.#channel(channel), ...places, start]), 'line');
    const exists = ix.all([this.#isWhole || ix.less(number, depth), ...inside]);
    const test = typeof exists === 'string' ? shader.let(exists, 'ok') : exists;
    const stride = this.#input.stride(axes.length + 1);
    return Array.from({ length: count }, (_, i) => {
      if (filled === count && i >= width) return '0.0';
      const tap = ix.add(first, i);
      const isTap = filled === count || filled === width || ix.less(tap, width);
      const isInside = !last.isPadded || ix.less(ix.add(start, i), this.e.size(last.size));
      const address = ix.add(line, ix.mul(i, stride));
      return this.#loaded(
        ix.all([test, isTap, counts(last, tap), isInside]),
        address,
        (at) => this.#input.at(at),
        '0.0',
      );
    });
  }

  /** What lies at an address where a test holds; nothing is read elsewhere but the first element. */
  #loaded(test: boolean | string, address: Ix, load: (address: Ix) => string, zero: string): string {
    const { shader } = this.e;
    if (test === true) return load(shader.index(address, 'x'));
    const ok = shader.let(`${test}`, 'ok');
    return `select(${zero}, ${load(shader.let(`select(0u, ${ix.text(address)}, ${ok})`, 'x'))}, ${ok})`;
  }

  #channel(channel: Ix): Ix {
    return ix.add(this.windows.channel, channel);
  }

  /** Where a step of a tile is, at most at `last`. */
  #placeIn(tile: Ix, step: Ix, last: number): Place {
    if (this.#hasOneTap) {
      const known = this.#taps.get(tile) ?? this.#placeOf(tile);
      this.#taps.set(tile, known);
      return { ...known, channel: ix.add(known.channel, step) };
    }
    const { shader } = this.e;
    const number = shader.index(ix.add(tile, step), 's');
    if (this.#isWhole) return this.#placeOf(number);
    const within = shader.index(ix.minIx(number, last), 's');
    return { ...this.#placeOf(within), exists: ix.less(number, this.steps.depth) };
  }

  #placeOf(step: Ix): Place {
    const kernel = this.windows.axes.map((axis) => axis.kernel);
    const coords = Position.linear([...kernel, this.steps.channels], step).coords(this.e.shader);
    return { taps: coords.slice(0, -1), channel: coords.at(-1)!, exists: true };
  }

  /** Where a tap of an output position lies in the input along some axes, and tests whether it does. */
  #inInput(out: readonly Ix[], taps: readonly Ix[]) {
    const { shader } = this.e;
    const inside: (boolean | string)[] = [];
    const places = out.map((o, i) => {
      const axis = this.windows.axes[i]!;
      const tap = ix.sub(ix.mul(taps[i]!, axis.dilation), axis.begin);
      const place = shader.index(ix.add(ix.mul(o, axis.stride), tap), 'y');
      inside.push(counts(axis, taps[i]!), !axis.isPadded || ix.less(place, this.e.size(axis.size)));
      return place;
    });
    return { places, inside };
  }
}

/** Whether a tap does. */
function counts({ missing = 0 }: WindowSide, tap: Ix): boolean | string {
  return missing === 0 || `${ix.text(tap)} >= ${ix.text(missing)}`;
}
