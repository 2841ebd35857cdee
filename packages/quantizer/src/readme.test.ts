import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { expectExample } from '../../../tests/support/readme.ts';
import { standardCalibrators } from './index.ts';

const readme = new URL('../README.md', import.meta.url);

it('shows what the first example prints', () => {
  expectExample(readme);
});

it('has an example of weights that works', () => {
  expectExample(readme, { block: 1 });
});

it('lists every calibrator', () => {
  const listed = [...readFileSync(readme, 'utf8').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name);
  expect(listed).toEqual(expect.arrayContaining([...standardCalibrators.names]));
});
