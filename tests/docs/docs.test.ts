// The code of the pages in docs/, run as readers would: each block after those before it.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runCommands } from '../cli/page-commands.ts';
import { expectExample } from '../support/readme.ts';

const page = (name: string) => new URL(`../../docs/${name}.md`, import.meta.url);

function blocksOf(name: string): string[] {
  return [...readFileSync(page(name), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code!);
}

it('docs/passes.md, block 0: a rule without a pattern', () => {
  const last = `
    import { parseGraph, printGraph, standardOps } from '@trtx/ir';
    import { definePass, optimize } from '@trtx/passes';
    const text = 'graph g\\n  input x: float32[N]\\n  s = Mul(x, x)\\n  y = ReduceSum(s)\\n  output y\\n';
    const graph = parseGraph(text, standardOps);
    optimize(graph, { pipeline: [definePass({ name: 'own', summary: '', rules: [sumOfProducts] })], verify: true });
    console.log([...graph.nodes].map(({ op }) => op.name).join());`;
  expectExample(page('passes'), { block: 0, last, prints: 'ReduceSumSquare\n' });
});

it.each([
  ['passes', 2, [1]],
  ['passes', 3, [1]],
  ['plugins', 1, [0]],
  ['plugins', 2, []],
] as const)('docs/%s.md, block %i', (name, block, before) => {
  const blocks = blocksOf(name);
  expectExample(page(name), { block, before: before.map((i) => blocks[i]).join('\n') });
});

it('docs/tuning.md: the code', () => {
  expectExample(page('tuning'));
});

it.skipIf(process.platform === 'win32').each([
  ['debugging-accuracy', 5],
  ['tuning', 4],
])('docs/%s.md: every command works', async (name, least) => {
  expect((await runCommands(page(name))).commands.length).toBeGreaterThanOrEqual(least);
});
