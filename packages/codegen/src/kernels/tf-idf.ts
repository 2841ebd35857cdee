// TfIdfVectorizer of integers: each place of the output counts where its n-grams are found in a sequence. The pool is a table:
// where the n-grams of each place begin in a list, where those begin in the table, and each as its length and elements.

import type { NodeView, Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel } from '../kernel.ts';
import type { Packed } from '../slot.ts';
import { bytesOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { emitResult } from './elements.ts';

interface Gram {
  readonly items: readonly number[];
  readonly place: number;
}

export const tfIdf = defineKernel<null>({
  id: 'tf-idf',
  version: 1,
  summary: 'TfIdfVectorizer of integers: the n-grams of a place are looked for, one place an invocation',
  ops: ['TfIdfVectorizer'],
  ownsWords: true,
  applies({ group }) {
    const pool = group.anchor!.view().ints('pool_int64s');
    return pool?.every((item) => Math.abs(item) < 2 ** 31) ?? false;
  },
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const { shader } = e;
    const node = group.anchor!;
    const at = node.view();
    const input = node.inputs[0]!;
    const { shape } = group.accumulated.type;
    const places = shape.at(-1) as number;
    const table = e.packed(tableOf(node.name, gramsOf(at), weightsOf(at, places)));
    const entry = (index: Ix, hint: string) => shader.let(`u32(${table(index)})`, hint);
    return emitResult(e, shape, (position) => {
      const coords = position.coords(shader);
      const place = coords.at(-1)!;
      const count = shader.name('count');
      shader.line(`var ${count} = 0.0f;`);
      const gram = shader.name('gram');
      const head = `var ${gram} = ${entry(place, 'first')}; ${gram} < ${entry(ix.add(place, 1), 'last')}; ${gram}++`;
      shader.block(`for (${head})`, () => {
        const start = entry(gram, 'start');
        const length = entry(start, 'length');
        const item = (i: Ix) => table(ix.add(ix.add(start, 1), i));
        countMatches(e, at, { input, row: coords.slice(0, -1), length, item, count });
      });
      const found = at.string('mode') === 'IDF' ? `min(${count}, 1.0f)` : count;
      if (at.string('mode') === 'TF') return found;
      return `${found} * bitcast<f32>(${table(ix.add(place, places + 1))})`;
    });
  },
});

interface Search {
  readonly input: Value;
  /** Coordinates of the sequence. */
  readonly row: readonly Ix[];
  readonly length: string;
  item(i: Ix): string;
  /** The variable that counts. */
  readonly count: string;
}

/** Emits the search for one n-gram of a length that is looked for. */
function countMatches(e: Emitter, at: NodeView, { input, row, length, item, count }: Search): void {
  const { shader } = e;
  const { shape } = input.type;
  const wanted = `(${length} >= ${at.int('min_gram_length')}u) & (${length} <= ${at.int('max_gram_length')}u)`;
  shader.block(`if (${wanted})`, () => {
    // Single elements have none between them, however many may be skipped.
    const steps = shader.let(`select(${at.int('max_skip_count') + 1}u, 1u, ${length} == 1u)`, 'steps');
    const step = shader.name('step');
    shader.block(`for (var ${step} = 1u; ${step} <= ${steps}; ${step}++)`, () => {
      const reach = shader.let(`(${length} - 1u) * ${step}`, 'reach');
      const from = shader.name('from');
      shader.block(`for (var ${from} = 0u; ${from} + ${reach} < ${ix.text(e.size(shape.at(-1)!))}; ${from}++)`, () => {
        const same = shader.name('same');
        shader.line(`var ${same} = true;`);
        shader.loop(length, 'i', (i) => {
          const place = shader.let(`${from} + ${ix.text(i)} * ${step}`, 'place');
          const element = e.read(input, Position.at(shape, [...row, place]));
          shader.line(`${same} = ${same} & (${element} == ${item(i)});`);
        });
        shader.line(`${count} += select(0.0f, 1.0f, ${same});`);
      });
    });
  });
}

/** The n-grams of the pool. One that stands there twice has the place that was told last. */
function gramsOf(at: NodeView): Gram[] {
  const pool = at.ints('pool_int64s')!;
  const starts = at.ints('ngram_counts')!;
  const indexes = at.ints('ngram_indexes')!;
  const grams = new Map<string, Gram>();
  let next = 0;
  starts.forEach((start, i) => {
    const length = i + 1;
    for (let from = start; from + length <= (starts[i + 1] ?? pool.length); from += length) {
      const place = indexes[next++];
      if (place === undefined) throw at.fail(`${indexes.length} n-gram indexes for more n-grams`);
      const items = pool.slice(from, from + length);
      grams.set(items.join(), { items, place });
    }
  });
  return [...grams.values()].sort((a, b) => a.place - b.place);
}

/** The weight of each place; n-grams have them in the order of the pool. */
function weightsOf(at: NodeView, places: number): Float32Array {
  const weights = new Float32Array(places).fill(1);
  const own = at.floats('weights');
  at.ints('ngram_indexes')!.forEach((place, gram) => {
    weights[place] = own?.[gram] ?? 1;
  });
  return weights;
}

function tableOf(name: string, grams: readonly Gram[], weights: Float32Array): Packed {
  const places = weights.length;
  const list = 2 * places + 1;
  const firsts = Array.from({ length: places + 1 }, (_, place) => {
    const first = grams.findIndex((gram) => gram.place >= place);
    return list + (first < 0 ? grams.length : first);
  });
  let at = list + grams.length;
  const starts = grams.map(({ items }) => {
    at += 1 + items.length;
    return at - 1 - items.length;
  });
  const bits = new Int32Array(weights.buffer);
  const table = [...firsts, ...bits, ...starts, ...grams.flatMap(({ items }) => [items.length, ...items])];
  const bytes = () => bytesOf(Int32Array.from(table));
  return { dtype: 'int32', key: `${name}:n-grams`, names: [], size: 4 * table.length, bytes };
}
