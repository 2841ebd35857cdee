// Attention in one pass over the keys, as `attention.ts`, on subgroup matrices: a workgroup has some queries of one head and
// brings tiles of keys and values through its memory. The products of a tile, its weights and the weighted sums of values
// are matrices there; between the two products the invocations of a line of queries turn scores into weights, and shrink the
// sums of that line where a larger score has come.
//
// Source: Dao et al., "FlashAttention", 2022; the sums stay in workgroup memory, since WGSL scales no line of a matrix.

import { attentionGeometry, ceilDiv, mul, type Node, type Value } from '@trtx/ir';
import { type Emitter, packHalves } from '../emitter.ts';
import type { Group } from '../group/group.ts';
import { defineKernel } from '../kernel.ts';
import { fitsWorkgroup, rounds, type SubgroupMatrix, type Target } from '../target.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal, printBinary } from '../wgsl/scalar.ts';
import { AttentionScores, atHead, type Scorer, scorerOf } from './attention-scores.ts';
import { Operand } from './contraction.ts';
import { eightsOf } from './eights.ts';
import { requireMatrices } from './matrix.ts';
import { EIGHT, matricesOf, PADDING } from './matrix-tiles.ts';
import { eachPartner } from './subgroup.ts';

interface Params {
  /** Queries of a workgroup, and keys of a tile: multiples of 16. */
  readonly queries: number;
  readonly keys: number;
}

const PARAMS: readonly Params[] = [
  { queries: 16, keys: 64 },
  { queries: 32, keys: 64 },
  { queries: 64, keys: 64 },
  { queries: 16, keys: 128 },
  { queries: 32, keys: 32 },
];

/** Invocations of a subgroup, of which each has eight scores of a fragment's sixteen by sixteen. */
const SUBGROUP = 32;

/** Lines and columns of a fragment. */
const FRAGMENT = 16;

function matrixOf(target: Target): SubgroupMatrix | undefined {
  return matricesOf(target).find(({ n }) => n === FRAGMENT);
}

/** Vectors of four words, with padding, of a line of each matrix in workgroup memory. */
function linesOf({ keys }: Params, key: number, value: number) {
  return {
    query: key / EIGHT + PADDING,
    key: key / EIGHT + PADDING,
    value: value / EIGHT + PADDING,
    score: keys / 4 + PADDING,
    weight: keys / EIGHT + PADDING,
    sum: value / 4 + PADDING,
  };
}

function bytesOf(params: Params, key: number, value: number): number {
  const lines = linesOf(params, key, value);
  const { queries, keys } = params;
  return 16 * (queries * (lines.query + lines.score + lines.weight + lines.sum) + keys * (lines.key + lines.value));
}

/** A subgroup for each fragment of the scores. */
function threadsOf(target: Target, { queries, keys }: Params): number {
  return (queries / FRAGMENT) * (keys / FRAGMENT) * target.subgroups!.min;
}

function paramsFor({ anchor }: Group, target: Target): readonly Params[] {
  const { key, value } = attentionGeometry(anchor!.view());
  return PARAMS.filter((params) =>
    fitsWorkgroup(target, threadsOf(target, params), bytesOf(params, key.size, value.size)),
  );
}

export const attentionMatrix = defineKernel<Params>({
  id: 'attention.matrix',
  version: 1,
  summary: 'Attention in one pass over the keys, on subgroup matrices, some queries of a head a workgroup',
  ops: ['Attention'],
  applies({ group, target }) {
    const { anchor, accumulated } = group;
    const [q, k, v, , past, , lengths] = anchor!.inputs;
    const { key, value } = attentionGeometry(anchor!.view());
    // Of keys past a length, as of a cache's rest, values may be anything, which a weight of 0 does not undo.
    if (accumulated !== anchor!.output || past || lengths || !target.features.has('subgroups')) return false;
    if (!matrixOf(target) || target.subgroups!.min !== SUBGROUP) return false;
    const isHalf = [q!, k!, v!, accumulated].every(({ type }) => type.dtype === 'float16');
    return isHalf && [key, value].every(({ size }) => size % FRAGMENT === 0) && paramsFor(group, target).length > 0;
  },
  params: ({ group, target }) => paramsFor(group, target),
  cost({ group, target }, params) {
    const { query, key, value, total } = attentionGeometry(group.anchor!.view());
    const tiles = Math.ceil(typical(query.length) / params.queries);
    const threads = typical(query.batch) * query.heads * tiles * threadsOf(target, params);
    // Of a tile of keys: what is brought, both products, and four barriers.
    const steps = Math.ceil(typical(total) / params.keys);
    return rounds(target, threads) * steps * (20 + (key.size + value.size) / 4);
  },
  emit(e, { group, target }, params) {
    const { shader } = e;
    const node = group.anchor!;
    const { query, key, value } = attentionGeometry(node.view());
    const tiles = ceilDiv(query.length, params.queries);
    const rows = mul(mul(query.batch, query.heads), tiles);
    requireMatrices(e, matrixOf(target)!);
    shader.features.add('subgroups');
    shader.when(ix.less('group', e.size(rows)), () => {
      const [batch, head, tile] = Position.linear([query.batch, query.heads, tiles], 'group').coords(shader);
      const first = shader.index(ix.mul(tile!, params.queries), 'first');
      new Tile(e, node, group.accumulated, params, { batch: batch!, head: head! }, first).emit();
    });
    return {
      workgroupSize: threadsOf(target, params),
      workgroupBytes: bytesOf(params, key.size, value.size),
      workgroups: rows,
      subgroups: target.subgroups!,
      matrices: [matrixOf(target)!],
    };
  },
});

class Tile {
  readonly #scores: AttentionScores;
  readonly #lines: ReturnType<typeof linesOf>;
  readonly #threads: number;
  readonly #least: string;

  constructor(
    readonly e: Emitter,
    readonly node: Node,
    readonly result: Value,
    readonly params: Params,
    readonly place: { readonly batch: Ix; readonly head: Ix },
    readonly first: Ix,
  ) {
    this.#scores = new AttentionScores(e, node);
    const { key, value } = this.#scores.g;
    this.#lines = linesOf(params, key.size, value.size);
    this.#threads = threadsOf(e.target, params);
    this.#least = e.shader.let(literal(e.shader, Number.NEGATIVE_INFINITY, 'f32'), 'least');
  }

  emit(): void {
    const { e, params } = this;
    const { shader } = e;
    const { queries, keys } = params;
    const lines = this.#lines;
    for (const [name, count] of [
      ['queries', queries * lines.query],
      ['keys', keys * lines.key],
      ['values', keys * lines.value],
      ['scores', queries * lines.score],
      ['weights', queries * lines.weight],
      ['sums', queries * lines.sum],
    ] as const)
      shader.global(`var<workgroup> ${name}: array<vec4<u32>, ${count}>;`);
    const { query, key, value } = this.#scores.g;
    const { batch, head } = this.place;
    const shared = this.#scores.shared(head);
    const lastQuery = ix.sub(e.size(query.length), 1);
    this.#bring('queries', this.node.inputs[0]!, query.packed, query.size, queries, lines.query, (r) => {
      const at = shader.index(ix.minIx(ix.add(this.first, r), lastQuery), 'i');
      return (feature) => atHead(query, batch, head, at, feature);
    });
    const end = shader.index(this.#scores.end(this.first, queries), 'end');
    // A line of queries, and eight keys of a tile, for each invocation.
    const own = {
      row: shader.let(`lid / ${keys / EIGHT}u`, 'row'),
      eighth: shader.let(`lid % ${keys / EIGHT}u`, 'eighth'),
    };
    const [most, total] = [shader.name('most'), shader.name('total')];
    shader.line(`var ${most} = ${this.#least};`);
    shader.line(`var ${total} = 0.0f;`);
    this.#eachSum(own, (at) => shader.line(`sums[${at}] = vec4<u32>();`));
    const start = shader.name('start');
    const lastKey = ix.sub(e.size(this.#scores.g.total), 1);
    shader.block(`for (var ${start} = 0u; ${start} < ${ix.text(end)}; ${start} += ${keys}u)`, () => {
      const lineOf =
        (heads: typeof key) =>
        (r: Ix): ((feature: Ix) => Ix[]) => {
          const at = shader.index(ix.minIx(ix.add(start, r), lastKey), 'j');
          return (feature) => atHead(heads, batch, shared, at, feature);
        };
      this.#bring('keys', this.node.inputs[1]!, key.packed, key.size, keys, lines.key, lineOf(key));
      this.#bring('values', this.node.inputs[2]!, value.packed, value.size, keys, lines.value, lineOf(value));
      shader.line('workgroupBarrier();');
      this.#multiplyKeys();
      shader.line('workgroupBarrier();');
      this.#weigh(own, start, end, most, total);
      shader.line('workgroupBarrier();');
      this.#addValues();
      shader.line('workgroupBarrier();');
    });
    this.#store(own, total);
  }

  /** Emits how the workgroup brings lines of an operand into its memory. */
  #bring(
    memory: string,
    value: Value,
    packed: boolean,
    size: number,
    count: number,
    stride: number,
    line: (number: Ix) => (feature: Ix) => Ix[],
  ): void {
    const { e } = this;
    const { shader } = e;
    const operand = new Operand(e, value);
    // The axis of a packed tensor has the features of all heads, of which each begins at a multiple of eight.
    const read = eightsOf(e, value, packed ? 2 : 3, EIGHT);
    const eights = size / EIGHT;
    const all = count * eights;
    for (let i = 0; i < Math.ceil(all / this.#threads); i++) {
      const number = shader.index(ix.add('lid', i * this.#threads), 'number');
      shader.when((i + 1) * this.#threads <= all || ix.less(number, all), () => {
        const row = shader.index(ix.div(number, eights), 'r');
        const eighth = shader.index(ix.mod(number, eights), 'f');
        const from = shader.index(operand.address(line(row)(ix.mul(eighth, EIGHT))), 'from');
        shader.line(`${memory}[${ix.text(ix.add(ix.mul(row, stride), eighth))}] = ${read(from, 0)};`);
      });
    }
  }

  /** The fragments of this subgroup: its line of them, and which ones of `count` in it. */
  #subgroup(): { down: Ix; across: Ix; width: number } {
    const { shader } = this.e;
    const width = this.params.keys / FRAGMENT;
    const number = shader.index(ix.div('lid', this.e.target.subgroups!.min), 'subgroup');
    return {
      down: shader.index(ix.div(number, width), 'down'),
      across: shader.index(ix.mod(number, width), 'across'),
      width,
    };
  }

  /** Emits the products of queries and the keys of a tile: a fragment for each subgroup. */
  #multiplyKeys(): void {
    const { shader } = this.e;
    const lines = this.#lines;
    const { down, across } = this.#subgroup();
    const sum = shader.name('sum');
    shader.line(`var ${sum} = Sum();`);
    for (let d = 0; d < this.#scores.g.key.size; d += FRAGMENT) {
      const left = ix.add(ix.mul(down, FRAGMENT * lines.query), d / EIGHT);
      const right = ix.add(ix.mul(across, FRAGMENT * lines.key), d / EIGHT);
      const a = shader.let(`subgroupMatrixLoad<Left, row_major>(&queries, ${ix.text(left)}, ${lines.query}u)`, 'a');
      const b = shader.let(`subgroupMatrixLoad<Right, col_major>(&keys, ${ix.text(right)}, ${lines.key}u)`, 'b');
      shader.line(`${sum} = subgroupMatrixMultiplyAccumulate(${a}, ${b}, ${sum});`);
    }
    const at = ix.add(ix.mul(down, FRAGMENT * lines.score), ix.mul(across, FRAGMENT / 4));
    shader.line(`subgroupMatrixStore<row_major>(&scores, ${ix.text(at)}, ${sum}, ${lines.score}u);`);
  }

  /** Emits what turns eight scores of a query into weights, and shrinks the sums of its line. */
  #weigh({ row, eighth }: Own, start: string, end: Ix, most: string, total: string): void {
    const { shader } = this.e;
    const lines = this.#lines;
    const query = shader.index(ix.add(this.first, row), 'i');
    const from = shader.index(ix.add(ix.mul(row, lines.score), ix.mul(eighth, 2)), 'from');
    const scale = literal(shader, this.#scores.g.scale, 'f32');
    const vectors = [0, 1].map((i) =>
      shader.let(`bitcast<vec4<f32>>(scores[${ix.text(ix.add(from, i))}]) * ${scale}`, 'products'),
    );
    const firstKey = shader.index(ix.add(start, ix.mul(eighth, EIGHT)), 'j');
    const score: Scorer = scorerOf(this.e, this.node, this.place) ?? ((product) => product);
    const scores = Array.from({ length: EIGHT }, (_, c) => {
      const j = shader.index(ix.add(firstKey, c), 'j');
      const name = shader.name('score');
      shader.line(`var ${name} = ${this.#least};`);
      shader.when(ix.less(j, end), () =>
        shader.line(`${name} = ${score(`${vectors[c >> 2]}.${'xyzw'[c & 3]}`, query, j)};`),
      );
      return name;
    });
    const larger = (a: string, b: string) => printBinary(shader, 'max', a, b, 'float32');
    const best = shader.name('best');
    shader.line(`var ${best} = ${scores.reduce((a, b) => shader.let(larger(a, b), 'best'))};`);
    this.#joinLine(best, larger);
    const now = shader.let(larger(most, best), 'now');
    const shrink = shader.let(`select(exp(${most} - ${now}), 0.0f, ${most} == ${this.#least})`, 'shrink');
    const weights = scores.map((one) =>
      shader.let(`select(exp(${one} - ${now}), 0.0f, ${one} == ${this.#least})`, 'weight'),
    );
    shader.line(`${total} = ${total} * ${shrink} + ${weights.join(' + ')};`);
    shader.line(`${most} = ${now};`);
    shader.line(`weights[${ix.text(ix.add(ix.mul(row, lines.weight), eighth))}] = ${packHalves(weights)};`);
    // In the first tile there is nothing yet.
    shader.block(`if (${start} > 0u && ${shrink} != 1.0f)`, () =>
      this.#eachSum({ row, eighth }, (at) =>
        shader.line(`sums[${at}] = bitcast<vec4<u32>>(bitcast<vec4<f32>>(sums[${at}]) * ${shrink});`),
      ),
    );
  }

  /** Emits the combination of a variable over the invocations of a line of queries. */
  #joinLine(name: string, join: (a: string, b: string) => string): void {
    const { shader } = this.e;
    eachPartner(shader, this.params.keys / EIGHT, (partner) => {
      const other = shader.let(partner(name), 'other');
      shader.line(`${name} = ${join(name, other)};`);
    });
  }

  /** Emits what the values of a tile add to the sums: the subgroups of a line of fragments share them out. */
  #addValues(): void {
    const { shader } = this.e;
    const lines = this.#lines;
    const { down, across, width } = this.#subgroup();
    const count = this.#scores.g.value.size / FRAGMENT;
    for (let i = 0; i < Math.ceil(count / width); i++) {
      const fragment = shader.index(ix.add(across, i * width), 'fragment');
      shader.when((i + 1) * width <= count || ix.less(fragment, count), () => {
        const at = shader.index(ix.add(ix.mul(down, FRAGMENT * lines.sum), ix.mul(fragment, FRAGMENT / 4)), 'at');
        const sum = shader.name('sum');
        shader.line(`var ${sum} = subgroupMatrixLoad<Sum, row_major>(&sums, ${ix.text(at)}, ${lines.sum}u);`);
        for (let k = 0; k < this.params.keys; k += FRAGMENT) {
          const left = ix.add(ix.mul(down, FRAGMENT * lines.weight), k / EIGHT);
          const right = ix.add(ix.mul(fragment, FRAGMENT / EIGHT), k * lines.value);
          const a = shader.let(
            `subgroupMatrixLoad<Left, row_major>(&weights, ${ix.text(left)}, ${lines.weight}u)`,
            'a',
          );
          const b = shader.let(
            `subgroupMatrixLoad<Right, row_major>(&values, ${ix.text(right)}, ${lines.value}u)`,
            'b',
          );
          shader.line(`${sum} = subgroupMatrixMultiplyAccumulate(${a}, ${b}, ${sum});`);
        }
        shader.line(`subgroupMatrixStore<row_major>(&sums, ${ix.text(at)}, ${sum}, ${lines.sum}u);`);
      });
    }
  }

  /** Runs `body` with the place of each vector of the sums of a line that an invocation has. */
  #eachSum({ row, eighth }: Own, body: (at: string) => void): void {
    const { shader } = this.e;
    const vectors = this.#scores.g.value.size / 4;
    const width = this.params.keys / EIGHT;
    for (let i = 0; i < Math.ceil(vectors / width); i++) {
      const number = ix.add(eighth, i * width);
      shader.when((i + 1) * width <= vectors || ix.less(number, vectors), () =>
        body(shader.let(ix.text(ix.add(ix.mul(row, this.#lines.sum), number)), 'at')),
      );
    }
  }

  #store({ row, eighth }: Own, total: string): void {
    const { e, place, result } = this;
    const { shader } = e;
    const { query, value } = this.#scores.g;
    this.#joinLine(total, (a, b) => `${a} + ${b}`);
    const i = shader.index(ix.add(this.first, row), 'i');
    const width = this.params.keys / EIGHT;
    shader.when(ix.less(i, e.size(query.length)), () =>
      shader.loop(Math.ceil(value.size / width), 'n', (n) => {
        const feature = shader.index(ix.add(eighth, ix.mul(n, width)), 'feature');
        shader.when(value.size % width === 0 || ix.less(feature, value.size), () => {
          const vector = `sums[${ix.text(ix.add(ix.mul(row, this.#lines.sum), ix.div(feature, 4)))}]`;
          const sum = shader.let(`bitcast<f32>(${vector}[${ix.text(ix.mod(feature, 4))}])`, 'sum');
          // A query that sees no key gives zeros.
          const mean = shader.let(`select(${sum} / ${total}, 0.0f, ${total} == 0.0f)`, 'mean');
          const at = atHead({ ...query, size: value.size }, place.batch, place.head, i, feature);
          e.store(Position.at(result.type.shape, at), mean);
        });
      }),
    );
  }
}

/** An invocation's line of queries, and which eight keys of a tile it has there. */
interface Own {
  readonly row: string;
  readonly eighth: string;
}
