// Convolution as implicit GEMM in a tile of registers: rows are output positions (over the whole batch), columns are
// output channels, and the sum runs over kernel taps and input channels. The input matrix is never formed: each row keeps
// the address of its window's element at the current tap and steps through the channels.

import { convGeometry, type Dim, mul, type Node, product, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { anyResult, type FormatUse } from '../format/format.ts';
import { defineKernel, type FormattedProblem, type Kernel, type Launch, type Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';
import {
  accumulate,
  gridOf,
  inSumType,
  Operand,
  type Place,
  packable,
  packConstant,
  placeThread,
  type SumType,
  storeTile,
  type Tile,
  type TileStore,
  WORKGROUP,
} from './contraction.ts';
import { geometryOf } from './conv-geometry.ts';
import { TILES, tileCost } from './tiles.ts';

const node = (problem: Problem): Node => problem.group.anchor!;

interface Size {
  /** Output positions, over the batch. */
  rows: Dim;
  /** Output channels of one group, and vectors of four of them. */
  columns: number;
  vectors: number;
  groups: number;
  /** Length of the sum. */
  depth: number;
}

export function sizeOf(problem: Problem): Size {
  const g = geometryOf(problem);
  const columns = g.outputChannels / g.groups;
  const taps = g.axes.reduce((n, axis) => n * axis.kernel, 1);
  return {
    rows: mul(g.batch, product(g.axes.map((axis) => axis.output))),
    columns,
    vectors: Math.ceil(columns / 4),
    groups: g.groups,
    depth: taps * (g.inputChannels / g.groups),
  };
}

interface Convolution {
  op: string;
  id: string;
  summary: string;
  formats?(problem: Problem): readonly FormatUse[];
  applies(problem: Problem): boolean;
  operands(node: Node): Operands;
}

interface Operands {
  /** Added to each output channel. */
  readonly bias?: Value | null;
  /** Taken off each element of the input, but for the padding, which is 0. */
  readonly zeroX?: Value | null;
  /** Taken off each weight: one number, or one for each output channel. */
  readonly zeroW?: Value | null;
}

export function defineConv({ op, id, summary, formats, applies, operands }: Convolution): Kernel {
  return defineKernel<Tile>({
    id,
    version: 3,
    summary,
    ops: [op],
    ...(formats ? { formats } : {}),
    applies,
    params: () => TILES,
    cost(problem, tile) {
      const { rows, vectors, groups, depth } = sizeOf(problem);
      const order = problem.formats.reads === 'channels-last' ? 'steps' : 'rows';
      return tileCost(problem.target, tile, order, rows, vectors, groups, depth);
    },
    emit: (e, problem, tile) => emitConv(e, problem, tile, operands(node(problem))),
  });
}

export const convDirect = defineConv({
  op: 'Conv',
  id: 'conv.direct',
  summary: 'convolution as implicit GEMM, a tile of registers a thread, operands read from memory',
  formats: ({ group }) => anyResult('row-major', [group.anchor!.inputs[0]!]),
  applies: ({ group }) => computeOf(group.accumulated.type.dtype) === 'f32',
  operands: ({ inputs: [, , bias] }) => ({ bias }),
});

export const convChannels = defineConv({
  op: 'Conv',
  id: 'conv.channels',
  summary: 'convolution as implicit GEMM, a tile of registers a thread, four neighbouring channels read at once',
  formats: ({ group }) => anyResult('channels-last', [group.anchor!.inputs[0]!]),
  applies({ group }) {
    const { inputChannels, groups } = convGeometry(group.anchor!.view());
    return computeOf(group.accumulated.type.dtype) === 'f32' && (inputChannels / groups) % 4 === 0;
  },
  operands: ({ inputs: [, , bias] }) => ({ bias }),
});

/** Batch and place of the output positions with these numbers, which can pass the last one. */
export function placesOf(e: Emitter, problem: Problem, rows: readonly Ix[]): Ix[][] {
  const { batch, axes } = convGeometry(node(problem).view());
  const sizes = axes.map((axis) => axis.output);
  return rows.map((row) => placeAmong(e, batch, sizes, row));
}

/** Batch and place of the position with a number, which can pass the last one, of a batch of so many positions along each axis. */
export function placeAmong(e: Emitter, batch: Dim, sizes: readonly Dim[], row: Ix): Ix[] {
  const { shader } = e;
  const all = product(sizes);
  const positions = e.size(all);
  const inside = shader.index(ix.minIx(row, ix.sub(e.size(mul(batch, all)), 1)), 'm');
  const n = shader.index(ix.div(inside, positions), 'n');
  const position = shader.index(ix.mod(inside, positions), 'pos');
  return [n, ...Position.linear(sizes, position).coords(shader)];
}

/** The axis of channels. */
export const CHANNELS = 1;

/** What adds to sums the bias of their channels. */
export function withBias(e: Emitter, bias: Value | null | undefined): TileStore['finished'] {
  return (sum, at) => (bias ? `${sum} + ${e.read(bias, at.pick(e.shader, bias.type.shape, [CHANNELS]))}` : sum);
}

/** How the elements of a tile reach memory. @param coords of its rows, by `placesOf` */
export function storeOf(
  e: Emitter,
  problem: Problem,
  { rows, slice }: Pick<Place, 'rows' | 'slice'>,
  coords: readonly (readonly Ix[])[],
  bias: Value | null | undefined,
  type: SumType,
  columns: Pick<TileStore, 'first' | 'columns'>,
): TileStore {
  const conv = node(problem);
  const { axes, outputChannels, groups } = convGeometry(conv.view());
  const outputs = outputChannels / groups;
  const names = ['n', 'c', ...axes.map((_, i) => `o${i}`)];
  return {
    type,
    rows: coords.map((row, r) => [rows[r]!, ...row]),
    parameters: names,
    ...columns,
    count: outputs,
    position: () => Position.at(conv.output.type.shape, names),
    finished: withBias(e, bias),
    inside: ([row]) => ix.less(row!, e.size(sizeOf(problem).rows)),
    element: ([, n, ...out], channel) => [n!, ix.add(ix.mul(slice, outputs), channel), ...out],
  };
}

function emitConv(e: Emitter, problem: FormattedProblem, tile: Tile, { bias, zeroX, zeroW }: Operands): Launch {
  const { shader } = e;
  const conv = node(problem);
  const [x, w] = conv.inputs as [Value, Value];
  const type = computeOf(problem.group.accumulated.type.dtype) as SumType;
  const [typedX, typedW] = [inSumType(x, type), inSumType(w, type)];
  const g = convGeometry(conv.view());
  const { rows, vectors, groups } = sizeOf(problem);
  const inputs = g.inputChannels / groups;
  const outputs = g.outputChannels / groups;

  placeThread(e, tile, rows, vectors, groups, (place) => {
    const input = new Operand(e, x);
    const fours = problem.formats.reads === 'channels-last' ? e.vectors(x) : undefined;
    const weights = weightReader();
    const coords = placesOf(e, problem, place.rows);
    const firstChannel = ix.mul(place.slice, inputs);
    const channelStride = input.stride(1);
    const lessX = zeroX ? ` - ${zeroAt(zeroX, Position.linear(zeroX.type.shape, 0))}` : '';
    const lessW = Array.from({ length: tile.vectors }, (_, v) => (zeroW ? ` - ${zeroVector(zeroW, place, v)}` : ''));

    const acc = accumulate(e, tile, type, (step) => {
      eachTap((taps, tap) => {
        const bases = coords.map(([n, ...out]) => {
          const valid: (boolean | string)[] = [];
          const at = out.map((o, i) => {
            const axis = g.axes[i]!;
            const place = shader.index(
              ix.sub(ix.add(ix.mul(o, axis.stride), ix.mul(taps[i]!, axis.dilation)), e.size(axis.begin)),
              'y',
            );
            if (axis.begin !== 0 || axis.end !== 0) valid.push(ix.less(place, e.size(axis.size)));
            return place;
          });
          const test = ix.all(valid);
          const address = shader.index(input.address([n!, firstChannel, ...at]), 'x');
          return { address, valid: typeof test === 'string' ? shader.let(test, 'ok') : test };
        });
        const base = shader.index(weights.base(tap, place), 'w');
        if (fours) {
          shader.loop(inputs / 4, 'ci', (ci) => {
            const four = shader.index(ix.mul(ci, 4), 'four');
            const elements = bases.map(({ address, valid }) => {
              const value = fours(ix.add(address, four));
              return shader.let(valid === true ? value : `select(vec4<f32>(), ${value}, ${valid})`, 'x');
            });
            for (const [i, channel] of ['x', 'y', 'z', 'w'].entries())
              step(
                (row) => `${elements[row]}.${channel}`,
                (vector) => weights.at(base, ix.add(four, i), vector),
              );
          });
          return;
        }
        shader.loop(inputs, 'ci', (ci) => {
          const offset = shader.index(ix.mul(ci, channelStride), 'o');
          step(
            (row) => {
              const { address, valid } = bases[row]!;
              const value = `${typedX(input.at(ix.add(address, offset)))}${lessX}`;
              return valid === true ? value : `select(${literal(shader, 0, type)}, ${value}, ${valid})`;
            },
            (vector) => `${weights.at(base, ci, vector)}${lessW[vector]}`,
          );
        });
      });
    });

    const store = storeOf(e, problem, place, coords, bias, type, {
      first: (vector) => ix.mul(ix.add(place.vector, vector), 4),
      columns: 4 * tile.vectors,
    });
    storeTile(e, acc, store, problem.target.software);

    /** Emits the loops over the window's taps; `tap` numbers them in row-major order. */
    function eachTap(body: (taps: Ix[], tap: Ix) => void): void {
      const loop = (axis: number, taps: Ix[], tap: Ix): void => {
        if (axis === g.axes.length) body(taps, tap);
        else
          shader.loop(g.axes[axis]!.kernel, 'k', (k) =>
            loop(axis + 1, [...taps, k], ix.add(ix.mul(tap, g.axes[axis]!.kernel), k)),
          );
      };
      loop(0, [], 0);
    }

    /** Weights packed as [group][tap][input channel][output channel], or read where they lie if they are computed. */
    function weightReader() {
      const padded = Math.ceil(vectors / tile.vectors) * tile.vectors;
      const taps = g.axes.reduce((n, axis) => n * axis.kernel, 1);
      const constant = packable(w, type);
      if (constant) {
        const packed = packConstant(w.name, constant, `conv${padded}`, groups * taps * inputs * padded * 4, (i) => {
          const column = i % (padded * 4);
          const ci = Math.floor(i / (padded * 4)) % inputs;
          const tap = Math.floor(i / (padded * 4 * inputs)) % taps;
          const group = Math.floor(i / (padded * 4 * inputs * taps));
          return column < outputs ? ((group * outputs + column) * inputs + ci) * taps + tap : -1;
        });
        const read = e.packedVectors(packed);
        return {
          base: (tap: Ix, place: { slice: Ix; vector: Ix }) =>
            ix.add(ix.mul(ix.add(ix.mul(place.slice, taps), tap), inputs * padded), place.vector),
          at: (base: Ix, ci: Ix, vector: number) => read(ix.add(ix.add(base, ix.mul(ci, padded)), vector)),
        };
      }
      const operand = new Operand(e, w);
      const last = ix.sub(outputs, 1);
      return {
        base: (tap: Ix, place: { slice: Ix; vector: Ix }) => {
          const taps = Position.linear(
            g.axes.map((axis) => axis.kernel),
            tap,
          ).coords(shader);
          return operand.address([ix.mul(place.slice, outputs), 0, ...taps]);
        },
        at: (base: Ix, ci: Ix, vector: number) => {
          const elements = [0, 1, 2, 3].map((c) => {
            const column = ix.minIx(ix.add(ix.mul(ix.add(place.vector, vector), 4), c), last);
            const at = ix.add(base, ix.add(ix.mul(ci, operand.stride(1)), ix.mul(column, operand.stride(0))));
            return typedW(operand.at(at));
          });
          return `vec4<${type}>(${elements.join(', ')})`;
        },
      };
    }

    function zeroAt(zero: Value, at: Position): string {
      return shader.let(inSumType(zero, type)(e.read(zero, at)), 'zero');
    }

    /** The zero points of four output channels. */
    function zeroVector(zero: Value, place: Place, vector: number): string {
      const elements = [0, 1, 2, 3].map((c) => {
        const column = ix.minIx(ix.add(ix.mul(ix.add(place.vector, vector), 4), c), ix.sub(outputs, 1));
        const channel = ix.add(ix.mul(place.slice, outputs), column);
        const { shape } = zero.type;
        return zeroAt(zero, Position.linear(shape, shape.every((dim) => dim === 1) ? 0 : channel));
      });
      return shader.let(`vec4<${type}>(${elements.join(', ')})`, 'zeros');
    }
  });
  return { workgroupSize: WORKGROUP, workgroups: gridOf(tile, rows, vectors, groups).workgroups };
}
