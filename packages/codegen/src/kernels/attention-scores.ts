// What attention makes of queries and keys: products, limited, with what the mask adds, and −∞ for keys that a query does
// not see. The result of the node is built on it; the scores that it can give beside that are a kernel here.

import {
  type AttentionGeometry,
  attentionGeometry,
  type Dim,
  type Heads,
  mul,
  type Node,
  scalar,
  type Value,
} from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal, printScalar } from '../wgsl/scalar.ts';
import { emitRows, ROW_PARAMS, type RowParams, type Rows, rowCost } from './reduction.ts';

/** Past every position, also after an addition in 32 bits. */
const FAR = 2 ** 30;

/** The axes of an operand of heads: batch element, head, step, feature. */
export function atHead({ packed, size }: Heads, b: Ix, h: Ix, step: Ix, feature: Ix): Ix[] {
  return packed ? [b, step, ix.add(ix.mul(h, size), feature)] : [b, h, step, feature];
}

/** A head of one batch element; `head` counts those of the queries. */
export interface Head {
  readonly batch: Ix;
  readonly head: Ix;
}

/** Reads keys or values of all steps: those of the past first, then those of this step. */
export class Cache {
  constructor(
    readonly e: Emitter,
    readonly heads: Heads,
    readonly now: Value,
    readonly before: Value | null | undefined,
    readonly past: Dim,
  ) {}

  /** Emits `body` with a reader of the features of a step, once for each tensor that the step may be in. */
  at(batch: Ix, head: Ix, step: Ix, body: (read: (feature: Ix) => string) => void): void {
    this.in(batch, head, step, (value, at) => body((f) => this.e.read(value, Position.at(value.type.shape, at(f)))));
  }

  /** Emits `body` with the tensor that a step is in, and where its features are there, once for each that it may be in. */
  in(batch: Ix, head: Ix, step: Ix, body: (value: Value, at: (feature: Ix) => Ix[]) => void): void {
    const { e, heads, now, before } = this;
    const past = e.size(this.past);
    const ofNow = () => {
      const own = e.shader.index(ix.sub(step, past), 'step');
      body(now, (f) => atHead(heads, batch, head, own, f));
    };
    if (!before) {
      ofNow();
      return;
    }
    e.shader.block(`if (${ix.text(step)} < ${ix.text(past)})`, () => body(before, (f) => [batch, head, step, f]));
    e.shader.block('else', ofNow);
  }
}

/** The scores of an Attention, as code. */
export class AttentionScores {
  readonly g: AttentionGeometry;
  readonly #keys: Cache;
  readonly #hidden: string;

  constructor(
    readonly e: Emitter,
    readonly node: Node,
  ) {
    this.g = attentionGeometry(node.view());
    this.#keys = new Cache(e, this.g.key, node.inputs[1]!, node.inputs[4], this.g.past);
    this.#hidden = e.shader.let(literal(e.shader, Number.NEGATIVE_INFINITY, 'f32'), 'hidden');
  }

  /** Keys and values of which head a head of queries looks at. */
  shared(head: Ix): Ix {
    return ix.div(head, this.g.query.heads / this.g.key.heads);
  }

  /** How many keys, from the first, are seen by a query or any of those that follow it, `count` in all. */
  end(query: Ix, count: number): Ix {
    const { e, g, node } = this;
    // A length is data: where invocations wait for each other, WGSL wants the number of rounds to be none.
    if (g.right >= FAR || node.inputs[6]) return e.size(g.total);
    const end = ix.add(ix.add(query, e.size(g.past)), g.right + count);
    return ix.minIx(e.size(g.total), end);
  }

  /** Emits the products of queries with key j; gives their names. */
  products({ batch, head }: Head, queries: readonly Ix[], j: Ix): string[] {
    const { e, g, node } = this;
    const { shader } = e;
    const query = node.inputs[0]!;
    const sums = queries.map(() => shader.name('dot'));
    for (const sum of sums) shader.line(`var ${sum} = 0.0f;`);
    this.#keys.at(batch, this.shared(head), j, (key) =>
      shader.loop(g.key.size, 'd', (d) => {
        const k = shader.let(key(d));
        queries.forEach((i, r) => {
          const q = e.read(query, Position.at(query.type.shape, atHead(g.query, batch, head, i, d)));
          shader.line(`${sums[r]} += ${q} * ${k};`);
        });
      }),
    );
    return sums.map((sum) => shader.let(`${sum} * ${literal(shader, g.scale, 'f32')}`));
  }

  /** A product within the soft limit. */
  limited(product: string): string {
    const { softcap } = this.g;
    if (softcap === 0) return product;
    const { shader } = this.e;
    const cap = literal(shader, softcap, 'f32');
    const tanh = scalar.unary('tanh', scalar.arg(0, 'float32'));
    return shader.let(`${cap} * ${printScalar(shader, tanh, () => `(${product} / ${cap})`)}`);
  }

  /** Emits what the mask adds to the score of query i and key j: −∞ where the query does not see the key. */
  #bias({ batch, head }: Head, i: Ix, j: Ix): string | undefined {
    const { e, g, node } = this;
    const { shader } = e;
    const lengths = node.inputs[6];
    const seen: (boolean | string)[] = [];
    const signed = (x: Ix) => `i32(${ix.text(x)})`;
    const length = lengths && shader.let(e.read(lengths, Position.at(lengths.type.shape, [batch])), 'length');
    if (length) seen.push(`${signed(j)} < ${length}`);
    const start = length ? `${length} - ${signed(e.size(g.query.length))}` : signed(e.size(g.past));
    const place = () => shader.let(`${signed(i)} + ${start}`, 'place');
    if (g.right < FAR) seen.push(`${signed(j)} <= ${place()} + ${g.right}i`);
    if (g.left < FAR) seen.push(`${signed(j)} >= ${place()} - ${g.left}i`);
    const mask = node.inputs[3];
    let added = '0.0f';
    if (mask) {
      const { shape, dtype } = mask.type;
      // Its last axis may be shorter than there are keys; the others broadcast.
      const width = e.size(shape.at(-1)!);
      seen.push(ix.less(j, width));
      const axes = [batch, head, i, ix.minIx(j, ix.sub(width, 1))].slice(4 - shape.length);
      const last = shape.length - 1;
      const at = axes.map((axis, d) => (d < last && shape[d] === 1 ? 0 : axis));
      const element = e.read(mask, Position.at(shape, at));
      added = computeOf(dtype) === 'bool' ? `select(${this.#hidden}, 0.0f, ${element})` : `f32(${element})`;
    }
    const visible = ix.all(seen);
    if (visible !== true) return shader.let(`select(${this.#hidden}, ${added}, ${visible})`, 'bias');
    return mask ? shader.let(added, 'bias') : undefined;
  }

  /** Emits the score of query i and key j from their product; −∞, whatever the product is, where it does not see it. */
  biased(head: Head, i: Ix, j: Ix, product: string): string {
    const score = this.limited(product);
    const bias = this.#bias(head, i, j);
    if (!bias) return score;
    const { shader } = this.e;
    return shader.let(`select(${score} + ${bias}, ${bias}, ${bias} == ${this.#hidden})`, 'score');
  }
}

/** What gives the score of a query and a key from their product; queries past the last one count as that. */
export type Scorer = (product: string, query: Ix, key: Ix) => string;

/** Declares how scores come of products: undefined where they are the same. */
export function scorerOf(e: Emitter, node: Node, { batch, head }: Head): Scorer | undefined {
  const { softcap, left, right, query } = attentionGeometry(node.view());
  if (softcap === 0 && left >= FAR && right >= FAR && !node.inputs[3] && !node.inputs[6]) return undefined;
  e.shader.func('score', 'product: f32, batch: u32, head: u32, i: u32, j: u32', 'f32', () => {
    const inside = e.shader.index(ix.minIx('i', ix.sub(e.size(query.length), 1)), 'i');
    return new AttentionScores(e, node).biased({ batch: 'batch', head: 'head' }, inside, 'j', 'product');
  });
  return (product, i, j) => `score(${[product, ...[batch, head, i, j].map(ix.text)].join(', ')})`;
}

const SCORES = 3;

export const attentionScores = defineKernel<RowParams>({
  id: 'attention.scores',
  version: 1,
  summary: 'Attention: the scores or probabilities of a query, by an invocation or a workgroup',
  ops: ['Attention'],
  applies({ group }) {
    const { anchor, accumulated } = group;
    return accumulated === anchor!.outputs[SCORES] && computeOf(accumulated.type.dtype) === 'f32';
  },
  params: () => ROW_PARAMS,
  cost: ({ group, target }, params) => rowCost(target, rowsOfScores(group.accumulated), params),
  emit(e, { group }, params) {
    const { shader } = e;
    const scores = new AttentionScores(e, group.anchor!);
    const { scores: stage } = scores.g;
    const { shape } = group.accumulated.type;
    return emitRows(e, rowsOfScores(group.accumulated), params, (row) => {
      const [batch, head, i] = Position.linear(shape.slice(0, 3), row.number).coords(shader) as [Ix, Ix, Ix];
      const at = { batch, head };
      const score = (j: Ix) => {
        const [product] = scores.products(at, [i], j);
        if (stage === 'product') return product!;
        return stage === 'capped' ? scores.limited(product!) : scores.biased(at, i, j, product!);
      };
      const put = (j: Ix, value: string) => e.store(Position.at(shape, [batch, head, i, j]), shader.let(value));
      if (stage !== 'probabilities') {
        row.each((j) => put(j, score(j)));
        return;
      }
      const most = row.reduce('float32', 'max', score);
      const least = literal(shader, Number.NEGATIVE_INFINITY, 'f32');
      const blind = shader.let(`${most} == ${least}`, 'blind');
      const sum = row.reduce('float32', 'add', (j) => `exp(${score(j)} - ${most})`);
      row.each((j) => put(j, `select(exp(${score(j)} - ${most}) / ${sum}, 0.0f, ${blind})`));
    });
  },
});

function rowsOfScores({ type: { shape } }: Value): Rows {
  const [batch, heads, queries, count] = shape as [Dim, Dim, Dim, Dim];
  return { shape, rows: mul(mul(batch, heads), queries), count, axes: [3] };
}
