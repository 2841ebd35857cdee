import type { Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { check, ints, runReference } from '../testing/check.ts';

const texts = (dims: number[], ...data: string[]): Tensor => ({ dtype: 'string', dims, data });

describe('as ONNX Runtime', () => {
  it('StringConcat', async () => {
    await check('StringConcat', [texts([2, 1], 'a', 'ü'), texts([3], 'x', '', 'z')], {}, { dynamic: [0] });
    await check('StringConcat', [texts([], 'a'), texts([], 'b')]);
  });

  it('StringSplit', async () => {
    const both = { outputCount: 2 };
    const x = texts([2, 2], 'a,b,,c', 'x', ',', 'one');
    await check('StringSplit', [x], { delimiter: ',' }, { ...both, dynamic: [0, 1] });
    await check('StringSplit', [x], { delimiter: ',', maxsplit: 1 }, both);
    await check('StringSplit', [texts([3], ' a  b c ', '', '   ')], {}, both);
    await check('StringSplit', [texts([2], 'a  b c', 'd')], { maxsplit: 1 }, both);
    await check('StringSplit', [texts([1], 'a<>b<>c')], { delimiter: '<>' }, both);
  });

  it('StringNormalizer', async () => {
    const days = texts([4], 'Monday', 'tuesday', 'MONDAY', 'Friday');
    const stopwords = ['monday', 'MONDAY'];
    for (const case_change_action of ['NONE', 'LOWER', 'UPPER'])
      for (const is_case_sensitive of [0, 1])
        await check('StringNormalizer', [days], { case_change_action, is_case_sensitive, stopwords, locale: 'C' });
    await check('StringNormalizer', [texts([1, 2], 'a', 'b')], {
      is_case_sensitive: 1,
      stopwords: ['a', 'b'],
      locale: 'C',
    });
    await check('StringNormalizer', [days], { case_change_action: 'UPPER', locale: 'C' });
  });

  it('RegexFullMatch', async () => {
    const x = texts([2, 2], 'account@gmail.com', 'account@hotmail.com', 'not email', 'a2@yahoo.com');
    await check('RegexFullMatch', [x], { pattern: '(\\W|^)[\\w.\\-]{0,25}@(yahoo|gmail)\\.com(\\W|$)' });
  });

  it('TfIdfVectorizer', async () => {
    const pool = {
      min_gram_length: 1,
      max_gram_length: 2,
      ngram_counts: [0, 4],
      ngram_indexes: [6, 5, 4, 3, 2, 1, 0],
      pool_int64s: [2, 3, 5, 4, 5, 6, 7, 8, 6, 7],
      weights: [0.5, 1, 1.5, 2, 2.5, 3, 3.5],
    };
    const x = ints(1, 1, 3, 3, 3, 7, 8, 6, 7, 5, 6, 8);
    const rows: Tensor = { ...x, dims: [2, 6] };
    for (const mode of ['TF', 'IDF', 'TFIDF'])
      for (const max_skip_count of [0, 2]) {
        await check('TfIdfVectorizer', [x], { ...pool, mode, max_skip_count });
        await check('TfIdfVectorizer', [rows], { ...pool, mode, max_skip_count }, { dynamic: [0, 1] });
        await check('TfIdfVectorizer', [rows], { ...pool, min_gram_length: 2, mode, max_skip_count });
      }
    const words = { pool_strings: ['a', 'b', 'a', 'c'], ngram_counts: [0, 2], ngram_indexes: [0, 1, 2], mode: 'TF' };
    const lengths = { min_gram_length: 1, max_gram_length: 2, max_skip_count: 1 };
    await check('TfIdfVectorizer', [texts([5], 'a', 'b', 'c', 'a', 'c')], { ...words, ...lengths });
  });
});

it('StringSplit takes an empty string for one part, as NumPy does, but for white space', async () => {
  const counts = async (attributes: Record<string, string>) =>
    (await runReference('StringSplit', [texts([1], '')], attributes, { outputCount: 2 }))[1]!.data;
  expect(await counts({ delimiter: ',' })).toEqual(BigInt64Array.of(1n));
  expect(await counts({})).toEqual(BigInt64Array.of(0n));
});

it('StringNormalizer changes case by the rules of a locale', async () => {
  const upper = async (locale: string) =>
    (await runReference('StringNormalizer', [texts([1], 'i')], { locale, case_change_action: 'UPPER' }))[0]!.data;
  expect(await upper('en_US.UTF-8')).toEqual(['I']);
  expect(await upper('tr_TR')).toEqual(['İ']);
  expect(await upper('no such locale')).toEqual(['I']);
});
