import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { expectExample } from '../../../tests/support/readme.ts';
import { affinePlan, engineOf } from './testing/plans.ts';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
const readme = await read('../README.md');
const listed = (text: string) => new Set([...text.matchAll(/\| '([A-Z_]+)'/g)].map(([, code]) => code!));
const codes = listed((await read('codes.ts')) + (await read('../../engine/src/codes.ts')));

it('has an example that works', () => {
  expectExample(new URL('../README.md', import.meta.url), { files: { 'model.trtx': engineOf(affinePlan()) } });
});

it('lists every error code', () => {
  expect(codes.size).toBeGreaterThan(20);
  for (const code of codes) expect(readme).toContain(`\`${code}\``);
});

it('throws listed codes only, each with a hint', async () => {
  for (const dir of ['./', '../../engine/src/']) {
    for (const name of await readdir(new URL(dir, import.meta.url))) {
      if (!/(?<!\.test)\.ts$/.test(name)) continue;
      const text = await read(dir + name);
      for (const [call, code] of text.matchAll(/new TrtxError\(\s*'([A-Z_]+)'.*?;\n/gs)) {
        expect(codes, name).toContain(code);
        expect(call, name).toContain('hint');
      }
    }
  }
});
