// npm run -s operators: writes docs/operators.md.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { standardOps } from '@trtx/ir';
import { Command } from 'commander';
import { readExpected } from '../expected.ts';
import { placesOf, readResults } from '../results.ts';
import { operatorsPage, placesIn } from './page.ts';
import { casesByOp } from './tally.ts';

const PAGE = fileURLToPath(new URL('../../../../docs/operators.md', import.meta.url));

const program = new Command('operators')
  .description('Writes docs/operators.md from the op definitions, the kernels and the cases.')
  .requiredOption('--suite <dir...>', 'folders of cases')
  .option('--results <file>', 'of a whole run on WebGPU; without it, the page keeps what it says of such a run')
  .addHelpText('after', '\nExample: npm run -s operators -- --suite ../shared/onnx-backend-tests');
program.parse();

const { suite, results } = program.opts<{ suite: readonly string[]; results?: string }>();
const before = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
const page = operatorsPage({
  registry: standardOps,
  cases: casesByOp(suite.map((dir) => resolve(dir))),
  expected: { reference: readExpected('reference') ?? {}, webgpu: readExpected('webgpu') ?? {} },
  places: results ? placesOf(readResults(resolve(results))) : placesIn(before),
});
writeFileSync(PAGE, page);
