// The example of README.md runs, and prints what it says.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as ir from './index.ts';

it('prints what the readme shows', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [code, printed] = [...text.matchAll(/```\w*\n(.*?)```/gs)].map((block) => block[1]!);
  const lines: string[] = [];
  const given = { ...ir, console: { log: (line: string) => lines.push(line) } };
  new Function(...Object.keys(given), code!.replace(/^import .*$/gm, ''))(...Object.values(given));
  expect(lines.join('\n')).toBe(printed);
});
