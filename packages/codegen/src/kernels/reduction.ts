// The reduction core: one value out of a row of elements, by one invocation or by a workgroup together. The Reduce
// family, Softmax and the norms are built from it.

import { ceilDiv, type Dim, type DType, isFloat, type NodeView, product, type Reducer, rangeOf } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Launch, Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { rounds, type Target } from '../target.ts';
import { typical } from '../typical.ts';
import { call } from '../wgsl/functions.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal, printBinary } from '../wgsl/scalar.ts';
import { eachPartner, subgroupOf } from './subgroup.ts';

const WORKGROUP = 64;

/** A 64-bit integer in two words. */
const WIDE = 'vec2<u32>';

type Combine = Reducer['combine'];

export interface RowParams {
  /** Invocations that share a row: 1 or a whole workgroup. */
  readonly lanes: 1 | 64 | 256;
}

export const ROW_PARAMS: readonly RowParams[] = [{ lanes: 64 }, { lanes: 1 }];

/** As `ROW_PARAMS`, and larger workgroups where subgroups make them cheap. */
export function rowParams({ target }: Pick<Problem, 'target'>): readonly RowParams[] {
  return subgroupOf(target) ? [{ lanes: 256 }, ...ROW_PARAMS] : ROW_PARAMS;
}

/** The rows of a reduction over some axes of a tensor. */
export interface Rows {
  readonly shape: readonly Dim[];
  /** How many rows, and elements of each. */
  readonly rows: Dim;
  readonly count: Dim;
  readonly axes: readonly number[];
}

export function rowsOf(at: NodeView, axes: readonly number[]): Rows {
  const { shape } = at.input(0);
  const kept = shape.filter((_, axis) => !axes.includes(axis));
  return { shape, rows: product(kept), count: product(axes.map((axis) => shape[axis]!)), axes };
}

/** Relative time: sequential steps of an invocation, over how much of the device the invocations fill. */
export function rowCost(target: Target, rows: Rows, { lanes }: RowParams): number {
  const threads = typical(rows.rows) * lanes;
  // A tree of six barriers; emulated ones are dear. Of subgroups one barrier joins all.
  const tree = lanes === 1 ? 0 : target.software ? 400 : subgroupOf(target) ? 5 + lanes / 64 : 12;
  return rounds(target, threads) * (typical(rows.count) / lanes + tree);
}

/** One row, as an invocation sees it. */
export class Row {
  constructor(
    readonly e: Emitter,
    readonly rows: Rows,
    /** Row-major number of the row among the kept axes: that of the output's element where axes are reduced away. */
    readonly number: Ix,
    readonly params: RowParams,
  ) {}

  /** Where element k of the row lies. */
  element(k: Ix): Position {
    const { e } = this;
    const { shape, axes, count } = this.rows;
    const first = axes[0] ?? shape.length;
    const neighbours = axes.length === 0 || axes.at(-1)! - first === axes.length - 1;
    if (neighbours) {
      const inner = e.size(product(shape.slice(first + axes.length)));
      const [outer, rest] = [ix.div(this.number, inner), ix.mod(this.number, inner)];
      const linear = ix.add(ix.mul(ix.add(ix.mul(outer, e.size(count)), k), inner), rest);
      return Position.linear(shape, e.shader.index(linear, 'l'));
    }
    const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const outside = Position.linear(
      kept.map((axis) => shape[axis]!),
      this.number,
    ).coords(e.shader);
    const inside = Position.linear(
      axes.map((axis) => shape[axis]!),
      k,
    ).coords(e.shader);
    return Position.at(
      shape,
      shape.map((_, axis) => (axes.includes(axis) ? inside[axes.indexOf(axis)]! : outside[kept.indexOf(axis)]!)),
    );
  }

  /** Runs `body` for every element that this invocation is to look at. */
  each(body: (k: Ix) => void): void {
    const { shader } = this.e;
    const count = this.e.size(this.rows.count);
    if (this.params.lanes === 1) {
      shader.loop(count, 'k', body);
      return;
    }
    const k = shader.name('k');
    shader.block(`for (var ${k} = lid; ${k} < ${ix.text(count)}; ${k} += ${this.params.lanes}u)`, () => body(k));
  }

  /**
   * Combines one value of each element; every invocation of the row gets the result. Smallest and largest values keep
   * NaN; of bools they are `and` and `or`.
   */
  reduce(dtype: DType, combine: Combine, value: (k: Ix) => string): string {
    const { shader } = this.e;
    const type = computeOf(dtype);
    const operation = type === 'bool' ? OF_BOOLS[combine] : combine;
    const join = (a: string, b: string) => printBinary(shader, operation, a, b, dtype);
    return this.#combine(type, neutral(this.e, dtype, combine), join, value);
  }

  /** The sum of integers of 64 bits that fit into 32, with a bit of the status for a sum that does not. */
  checkedSum(bit: number, value: (k: Ix) => string): string {
    const { shader } = this.e;
    const join = (a: string, b: string) => call(shader, 'wide_sum', a, b);
    const sum = this.#combine(WIDE, `${WIDE}()`, join, (k) => call(shader, 'widened', value(k)));
    return call(shader, 'narrowed', sum, `${bit}u`);
  }

  #combine(type: string, first: string, join: (a: string, b: string) => string, value: (k: Ix) => string): string {
    const { shader } = this.e;
    const acc = shader.name('acc');
    shader.line(`var ${acc} = ${first};`);
    this.each((k) => shader.line(`${acc} = ${join(acc, shader.let(value(k)))};`));
    const { lanes } = this.params;
    if (lanes === 1) return acc;
    const memory = `shared_${type.replace(/\W/g, '')}`;
    const subgroup = type === 'bool' ? undefined : subgroupOf(this.e.target);
    if (subgroup) {
      eachPartner(shader, subgroup, (partner) => {
        const other = shader.let(partner(acc), 'other');
        shader.line(`${acc} = ${join(acc, other)};`);
      });
      const parts = lanes / subgroup;
      if (parts === 1) return acc;
      shader.global(`var<workgroup> ${memory}: array<${type}, ${parts}>;`);
      shader.block(`if (lid % ${subgroup}u == 0u)`, () => shader.line(`${memory}[lid / ${subgroup}u] = ${acc};`));
      shader.line('workgroupBarrier();');
      const places = Array.from({ length: parts }, (_, i) => `${memory}[${i}]`);
      const all = places.reduce((a, part) => shader.let(join(a, part), 'all'));
      shader.line('workgroupBarrier();');
      return all;
    }
    shader.global(`var<workgroup> ${memory}: array<${type}, ${lanes}>;`);
    shader.line(`${memory}[lid] = ${acc};`);
    shader.line('workgroupBarrier();');
    for (let half = lanes / 2; half >= 1; half /= 2) {
      shader.block(`if (lid < ${half}u)`, () =>
        shader.line(`${memory}[lid] = ${join(`${memory}[lid]`, `${memory}[lid + ${half}u]`)};`),
      );
      shader.line('workgroupBarrier();');
    }
    const result = shader.let(`${memory}[0]`, 'all');
    shader.line('workgroupBarrier();');
    return result;
  }

  /** Runs `body` in one invocation of the row. */
  once(body: () => void): void {
    this.e.shader.when(this.params.lanes === 1 || 'lid == 0u', body);
  }
}

/** Emits `body` for the row of this invocation or workgroup, and says how many workgroups that takes. */
export function emitRows(e: Emitter, rows: Rows, params: RowParams, body: (row: Row) => void): Launch {
  const number = params.lanes === 1 ? e.shader.let(`group * ${WORKGROUP}u + lid`, 'row') : 'group';
  e.shader.when(ix.less(number, e.size(rows.rows)), () => body(new Row(e, rows, number, params)));
  const subgroup = e.shader.features.has('subgroups') && e.target.subgroups;
  return {
    workgroupSize: params.lanes === 1 ? WORKGROUP : params.lanes,
    workgroups: params.lanes === 1 ? ceilDiv(rows.rows, WORKGROUP) : rows.rows,
    ...(subgroup ? { subgroups: subgroup } : {}),
  };
}

const OF_BOOLS = { min: 'and', max: 'or', mul: 'and', add: 'or' } as const;

/** What combining with changes nothing: of the smallest and largest, the ends of the type's range. */
function neutral(e: Emitter, dtype: DType, combine: Combine): string {
  const type = computeOf(dtype);
  if (type === 'bool') return OF_BOOLS[combine] === 'and' ? 'true' : 'false';
  if (combine === 'add' || combine === 'mul') return literal(e.shader, combine === 'add' ? 0 : 1, type);
  const [low, high] = isFloat(dtype) ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : rangeOf(dtype);
  return literal(e.shader, combine === 'min' ? high : low, type);
}
