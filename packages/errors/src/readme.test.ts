import { it } from 'vitest';
import { expectExample } from '../../../tests/support/readme.ts';

it('has an example that works', () => {
  expectExample(new URL('../README.md', import.meta.url));
});

it('has an example of a logger that works', () => {
  expectExample(new URL('../README.md', import.meta.url), { block: 1 });
});
