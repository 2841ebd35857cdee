// The shader of `attention-split.ts`: what the teams of a workgroup sum up over the keys of a head, and what comes of that.

import { attentionGeometry, bounds, type Node, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Target } from '../target.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal, printBinary } from '../wgsl/scalar.ts';
import { AttentionScores, atHead } from './attention-scores.ts';
import { Operand } from './contraction.ts';
import { ELEMENTS, foursOf, vectorsOf } from './eights.ts';
import { subgroupOf, sumOver } from './subgroup.ts';

export interface SplitParams {
  /** Invocations of a team, which share a key. */
  readonly lanes: number;
  /** Invocations of a workgroup. */
  readonly threads: number;
  /** Heads of a workgroup, which look at the same keys. */
  readonly heads: number;
  /** Keys of a team that are on their way at once. */
  readonly ahead: number;
}

/** Queries of all heads of a workgroup, at most. */
export function rowsOf(node: Node, { heads }: SplitParams): number {
  return heads * queriesOf(node);
}

function queriesOf(node: Node): number {
  return Math.max(bounds(attentionGeometry(node.view()).query.length).max, 1);
}

/** True where a team's parts of a product are joined by its subgroup. */
function isSubgroup(target: Target, { lanes }: SplitParams): boolean {
  return lanes <= (subgroupOf(target) ?? 0);
}

/** Numbers in workgroup memory: parts of products, and of each team the largest score, the sum of weights and those of values. */
export function sharedOf(node: Node, target: Target, params: SplitParams) {
  const { lanes, threads, ahead } = params;
  const rows = rowsOf(node, params);
  const ends = (threads / lanes) * rows;
  const { size } = attentionGeometry(node.view()).value;
  return { products: isSubgroup(target, params) ? 0 : threads * ahead * rows, ends, values: ends * size };
}

/** A query of one head: names of variables. */
interface Row {
  readonly head: Ix;
  /** The number of the query, within the tensor. */
  readonly query: Ix;
  /** What an invocation has of its features, by fours. */
  readonly features: readonly string[];
  readonly most: string;
  readonly total: string;
  /** Of the weighted sum of values, by fours. */
  readonly values: readonly string[];
}

export class SplitKeys {
  readonly #scores: AttentionScores;
  readonly #teams: number;
  readonly #lane: Ix;
  readonly #team: Ix;
  readonly #least: string;

  /** @param head the number of the workgroup's first head */
  constructor(
    readonly e: Emitter,
    readonly node: Node,
    readonly result: Value,
    readonly params: SplitParams,
    readonly batch: Ix,
    readonly head: Ix,
  ) {
    const { shader } = e;
    const { lanes, threads } = params;
    this.#scores = new AttentionScores(e, node);
    this.#teams = threads / lanes;
    this.#lane = shader.index(ix.mod('lid', lanes), 'lane');
    this.#team = shader.index(ix.div('lid', lanes), 'team');
    this.#least = shader.let(literal(shader, Number.NEGATIVE_INFINITY, 'f32'), 'least');
  }

  emit(): void {
    const { e, params } = this;
    const { shader } = e;
    const rows = Array.from({ length: rowsOf(this.node, params) }, (_, r) => this.#declare(r));
    const [key, value] = [1, 2].map((input) => this.#reader(input as 1 | 2)) as [Reader, Reader];
    const keys = e.size(this.#scores.g.total);
    const each = this.#teams * params.ahead;
    shader.loop(ix.div(ix.add(keys, each - 1), each), 't', (t) => {
      const first = shader.index(ix.add(ix.mul(t, each), this.#team), 'j');
      const own = Array.from({ length: params.ahead }, (_, u) => shader.index(ix.add(first, u * this.#teams), 'j'));
      const inside = own.map((j) => shader.index(ix.minIx(j, ix.sub(keys, 1)), 'j'));
      const read = inside.map((j) => [key(j), value(j)] as const);
      const fours = read.map((both) => both.map((vectors) => vectors()) as [string[], string[]]);
      const products = this.#products(
        rows,
        fours.map(([k]) => k),
      );
      rows.forEach((row, r) => {
        const scores = own.map((j, u) => {
          const at = { batch: this.batch, head: row.head };
          const score = this.#scores.biased(at, row.query, inside[u]!, products[r]![u]!);
          return shader.let(`select(${this.#least}, ${score}, ${ix.less(j, keys)})`, 'score');
        });
        this.#add(
          row,
          scores,
          fours.map(([, v]) => v),
        );
      });
    });
    this.#join(rows);
  }

  #declare(r: number): Row {
    const { e, batch, params, node } = this;
    const { shader } = e;
    const { query, key, value } = this.#scores.g;
    const queries = queriesOf(node);
    const head = shader.index(ix.add(this.head, Math.floor(r / queries)), 'head');
    const number = shader.index(ix.minIx(r % queries, ix.sub(e.size(query.length), 1)), 'query');
    const [q, k] = node.inputs as [Value, Value];
    const features = this.#places(k, key.size).flatMap((start) =>
      Array.from({ length: ELEMENTS.get(k.type.dtype)! / 4 }, (_, four) => {
        const elements = [0, 1, 2, 3].map((i) => {
          const at = atHead(query, batch, head, number, ix.add(start, four * 4 + i));
          return e.read(q, Position.at(q.type.shape, at));
        });
        return shader.let(`vec4<f32>(${elements.join(', ')})`, 'q');
      }),
    );
    const values = Array.from({ length: value.size / params.lanes / 4 }, () => shader.name('values'));
    const row = { head, query: number, features, most: shader.name('most'), total: shader.name('total'), values };
    shader.line(`var ${row.most} = ${this.#least};`);
    shader.line(`var ${row.total} = 0.0f;`);
    for (const name of values) shader.line(`var ${name} = vec4<f32>();`);
    return row;
  }

  /** The first features of each vector that an invocation has of a key or value. */
  #places({ type }: Value, size: number): Ix[] {
    const { lanes } = this.params;
    const count = ELEMENTS.get(type.dtype)!;
    return Array.from({ length: size / count / lanes }, (_, v) =>
      this.e.shader.index(ix.mul(ix.add(this.#lane, v * lanes), count), 'feature'),
    );
  }

  /** Reads what an invocation has of the key or value with a number: at once, then as fours of floats. */
  #reader(input: 1 | 2): Reader {
    const { e, node, batch } = this;
    const { shader } = e;
    const { g } = this.#scores;
    const heads = input === 1 ? g.key : g.value;
    const operand = node.inputs[input]!;
    const axis = operand.type.shape.length - 1;
    const read = vectorsOf(e, operand, axis, operand.type.shape[axis]!);
    const memory = new Operand(e, operand);
    const head = shader.index(this.#scores.shared(this.head), 'shared');
    const places = this.#places(operand, heads.size);
    return (j) => {
      const start = shader.index(memory.address(atHead(heads, batch, head, j, 0)), 'start');
      const vectors = places.map((place) => shader.let(read(start, place), input === 1 ? 'k' : 'v'));
      return () => vectors.flatMap((vector) => foursOf(e, operand, vector));
    };
  }

  /** Emits the products of every query with keys; gives their names, as [row][key]. */
  #products(rows: readonly Row[], keys: readonly string[][]): string[][] {
    const { shader } = this.e;
    const parts = rows.map(({ features }) =>
      keys.map((fours) => shader.let(fours.map((four, i) => `dot(${features[i]}, ${four})`).join(' + '), 'dot')),
    );
    const scale = literal(shader, this.#scores.g.scale, 'f32');
    return this.#sums(parts).map((row) => row.map((sum) => shader.let(`${sum} * ${scale}`, 'product')));
  }

  /** Emits the sums over a team of numbers that each of its invocations has. */
  #sums(parts: readonly string[][]): string[][] {
    const { e, params } = this;
    const { shader } = e;
    const { lanes, threads } = params;
    if (isSubgroup(e.target, params)) {
      return parts.map((row) => row.map((part) => sumOver(shader, part, lanes)));
    }
    const count = parts.flat().length;
    shader.global(`var<workgroup> products: array<f32, ${count * threads}>;`);
    for (const [i, part] of parts.flat().entries())
      shader.line(`products[${ix.text(ix.add('lid', i * threads))}] = ${part};`);
    shader.line('workgroupBarrier();');
    const first = shader.index(ix.mul(this.#team, lanes), 'first');
    const sums = parts.flat().map((_, i) => {
      const places = Array.from({ length: lanes }, (_, l) => `products[${ix.text(ix.add(first, i * threads + l))}]`);
      return shader.let(places.join(' + '), 'sum');
    });
    shader.line('workgroupBarrier();');
    return parts.map((row, r) => row.map((_, u) => sums[r * row.length + u]!));
  }

  #larger(a: string, b: string): string {
    const { shader } = this.e;
    return shader.let(printBinary(shader, 'max', a, b, 'float32'), 'now');
  }

  /** e to the distance of a score from the largest one. */
  #weight(score: string, most: string): string {
    return this.e.shader.let(`select(exp(${score} - ${most}), 0.0f, ${score} == ${this.#least})`, 'weight');
  }

  /** Emits what some keys add to the sums of a query. */
  #add({ most, total, values }: Row, scores: readonly string[], fours: readonly string[][]): void {
    const { shader } = this.e;
    const now = scores.reduce((a, b) => this.#larger(a, b), most);
    const shrink = this.#weight(most, now);
    const weights = scores.map((score) => this.#weight(score, now));
    shader.line(`${most} = ${now};`);
    shader.line(`${total} = ${[`${total} * ${shrink}`, ...weights].join(' + ')};`);
    values.forEach((name, i) => {
      // What is not seen may hold anything.
      const parts = weights.map((weight, u) => `select(${weight} * ${fours[u]![i]}, vec4<f32>(), ${weight} == 0.0f)`);
      shader.line(`${name} = ${[`${name} * ${shrink}`, ...parts].join(' + ')};`);
    });
  }

  /** Adds the sums of all teams, and stores what comes of them. */
  #join(rows: readonly Row[]): void {
    const { e, params } = this;
    const { shader } = e;
    const { value } = this.#scores.g;
    const { ends, values } = sharedOf(this.node, e.target, params);
    shader.global(`var<workgroup> ends: array<vec2<f32>, ${ends}>;`);
    shader.global(`var<workgroup> sums: array<f32, ${values}>;`);
    const places = this.#places(this.node.inputs[2]!, value.size);
    const perPlace = value.size / params.lanes / places.length / 4;
    rows.forEach((row, r) => {
      const own = shader.index(ix.add(ix.mul(this.#team, rows.length), r), 'own');
      shader.when(ix.less(this.#lane, 1), () =>
        shader.line(`ends[${ix.text(own)}] = vec2<f32>(${row.most}, ${row.total});`),
      );
      row.values.forEach((name, i) => {
        const place = ix.add(places[Math.floor(i / perPlace)]!, (i % perPlace) * 4);
        const at = shader.index(ix.add(ix.mul(own, value.size), place), 'at');
        for (let c = 0; c < 4; c++) shader.line(`sums[${ix.text(ix.add(at, c))}] = ${name}.${'xyzw'[c]};`);
      });
    });
    shader.line('workgroupBarrier();');
    const count = rows.length * value.size;
    for (let start = 0; start < count; start += params.threads) {
      const number = shader.index(ix.add('lid', start), 'number');
      shader.when(start + params.threads <= count || ix.less(number, count), () => this.#finish(number, rows.length));
    }
  }

  /** Stores the feature with a number among those of all rows. */
  #finish(number: Ix, rows: number): void {
    const { e, node } = this;
    const { shader } = e;
    const { query, value } = this.#scores.g;
    const queries = queriesOf(node);
    const row = shader.index(ix.div(number, value.size), 'row');
    const feature = shader.index(ix.mod(number, value.size), 'feature');
    const [most, total, sum] = ['most', 'total', 'sum'].map((hint) => shader.name(hint)) as [string, string, string];
    const end = (team: Ix) => shader.index(ix.add(ix.mul(team, rows), row), 'end');
    shader.line(`var ${most} = ${this.#least};`);
    shader.loop(this.#teams, 'team', (team) =>
      shader.line(`${most} = ${this.#larger(most, shader.let(`ends[${ix.text(end(team))}].x`))};`),
    );
    shader.line(`var ${total} = 0.0f;`);
    shader.line(`var ${sum} = 0.0f;`);
    shader.loop(this.#teams, 'team', (team) => {
      const at = end(team);
      const own = shader.let(`ends[${ix.text(at)}]`, 'own');
      const weight = this.#weight(`${own}.x`, most);
      shader.line(`${total} += ${weight} * ${own}.y;`);
      shader.line(`${sum} += ${weight} * sums[${ix.text(ix.add(ix.mul(at, value.size), feature))}];`);
    });
    const i = shader.index(ix.mod(row, queries), 'query');
    const head = ix.add(this.head, ix.div(row, queries));
    shader.when(ix.less(i, e.size(query.length)), () => {
      const at = atHead({ ...query, size: value.size }, this.batch, head, i, feature);
      // A query that sees no key gives zeros.
      const mean = `select(${sum} / ${total}, 0.0f, ${total} == 0.0f)`;
      e.store(Position.at(this.result.type.shape, at), shader.let(mean));
    });
  }
}

/** Emits the reads of what an invocation has of a key or value; gives what emits them as fours of floats. */
type Reader = (j: Ix) => () => string[];
