// A place in a tensor, as coordinates, as a row-major number, or both; the missing form is computed when asked for.

import { type AlignedAxis, type Dim, sameShape } from '@trtx/ir';
import type { Ix } from './ix.ts';
import * as ix from './ix.ts';
import type { Shader } from './shader.ts';

/** A place in a run of neighbours along an axis. */
export interface Lane {
  /** Where the run begins. */
  readonly start: Position;
  readonly axis: number;
  readonly number: number;
}

interface Picked {
  readonly shape: readonly Dim[];
  readonly axes: readonly AlignedAxis[];
  readonly place: Position;
}

export class Position {
  #coords: readonly Ix[] | undefined;
  #linear: Ix | undefined;
  readonly #ordered: { readonly axes: readonly number[]; readonly number: Ix } | undefined;
  /** Where it is one of a run. */
  readonly lane: Lane | undefined;
  /** What was picked of the start of a run, which its lanes share. */
  readonly #picked: Picked[] = [];

  private constructor(
    readonly shape: readonly Dim[],
    coords: readonly Ix[] | undefined,
    linear: Ix | undefined,
    ordered?: { readonly axes: readonly number[]; readonly number: Ix },
    lane?: Lane,
  ) {
    this.#coords = coords;
    this.#linear = linear;
    this.#ordered = ordered;
    this.lane = lane;
  }

  static at(shape: readonly Dim[], coords: readonly Ix[]): Position {
    return new Position(shape, coords, undefined);
  }

  static linear(shape: readonly Dim[], linear: Ix): Position {
    return new Position(shape, undefined, linear);
  }

  /** The element of a number that counts through the axes in an order, the last of them the fastest. */
  static ordered(shape: readonly Dim[], axes: readonly number[], number: Ix): Position {
    if (axes.every((axis, i) => axis === i)) return Position.linear(shape, number);
    return new Position(shape, undefined, undefined, { axes, number });
  }

  /** This place and those that follow it along an axis, `count` in all. */
  run(axis: number, count: number): Position[] {
    return Array.from({ length: count }, (_, number) => this.#lane(axis, number));
  }

  #lane(axis: number, number: number): Position {
    return new Position(this.shape, undefined, undefined, undefined, { start: this, axis, number });
  }

  /** The number of the element in an order of the axes, if it was given by that. */
  numberIn(axes: readonly number[]): Ix | undefined {
    if (this.lane) {
      const { start, axis, number } = this.lane;
      const first = axes.at(-1) === axis ? start.numberIn(axes) : undefined;
      return first === undefined ? undefined : ix.add(first, number);
    }
    return this.#ordered?.axes.every((axis, i) => axis === axes[i]) ? this.#ordered.number : undefined;
  }

  /** Coordinates, with declarations where they have to be computed. */
  coords(shader: Shader): readonly Ix[] {
    if (this.#coords) return this.#coords;
    if (this.lane) {
      const { start, axis, number } = this.lane;
      this.#coords = start.coords(shader).map((coord, i) => (i === axis ? ix.add(coord, number) : coord));
      return this.#coords;
    }
    if (this.#ordered) {
      const { axes, number } = this.#ordered;
      const turned = Position.linear(
        axes.map((axis) => this.shape[axis]!),
        number,
      ).coords(shader);
      this.#coords = this.shape.map((_, axis) => turned[axes.indexOf(axis)]!);
      return this.#coords;
    }
    const coords: Ix[] = [];
    let rest = this.#linear!;
    for (let axis = this.shape.length - 1; axis > 0; axis--) {
      const size = shader.size(this.shape[axis]!);
      coords[axis] = shader.index(ix.mod(rest, size), 'c');
      rest = shader.index(ix.div(rest, size), 'q');
    }
    if (this.shape.length > 0) coords[0] = this.shape[0] === 1 ? 0 : rest;
    this.#coords = coords;
    return coords;
  }

  /** Row-major number of the element. */
  linear(shader: Shader): Ix {
    if (this.#linear !== undefined) return this.#linear;
    if (this.lane?.axis === this.shape.length - 1) {
      this.#linear = ix.add(this.lane.start.linear(shader), this.lane.number);
      return this.#linear;
    }
    let linear: Ix = 0;
    this.coords(shader).forEach((coord, axis) => {
      linear = ix.add(ix.mul(linear, shader.size(this.shape[axis]!)), coord);
    });
    this.#linear = shader.index(linear, 'l');
    return this.#linear;
  }

  /** The place that an operand of this shape is read at when it broadcasts to this position's tensor. */
  broadcast(shader: Shader, shape: readonly Dim[]): Position {
    if (sameShape(shape, this.shape)) return this;
    if (shape.every((d) => d === 1))
      return Position.at(
        shape,
        shape.map(() => 0),
      );
    const first = this.shape.length - shape.length;
    return this.pick(
      shader,
      shape,
      shape.map((_, axis) => first + axis),
    );
  }

  /** The place in an operand whose axis i runs with this position's axis `axes[i]`; an axis of size 1 stays at 0. */
  pick(shader: Shader, shape: readonly Dim[], axes: readonly AlignedAxis[]): Position {
    if (this.lane) {
      const { start, axis, number } = this.lane;
      const blocked = axes.some((picked) => typeof picked !== 'number' && picked.axis === axis);
      const along = axes.findIndex((picked, i) => picked === axis && shape[i] !== 1);
      if (!blocked) {
        const place = start.#pickOnce(shader, shape, axes);
        return along < 0 ? place : place.#lane(along, number);
      }
    }
    const coords = this.coords(shader);
    const place = (axis: AlignedAxis) =>
      typeof axis === 'number' ? coords[axis]! : shader.index(ix.div(coords[axis.axis]!, axis.block), 'block');
    return Position.at(
      shape,
      shape.map((dim, i) => (dim === 1 ? 0 : place(axes[i]!))),
    );
  }

  #pickOnce(shader: Shader, shape: readonly Dim[], axes: readonly AlignedAxis[]): Position {
    const known = this.#picked.find((one) => sameShape(one.shape, shape) && sameAxes(one.axes, axes));
    if (known) return known.place;
    const place = this.pick(shader, shape, axes);
    this.#picked.push({ shape, axes, place });
    return place;
  }
}

function sameAxes(a: readonly AlignedAxis[], b: readonly AlignedAxis[]): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}
