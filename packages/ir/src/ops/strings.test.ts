import { expect, it } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import { bounds } from '../dim.ts';
import { printType } from '../tensor.ts';

it('ops on strings have symbolic sizes', () => {
  const b = new GraphBuilder('g');
  const x = b.input('x', 'string', ['N', 3]);
  expect(printType(b.StringConcat(x, b.input('y', 'string', [3])).type)).toBe('string[N,3]');
  const parts = b.StringSplit(x, { maxsplit: 4 }, { name: 's', outputs: 2 });
  expect(parts.map(({ type }) => printType(type))).toEqual(['string[N,3,s.parts]', 'int64[N,3]']);
  expect(bounds(parts[0]!.type.shape[2]!).max).toBe(5);
  expect(printType(b.RegexFullMatch(x, { pattern: 'a' }).type)).toBe('bool[N,3]');
  const row = b.input('row', 'string', [1, 'C']);
  expect(printType(b.StringNormalizer(row, { stopwords: ['a'] }, { name: 'n' }).type)).toBe('string[1,n.kept]');
  expect(printType(b.StringNormalizer(row).type)).toBe('string[1,max(1, C)]');
  const gram = { max_gram_length: 1, min_gram_length: 1, max_skip_count: 0, mode: 'TF', ngram_counts: [0] } as const;
  const pool = { ...gram, pool_strings: ['a', 'b'], ngram_indexes: [0, 7] };
  expect(printType(b.TfIdfVectorizer(x, pool).type)).toBe('float32[N,8]');
  expect(() => b.TfIdfVectorizer(x, { ...gram, pool_int64s: [1], ngram_indexes: [0] })).toThrow('no pool of strings');
});
