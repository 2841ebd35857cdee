import { describe, expect, it } from 'vitest';
import { compileRegex } from './program.ts';

const matching = (pattern: string, ...texts: string[]) => texts.filter(compileRegex(pattern).matches);

describe('whole matches', () => {
  it.each([
    ['', ['', 'a'], ['']],
    ['abc', ['abc', 'abcd', 'ab'], ['abc']],
    ['a|bc|', ['a', 'bc', '', 'abc'], ['a', 'bc', '']],
    ['a*b+c?', ['b', 'aabbc', 'ac', 'bcc'], ['b', 'aabbc']],
    ['a{2}b{1,}c{0,2}', ['aab', 'aabbcc', 'ab', 'aabccc'], ['aab', 'aabbcc']],
    ['a{,2}', ['a{,2}', 'aa'], ['a{,2}']],
    ['(ab|cd)*?e', ['e', 'abcde', 'abce'], ['e', 'abcde']],
    ['(a*)*', ['', 'aaaa', 'ab'], ['', 'aaaa']],
    ['(?:x)(?P<name>y)(?<other>z)', ['xyz'], ['xyz']],
    ['.', ['a', '\n', '\u{1f600}', 'ab'], ['a', '\u{1f600}']],
    ['(?s).', ['\n'], ['\n']],
    ['(?s-s:.)', ['\n', 'a'], ['a']],
    ['(?i)straße|K', ['STRAßE', 'k', '\u212a'], ['STRAßE', 'k', '\u212a']],
    ['a(?i:b)c', ['aBc', 'aBC'], ['aBc']],
    ['(a(?i)b)c', ['aBc', 'aBC'], ['aBc']],
    ['^a$', ['a'], ['a']],
    ['a\n^b$', ['a\nb'], []],
    ['(?m)a\n^b$\nc', ['a\nb\nc'], ['a\nb\nc']],
    ['\\Aa\\z', ['a'], ['a']],
    ['www\\.[\\w.-]+\\.\\bcom\\b', ['www.google.com', 'www.x.co.uk'], ['www.google.com']],
    ['a\\Bb', ['ab'], ['ab']],
    ['\\Qa.b*\\E+', ['a.b*', 'a.b**', 'axb'], ['a.b*', 'a.b**']],
    ['\\x41\\x{1F600}\\101\\n\\.', ['A\u{1f600}A\n.'], ['A\u{1f600}A\n.']],
  ] as [string, string[], string[]][])('%j', (pattern, texts, expected) => {
    expect(matching(pattern, ...texts)).toEqual(expected);
  });
});

describe('classes', () => {
  it.each([
    ['[a-c]', 'abcd-', 'abc'],
    ['[^a-c]', 'abcd', 'd'],
    ['[]a]', ']a', ']a'],
    ['[^]a]', ']ab', 'b'],
    ['[a-]', 'a-b', 'a-'],
    ['[\\d\\-]', '1-a', '1-'],
    ['[[:alpha:]_[:^ascii:]]', 'aZ_1é', 'aZ_é'],
    ['\\d', '1a٣', '1'],
    ['\\W', 'a_é ', 'é '],
    ['[^\\S]', ' \ta', ' \t'],
    ['\\pL', 'aé1', 'aé'],
    ['\\PL', 'aé1', '1'],
    ['\\p{Greek}', 'aα', 'α'],
    ['\\p{^Greek}', 'aα', 'a'],
    ['[\\p{Lu}5]', 'aA5', 'A5'],
    ['(?i)[A-C]', 'abcd', 'abc'],
  ])('%s', (pattern, characters, expected) => {
    expect(matching(pattern, ...characters).join('')).toBe(expected);
  });
});

it.each([
  '(', ')', 'a)', '(a', '[', '[a', '*a', 'a**', 'a{2}{3}', '(?=a)', '(?<!a)b', '\\1', '\\8', '\\y', '[b-a]', '[[:what:]]',
  '\\p{What}', 'a{1001}', 'a{3,2}', '\\', `${'('.repeat(1001)}${')'.repeat(1001)}`, '(((a{1000}){1000}){1000}){1000}',
])('refuses %.20s', (pattern) => {
  expect(() => compileRegex(pattern)).toThrow(/REGEX: the regular expression/);
}); // biome-ignore format: a list

it('takes as long as the text, however many ways there are', () => {
  const { matches } = compileRegex('(a|a)*(a*)*(a?){30}b');
  expect(matches('a'.repeat(5000))).toBe(false);
  expect(matches(`${'a'.repeat(5000)}b`)).toBe(true);
});
