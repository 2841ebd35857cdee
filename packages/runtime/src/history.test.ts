import { expect, it } from 'vitest';
import { History } from './history.ts';

/** What is foretold after each run, a dot for nothing. */
function foretold(runs: string): string {
  const history = new History<string>();
  return [...runs].reduce((text, run) => {
    history.add(run);
    return text + (history.next ?? '.');
  }, '');
}

it('foretells what was twice as before', () => {
  expect(foretold('aaaa')).toBe('..aa');
  expect(foretold('abababa')).toBe('...abab');
  expect(foretold('abcabcab')).toBe('....cabc');
});

it('foretells nothing where nothing comes again, or after more than four', () => {
  expect(foretold('abcdefgh')).toBe('........');
  expect(foretold('abcdeabcde')).toBe('..........');
});
