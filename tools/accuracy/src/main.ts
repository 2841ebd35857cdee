// npm run -s accuracy: scores a model in smaller numbers on its whole test set, and puts the table into docs/accuracy.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Case } from './case.ts';
import { mnist } from './mnist.ts';
import { lineOf, withTable } from './page.ts';
import { scoreCase } from './table.ts';

const PAGE = new URL('../../../docs/accuracy.md', import.meta.url);
const CASES: Readonly<Record<string, Case>> = { mnist };

const program = new Command('accuracy')
  .description('Scores a model in smaller numbers on its whole test set, by onnxruntime-node on the exported files.')
  .argument(
    '<case>',
    Object.values(CASES)
      .map(({ name, summary }) => `${name}: ${summary}`)
      .join('; '),
  )
  .option('--limit <n>', 'so many of the test set', (n) => Number.parseInt(n, 10))
  .option('--json', 'print one JSON object')
  .option('--write', 'put the table into docs/accuracy.md')
  .addHelpText('after', '\nExample: npm run -s accuracy -- mnist --json');
program.parse();

const { limit, json, write } = program.opts<{ limit?: number; json?: boolean; write?: boolean }>();
const [name] = program.args as [string];
const test = Object.hasOwn(CASES, name)
  ? CASES[name]!
  : program.error(`no case ${name}; there are ${Object.keys(CASES).join(', ')}`, { exitCode: 2 });

const rows = await scoreCase(test, { limit, onRow: (row) => json || console.log(lineOf(row)) });
if (json) console.log(JSON.stringify({ case: name, metric: test.metric, rows }));
if (write) writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), test, rows));
