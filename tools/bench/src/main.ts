// npm run -s bench: times networks on @trtx and on ONNX Runtime's WebGPU provider, on the same adapter, in turn, prints the
// median of each and of the ratio pair by pair, and puts them into docs/benchmarks.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { CASES, type Comparison, compare } from './compare.ts';
import { type Row, withRow } from './page.ts';
import { rowsOf } from './versus-report.ts';

const PAGE = new URL('../../../docs/benchmarks.md', import.meta.url);

const program = new Command('bench')
  .description('Times networks on @trtx and on onnxruntime-node, in turn, on one adapter.')
  .argument('[cases...]', `of ${Object.keys(CASES).join(', ')}`, ['detector'])
  .option('--rounds <n>', 'pairs of runs that count', (n) => Number.parseInt(n, 10), 5)
  .option('--provider <name>', 'ONNX Runtime provider: webgpu or cpu', 'webgpu')
  .option('--json', 'print one JSON object for each case')
  .option('--write', 'put the rows into docs/benchmarks.md')
  .option('--results <file>', 'with --write, instead of timing: rows of what versus.ts printed with --json')
  .addHelpText('after', '\nExample: npm run -s bench -- detector classifier --rounds 5 --write');
program.parse();

const { rounds, provider, json, write, results } = program.opts<{
  rounds: number;
  provider: string;
  json?: boolean;
  write?: boolean;
  results?: string;
}>();
if (results) for (const row of rowsOf(JSON.parse(readFileSync(results, 'utf8')))) put(row);
const names = results ? [] : (program.processedArgs[0] as string[]);
const unknown = names.find((name) => !Object.hasOwn(CASES, name));
if (unknown) program.error(`no case ${unknown}; there are ${Object.keys(CASES).join(', ')}`, { exitCode: 2 });

for (const name of names) {
  const bench = CASES[name]!;
  const result = await compare(bench, { rounds, provider });
  if (json) console.log(JSON.stringify({ case: name, provider, ...result }));
  else print(name, bench.dims, result);
  if (write) {
    const row = { ...result, network: name, dims: bench.dims, against: `${result.opponent} (${provider})` };
    put({ ...row, date: new Date().toISOString().slice(0, 10) });
  }
}

function put(row: Row): void {
  writeFileSync(PAGE, withRow(readFileSync(PAGE, 'utf8'), row));
}

function print(name: string, dims: readonly number[], result: Comparison): void {
  console.log(`${name} ${dims.join('x')} on ${result.adapter}, medians of ${rounds} rounds`);
  console.log(`  @trtx             ${result.trtxMs.toFixed(1)} ms`);
  console.log(`  onnxruntime-node  ${result.ortMs.toFixed(1)} ms (${provider})`);
  console.log(`  ratio             ${result.ratio.toFixed(3)}`);
  console.log(`  max |difference|  ${result.maxAbs.toExponential(2)}`);
}
