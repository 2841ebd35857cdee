// Attention in one pass over the keys, as `attention.ts`, with four keys at a time: their products with some queries are a
// tile of registers, as in a contraction, and so are the sums of values. An invocation has the queries of its tile to itself.

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
import { AttentionScores, atHead } from './attention-scores.ts';
import { Operand } from './contraction.ts';
import { MAX_PRIVATE } from './private.ts';

const WORKGROUP = 64;

/** Keys that are worked on together: the elements of a vector. */
const KEYS = 4;

interface Params {
  /** Queries of an invocation. */
  readonly queries: number;
}

export const attentionTile = defineKernel<Params>({
  id: 'attention.tile',
  version: 1,
  summary: 'Attention in one pass over the keys, four at a time, with some queries of a head an invocation',
  ops: ['Attention'],
  applies({ group }) {
    const { anchor, accumulated } = group;
    const hasPast = Boolean(anchor!.inputs[4]);
    return accumulated === anchor!.output && !hasPast && computeOf(accumulated.type.dtype) === 'f32';
  },
  params({ group }) {
    const { size } = attentionGeometry(group.anchor!.view()).value;
    return [4, 2, 1].map((queries) => ({ queries })).filter(({ queries }) => queries * (size + 3) <= MAX_PRIVATE);
  },
  cost({ group, target }, { queries }) {
    const { query, key, value, total } = attentionGeometry(group.anchor!.view());
    const threads = typical(query.batch) * query.heads * Math.ceil(typical(query.length) / queries);
    // Of four keys: loads and vector operations of the products, then of the weighted sums.
    const products = key.size * (KEYS + 2 * queries);
    const sums = (value.size / 4) * (4 * KEYS + KEYS * queries);
    const steps = (typical(total) / KEYS) * (products + sums);
    return rounds(target, threads) * steps;
  },
  emit(e, { group }, { queries }) {
    const { shader } = e;
    const node = group.anchor!;
    const { query } = attentionGeometry(node.view());
    const tiles = ceilDiv(query.length, queries);
    const rows = mul(mul(query.batch, query.heads), tiles);
    const row = shader.let(`group * ${WORKGROUP}u + lid`, 'row');
    shader.when(ix.less(row, e.size(rows)), () => {
      const [batch, head, tile] = Position.linear([query.batch, query.heads, tiles], row).coords(shader);
      const first = shader.index(ix.mul(tile!, queries), 'first');
      new Tile(e, node, group.accumulated, { batch: batch!, head: head! }, first, queries).emit();
    });
    return { workgroupSize: WORKGROUP, workgroups: ceilDiv(rows, WORKGROUP) };
  },
});

interface Query {
  /** Its number within the tensor, and the address of its first feature. */
  readonly number: Ix;
  readonly address: Ix;
  /** Names of variables: the largest score, and the sum of weights. */
  readonly most: string;
  readonly total: string;
}

class Tile {
  readonly #scores: AttentionScores;
  readonly #q: Operand;
  readonly #k: Operand;
  readonly #v: Operand;
  readonly #queries: readonly Query[];
  /** An array: of each query, the weighted sums of values, four features a vector. */
  readonly #sums: string;
  readonly #vectors: number;
  readonly #least: string;

  constructor(
    readonly e: Emitter,
    readonly node: Node,
    readonly result: Value,
    readonly place: { readonly batch: Ix; readonly head: Ix },
    readonly first: Ix,
    count: number,
  ) {
    const { shader } = e;
    this.#scores = new AttentionScores(e, node);
    const { query, value } = this.#scores.g;
    [this.#q, this.#k, this.#v] = node.inputs.slice(0, 3).map((input) => new Operand(e, input!)) as [
      Operand,
      Operand,
      Operand,
    ];
    this.#least = shader.let(literal(shader, Number.NEGATIVE_INFINITY, 'f32'), 'least');
    const last = ix.sub(e.size(query.length), 1);
    this.#queries = Array.from({ length: count }, (_, r) => {
      const number = shader.index(ix.minIx(ix.add(first, r), last), 'query');
      const address = this.#q.address(atHead(query, place.batch, place.head, number, 0));
      return { number, address: shader.index(address, 'q'), most: shader.name('most'), total: shader.name('total') };
    });
    this.#sums = shader.name('sums');
    this.#vectors = Math.max(Math.ceil(value.size / 4), 1);
  }

  emit(): void {
    const { e } = this;
    const { shader } = e;
    for (const { most, total } of this.#queries) {
      shader.line(`var ${most} = ${this.#least};`);
      shader.line(`var ${total} = 0.0f;`);
    }
    shader.line(`var ${this.#sums}: array<vec4<f32>, ${this.#queries.length * this.#vectors}>;`);
    const keys = shader.index(this.#scores.end(this.#queries.at(-1)!.number, 1), 'keys');
    const start = shader.name('j');
    shader.block(`for (var ${start} = 0u; ${start} < ${ix.text(keys)}; ${start} += ${KEYS}u)`, () => {
      const last = ix.sub(e.size(this.#scores.g.total), 1);
      const steps = Array.from({ length: KEYS }, (_, c) => shader.index(ix.minIx(ix.add(start, c), last), 'key'));
      const scores = this.#seen(start, keys, this.#products(steps));
      this.#add(steps, this.#weights(scores));
    });
    this.#store();
  }

  /** Products of every query with four keys, a vector each. */
  #products(steps: readonly Ix[]): string[] {
    const { e, place } = this;
    const { shader } = e;
    const { key, scale } = this.#scores.g;
    const head = this.#scores.shared(place.head);
    const starts = steps.map((step) => shader.index(this.#k.address(atHead(key, place.batch, head, step, 0)), 'k'));
    const [strideQ, strideK] = [this.#q, this.#k].map((operand) => operand.stride(key.packed ? 2 : 3)) as [Ix, Ix];
    const sums = this.#queries.map(() => shader.name('dots'));
    for (const sum of sums) shader.line(`var ${sum} = vec4<f32>();`);
    shader.loop(key.size, 'd', (d) => {
      const offset = shader.index(ix.mul(d, strideK), 'o');
      const elements = starts.map((from) => this.#k.at(ix.add(from, offset))).join(', ');
      const keys = shader.let(`vec4<f32>(${elements})`, 'b');
      const own = shader.index(ix.mul(d, strideQ), 'o');
      this.#queries.forEach(({ address }, r) => {
        const q = shader.let(this.#q.at(ix.add(address, own)), 'a');
        shader.line(`${sums[r]} += ${q} * ${keys};`);
      });
    });
    return sums.map((sum) => shader.let(`${sum} * ${literal(shader, scale, 'f32')}`, 'dots'));
  }

  /** The scores of the products of four keys from `start` on; −∞ past the last key, and where a query does not see one. */
  #seen(start: string, keys: Ix, products: readonly string[]): string[] {
    const { e, node } = this;
    const { shader } = e;
    const { softcap, left, right, total } = this.#scores.g;
    const least = `vec4<f32>(${this.#least})`;
    const isPlain = softcap === 0 && left >= 2 ** 30 && right >= 2 ** 30 && !node.inputs[3] && !node.inputs[6];
    if (isPlain) {
      if (typeof total === 'number' && total % KEYS === 0) return [...products];
      const numbers = shader.let(`vec4<u32>(${start}, ${start} + 1u, ${start} + 2u, ${start} + 3u)`, 'numbers');
      const inside = shader.let(`${numbers} < vec4<u32>(${ix.text(keys)})`, 'inside');
      return products.map((product) => shader.let(`select(${least}, ${product}, ${inside})`, 'scores'));
    }
    shader.func('score', 'product: f32, batch: u32, head: u32, i: u32, j: u32', 'f32', () => {
      const own = new AttentionScores(e, node);
      return own.biased({ batch: 'batch', head: 'head' }, 'i', 'j', 'product');
    });
    const { batch, head } = this.place;
    return this.#queries.map(({ number }, r) => {
      const scores = shader.name('scores');
      shader.line(`var ${scores} = ${least};`);
      shader.loop(KEYS, 'c', (c) => {
        const j = shader.index(ix.add(start, c), 'j');
        const at = [`${products[r]}[${ix.text(c)}]`, ...[batch, head, number, j].map(ix.text)].join(', ');
        shader.when(ix.less(j, keys), () => shader.line(`${scores}[${ix.text(c)}] = score(${at});`));
      });
      return shader.let(scores, 'scores');
    });
  }

  /** The weights of four keys, after the sums have shrunk to the largest score so far. */
  #weights(scores: readonly string[]): string[] {
    const { shader } = this.e;
    const larger = (a: string, b: string) => shader.let(printBinary(shader, 'max', a, b, 'float32'), 'larger');
    return this.#queries.map(({ most, total }, r) => {
      const own = scores[r]!;
      const best = larger(larger(`${own}.x`, `${own}.y`), larger(`${own}.z`, `${own}.w`));
      const now = larger(most, best);
      shader.block(`if (!(${now} == ${most}))`, () => {
        const shrink = shader.let(`select(exp(${most} - ${now}), 0.0f, ${most} == ${this.#least})`, 'shrink');
        shader.line(`${total} *= ${shrink};`);
        shader.loop(this.#vectors, 'f', (f) => shader.line(`${this.#sum(r, f)} *= ${shrink};`));
        shader.line(`${most} = ${now};`);
      });
      const hidden = `${own} == vec4<f32>(${this.#least})`;
      const weights = shader.let(`select(exp(${own} - vec4<f32>(${now})), vec4<f32>(), ${hidden})`, 'weights');
      shader.line(`${total} += dot(${weights}, vec4<f32>(1.0f));`);
      return weights;
    });
  }

  #sum(r: Ix, f: Ix): string {
    return `${this.#sums}[${ix.text(ix.add(ix.mul(r, this.#vectors), f))}]`;
  }

  /** Emits what the values of four keys add to the sums. */
  #add(steps: readonly Ix[], weights: readonly string[]): void {
    const { e, place } = this;
    const { shader } = e;
    const { value } = this.#scores.g;
    const head = this.#scores.shared(place.head);
    const starts = steps.map((step) => shader.index(this.#v.address(atHead(value, place.batch, head, step, 0)), 'v'));
    const stride = this.#v.stride(value.packed ? 2 : 3);
    shader.loop(this.#vectors, 'f', (f) => {
      const offsets = [0, 1, 2, 3].map((i) => {
        const feature = ix.add(ix.mul(f, 4), i);
        const inside = value.size % 4 === 0 ? feature : ix.minIx(feature, value.size - 1);
        return shader.index(ix.mul(inside, stride), 'o');
      });
      const values = starts.map((from) => {
        const elements = offsets.map((offset) => this.#v.at(ix.add(from, offset))).join(', ');
        return shader.let(`vec4<f32>(${elements})`, 'values');
      });
      weights.forEach((own, r) => {
        // What is not seen may hold anything.
        const parts = values.map((one, c) => {
          const weight = `${own}.${'xyzw'[c]}`;
          return this.#mayHide ? `select(vec4<f32>(), ${weight} * ${one}, ${weight} != 0.0f)` : `${weight} * ${one}`;
        });
        shader.line(`${this.#sum(r, f)} += ${parts.join(' + ')};`);
      });
    });
  }

  /** True where a query may not see some key that there is. */
  get #mayHide(): boolean {
    const { left, right } = this.#scores.g;
    return left < 2 ** 30 || right < 2 ** 30 || Boolean(this.node.inputs[3]) || Boolean(this.node.inputs[6]);
  }

  #store(): void {
    const { e, place, result } = this;
    const { shader } = e;
    const { query, value } = this.#scores.g;
    const axes = result.type.shape.map((_, axis) => `c${axis}`);
    shader.func('finish', ['value: f32', ...axes.map((name) => `${name}: u32`)].join(', '), '', () => {
      e.store(Position.at(result.type.shape, axes), 'value');
      return undefined;
    });
    this.#queries.forEach(({ total }, r) => {
      const i = ix.add(this.first, r);
      shader.when(r === 0 || ix.less(i, e.size(query.length)), () =>
        shader.loop(this.#vectors, 'f', (f) => {
          // A query that sees no key gives zeros.
          const means = shader.let(`select(${this.#sum(r, f)} / ${total}, vec4<f32>(), ${total} == 0.0f)`, 'means');
          shader.loop(4, 'c', (c) => {
            const feature = shader.index(ix.add(ix.mul(f, 4), c), 'feature');
            const at = atHead({ ...query, size: value.size }, place.batch, place.head, i, feature);
            shader.when(value.size % 4 === 0 || ix.less(feature, value.size), () =>
              shader.line(`finish(${[`${means}[${ix.text(c)}]`, ...at.map(ix.text)].join(', ')});`),
            );
          });
        }),
      );
    });
  }
}
