import { expect, test } from 'vitest';
import { fileNames } from './outputs.ts';

test('file names are safe and differ', () => {
  const names = [
    'logits',
    'output:0',
    'output/0',
    '../../etc/passwd',
    '.hidden',
    '',
    '☃',
    'con',
    'A',
    'a',
    'x'.repeat(300),
  ];
  const files = fileNames(names);
  expect([...files.values()].slice(0, 10)).toEqual([
    'logits',
    'output_0',
    'output_0-2',
    'etc_passwd',
    'hidden',
    'output',
    'output-2',
    '_con',
    'A',
    'a-2',
  ]);
  expect(files.get('x'.repeat(300))).toHaveLength(100);
});
