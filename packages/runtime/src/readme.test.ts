import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runChild } from './testing/child.ts';
import { affinePlan, engineOf } from './testing/plans.ts';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
const readme = await read('../README.md');
const listed = (text: string) => new Set([...text.matchAll(/\| '([A-Z_]+)'/g)].map(([, code]) => code!));
const codes = listed((await read('codes.ts')) + (await read('../../engine/src/codes.ts')));

it('has an example that works', async () => {
  expect(readme).toContain(`\`\`\`ts\n${await read('testing/example.ts')}\`\`\``);
  const dir = await mkdtemp(join(tmpdir(), 'trtx-'));
  try {
    await writeFile(join(dir, 'model.trtx'), engineOf(affinePlan()));
    const { code, stdout, stderr } = await runChild('example.ts', [], dir);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '[ 3 ] Float32Array(3) [ 3, 5, 7 ]\n', stderr: '' });
  } finally {
    await rm(dir, { recursive: true });
  }
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
