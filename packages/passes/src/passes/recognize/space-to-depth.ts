// SpaceToDepth written out: Reshape, Transpose, Reshape (pixel_unshuffle), or the Concat of a Slice for each place of a block
// (the Focus of detectors). Where channels come out in another order, a Conv that reads them has its weights in the order of
// SpaceToDepth instead.

import { type Constant, mul, type Node, type Value } from '@trtx/ir';
import { float64Of, floatConstant, fromFloat64, permutationOf, producerOf } from '../../match.ts';
import type { Patch } from '../../patch.ts';
import { any, matchOf, op } from '../../pattern.ts';
import { defineRule } from '../../rule.ts';
import { rangesOf } from '../simplify/merge-slices.ts';

/** Blocks of places of `x` as channels. */
interface Blocks {
  readonly x: Value;
  /** Places of a block along each axis. */
  readonly size: number;
  readonly nodes: readonly Node[];
  /** Where channel c of the place in this row and column of its block comes out. */
  channelOf(c: number, row: number, column: number): number;
}

export const spaceToDepth = defineRule({
  name: 'space-to-depth',
  ops: ['Reshape', 'Concat'],
  apply(node, patch) {
    const found = blocksOf(node.output, patch);
    if (!found || !patch.isOnlyFor(node.output, found.nodes)) return undefined;
    const depth = depthOf(found.x);
    const isOrdered = channels(found, depth).every((channel, i) => channel === i);
    if (!isOrdered) return undefined;
    const y = patch.node('SpaceToDepth', [found.x], { blocksize: found.size });
    return patch.covers(...found.nodes).replace(node.output, y, 'blocks of places become blocks of channels');
  },
});

export const spaceToDepthWeights = defineRule({
  name: 'space-to-depth-weights',
  ops: ['Conv'],
  apply(node, patch) {
    const [input, weights, ...rest] = node.inputs;
    const constant = floatConstant(weights);
    if (!constant || weights!.users.size > 1 || node.view().int('group') !== 1) return undefined;
    const found = blocksOf(input!, patch);
    if (!found || !patch.isOnlyFor(node.output, [node, ...found.nodes])) return undefined;
    const ordered = patch.constant(reordered(constant, channels(found, depthOf(found.x))), weights!.name);
    const y = patch.node('SpaceToDepth', [found.x], { blocksize: found.size }, found.nodes[0]!.name);
    const z = patch.covers(...found.nodes).node('Conv', [y, ordered, ...rest], node.attributes);
    return patch.replace(node.output, z, 'weights in the order of SpaceToDepth');
  },
});

function blocksOf(value: Value, patch: Patch): Blocks | undefined {
  const found = movedBlocks(value, patch) ?? slicedBlocks(value, patch);
  return found && typeof found.x.type.shape[1] === 'number' ? found : undefined;
}

function depthOf(x: Value): number {
  return x.type.shape[1] as number;
}

/** Where each channel of SpaceToDepth comes out, in its order: by row, column, and channel. */
function channels({ size, channelOf }: Blocks, depth: number): number[] {
  return Array.from({ length: size * size * depth }, (_, i) => {
    const place = Math.floor(i / depth);
    return channelOf(i % depth, Math.floor(place / size), place % size);
  });
}

const moved = op('Reshape', op('Transpose', op('Reshape', any('x'), any()).as('split')).as('moved'), any());

/** Blocks that a Transpose moves among the channels: before them, or behind them as pixel_unshuffle does. */
function movedBlocks(value: Value, patch: Patch): Blocks | undefined {
  const match = value.type.shape.length === 4 ? matchOf(moved, value) : undefined;
  const split = match?.value('split').type.shape;
  if (!match || split?.length !== 6) return undefined;
  const perm = permutationOf(match.node('moved')).join();
  if (perm !== '0,3,5,1,2,4' && perm !== '0,1,3,5,2,4') return undefined;
  const [batch, depth, height, size, width, columns] = split;
  const x = match.value('x');
  if (typeof size !== 'number' || size < 2 || size !== columns || typeof depth !== 'number') return undefined;
  const whole = [batch!, depth, mul(height!, size), mul(width!, size)];
  const parts = [batch!, depth * size * size, height!, width!];
  if (!patch.sameShape(whole, x.type.shape) || !patch.sameShape(parts, value.type.shape)) return undefined;
  const channelOf = (c: number, row: number, column: number) =>
    perm === '0,3,5,1,2,4' ? (row * size + column) * depth + c : (c * size + row) * size + column;
  return { x, size, nodes: match.nodes, channelOf };
}

/** Blocks of which each place is cut out by a Slice. */
function slicedBlocks(value: Value, patch: Patch): Blocks | undefined {
  const concat = producerOf(value, 'Concat');
  const size = Math.sqrt(concat?.inputs.length ?? 0);
  if (!concat || size < 2 || !Number.isInteger(size) || value.type.shape.length !== 4) return undefined;
  if (![1, -3].includes(concat.view().int('axis'))) return undefined;
  const slices = concat.inputs.map((input) => producerOf(input, 'Slice'));
  const x = slices[0]?.inputs[0];
  if (!x || slices.some((slice) => slice?.inputs[0] !== x)) return undefined;
  const [batch, depth, height, width] = x.type.shape;
  const places = slices.map((slice) => placeOf(slice!, size));
  const whole = ({ output: { type } }: Node) =>
    patch.sameShape(
      [batch!, depth!, height!, width!],
      [batch!, depth!, ...type.shape.slice(2).map((d) => mul(d, size))],
    );
  if (places.includes(undefined) || new Set(places).size < size * size || !slices.every((slice) => whole(slice!)))
    return undefined;
  const channelOf = (c: number, row: number, column: number) =>
    places.indexOf(row * size + column) * (depth as number) + c;
  return { x, size, nodes: [concat, ...(slices as Node[])], channelOf };
}

/** The number of the place in its block that a Slice takes of each block; undefined where it does something else. */
function placeOf(slice: Node, size: number): number | undefined {
  const ranges = rangesOf(slice);
  const [rows, columns] = [ranges?.get(2), ranges?.get(3)];
  if (ranges?.size !== 2 || rows?.step !== size || columns?.step !== size) return undefined;
  return rows.start < size && columns.start < size ? rows.start * size + columns.start : undefined;
}

/** Weights [m, channels, ...kernel] with their channels taken from these places. */
function reordered(weights: Constant, order: readonly number[]): Constant {
  const values = float64Of(weights);
  const count = weights.dims.slice(2).reduce((n, dim) => n * dim, 1);
  const result = values.map((_, i) => {
    const [at, line] = [i % count, Math.floor(i / count)];
    const m = Math.floor(line / order.length);
    return values[(m * order.length + order[line % order.length]!) * count + at]!;
  });
  return fromFloat64(weights.dtype, weights.dims, result);
}
