// npm run -s bench: times a network on @trtx and on ONNX Runtime's WebGPU provider, on the same adapter, in turn, and
// prints the median of each and of the ratio pair by pair.

import { Command } from 'commander';
import { CASES, compare } from './compare.ts';

const program = new Command('bench')
  .description('Times a network on @trtx and on onnxruntime-node, in turn, on one adapter.')
  .argument('[case]', `one of ${Object.keys(CASES).join(', ')}`, 'detector')
  .option('--rounds <n>', 'pairs of runs that count', (n) => Number.parseInt(n, 10), 5)
  .option('--provider <name>', 'ONNX Runtime provider: webgpu or cpu', 'webgpu')
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample: npm run -s bench -- detector --rounds 5 --json');
program.parse();

const { rounds, provider, json } = program.opts<{ rounds: number; provider: string; json?: boolean }>();
const name = program.args[0] ?? 'detector';
const bench = CASES[name];
if (!bench) program.error(`no case ${name}; there are ${Object.keys(CASES).join(', ')}`, { exitCode: 2 });
else {
  const result = await compare(bench, { rounds, provider });
  if (json) console.log(JSON.stringify({ case: name, provider, ...result }));
  else {
    console.log(`${name} ${bench.dims.join('x')} on ${result.adapter}, medians of ${rounds} rounds`);
    console.log(`  @trtx             ${result.trtxMs.toFixed(1)} ms`);
    console.log(`  onnxruntime-node  ${result.ortMs.toFixed(1)} ms (${provider})`);
    console.log(`  ratio             ${result.ratio.toFixed(3)}`);
    console.log(`  max |difference|  ${result.maxAbs.toExponential(2)}`);
  }
}
