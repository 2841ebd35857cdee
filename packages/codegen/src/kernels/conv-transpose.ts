// Transposed convolution, gathered: output position o takes input i and tap k where o = i·stride − begin + k·dilation.
// Only every stride-th tap meets an input, and which ones depends on o mod stride (its phase): all rows of a tile share a
// phase, so that the tile loops over just the taps of that phase.

import { ceilDiv, convTransposeGeometry, type Dim, mul, product } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { anyResult } from '../format/format.ts';
import { defineKernel, type Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import {
  accumulate,
  gridOf,
  Operand,
  packConstant,
  placeThread,
  storeTile,
  type Tile,
  type TileStore,
  WORKGROUP,
} from './contraction.ts';
import { withBias } from './conv.ts';
import { TILES, tileCost } from './tiles.ts';

function layoutOf(problem: Problem) {
  const at = problem.group.anchor!.view();
  const g = convTransposeGeometry(at);
  // With dilation the taps of a phase are no arithmetic progression: there each tap is tested for each row.
  const axes = g.axes.map((axis) => ({ ...axis, phases: axis.dilation === 1 ? axis.stride : 1 }));
  const perPhase: Dim[] = axes.map((axis) => ceilDiv(axis.output, axis.phases));
  const phases = axes.reduce((n, axis) => n * axis.phases, 1);
  const taps = axes.reduce((n, axis) => n * Math.ceil(axis.kernel / axis.phases), 1);
  return {
    g,
    axes,
    perPhase,
    rows: mul(g.batch, product(perPhase)),
    vectors: Math.ceil(g.outputChannels / g.groups / 4),
    slices: g.groups * phases,
    depth: (g.inputChannels / g.groups) * taps,
  };
}

/**
 * How the elements of a tile reach memory, whose columns are the output channels of a group; rows are a number, a batch and a
 * place.
 * @param rows that there are
 * @param columns of a workgroup that follow one another
 */
export function storeOf(e: Emitter, { group }: Problem, groupOfChannels: Ix, rows: Dim, columns: number): TileStore {
  const { inputs, output } = group.anchor!;
  const g = convTransposeGeometry(group.anchor!.view());
  const outputs = g.outputChannels / g.groups;
  const names = ['n', 'c', ...g.axes.map((_, i) => `o${i}`)];
  return {
    type: 'f32',
    rows: [],
    parameters: names,
    first: () => 0,
    count: outputs,
    columns,
    position: () => Position.at(output.type.shape, names),
    finished: withBias(e, inputs[2]),
    inside: ([row, , ...out]) =>
      ix.all([ix.less(row!, e.size(rows)), ...out.map((o, i) => ix.less(o, e.size(g.axes[i]!.output)))]),
    element: ([, n, ...out], channel) => [n!, ix.add(ix.mul(groupOfChannels, outputs), channel), ...out],
  };
}

export const convTransposeDirect = defineKernel<Tile>({
  id: 'conv-transpose.direct',
  version: 1,
  summary: 'transposed convolution by gathering, one phase of the stride a tile',
  ops: ['ConvTranspose'],
  formats: ({ group }) => anyResult('row-major', [group.anchor!.inputs[0]!]),
  applies: ({ group }) => computeOf(group.accumulated.type.dtype) === 'f32',
  params: () => TILES,
  cost(problem, tile) {
    const { rows, vectors, slices, depth } = layoutOf(problem);
    return tileCost(problem.target, tile, 'rows', rows, vectors, slices, depth);
  },
  emit(e, problem, tile) {
    const { shader } = e;
    const [x, w] = problem.group.anchor!.inputs;
    const { g, axes, perPhase, rows, vectors, slices } = layoutOf(problem);
    const inputs = g.inputChannels / g.groups;
    const outputs = g.outputChannels / g.groups;
    const taps = axes.reduce((n, axis) => n * axis.kernel, 1);
    const padded = Math.ceil(vectors / tile.vectors) * tile.vectors;

    placeThread(e, tile, rows, vectors, slices, (place) => {
      const input = new Operand(e, x!);
      const weights = weightReader(place);
      const phases = Position.linear([g.groups, ...axes.map((axis) => axis.phases)], place.slice).coords(shader);
      const groupOfChannels = phases[0]!;
      const coords = place.rows.map((row) => {
        const inside = shader.index(ix.minIx(row, ix.sub(e.size(rows), 1)), 'm');
        const [n, ...steps] = Position.linear([g.batch, ...perPhase], inside).coords(shader);
        const out = steps.map((s, i) => shader.index(ix.add(ix.mul(s, axes[i]!.phases), phases[i + 1]!), 'o'));
        return { n: n!, out };
      });

      const acc = accumulate(e, tile, 'f32', (step) => {
        const loop = (i: number, taps: Ix[]): void => {
          const axis = axes[i];
          if (axis) {
            // The first tap of the phase: k ≡ o + begin (mod stride).
            const first =
              axis.phases === 1
                ? 0
                : shader.index(ix.mod(ix.add(phases[i + 1]!, e.size(axis.begin)), axis.phases), 'k');
            const most = Math.ceil(axis.kernel / axis.phases);
            shader.loop(most, 't', (t) => {
              const tap = shader.index(ix.add(first, ix.mul(t, axis.phases)), 'tap');
              shader.when(axis.kernel % axis.phases === 0 || ix.less(tap, axis.kernel), () =>
                loop(i + 1, [...taps, tap]),
              );
            });
            return;
          }
          const bases = coords.map(({ n, out }) => {
            const tests: (boolean | string)[] = [];
            const at = out.map((o, d) => {
              const { begin, dilation, stride, size } = axes[d]!;
              // Below zero this is past every size, and so is its quotient unless the stride is 1.
              const scaled = shader.index(ix.sub(ix.add(o, e.size(begin)), ix.mul(taps[d]!, dilation)), 'd');
              const index = shader.index(ix.div(scaled, stride), 'y');
              tests.push(ix.less(index, e.size(size)));
              if (stride > 1) tests.push(ix.less(scaled, 2 ** 31));
              if (axes[d]!.phases !== stride) tests.push(`${ix.text(ix.mod(scaled, stride))} == 0u`);
              return index;
            });
            const address = shader.index(input.address([n, ix.mul(groupOfChannels, inputs), ...at]), 'x');
            return { address, valid: shader.let(String(ix.all(tests)), 'ok') };
          });
          const base = shader.index(weights.base(groupOfChannels, taps), 'w');
          shader.loop(inputs, 'ci', (ci) => {
            const offset = shader.index(ix.mul(ci, input.stride(1)), 'o');
            step(
              (row) => `select(0.0f, ${input.at(ix.add(bases[row]!.address, offset))}, ${bases[row]!.valid})`,
              (vector) => weights.at(base, ci, vector),
            );
          });
        };
        loop(0, []);
      });

      const store: TileStore = {
        ...storeOf(e, problem, groupOfChannels, rows, 4 * tile.vectors),
        rows: coords.map(({ n, out }, r) => [place.rows[r]!, n, ...out]),
        first: (vector) => ix.mul(ix.add(place.vector, vector), 4),
      };
      storeTile(e, acc, store, problem.target.software);
    });
    return { workgroupSize: WORKGROUP, workgroups: gridOf(tile, rows, vectors, slices).workgroups };

    /** Weights packed as [group][tap][input channel][output channel], or read where they lie if they are computed. */
    function weightReader(place: { vector: Ix }) {
      if (!w!.constant) {
        const operand = new Operand(e, w!);
        const columns = Array.from({ length: tile.vectors * 4 }, (_, c) => {
          const column = ix.minIx(ix.add(ix.mul(place.vector, 4), c), outputs - 1);
          return shader.index(ix.mul(column, operand.stride(1)), 'n');
        });
        return {
          base: (group: Ix, taps: readonly Ix[]) => operand.address([ix.mul(group, inputs), 0, ...taps]),
          at: (base: Ix, ci: Ix, vector: number) => {
            const line = shader.index(ix.add(base, ix.mul(ci, operand.stride(0))), 'l');
            const elements = [0, 1, 2, 3].map((c) => operand.at(ix.add(line, columns[vector * 4 + c]!)));
            return `vec4<f32>(${elements.join(', ')})`;
          },
        };
      }
      // The source is [input channel][output channel][tap].
      const length = g.groups * taps * inputs * padded * 4;
      const packed = packConstant(w!.name, w!.constant, `conv-transpose${padded}`, length, (i) => {
        const column = i % (padded * 4);
        const ci = Math.floor(i / (padded * 4)) % inputs;
        const tap = Math.floor(i / (padded * 4 * inputs)) % taps;
        const group = Math.floor(i / (padded * 4 * inputs * taps));
        return column < outputs ? ((group * inputs + ci) * outputs + column) * taps + tap : -1;
      });
      const read = e.packedVectors(packed);
      return {
        base(group: Ix, at: readonly Ix[]) {
          const tap = at.reduce<Ix>((sum, k, d) => ix.add(ix.mul(sum, axes[d]!.kernel), k), 0);
          return ix.add(ix.mul(ix.add(ix.mul(group, taps), tap), inputs * padded), place.vector);
        },
        at: (base: Ix, ci: Ix, vector: number) => read(ix.add(ix.add(base, ix.mul(ci, padded)), vector)),
      };
    }
  },
});
