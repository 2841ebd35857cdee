import { readFile } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
const readme = await read('../README.md');

it('has an example that works', async () => {
  expect(readme).toContain(`\`\`\`ts\n${await read('testing/example.ts')}\`\`\``);
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await import('./testing/example.ts');
  expect(log.mock.calls).toEqual([['double'], [['map']]]);
  log.mockRestore();
});

it('lists every error code', async () => {
  const codes = (await read('codes.ts')).match(/'[A-Z_]+'/g)!.map((code) => code.slice(1, -1));
  expect(codes.length).toBeGreaterThan(3);
  for (const code of codes) expect(readme).toContain(`\`${code}\``);
});
