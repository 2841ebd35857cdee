// Fourier transforms as they are defined: each place of the result is a sum over the signal, by an invocation or a workgroup
// together. The angle is told by a whole number of n-th parts of a turn, so that no length makes it inexact; where the
// length is known at build, sines and cosines come from a table.

import {
  add,
  bounds,
  type Dim,
  dftGeometry,
  floorDiv,
  minDim,
  type NodeView,
  product,
  stftGeometry,
  type Value,
} from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { bytesOf, computeOf } from '../storage.ts';
import { call } from '../wgsl/functions.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';
import { emitRows, ROW_PARAMS, type RowParams, type Rows, rowCost } from './reduction.ts';

/** Products of two numbers below this fit into 32 bits. */
const MAX_LENGTH = 2 ** 16;

/** Two f32 expressions; no imaginary part where it is 0. */
interface Sample {
  readonly re: string;
  readonly im?: string;
}

interface Transform {
  /** Elements that are transformed, and how many of them are given: those behind are 0. */
  readonly length: Dim;
  readonly given: Dim;
  readonly inverse: boolean;
  /** The axis of the output along which the places of the result lie. */
  readonly axis: number;
  /** Real numbers out of the first half of a spectrum, whose second half mirrors it. */
  readonly toReal: boolean;
  /** Element t of the signal that the output at `coords` is made of. */
  sample(e: Emitter, coords: readonly Ix[], t: Ix): Sample;
}

function defineTransform(
  op: string,
  id: string,
  of: (at: NodeView, inputs: readonly (Value | null)[]) => Transform,
): Kernel {
  return defineKernel<RowParams>({
    id,
    version: 1,
    summary: `${op}: sums of products with the roots of unity`,
    ops: [op],
    applies({ group }) {
      const node = group.anchor!;
      const { length } = of(node.view(), node.inputs);
      return computeOf(group.accumulated.type.dtype) === 'f32' && bounds(length).max < MAX_LENGTH;
    },
    params: () => ROW_PARAMS,
    cost({ group, target }, params) {
      const node = group.anchor!;
      return rowCost(target, placesOf(group.accumulated, of(node.view(), node.inputs)), params);
    },
    emit(e, { group }, params) {
      const { shader } = e;
      const node = group.anchor!;
      const transform = of(node.view(), node.inputs);
      const { length, inverse, axis, toReal } = transform;
      const { shape } = group.accumulated.type;
      const n = e.size(length);
      const roots = rootsOf(e, length);
      return emitRows(e, placesOf(group.accumulated, transform), params, (row) => {
        const coords = Position.linear(shape.slice(0, -1), row.number).coords(shader);
        const part = typeof n === 'number' ? literal(shader, 1 / Math.max(n, 1), 'f32') : `(1.0f / f32(${n}))`;
        /** What element t adds to the real or the imaginary sum. */
        const term = (t: Ix, real: boolean): string => {
          const steps = ix.mod(ix.mul(coords[axis]!, t), n);
          const [cos, own] = roots(steps);
          const sin = inverse ? own : `(-${own})`;
          const { re, im } = transform.sample(e, coords, t);
          const whole = real
            ? `(${re} * ${cos}${im ? ` - ${im} * ${sin}` : ''})`
            : `(${re} * ${sin}${im ? ` + ${im} * ${cos}` : ''})`;
          if (!toReal) return whole;
          // Every element but the first and the middle one stands for its mirror image too, which has the same real part.
          const twice = ix.all([ix.less(0, t), ix.less(ix.mul(t, 2), n)]);
          return shader.let(`${whole} * select(1.0f, 2.0f, ${twice})`);
        };
        const sums = [true, ...(toReal ? [] : [false])].map((real) =>
          row.reduce('float32', 'add', (t) => term(t, real)),
        );
        row.once(() =>
          sums.forEach((sum, i) => {
            e.store(Position.at(shape, [...coords, i]), shader.let(inverse ? `${sum} * ${part}` : sum));
          }),
        );
      });
    },
  });
}

/** Reads cosine and sine of a number of n-th parts of a turn. */
function rootsOf(e: Emitter, n: Dim): (steps: Ix) => readonly [cos: string, sin: string] {
  const { shader } = e;
  if (typeof n !== 'number')
    return (steps) => {
      const root = shader.let(call(shader, 'root_of_unity', ix.text(steps), ix.text(e.size(n))), 'root');
      return [`${root}.x`, `${root}.y`];
    };
  // A table of no elements could not be bound.
  const count = Math.max(n, 1);
  const bytes = () => {
    const angles = Array.from({ length: count }, (_, i) => (2 * Math.PI * i) / count);
    return bytesOf(Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)])));
  };
  const key = `roots of unity:${n}`;
  const table = e.packed({ dtype: 'float32', key, names: [], size: 8 * count, bytes });
  return (steps) => {
    const at = shader.index(ix.mul(steps, 2), 'at');
    return [shader.let(table(at)), shader.let(table(ix.add(at, 1)))];
  };
}

/** The places of the result, each with the elements that it is a sum of. */
function placesOf({ type: { shape } }: Value, { given, length }: Transform): Rows {
  return { shape, rows: product(shape.slice(0, -1)), count: minDim(given, length), axes: [shape.length - 1] };
}

/** A number that is one or two elements along the last axis. */
function read(e: Emitter, value: Value, place: readonly Ix[], parts: boolean): Sample {
  const at = (part: Ix) => e.shader.let(e.read(value, Position.at(value.type.shape, [...place, part])));
  return { re: at(0), im: parts ? at(1) : undefined };
}

export const dft = defineTransform('DFT', 'dft', (at, [input]) => {
  const { axis, length, toReal } = dftGeometry(at);
  const { shape } = at.input(0);
  const given = toReal ? minDim(shape[axis]!, add(floorDiv(length, 2), 1)) : shape[axis]!;
  const sample: Transform['sample'] = (e, coords, t) => read(e, input!, coords.with(axis, t), shape.at(-1) === 2);
  return { length, given, inverse: at.int('inverse') === 1, axis, toReal, sample };
});

export const stft = defineTransform('STFT', 'stft', (at, [signal, , window]) => {
  const { step, length } = stftGeometry(at);
  const { shape } = at.input(0);
  const sample: Transform['sample'] = (e, [batch, frame], t) => {
    const place = e.shader.index(ix.add(ix.mul(frame!, step), t), 'place');
    const ofOne = () => ({ re: e.shader.let(e.read(signal!, Position.at(shape, [batch!, place]))) });
    const { re, im }: Sample = shape.length === 2 ? ofOne() : read(e, signal!, [batch!, place], shape[2] === 2);
    if (!window) return { re, im };
    const weight = e.shader.let(e.read(window, Position.at(window.type.shape, [t])));
    return { re: `${re} * ${weight}`, im: im && `${im} * ${weight}` };
  };
  return { length, given: length, inverse: false, axis: 2, toReal: false, sample };
});
