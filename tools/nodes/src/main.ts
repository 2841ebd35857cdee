// npm run -s nodes: counts the nodes that @trtx and ONNX Runtime leave of models, and writes docs/optimized.md.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { GENERATED, HEAVY, hasShared, hydrated } from '../../../tests/support/models.ts';
import { importOptions, REAL } from '../../../tests/support/real-models.ts';
import { countOwn, sumOf } from './count.ts';
import { unfused } from './fused.ts';
import { nodesPage, type Row, rowLine } from './page.ts';
import { countRuntime } from './runtime.ts';

const PAGE = fileURLToPath(new URL('../../../docs/optimized.md', import.meta.url));
const GENERATED_MODELS: readonly string[] = [...GENERATED, ...HEAVY];
const MODELS = [...GENERATED_MODELS, ...Object.keys(REAL)];

const program = new Command('nodes')
  .description('Counts the nodes that optimizers leave of models: a row of the table for each.')
  .argument('[model...]', 'names of models; all that are there by default')
  .option('--write', 'put the rows into docs/optimized.md')
  .addHelpText('after', '\nExample: npm run -s nodes -- vit_tiny ocr-rec');
program.parse();

const { write } = program.opts<{ write?: boolean }>();
const wanted = program.args.length > 0 ? program.args : MODELS;
const unknown = wanted.filter((name) => !MODELS.includes(name));
if (unknown.length > 0) program.error(`error: no models ${unknown.join(', ')}; there are ${MODELS.join(', ')}`);

for (const model of wanted) {
  const path = pathOf(model);
  if (!path) {
    process.stderr.write(`nodes: ${model} is not there\n`);
    continue;
  }
  const row = await rowOf(model, path);
  process.stdout.write(`${rowLine(row)}\n`);
  const before = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
  if (write) writeFileSync(PAGE, nodesPage([row], before, MODELS));
}

function pathOf(model: string): string | undefined {
  if (!GENERATED_MODELS.includes(model)) return REAL[model]!();
  return hasShared ? hydrated(model).model : undefined;
}

async function rowOf(model: string, path: string): Promise<Row> {
  const own = await countOwn(path, importOptions(model));
  const basic = await countRuntime(path, 'basic');
  const extended = basic && (await countRuntime(path, 'extended'));
  return { model, own, basic: basic && sumOf(basic), extended: extended && unfused(extended, basic) };
}
