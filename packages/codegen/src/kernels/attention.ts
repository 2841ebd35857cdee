// Attention in one pass over the keys: the values are weighed by exponentials of the distance to the largest score so far,
// and what has been summed up shrinks when a larger one comes (Dao et al., "FlashAttention", 2022; Milakov and Gimelshein,
// "Online normalizer calculation for softmax", 2018). No score is ever in memory.
//
// Some queries of one head are worked on together, so that a key is read once for all of them: by one invocation, or by a
// workgroup, whose invocations share out first the keys of a tile, then the features of the values.

import { attentionGeometry, ceilDiv, mul, type Node, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { rounds } from '../target.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal, printBinary } from '../wgsl/scalar.ts';
import { AttentionScores, atHead, Cache } from './attention-scores.ts';
import { MAX_PRIVATE } from './private.ts';

const WORKGROUP = 64;

interface Params {
  /** Invocations that share some queries, and keys of a tile: 1 or a whole workgroup. */
  readonly lanes: 1 | 64;
  /** Queries that are worked on together. */
  readonly queries: number;
}

export const attention = defineKernel<Params>({
  id: 'attention.online',
  version: 1,
  summary: 'Attention in one pass over the keys, some queries of a head an invocation or a workgroup',
  ops: ['Attention'],
  applies({ group }) {
    return group.accumulated === group.anchor!.output && computeOf(group.accumulated.type.dtype) === 'f32';
  },
  params({ group }) {
    const { size } = attentionGeometry(group.anchor!.view()).value;
    const all = ([64, 1] as const).flatMap((lanes) => [1, 4, 8].map((queries) => ({ lanes, queries })));
    return all.filter(({ lanes, queries }) => queries * Math.ceil(size / lanes) <= MAX_PRIVATE);
  },
  cost({ group, target }, { lanes, queries }) {
    const { query, key, value, total } = attentionGeometry(group.anchor!.view());
    const tiles = Math.ceil(typical(query.length) / queries);
    const threads = typical(query.batch) * query.heads * tiles * lanes;
    // Of a key: its part of the products, and of each value's features those of an invocation. Three barriers a tile.
    const products = (key.size * (1 + queries)) / lanes;
    const sums = Math.ceil(value.size / lanes) * (1 + queries);
    const barriers = lanes === 1 ? 0 : target.software ? 200 : 8;
    return rounds(target, threads) * typical(total) * (products + sums + barriers / 16);
  },
  emit(e, { group }, params) {
    const { shader } = e;
    const node = group.anchor!;
    const { query } = attentionGeometry(node.view());
    const { lanes, queries } = params;
    const tiles = ceilDiv(query.length, queries);
    const rows = mul(mul(query.batch, query.heads), tiles);
    const row = lanes === 1 ? shader.let(`group * ${WORKGROUP}u + lid`, 'row') : 'group';
    shader.when(ix.less(row, e.size(rows)), () => {
      const [batch, head, tile] = Position.linear([query.batch, query.heads, tiles], row).coords(shader);
      const first = shader.index(ix.mul(tile!, queries), 'first');
      new Tile(e, node, group.accumulated, params, { batch: batch!, head: head! }, first).emit();
    });
    return { workgroupSize: WORKGROUP, workgroups: lanes === 1 ? ceilDiv(rows, WORKGROUP) : rows };
  },
});

/** The state of one query: names of variables. */
interface Sums {
  /** The number of the query, within the tensor. */
  readonly query: Ix;
  readonly most: string;
  readonly total: string;
  /** An array: features of the weighted sum of values. */
  readonly values: string;
}

/** Some queries of one head, as an invocation sees them. */
class Tile {
  readonly #scores: AttentionScores;
  readonly #values: Cache;
  readonly #features: number;
  readonly #queries: readonly Sums[];
  readonly #least: string;

  constructor(
    readonly e: Emitter,
    node: Node,
    readonly result: Value,
    readonly params: Params,
    readonly place: { readonly batch: Ix; readonly head: Ix },
    readonly first: Ix,
  ) {
    const { shader } = e;
    this.#scores = new AttentionScores(e, node);
    const { value, past, query } = this.#scores.g;
    this.#values = new Cache(e, value, node.inputs[2]!, node.inputs[5], past);
    this.#features = Math.ceil(value.size / params.lanes);
    this.#least = literal(shader, Number.NEGATIVE_INFINITY, 'f32');
    const last = ix.sub(e.size(query.length), 1);
    this.#queries = Array.from({ length: params.queries }, (_, r) => ({
      query: shader.index(ix.minIx(ix.add(first, r), last), 'query'),
      most: shader.name('most'),
      total: shader.name('total'),
      values: shader.name('values'),
    }));
  }

  emit(): void {
    const { e, params } = this;
    const { shader } = e;
    for (const { most, total, values } of this.#queries) {
      shader.line(`var ${most} = ${this.#least};`);
      shader.line(`var ${total} = 0.0f;`);
      shader.line(`var ${values}: array<f32, ${Math.max(this.#features, 1)}>;`);
    }
    const keys = shader.index(this.#scores.end(this.#queries.at(-1)!.query, 1), 'keys');
    if (params.lanes === 1) this.#alone(keys);
    else this.#together(keys);
    this.#store();
  }

  #alone(keys: Ix): void {
    const { shader } = this.e;
    shader.loop(keys, 'j', (j) => {
      const scores = this.#scoresOf(j);
      const weights = this.#queries.map((sums, r) => {
        const most = this.#raise(sums, scores[r]!);
        return this.#weight(scores[r]!, most);
      });
      this.#add(j, weights);
    });
  }

  #together(keys: Ix): void {
    const { shader } = this.e;
    const shared = 'shared_scores';
    shader.global(`var<workgroup> ${shared}: array<f32, ${WORKGROUP * this.#queries.length}>;`);
    const at = (r: number, t: Ix) => `${shared}[${ix.text(ix.add(r * WORKGROUP, t))}]`;
    const start = shader.name('start');
    shader.block(`for (var ${start} = 0u; ${start} < ${ix.text(keys)}; ${start} += ${WORKGROUP}u)`, () => {
      const own = shader.let(`${start} + lid`, 'j');
      const count = shader.let(`min(${WORKGROUP}u, ${ix.text(keys)} - ${start})`, 'count');
      this.#queries.forEach((_, r) => {
        shader.line(`${at(r, 'lid')} = ${this.#least};`);
      });
      shader.when(ix.less(own, keys), () =>
        this.#scoresOf(own).forEach((score, r) => {
          shader.line(`${at(r, 'lid')} = ${score};`);
        }),
      );
      shader.line('workgroupBarrier();');
      const weights = this.#queries.map((sums, r) => {
        const best = shader.name('best');
        shader.line(`var ${best} = ${this.#least};`);
        shader.loop(count, 't', (t) => shader.line(`${best} = ${this.#larger(best, at(r, t))};`));
        return this.#weight(at(r, 'lid'), this.#raise(sums, best));
      });
      shader.line('workgroupBarrier();');
      weights.forEach((weight, r) => {
        shader.line(`${at(r, 'lid')} = ${weight};`);
      });
      shader.line('workgroupBarrier();');
      shader.loop(count, 't', (t) => {
        const key = shader.index(ix.add(start, t), 'key');
        this.#add(
          key,
          this.#queries.map((_, r) => shader.let(at(r, t), 'weight')),
        );
      });
      shader.line('workgroupBarrier();');
    });
  }

  #scoresOf(j: Ix): string[] {
    const queries = this.#queries.map(({ query }) => query);
    const products = this.#scores.products(this.place, queries, j);
    return queries.map((i, r) => this.#scores.biased(this.place, i, j, products[r]!));
  }

  #larger(a: string, b: string): string {
    return printBinary(this.e.shader, 'max', a, this.e.shader.let(b), 'float32');
  }

  /** Emits what a score that may be the largest so far does to the sums; gives the largest one then. */
  #raise({ most, total, values }: Sums, score: string): string {
    const { shader } = this.e;
    const now = shader.let(this.#larger(most, score), 'now');
    shader.block(`if (!(${now} == ${most}))`, () => {
      const shrink = shader.let(`select(exp(${most} - ${now}), 0.0f, ${most} == ${this.#least})`, 'shrink');
      shader.line(`${total} *= ${shrink};`);
      shader.loop(this.#features, 'f', (f) => shader.line(`${values}[${ix.text(f)}] *= ${shrink};`));
      shader.line(`${most} = ${now};`);
    });
    return now;
  }

  #weight(score: string, most: string): string {
    return this.e.shader.let(`select(exp(${score} - ${most}), 0.0f, ${score} == ${this.#least})`, 'weight');
  }

  /** Emits what the value of a key adds to the sums. */
  #add(j: Ix, weights: readonly string[]): void {
    const { shader } = this.e;
    const { batch, head } = this.place;
    this.#queries.forEach(({ total }, r) => {
      shader.line(`${total} += ${weights[r]};`);
    });
    this.#values.at(batch, this.#scores.shared(head), j, (read) =>
      this.#eachFeature((f, feature) => {
        const value = shader.let(read(feature));
        this.#queries.forEach(({ values }, r) => {
          // What is not seen may hold anything.
          const part = `select(${weights[r]} * ${value}, 0.0f, ${weights[r]} == 0.0f)`;
          shader.line(`${values}[${ix.text(f)}] += ${part};`);
        });
      }),
    );
  }

  /** Runs `body` for each feature of this invocation, with its number among them and its number in the head. */
  #eachFeature(body: (f: Ix, feature: Ix) => void): void {
    const { shader } = this.e;
    const { size } = this.#scores.g.value;
    shader.loop(this.#features, 'f', (f) => {
      if (this.params.lanes === 1) {
        body(f, f);
        return;
      }
      const feature = shader.index(ix.add('lid', ix.mul(f, WORKGROUP)), 'feature');
      shader.when(size % WORKGROUP === 0 || ix.less(feature, size), () => body(f, feature));
    });
  }

  #store(): void {
    const { e, place, result } = this;
    const { query, value } = this.#scores.g;
    this.#queries.forEach(({ total, values }, r) => {
      const i = ix.add(this.first, r);
      e.shader.when(r === 0 || ix.less(i, e.size(query.length)), () =>
        this.#eachFeature((f, feature) => {
          const at = atHead({ ...query, size: value.size }, place.batch, place.head, i, feature);
          // A query that sees no key gives zeros.
          const mean = `select(${values}[${ix.text(f)}] / ${total}, 0.0f, ${total} == 0.0f)`;
          e.store(Position.at(result.type.shape, at), e.shader.let(mean));
        }),
      );
    });
  }
}
