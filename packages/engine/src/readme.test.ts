import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { expectExample } from '../../../tests/support/readme.ts';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
const readme = await read('../README.md');

it('has an example that works', () => {
  expectExample(new URL('../README.md', import.meta.url));
});

it('lists every error code', async () => {
  const codes = (await read('codes.ts')).match(/'[A-Z_]+'/g)!.map((code) => code.slice(1, -1));
  expect(codes.length).toBeGreaterThan(3);
  for (const code of codes) expect(readme).toContain(`\`${code}\``);
});
