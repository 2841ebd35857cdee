import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { KINDS, scaffold } from './scaffold.ts';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'trtx-new-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}

it.each(KINDS)('writes a %s with its name in every form', (kind) => {
  const to = join(folder(), 'my-thing');
  const files = scaffold(kind, 'my-thing', to).map((file) => file.slice(to.length + 1));
  expect(files.sort()).toEqual(['README.md', 'package.json', 'src/index.js', 'test/index.test.js']);
  const text = files.map((file) => readFileSync(join(to, file), 'utf8')).join('\n');
  expect(text).not.toContain('__');
  expect(text).toContain(`"name": "trtx-${kind}-my-thing"`);
  expect(text).toContain('export const myThing = ');
});

it.each(['My', '1st', 'a_b', '../a', 'a--b', ''])('refuses the name %j', (name) => {
  expect(() => scaffold('pass', name, join(folder(), 'to'))).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

it('replaces nothing', () => {
  expect(() => scaffold('pass', 'own', folder())).toThrow(/already/);
});
