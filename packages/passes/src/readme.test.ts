// The examples of README.md run, and print what it says.

import { readFileSync } from 'node:fs';
import { parseGraph, printGraph, standardOps } from '@trtx/ir';
import { expect, it } from 'vitest';
import * as passes from './index.ts';

const [example, printed, own] = [
  ...readFileSync(new URL('../README.md', import.meta.url), 'utf8').matchAll(/```\w*\n(.*?)```/gs),
].map((block) => block[1]!);

/** Runs code of the readme: imports are given, the one mark of types is taken out. */
function run(code: string, given: Record<string, unknown>): string {
  const lines: string[] = [];
  const names = {
    ...passes,
    parseGraph,
    printGraph,
    standardOps,
    console: { log: (s: string) => lines.push(s) },
    ...given,
  };
  const body = code.replace(/^import .*$/gm, '').replace(/!(?=[.,)])/g, '');
  new Function(...Object.keys(names), body)(...Object.values(names));
  return lines.join('\n');
}

it('shows what the first example prints', () => {
  expect(`${run(example!, {})}\n`).toBe(printed);
});

it('has a pass of its own that works', () => {
  const graph = parseGraph('input x: float32[2]\na = Neg(x)\nb = Neg(a)\ny = Abs(b)\noutput y', standardOps);
  run(own!, { graph });
  expect([...graph.nodes].map(({ op }) => op.name)).toEqual(['Abs']);
});

it('lists every pass with its level', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const listed = [...text.matchAll(/^\| `([\w-]+)` \| (\d) \|/gm)].map(([, name, level]) => `${name} ${level}`);
  const levelOf = (name: string) => [0, 1, 2].find((n) => passes.PIPELINES[n as 0].some((pass) => pass.name === name));
  expect(listed.sort()).toEqual(passes.PIPELINES[3].map(({ name }) => `${name} ${levelOf(name)}`).sort());
});
