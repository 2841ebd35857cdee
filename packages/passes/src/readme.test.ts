// The examples of README.md run, and print what it says.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { expectExample } from '../../../tests/support/readme.ts';
import * as passes from './index.ts';

const readme = new URL('../README.md', import.meta.url);

it('shows what the first example prints', () => {
  expectExample(readme);
});

it('has a pass of its own that works', () => {
  const text = 'input x: float32[2]\\na = Neg(x)\\nb = Neg(a)\\ny = Abs(b)\\noutput y';
  expectExample(readme, {
    block: 1,
    before: `import { parseGraph, standardOps } from '@trtx/ir';\nconst graph = parseGraph('${text}', standardOps);`,
    last: 'console.log([...graph.nodes].map(({ op }) => op.name).join());',
    prints: 'Abs\n',
  });
});

it('merges and extracts', () => {
  const detector =
    'graph detector\\ninput image: float32[N]\\nfeatures = Relu(image)\\nb = Neg(features)\\noutput boxes = b';
  const recognizer = 'graph recognizer\\ninput x: float32[M]\\ny = Abs(x)\\noutput y';
  const parse = (name: string, text: string) => `const ${name} = parseGraph('${text}', standardOps);`;
  expectExample(readme, {
    block: 2,
    before: [
      "import { parseGraph, standardOps } from '@trtx/ir';",
      parse('detector', detector),
      parse('recognizer', recognizer),
    ].join('\n'),
    last: 'for (const { nodes } of [both, head]) console.log([...nodes].map(({ op }) => op.name).join());',
    prints: 'Relu,Neg,Abs\nRelu\n',
  });
});

it('converts to float16', () => {
  const text =
    'input x: float32[N,2]\\na = MatMul(x, float32[2,2] [1, 2, 3, 1e6]) as first\\nb = MatMul(a, float32[2,2] splat 2) as second\\ny = MatMul(b, float32[2,2] splat 1) as head\\noutput y';
  expectExample(readme, {
    block: 3,
    before: [
      "import { parseGraph, standardOps } from '@trtx/ir';",
      `const graph = parseGraph('${text}', standardOps);`,
      "const ranges = new Map([['b', { min: 0, max: 1e5 }]]);",
    ].join('\n'),
    last: 'console.log(converted.join(), kept.map(({ node }) => node).join());',
    prints: 'overflow constant: 1000000 is past ±65504\nrange b: from 0 to 100000 is past ±65504\nsecond first,head\n',
  });
});

it('lists every pass with its level', () => {
  const text = readFileSync(readme, 'utf8');
  const listed = [...text.matchAll(/^\| `([\w-]+)` \| (\d) \|/gm)].map(([, name, level]) => `${name} ${level}`);
  const levelOf = (name: string) => [0, 1, 2].find((n) => passes.PIPELINES[n as 0].some((pass) => pass.name === name));
  expect(listed.sort()).toEqual(passes.PIPELINES[3].map(({ name }) => `${name} ${levelOf(name)}`).sort());
});
