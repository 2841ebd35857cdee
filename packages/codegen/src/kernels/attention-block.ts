// The shader of `attention-staged.ts`: a block of scores, and one of weighted sums of values, in the registers of each
// invocation.
//
// The invocations of a line have the same queries: first each has some keys of a tile, then, for all keys of the tile, some
// features of the values. Keys are read by four features at once and values by four keys, so that nothing is transposed on
// its way through workgroup memory: of a line's invocations, each has the keys that lie `lanes` apart.

import { attentionGeometry, type Node, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Target } from '../target.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';
import { foursIn, Lines, strideOf } from './attention-lines.ts';
import { AttentionScores, atHead, Cache, type Head, type Scorer, scorerOf } from './attention-scores.ts';
import { finishAll, finisher, runFinisher, type TileStore } from './contraction.ts';
import { eachPartner, subgroupOf } from './subgroup.ts';
import { componentsOf } from './sums.ts';

export interface BlockParams {
  /** Queries of a workgroup, and keys of a tile. */
  readonly queries: number;
  readonly keys: number;
  /** Queries of an invocation, of which a workgroup's are a multiple. */
  readonly rows: number;
}

/** Keys of an invocation: the elements of a vector. */
const KEYS = 4;

const ELEMENT = ['x', 'y', 'z', 'w'] as const;

/** Invocations that have the same queries. */
export function lanesOf({ keys }: BlockParams): number {
  return keys / KEYS;
}

export function threadsOf(params: BlockParams): number {
  return (params.queries / params.rows) * lanesOf(params);
}

/** Vectors of four features of the weighted sums that an invocation has for each query. */
export function vectorsOf(node: Node, params: BlockParams): number {
  const { value } = attentionGeometry(node.view());
  return Math.ceil(foursIn(node.inputs[2]!, value.size) / lanesOf(params));
}

/** Queries of an invocation that share a vector: a divisor of their number. */
function sharingOf({ rows }: BlockParams): number {
  return [4, 2].find((count) => rows % count === 0) ?? 1;
}

/** Whether the invocations of a line are of one subgroup. */
function isSubgroup(target: Target, params: BlockParams): boolean {
  return lanesOf(params) <= (subgroupOf(target) ?? 0);
}

/** Vectors in workgroup memory: queries, a tile of keys or values, weights; and numbers of a line's invocations for each other. */
function sharedOf(node: Node, target: Target, params: BlockParams) {
  const { query, value } = attentionGeometry(node.view());
  const [q, k, v] = [query.size, query.size, value.size].map((size, i) => strideOf(foursIn(node.inputs[i]!, size))) as [
    number,
    number,
    number,
  ];
  const lanes = lanesOf(params);
  return {
    queries: params.queries * q,
    tile: params.keys * Math.max(k, v),
    weights: params.queries * strideOf(lanes),
    parts: isSubgroup(target, params) ? 0 : params.queries * lanes,
  };
}

/** Bytes of workgroup memory. */
export function blockBytes(node: Node, target: Target, params: BlockParams): number {
  const { queries, tile, weights, parts } = sharedOf(node, target, params);
  return 16 * (queries + tile + weights) + 4 * parts;
}

/** The state of a query of an invocation: names of variables. */
interface Row {
  /** Its number in the tile. */
  readonly line: Ix;
  /** The largest score so far, and of the weights the sum of those of the invocation's own keys. */
  readonly most: string;
  readonly total: string;
  /** The weighted sums of values, by fours. */
  readonly sums: readonly string[];
}

export class Block {
  readonly #scores: AttentionScores;
  readonly #lanes: number;
  readonly #lane: Ix;
  readonly #line: Ix;
  readonly #least: string;
  readonly #score: Scorer | undefined;
  readonly #inRuns: boolean;

  /** @param first the number of the first query */
  constructor(
    readonly e: Emitter,
    readonly node: Node,
    readonly result: Value,
    readonly params: BlockParams,
    readonly place: Head,
    readonly first: Ix,
  ) {
    const { shader } = e;
    const { size } = attentionGeometry(node.view()).value;
    // Asked for before anything is read.
    this.#inRuns = size % 4 === 0 && e.storesRuns(result.type.shape.length - 1, 4);
    this.#scores = new AttentionScores(e, node);
    this.#lanes = lanesOf(params);
    this.#lane = shader.index(ix.mod('lid', this.#lanes), 'lane');
    this.#line = shader.index(ix.div('lid', this.#lanes), 'row');
    this.#least = shader.let(literal(shader, Number.NEGATIVE_INFINITY, 'f32'), 'least');
    this.#score = scorerOf(e, node, place);
  }

  emit(): void {
    const { e, params } = this;
    const { shader } = e;
    const { queries, keys } = params;
    const { query, total, scale } = this.#scores.g;
    const shared = sharedOf(this.node, e.target, params);
    for (const memory of ['queries', 'tile', 'weights'] as const)
      shader.global(`var<workgroup> ${memory}: array<vec4<f32>, ${shared[memory]}>;`);
    const rows = Array.from({ length: params.rows }, (_, r) => this.#declare(r));
    const lastQuery = ix.sub(e.size(query.length), 1);
    const own = this.#lines(0, 'queries', queries);
    own.fetch((line) => ix.minIx(ix.add(this.first, line), lastQuery));
    own.store((four) => `${four} * ${literal(shader, scale, 'f32')}`);
    const [key, value] = ([1, 2] as const).map((input) => this.#lines(input, 'tile', keys)) as [Lines, Lines];
    const end = shader.index(this.#scores.end(this.first, queries), 'end');
    const lastKey = ix.sub(e.size(total), 1);
    const stepFrom = (start: Ix) => (line: Ix) => ix.minIx(ix.add(start, line), lastKey);
    const isSeen = this.#seenBefore(end);
    shader.when(ix.less(0, end), () => key.fetch(stepFrom(0)));
    const start = shader.name('start');
    shader.block(`for (var ${start} = 0u; ${start} < ${ix.text(end)}; ${start} += ${keys}u)`, () => {
      key.store();
      shader.line('workgroupBarrier();');
      value.fetch(stepFrom(start), (line) => isSeen(ix.add(start, line)));
      this.#weigh(rows, this.#products(rows), start, end);
      // From here on nobody needs the keys.
      shader.line('workgroupBarrier();');
      value.store();
      shader.line('workgroupBarrier();');
      const next = shader.index(ix.add(start, keys), 'next');
      shader.when(ix.less(next, end), () => key.fetch(stepFrom(next)));
      this.#add(rows);
      shader.line('workgroupBarrier();');
    });
    this.#store(rows);
  }

  #declare(r: number): Row {
    const { shader } = this.e;
    const line = shader.index(ix.add(this.#line, (r * this.params.queries) / this.params.rows), 'line');
    const sums = Array.from({ length: vectorsOf(this.node, this.params) }, () => shader.name('sum'));
    const row = { line, most: shader.name('most'), total: shader.name('total'), sums };
    shader.line(`var ${row.most} = ${this.#least};`);
    shader.line(`var ${row.total} = 0.0f;`);
    for (const sum of sums) shader.line(`var ${sum} = vec4<f32>();`);
    return row;
  }

  /** What brings so many lines of an operand of the node. */
  #lines(input: 0 | 1 | 2, memory: string, count: number): Lines {
    const { e, node, place } = this;
    const { g } = this.#scores;
    const head = input === 0 ? place : { batch: place.batch, head: this.#scores.shared(place.head) };
    const heads = [g.query, g.key, g.value][input]!;
    const cache = new Cache(e, heads, node.inputs[input]!, input ? node.inputs[input + 3] : null, input ? g.past : 0);
    return new Lines(e, cache, head, memory, count, threadsOf(this.params));
  }

  /** Whether a key is one that some query may see: values of the others may be anything, which a weight of 0 does not undo. */
  #seenBefore(end: Ix): (key: Ix) => boolean | string {
    const { e, node, place } = this;
    const { total } = this.#scores.g;
    const lengths = node.inputs[6];
    const isWhole = typeof total === 'number' && total % this.params.keys === 0 && end === total;
    if (!lengths) return (key) => isWhole || ix.less(key, end);
    const length = e.shader.let(e.read(lengths, Position.at(lengths.type.shape, [place.batch])), 'length');
    return (key) => ix.all([isWhole || ix.less(key, end), `i32(${ix.text(key)}) < ${length}`]);
  }

  /** Emits the products of the queries with the invocation's keys of the tile, a vector for each query. */
  #products(rows: readonly Row[]): string[] {
    const { shader } = this.e;
    const { size } = this.#scores.g.key;
    const [q, k] = this.node.inputs as [Value, Value];
    const [strideQ, strideK] = [q, k].map((value) => strideOf(foursIn(value, size))) as [number, number];
    const ofQuery = rows.map(({ line }) => shader.index(ix.mul(line, strideQ), 'q'));
    const ofKey = ELEMENT.map((_, c) => shader.index(ix.mul(ix.add(this.#lane, c * this.#lanes), strideK), 'k'));
    const products = rows.map(() => shader.name('products'));
    for (const name of products) shader.line(`var ${name} = vec4<f32>();`);
    shader.loop(foursIn(q, size), 'f', (f) => {
      const keys = ofKey.map((from) => shader.let(`tile[${ix.text(ix.add(from, f))}]`, 'key'));
      const queries = ofQuery.map((from) => shader.let(`queries[${ix.text(ix.add(from, f))}]`, 'query'));
      for (const element of ELEMENT) {
        const four = shader.let(`vec4<f32>(${keys.map((key) => `${key}.${element}`).join(', ')})`, 'four');
        for (const [r, name] of products.entries()) shader.line(`${name} += ${queries[r]}.${element} * ${four};`);
      }
    });
    return products;
  }

  /** Emits what turns products into weights, in workgroup memory, and shrinks the sums to the largest score so far. */
  #weigh(rows: readonly Row[], products: readonly string[], start: Ix, end: Ix): void {
    const { shader } = this.e;
    const least = `vec4<f32>(${this.#least})`;
    const scores = this.#seen(rows, products, start, end);
    // That WGSL's max may forget a NaN does no harm: its weight is NaN.
    const best = this.#overLine(
      scores.map((own) => shader.let(`max(max(${own}.x, ${own}.y), max(${own}.z, ${own}.w))`, 'best')),
      (a, b) => `max(${a}, ${b})`,
    );
    const stride = strideOf(this.#lanes);
    rows.forEach(({ line, most, total, sums }, r) => {
      const now = shader.let(`max(${most}, ${best[r]})`, 'now');
      const shrink = shader.let(`select(exp(${most} - ${now}), 0.0f, ${most} == ${this.#least})`, 'shrink');
      const hidden = `${scores[r]} == ${least}`;
      const weights = shader.let(`select(exp(${scores[r]} - vec4<f32>(${now})), vec4<f32>(), ${hidden})`, 'weights');
      shader.line(`${most} = ${now};`);
      shader.line(`${total} = ${total} * ${shrink} + dot(${weights}, vec4<f32>(1.0f));`);
      for (const sum of sums) shader.line(`${sum} *= ${shrink};`);
      shader.line(`weights[${ix.text(ix.add(ix.mul(line, stride), this.#lane))}] = ${weights};`);
    });
  }

  /** The scores of products; −∞ past the last key, and where a query does not see one. */
  #seen(rows: readonly Row[], products: readonly string[], start: Ix, end: Ix): string[] {
    const { shader } = this.e;
    const { total } = this.#scores.g;
    const score = this.#score;
    const isWhole = typeof total === 'number' && total % this.params.keys === 0;
    if (!score && isWhole) return [...products];
    const own = ELEMENT.map((_, c) => shader.index(ix.add(ix.add(start, this.#lane), c * this.#lanes), 'key'));
    const keys = shader.let(`vec4<u32>(${own.map(ix.text).join(', ')})`, 'keys');
    const inside = shader.let(`${keys} < vec4<u32>(${ix.text(end)})`, 'inside');
    return rows.map(({ line }, r) => {
      const query = shader.index(ix.add(this.first, line), 'query');
      const scores = score
        ? `vec4<f32>(${ELEMENT.map((element, c) => score(`${products[r]}.${element}`, query, own[c]!)).join(', ')})`
        : products[r];
      return shader.let(`select(vec4<f32>(${this.#least}), ${scores}, ${inside})`, 'scores');
    });
  }

  /** Emits the combination over the invocations of a line of a number for each query, in the same order in every run. */
  #overLine(numbers: readonly string[], join: (a: string, b: string) => string): string[] {
    const { e, params } = this;
    const { shader } = e;
    if (isSubgroup(e.target, params)) {
      return numbers.map((number) => {
        let joined = number;
        eachPartner(shader, this.#lanes, (partner) => {
          joined = shader.let(join(joined, partner(joined)), 'joined');
        });
        return joined;
      });
    }
    const count = sharingOf(params);
    const type = count === 1 ? 'f32' : `vec${count}<f32>`;
    const vectors = params.rows / count;
    shader.global(`var<workgroup> parts: array<${type}, ${(params.queries / count) * this.#lanes}>;`);
    const from = Array.from({ length: vectors }, (_, v) =>
      shader.index(ix.mul(ix.add(ix.mul(this.#line, vectors), v), this.#lanes), 'from'),
    );
    from.forEach((place, v) => {
      const own = numbers.slice(v * count, (v + 1) * count).join(', ');
      shader.line(`parts[${ix.text(ix.add(place, this.#lane))}] = ${type}(${own});`);
    });
    shader.line('workgroupBarrier();');
    return from.flatMap((place) => {
      const joined = shader.name('joined');
      shader.line(`var ${joined} = parts[${ix.text(place)}];`);
      shader.loop(this.#lanes - 1, 'lane', (lane) =>
        shader.line(`${joined} = ${join(joined, `parts[${ix.text(ix.add(ix.add(place, 1), lane))}]`)};`),
      );
      return count === 1 ? [joined] : ELEMENT.slice(0, count).map((element) => `${joined}.${element}`);
    });
  }

  /** Emits what the values of a tile add to the sums. */
  #add(rows: readonly Row[]): void {
    const { shader } = this.e;
    const value = this.node.inputs[2]!;
    const fours = foursIn(value, this.#scores.g.value.size);
    const [stride, strideW] = [strideOf(fours), strideOf(this.#lanes)];
    const places = rows[0]!.sums.map((_, v) => {
      const place = ix.add(this.#lane, v * this.#lanes);
      // What has no features left computes again what the last one does.
      return shader.index((v + 1) * this.#lanes <= fours ? place : ix.minIx(place, fours - 1), 'place');
    });
    shader.loop(this.#lanes, 't', (t) => {
      const weights = rows.map(({ line }) =>
        shader.let(`weights[${ix.text(ix.add(ix.mul(line, strideW), t))}]`, 'weights'),
      );
      for (const [c, element] of ELEMENT.entries()) {
        const from = shader.index(ix.mul(ix.add(t, c * this.#lanes), stride), 'v');
        const values = places.map((place) => shader.let(`tile[${ix.text(ix.add(from, place))}]`, 'value'));
        for (const [r, { sums }] of rows.entries())
          for (const [v, sum] of sums.entries()) shader.line(`${sum} += ${weights[r]}.${element} * ${values[v]};`);
      }
    });
  }

  #store(rows: readonly Row[]): void {
    const { e, place, result } = this;
    const { shader } = e;
    const { query, value } = this.#scores.g;
    const totals = this.#overLine(
      rows.map(({ total }) => total),
      (a, b) => `${a} + ${b}`,
    );
    // A query that sees no key gives zeros.
    const means = rows.map(({ sums }, r) =>
      sums.map((sum) => shader.let(`select(${sum} / ${totals[r]}, vec4<f32>(), ${totals[r]} == 0.0f)`, 'mean')),
    );
    const { shape } = result.type;
    const store: TileStore = {
      type: 'f32',
      rows: [],
      parameters: ['batch', 'head', 'i', 'feature'],
      first: () => 0,
      count: value.size,
      columns: rows[0]!.sums.length * this.#lanes * 4,
      position: () => Position.at(shape, atHead({ ...query, size: value.size }, 'batch', 'head', 'i', 'feature')),
      finished: (sum) => sum,
      inside: ([i]) => ix.less(i!, e.size(query.length)),
      element: ([i], feature) => [place.batch, place.head, i!, feature],
    };
    const finish = this.#inRuns ? runFinisher(e, store, shape.length - 1, 4) : finisher(e, store);
    for (const [r, { line }] of rows.entries()) {
      const row = [shader.index(ix.add(this.first, line), 'query')];
      shader.when(store.inside(row), () => {
        for (const [v, mean] of means[r]!.entries()) {
          const feature = ix.mul(ix.add(this.#lane, v * this.#lanes), 4);
          const sums = this.#inRuns ? [mean] : componentsOf(mean);
          finishAll(finish, this.#inRuns ? 4 : 1, sums, row, feature);
        }
      });
    }
  }
}
