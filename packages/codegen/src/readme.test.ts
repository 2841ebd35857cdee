import { it } from 'vitest';
import { expectExample } from '../../../tests/support/readme.ts';

it.each([0, 1])('has an example that works: %i', (block) => {
  expectExample(new URL('../README.md', import.meta.url), { block });
});
