import { parseProfile } from '@trtx/ir';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addProfileOptions } from './profiles.ts';

function parse(...args: string[]) {
  const command = new Command();
  const profiles = addProfileOptions(command);
  command.parse(args, { from: 'user' });
  return profiles();
}

test('shapes without a profile are those of the only one', () => {
  expect(parse()).toEqual({ profile: undefined });
  expect(parse('--shapes', 'x:1', '--shapes', 'y:2')).toEqual({ profile: { x: [1], y: [2] } });
  expect(parse('--min-shapes', 'x:1', '--max-shapes', 'x:4')).toEqual({ profile: parseProfile('x:{1..4}') });
});

test('shapes belong to the profile before them, as those of trtexec do', () => {
  const args = ['--profile=0', '--min-shapes=x:1', '--opt-shapes=x:2', '--max-shapes=x:4', '--min-shapes=y:1'];
  const more = ['--max-shapes=y:2', '--profile', 'large', '--shapes', 'x:{5..8}', '--shapes', 'y:3'];
  expect(parse(...args, ...more)).toEqual({
    profiles: [
      { name: '0', shapes: parseProfile('x:{1..2..4},y:{1..2}') },
      { name: 'large', shapes: parseProfile('x:{5..8},y:3') },
    ],
  });
});

test.each([
  [['--shapes', 'x:1', '--profile', 'a', '--shapes', 'x:2'], /before the first --profile/],
  [['--profile', 'a', '--profile', 'b', '--shapes', 'x:2'], /profile a has no shapes/],
  [['--profile', 'a', '--shapes', 'x:1', '--min-shapes', 'x:2'], /two ways/],
  [['--profile', 'a', '--min-shapes', 'x:1'], /both its ends/],
])('%j is refused', (args, message) => {
  expect(() => parse(...args)).toThrow(message);
});
