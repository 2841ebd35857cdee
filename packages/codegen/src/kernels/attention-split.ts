// Attention of few queries, as of a decoder's step: what takes the time is reading all keys and values, one after the other.
// So the keys of a head are split over the teams of a workgroup. The invocations of a team share a key: each has some of its
// features, and the same of the value. Each team goes through its keys in one pass, as in `attention.ts`; at last the sums of
// all teams are weighed by the distance of each team's largest score to the largest of all, and added.
//
// Source: Dao et al., "Flash-Decoding for long-context inference", 2023, of which this is the part within a workgroup.

import { attentionGeometry, bounds, mul } from '@trtx/ir';
import { denseView, liesInRuns } from '../group/view.ts';
import { defineKernel, type Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { fitsWorkgroup } from '../target.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { rowsOf, SplitKeys, type SplitParams, sharedOf } from './attention-team.ts';
import { ELEMENTS } from './eights.ts';
import { INVOCATIONS, MICROSECOND } from './large-gpu.ts';
import { subgroupOf } from './subgroup.ts';

/** Queries of a head at most: with more of them there are workgroups enough without. */
const MOST_QUERIES = 4;

/** Numbers that an invocation may have in registers, of queries and of sums; and scores that it works on at once. */
const MOST_REGISTERS = 96;
const MOST_SCORES = 4;

export const attentionSplit = defineKernel<SplitParams>({
  id: 'attention.split',
  version: 1,
  summary: 'Attention of few queries, the keys of a head split over the invocations of a workgroup',
  ops: ['Attention'],
  applies(problem) {
    const { accumulated, anchor } = problem.group;
    const { query } = attentionGeometry(anchor!.view());
    const isResult = accumulated === anchor!.output && computeOf(accumulated.type.dtype) === 'f32';
    return isResult && !anchor!.inputs[4] && bounds(query.length).max <= MOST_QUERIES && readsVectors(problem);
  },
  params: paramsOf,
  cost({ group, target }, params) {
    const { query, key, value, total } = attentionGeometry(group.anchor!.view());
    const { lanes, threads, heads, ahead } = params;
    const queries = heads * typical(query.length);
    const teams = threads / lanes;
    const waves = Math.max((typical(query.batch) * query.heads * threads) / heads / INVOCATIONS, 1);
    // Of some keys at once: the wait for them, the products and the weighted sums, and what joins the parts of a product.
    const joining = subgroupOf(target)
      ? 0.01 * queries * ahead * Math.log2(lanes)
      : 0.15 + 0.01 * lanes * queries * ahead;
    const round = 0.6 + (0.002 * queries * ahead * (key.size + value.size)) / lanes + joining;
    const finishing = 0.3 + 0.03 * teams * Math.ceil((queries * value.size) / threads);
    return MICROSECOND * waves * (Math.ceil(typical(total) / (teams * ahead)) * round + finishing);
  },
  emit(e, { group, target }, params) {
    const { shader } = e;
    const node = group.anchor!;
    const { query } = attentionGeometry(node.view());
    const blocks = query.heads / params.heads;
    const count = mul(query.batch, blocks);
    shader.when(ix.less('group', e.size(count)), () => {
      const [batch, block] = Position.linear([query.batch, blocks], 'group').coords(shader) as [Ix, Ix];
      const head = shader.index(ix.mul(block, params.heads), 'head');
      new SplitKeys(e, node, group.accumulated, params, batch, head).emit();
    });
    const { subgroups } = target;
    return {
      workgroupSize: params.threads,
      workgroupBytes: bytesOf({ group, target }, params),
      workgroups: count,
      ...(shader.features.has('subgroups') && subgroups ? { subgroups } : {}),
    };
  },
});

/** True where keys and values can be read by vectors of 16 bytes. */
function readsVectors({ group, grouping }: Problem): boolean {
  return group.anchor!.inputs.slice(1, 3).every((value) => {
    const { shape, dtype } = value!.type;
    const count = ELEMENTS.get(dtype);
    const view = grouping.views.get(value!) ?? denseView(value!);
    const isMemory = !value!.contents || value!.constant !== null;
    return isMemory && count !== undefined && liesInRuns(view, shape.length - 1, count);
  });
}

/** The ways to split; none on a software adapter, which has no invocations to spare for a head. */
function paramsOf(problem: Pick<Problem, 'group' | 'target'>): readonly SplitParams[] {
  const { group, target } = problem;
  if (target.software) return [];
  const node = group.anchor!;
  const { query, key, value } = attentionGeometry(node.view());
  const [k, v] = [1, 2].map((input) => ELEMENTS.get(node.inputs[input]!.type.dtype)!) as [number, number];
  const shared = query.heads / key.heads;
  const all = [512, 256, 128].flatMap((threads) =>
    [16, 8, 4].flatMap((lanes) =>
      [1, 2, 4]
        .filter((heads) => shared % heads === 0)
        .flatMap((heads) => [1, 2, 4].map((ahead) => ({ lanes, threads, heads, ahead }))),
    ),
  );
  return all.filter((params) => {
    const { lanes, threads, ahead } = params;
    const rows = rowsOf(node, params);
    if (key.size % (k * lanes) !== 0 || value.size % (v * lanes) !== 0) return false;
    const registers = ((key.size + value.size) / lanes) * (rows + ahead);
    if (registers > MOST_REGISTERS || rows * ahead > MOST_SCORES) return false;
    return fitsWorkgroup(target, threads, bytesOf(problem, params));
  });
}

function bytesOf({ group, target }: Pick<Problem, 'group' | 'target'>, params: SplitParams): number {
  const { products, ends, values } = sharedOf(group.anchor!, target, params);
  return 4 * (products + 2 * ends + values);
}
