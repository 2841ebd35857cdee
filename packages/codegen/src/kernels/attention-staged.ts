// Attention in one pass over the keys, as `attention.ts`, as two contractions in the registers of a workgroup: it has some
// queries of one head, and brings keys and values through its memory, a tile at a time. Each invocation has a block of the
// scores of a tile; their weights go through workgroup memory to those that sum up the values.
//
// Source: Dao et al., "FlashAttention", 2022; Dao, "FlashAttention-2", 2023, for the sums in registers.

import { attentionGeometry, ceilDiv, mul } from '@trtx/ir';
import { defineKernel, type Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { fitsWorkgroup, type Target } from '../target.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { Block, type BlockParams, blockBytes, threadsOf, vectorsOf } from './attention-block.ts';
import { ELEMENTS } from './eights.ts';
import { MICROSECOND, PROCESSORS, residentGroups } from './large-gpu.ts';

/** Every tile that is worth trying. How many workgroups there are decides how long all take: hence 80 and 40. */
const TILES: readonly BlockParams[] = [
  { queries: 80, keys: 32, rows: 5 },
  { queries: 64, keys: 32, rows: 8 },
  { queries: 64, keys: 32, rows: 4 },
  { queries: 64, keys: 16, rows: 8 },
  { queries: 64, keys: 16, rows: 4 },
  { queries: 40, keys: 32, rows: 5 },
  { queries: 32, keys: 64, rows: 4 },
  { queries: 32, keys: 64, rows: 2 },
  { queries: 32, keys: 32, rows: 4 },
  { queries: 32, keys: 32, rows: 2 },
  { queries: 32, keys: 16, rows: 4 },
  { queries: 32, keys: 16, rows: 2 },
  { queries: 16, keys: 64, rows: 4 },
  { queries: 16, keys: 64, rows: 2 },
  { queries: 16, keys: 64, rows: 1 },
  { queries: 16, keys: 32, rows: 2 },
  { queries: 16, keys: 32, rows: 1 },
  { queries: 8, keys: 64, rows: 2 },
  { queries: 8, keys: 64, rows: 1 },
  { queries: 8, keys: 32, rows: 1 },
  { queries: 8, keys: 16, rows: 1 },
];

/** Numbers that an invocation may have in registers: sums, scores, and what it brings. */
const MOST_REGISTERS = 160;

/** What a multiprocessor has room for: the bytes are those that fit the times, not those that it has. */
const ROOM = { bytes: 50 * 1000, groups: 32 };

/** Microseconds of a workgroup's beginning and end. */
const ENDS_US = 0.9;

/**
 * Microseconds of a tile of keys. All are fitted to 72 measured times: docs/benchmarks.md, "Attention through workgroup
 * memory".
 */
const TILE_US = {
  /** Waiting: for barriers and the largest scores, for a step of a product, and for each vector of products there. */
  tile: 0.66,
  step: 0.0036,
  product: 0.00175,
  /** Shared by the workgroups of a multiprocessor: a vector of products of an invocation, and an element that is brought. */
  arithmetic: 1.9e-5,
  bringing: 5.7e-5,
} as const;

export const attentionStaged = defineKernel<BlockParams>({
  id: 'attention.staged',
  version: 1,
  summary:
    'Attention in one pass over the keys, tiles of them through workgroup memory, some queries of a head a workgroup',
  ops: ['Attention'],
  applies({ group }) {
    const { anchor, accumulated } = group;
    const isResult = accumulated === anchor!.output && computeOf(accumulated.type.dtype) === 'f32';
    return isResult && anchor!.inputs.slice(0, 3).every((value) => ELEMENTS.has(value!.type.dtype));
  },
  params: ({ group, target }) => tilesFor(group, target),
  cost({ group, target }, params) {
    const node = group.anchor!;
    const { query, key, value, total } = attentionGeometry(node.view());
    const { queries, keys, rows } = params;
    const groups = typical(query.batch) * query.heads * Math.ceil(typical(query.length) / queries);
    const threads = threadsOf(params);
    const products = rows * (key.size + keys * vectorsOf(node, params));
    const latency = TILE_US.tile + (key.size + keys) * TILE_US.step + products * TILE_US.product;
    const arithmetic = threads * products * TILE_US.arithmetic;
    const bringing = keys * (key.size + value.size) * TILE_US.bringing;
    // The multiprocessor that has most of the workgroups runs some at once, then those that are left.
    const resident = residentGroups({ threads, bytes: blockBytes(node, target, params) }, ROOM);
    const most = Math.ceil(groups / PROCESSORS);
    const waves = Math.ceil(most / resident);
    const tiles = Math.ceil(typical(total) / keys) + 1;
    return MICROSECOND * (ENDS_US + tiles * (waves * latency + most * (arithmetic + bringing)));
  },
  emit(e, { group, target }, params) {
    const { shader } = e;
    const node = group.anchor!;
    const { query, right } = attentionGeometry(node.view());
    const tiles = ceilDiv(query.length, params.queries);
    const count = mul(mul(query.batch, query.heads), tiles);
    shader.when(ix.less('group', e.size(count)), () => {
      const order = Position.linear([tiles, query.batch, query.heads], 'group').coords(shader);
      const [tile, batch, head] = order as [Ix, Ix, Ix];
      // Where later queries see more keys, they come first, so that what takes long does not come last.
      const own = Number.isFinite(right) ? ix.sub(ix.sub(e.size(tiles), 1), tile) : tile;
      const first = shader.index(ix.mul(own, params.queries), 'first');
      new Block(e, node, group.accumulated, params, { batch, head }, first).emit();
    });
    const { subgroups } = target;
    return {
      workgroupSize: threadsOf(params),
      workgroupBytes: blockBytes(node, target, params),
      workgroups: count,
      ...(shader.features.has('subgroups') && subgroups ? { subgroups } : {}),
    };
  },
});

/** The tiles for which a device has what they take; none on a software adapter, where no tile is worth its barriers. */
function tilesFor({ anchor }: Problem['group'], target: Target): readonly BlockParams[] {
  if (target.software) return [];
  const { key, value } = attentionGeometry(anchor!.view());
  return TILES.filter((params) => {
    const threads = threadsOf(params);
    const brought = (params.keys * Math.max(key.size, value.size)) / threads;
    const sums = params.rows * vectorsOf(anchor!, params) * 4;
    if (sums + brought + 4 * params.rows > MOST_REGISTERS) return false;
    return fitsWorkgroup(target, threads, blockBytes(anchor!, target, params));
  });
}
