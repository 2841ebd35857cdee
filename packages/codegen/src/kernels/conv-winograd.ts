// Convolution by 3×3 with Winograd's minimal filtering, in three stages: tiles of the input are transformed; for each place in
// a transformed tile the channels are summed up, a product of matrices, by the staged contraction; and tiles of sums are
// transformed to results. Filters are transformed when the engine is built.

import { bounds, ceilDiv, convGeometry, type Dim, elementsOf, mul, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { isMultiple } from '../group/view.ts';
import { defineKernel, type FormattedProblem, type Kernel, type Launch, type Problem } from '../kernel.ts';
import type { Packed } from '../slot.ts';
import { bytesOf } from '../storage.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { finisher, Operand } from './contraction.ts';
import { storeOf } from './conv.ts';
import { channelFormats } from './conv-window.ts';
import { emitElements } from './elements.ts';
import { MICROSECOND } from './large-gpu.ts';
import { emitStaged, type Sources } from './staged.ts';
import { type StagedSize, type StagedTile, stagedCost, stagedTiles } from './staged-tiles.ts';
import { SumsMemory } from './sums-memory.ts';
import { emitTransform, filterFactors, type TileLength, WINOGRAD } from './winograd.ts';

/** The tile of the products, and the length of the tiles of the output. */
interface WinogradTile extends StagedTile {
  readonly output: TileLength;
}

/** Microseconds of a transform of nothing, and bytes that one reads and writes in a microsecond. */
const TRANSFORM_US = 3.6;
const TRANSFORM_SPEED = 2.5e6;

export const convWinograd: Kernel = defineKernel<WinogradTile>({
  id: 'conv.winograd',
  version: 1,
  summary: "convolution by 3×3 with Winograd's minimal filtering, its products through workgroup memory",
  ops: ['Conv'],
  formats: ({ group }) => channelFormats(group.anchor!.inputs[0]!, convGeometry(group.anchor!.view()).inputChannels, 4),
  applies({ group }) {
    const { groups, axes } = convGeometry(group.anchor!.view());
    const { constant, type } = group.anchor!.inputs[1]!;
    const isPlain = axes.every(({ kernel, stride, dilation }) => kernel === 3 && stride === 1 && dilation === 1);
    return groups === 1 && axes.length === 2 && isPlain && constant !== null && type.dtype === 'float32';
  },
  params: (problem) =>
    ([4, 2] as const).flatMap((output) => {
      const size = productsOf(problem, output);
      if (!fits(problem, size)) return [];
      // There are slices enough that no sum need be cut into parts.
      const tiles = stagedTiles(problem.target, size).filter(({ parts }) => parts === 1);
      return tiles.map((tile) => ({ output, ...tile }));
    }),
  cost(problem, tile) {
    const size = productsOf(problem, tile.output);
    const transform = (channels: Dim) =>
      TRANSFORM_US + (4 * typical(size.rows) * typical(channels) * (size.slices + tile.output ** 2)) / TRANSFORM_SPEED;
    return stagedCost(tile, size) + MICROSECOND * (transform(size.depth) + transform(size.columns));
  },
  emit(e, problem, tile) {
    const size = productsOf(problem, tile.output);
    const stages = { input: e.stage(), products: e.stage() };
    const inputs = e.scratch(mul(mul(size.slices, size.rows), size.depth));
    const sums = new SumsMemory(e, size, 4);
    const before = { emitter: stages.input, launch: emitInputs(stages.input, problem, tile, inputs) };
    const products = emitProducts(stages.products, problem, tile, inputs, sums);
    return {
      ...emitOutputs(e, problem, tile, sums),
      before: { emitter: stages.products, launch: { ...products, before, computes: true } },
    };
  },
});

interface ProductsSize extends StagedSize {
  /** Places in a transformed tile. */
  readonly slices: number;
  /** Output channels, and input channels. */
  readonly columns: number;
  readonly depth: number;
}

/** The products: a row for each tile. */
function productsOf(problem: FormattedProblem, output: TileLength): ProductsSize {
  const { inputChannels, outputChannels } = convGeometry(problem.group.anchor!.view());
  const { batch, down, across } = tilesOf(problem, output);
  return {
    rows: mul(mul(batch, down), across),
    columns: outputChannels,
    slices: WINOGRAD[output].reach ** 2,
    depth: inputChannels,
    isGathered: problem.formats.reads !== 'channels-last',
  };
}

/** Tiles of the output along each axis. */
function tilesOf({ group }: Problem, output: TileLength) {
  const { batch, axes } = convGeometry(group.anchor!.view());
  const [down, across] = axes.map((axis) => ceilDiv(axis.output, output)) as [Dim, Dim];
  return { batch, down, across };
}

/** Whether a binding holds what one stage leaves to another, if that is anything. */
function fits({ target }: Problem, { rows, slices, columns, depth }: ProductsSize): boolean {
  const most = 4 * slices * Math.max(Math.ceil(columns / 4) * 4, depth) * bounds(rows).max;
  const { maxBufferSize, maxStorageBufferBindingSize } = target.limits;
  return most > 0 && most <= Math.min(maxBufferSize, maxStorageBufferBindingSize);
}

/** Batch of a tile, and where its first output position is. */
function placeOf(e: Emitter, problem: Problem, output: TileLength, tile: Ix): [n: Ix, y: Ix, x: Ix] {
  const { batch, down, across } = tilesOf(problem, output);
  const [n, ...at] = Position.linear([batch, down, across], tile).coords(e.shader) as [Ix, Ix, Ix];
  const [y, x] = at.map((i) => e.shader.index(ix.mul(i, output), 'o')) as [Ix, Ix];
  return [n, y, x];
}

/**
 * Emits the transform of the input: [place in a tile][tile][channel] where channels that follow one another lie side by side,
 * [place in a tile][channel][tile] otherwise.
 */
function emitInputs(e: Emitter, problem: FormattedProblem, { output }: WinogradTile, inputs: Value): Launch {
  const { shader } = e;
  const conv = problem.group.anchor!;
  const { axes } = convGeometry(conv.view());
  const { rows, depth } = productsOf(problem, output);
  const { reach, input: transform } = WINOGRAD[output];
  const all = mul(rows, depth);
  const words = e.scratchWords(inputs, 'f32');
  const x = new Operand(e, conv.inputs[0]!);
  shader.func('element', 'at: u32, inside: bool', 'f32', () => {
    const value = shader.let(x.at(shader.let('select(0u, at, inside)', 'at')));
    return `select(0.0f, ${value}, inside)`;
  });
  const isLast = problem.formats.reads === 'channels-last';
  return emitElements(e, isLast ? [rows, depth] : [depth, rows], (position) => {
    const [outer, inner] = position.coords(shader) as [Ix, Ix];
    const [tile, channel] = isLast ? [outer, inner] : [inner, outer];
    const [n, ...place] = placeOf(e, problem, output, tile);
    const base = shader.index(x.address([n, channel, 0, 0]), 'x');
    const lines = axes.map((axis, i) => {
      const isWhole = axis.begin === 0 && axis.end === 0 && isMultiple(axis.output, output);
      const start = shader.index(ix.sub(place[i]!, e.size(axis.begin)), 'y');
      return Array.from({ length: reach }, (_, r) => {
        const at = ix.add(start, r);
        const test = isWhole || ix.less(at, e.size(axis.size));
        const offset = shader.index(ix.mul(at, x.stride(2 + i)), 'line');
        return { offset, inside: typeof test === 'string' ? shader.let(test, 'ok') : test };
      });
    });
    const elements = lines[0]!.map((down) =>
      lines[1]!.map((across) => {
        const at = ix.add(ix.add(base, down.offset), across.offset);
        return shader.let(`element(${ix.text(at)}, ${ix.all([down.inside, across.inside])})`, 'd');
      }),
    );
    const transformed = emitTransform(shader, transform, elements).flat();
    for (const [i, name] of transformed.entries())
      shader.line(words.write(ix.add(ix.mul(i, e.size(all)), position.linear(shader)), name));
  });
}

/** Emits the sums over the channels: [place in a tile][tile][output channel]. */
function emitProducts(
  e: Emitter,
  problem: FormattedProblem,
  tile: WinogradTile,
  inputs: Value,
  sums: SumsMemory,
): Launch {
  return emitStaged(e, tile, {
    size: productsOf(problem, tile.output),
    sources: (stage, slice) => sourcesOf(stage, problem, tile, inputs, slice),
    finish: { order: 'columns', width: 4 },
    finisher: (stage, slice) => sums.storer(stage, slice),
  });
}

function sourcesOf(e: Emitter, problem: FormattedProblem, tile: WinogradTile, inputs: Value, slice: Ix): Sources {
  const { shader } = e;
  const { rows, columns, depth } = productsOf(problem, tile.output);
  const isLast = problem.formats.reads === 'channels-last';
  const words = e.scratchWords(inputs, isLast ? 'vec4<f32>' : 'f32');
  const count = e.size(rows);
  const isWhole = depth % tile.k === 0;
  const inside = (step: Ix) => isWhole || ix.less(step, depth);
  const clamped = (step: Ix, last: number) => (isWhole ? step : ix.minIx(step, last));
  const chosen = (test: boolean | string, value: string, zero: string) =>
    test === true ? value : `select(${zero}, ${value}, ${test})`;
  const packedColumns = Math.ceil(columns / tile.n) * tile.n;
  const packedSteps = Math.ceil(depth / tile.k) * tile.k;
  const weights = e.packedVectors(packFilters(problem, tile.output, packedColumns, packedSteps));
  return {
    order: isLast ? 'steps' : 'rows',
    isWorkedOn: !isLast || !isWhole,
    a(row) {
      const own = shader.index(ix.minIx(row, ix.sub(count, 1)), 'm');
      if (isLast) {
        const start = shader.index(ix.mul(ix.add(ix.mul(slice, count), own), depth / 4), 'x');
        return (tile, inTile) => {
          const step = ix.add(tile, inTile);
          const four = words.read(ix.add(start, ix.div(clamped(step, depth - 4), 4)));
          return chosen(inside(step), four, 'vec4<f32>()');
        };
      }
      const start = shader.index(ix.add(ix.mul(ix.mul(slice, depth), count), own), 'x');
      return (tile, inTile) => {
        const elements = [0, 1, 2, 3].map((i) => {
          const step = ix.add(ix.add(tile, inTile), i);
          return chosen(inside(step), words.read(ix.add(start, ix.mul(clamped(step, depth - 1), count))), '0.0f');
        });
        return `vec4<f32>(${elements.join(', ')})`;
      };
    },
    b: (vector) => (step) =>
      weights(ix.add(ix.mul(ix.add(ix.mul(slice, packedSteps), step), packedColumns / 4), vector)),
  };
}

/** The transformed filters, as [place in a tile][input channel][output channel], filled up with 0. */
function packFilters({ group }: Problem, output: TileLength, columns: number, steps: number): Packed {
  const conv = group.anchor!;
  const { inputChannels, outputChannels } = convGeometry(conv.view());
  const { constant, name } = conv.inputs[1]!;
  const places = filterFactors(WINOGRAD[output]);
  const length = places.length * steps * columns;
  return {
    dtype: 'float32',
    key: `${name}:conv.winograd${output},${columns}x${steps}`,
    names: [name],
    size: 4 * length,
    bytes() {
      const filters = elementsOf(constant!) as Float32Array;
      const packed = new Float32Array(length);
      for (const [i, factors] of places.entries())
        for (let o = 0; o < outputChannels; o++)
          for (let c = 0; c < inputChannels; c++) {
            const first = 9 * (o * inputChannels + c);
            let sum = 0;
            for (let tap = 0; tap < 9; tap++) sum += factors[tap]! * filters[first + tap]!;
            packed[(i * steps + c) * columns + o] = sum;
          }
      return bytesOf(packed);
    },
  };
}

/** Emits the transform of the sums, and what becomes of the results. */
function emitOutputs(e: Emitter, problem: FormattedProblem, { output }: WinogradTile, sums: SumsMemory): Launch {
  const { shader } = e;
  const conv = problem.group.anchor!;
  const { axes } = convGeometry(conv.view());
  const { rows, columns } = productsOf(problem, output);
  const { reach, output: transform } = WINOGRAD[output];
  const words = e.scratchWords(sums.memory, 'f32');
  const store = storeOf(e, problem, { rows: [], slice: 0 }, [], conv.inputs[2], 'f32', { first: () => 0, columns: 1 });
  const finish = finisher(e, store);
  return emitElements(e, [rows, columns], (position) => {
    const [tile, channel] = position.coords(shader) as [Ix, Ix];
    const width = mul(sums.vectors, 4);
    const first = shader.index(ix.add(ix.mul(tile, e.size(width)), channel), 'at');
    const all = e.size(mul(rows, width));
    const elements = Array.from({ length: reach }, (_, r) =>
      Array.from({ length: reach }, (_, c) => shader.let(words.read(ix.add(first, ix.mul(r * reach + c, all))), 's')),
    );
    const results = emitTransform(shader, transform, elements);
    const [n, ...place] = placeOf(e, problem, output, tile);
    const inside = axes.map((axis) => (at: Ix) => isMultiple(axis.output, output) || ix.less(at, e.size(axis.output)));
    for (const [r, line] of results.entries())
      for (const [c, result] of line.entries()) {
        const [y, x] = [ix.add(place[0]!, r), ix.add(place[1]!, c)];
        shader.when(ix.all([inside[0]!(y), inside[1]!(x)]), () => finish([result], [tile, n, y, x], channel));
      }
  });
}
