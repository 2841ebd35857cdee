// Ops on strings. They run on the host.

import { maxDim } from '../dim.ts';
import { type AttributeSpec, defineOp, type NodeView, type OpDef } from '../op.ts';
import { broadcast } from './broadcast.ts';

const STRING = ['string'] as const;
const count = (min: number): AttributeSpec => ({ type: 'int', required: true, min, max: 2 ** 20 });
const text = (name: string) => ({ name, types: STRING });

export const stringOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'StringConcat',
    since: 20,
    summary: 'strings joined element by element',
    inputs: [text('X'), text('Y')],
    outputs: [{ name: 'Z' }],
    attributes: {},
    trait: { kind: 'opaque' },
    infer: (at) => [{ dtype: 'string', shape: broadcast(at, [at.input(0).shape, at.input(1).shape]) }],
  }),
  defineOp({
    domain: '',
    name: 'StringSplit',
    since: 20,
    summary:
      'strings cut at a delimiter into parts along a new last axis, filled up with empty ones; how many there are',
    inputs: [text('X')],
    outputs: [{ name: 'Y' }, { name: 'Z' }],
    attributes: {
      delimiter: { type: 'string', default: '', doc: 'any stretch of white space where it is empty' },
      maxsplit: { type: 'int', doc: 'cuts at most; no limit where it is absent or negative' },
    },
    trait: { kind: 'opaque' },
    infer(at) {
      const { shape } = at.input(0);
      const limit = at.has('maxsplit') ? at.int('maxsplit') : -1;
      const parts = at.unknown('parts', limit < 0 ? 2 ** 31 - 1 : limit + 1);
      const both = [
        { dtype: 'string' as const, shape: [...shape, parts] },
        { dtype: 'int64' as const, shape },
      ];
      return both.slice(0, at.outputCount);
    },
  }),
  defineOp({
    domain: '',
    name: 'StringNormalizer',
    since: 10,
    summary: 'strings in lower or upper case without stop words; one empty string where none is left',
    inputs: [text('X')],
    outputs: [{ name: 'Y' }],
    attributes: {
      case_change_action: { type: 'string', default: 'NONE', oneOf: ['NONE', 'LOWER', 'UPPER'] },
      is_case_sensitive: {
        type: 'int',
        default: 0,
        min: 0,
        max: 1,
        doc: 'whether stop words have to be in the same case',
      },
      locale: { type: 'string', default: 'en_US', doc: 'whose rules tell upper from lower case' },
      stopwords: { type: 'strings' },
    },
    trait: { kind: 'opaque' },
    infer(at) {
      const { shape } = at.input(0);
      if (shape.length < 1 || shape.length > 2) throw at.fail(`an input of [${shape}] where [C] or [1, C] belongs`);
      if (shape.length === 2) at.equal(shape[0]!, 1);
      const most = maxDim(shape.at(-1)!, 1);
      const words = at.strings('stopwords') ?? [];
      const kept = words.length > 0 ? at.unknown('kept', most) : most;
      return [{ dtype: 'string', shape: shape.length === 2 ? [1, kept] : [kept] }];
    },
  }),
  defineOp({
    domain: '',
    name: 'RegexFullMatch',
    since: 20,
    summary: 'whether a regular expression of RE2’s syntax matches the whole of each string',
    inputs: [text('X')],
    outputs: [{ name: 'Y' }],
    attributes: { pattern: { type: 'string', required: true } },
    trait: { kind: 'opaque' },
    infer: (at) => [{ dtype: 'bool', shape: at.input(0).shape }],
  }),
  defineOp({
    domain: '',
    name: 'TfIdfVectorizer',
    since: 9,
    summary: 'how often each n-gram of a pool is found in a sequence, counted, weighted or both',
    inputs: [{ name: 'X', types: ['string', 'int32', 'int64'] }],
    outputs: [{ name: 'Y' }],
    attributes: {
      max_gram_length: count(1),
      max_skip_count: { ...count(0), doc: 'elements between those of an n-gram, up to' },
      min_gram_length: count(1),
      mode: { type: 'string', required: true, oneOf: ['TF', 'IDF', 'TFIDF'] },
      ngram_counts: { type: 'ints', required: true, min: 0, doc: 'where the 1-grams, 2-grams, ... begin in the pool' },
      ngram_indexes: {
        type: 'ints',
        required: true,
        min: 0,
        doc: 'the place in the output of each n-gram of the pool',
      },
      pool_int64s: { type: 'ints' },
      pool_strings: { type: 'strings' },
      weights: { type: 'floats', doc: 'of each n-gram of the pool; 1' },
    },
    trait: { kind: 'opaque' },
    infer(at) {
      const { dtype, shape } = at.input(0);
      if (shape.length > 2) throw at.fail(`an input of [${shape}] where [C] or [N, C] belongs`);
      if (!at.has(dtype === 'string' ? 'pool_strings' : 'pool_int64s'))
        throw at.fail(`no pool of ${dtype === 'string' ? 'strings' : 'integers'}`);
      return [{ dtype: 'float32', shape: [...shape.slice(0, -1), ngramPlaces(at)] }];
    },
  }),
];

/** Places in the output of a TfIdfVectorizer. */
function ngramPlaces(at: NodeView): number {
  const indexes = at.ints('ngram_indexes')!;
  const places = indexes.reduce((a, b) => Math.max(a, b + 1), 0);
  if (places > 2 ** 24) throw at.fail(`an n-gram at place ${places - 1}`);
  return places;
}
