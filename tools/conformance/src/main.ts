// npm run -s conformance: runs folders of cases laid out like the ONNX project's, and tells which pass.

import { resolve } from 'node:path';
import type { DeviceOffer } from '@trtx/builder/node';
import { Command, Option } from 'commander';
import type { BackendName } from './backends.ts';
import { findCases } from './cases.ts';
import { deviationOf, readExpected, updateExpected } from './expected.ts';
import { runCases } from './pool.ts';
import { lineOf, type OutcomeName, outcomeOf, reportOf, summaryOf } from './report.ts';
import { writeResults } from './results.ts';

interface Options {
  readonly suite: readonly string[];
  readonly backend: BackendName;
  readonly device: DeviceOffer;
  readonly only?: string;
  readonly json?: boolean;
  readonly results?: string;
  readonly list?: OutcomeName;
  readonly verbose?: boolean;
  readonly check?: boolean;
  readonly update?: boolean;
  readonly jobs: number;
  readonly timeout: number;
}

const whole = (text: string) => Number.parseInt(text, 10);

const program = new Command('conformance')
  .description("Runs folders of cases laid out like the ONNX project's backend tests, and tells which pass.")
  .requiredOption('--suite <dir...>', 'folder of cases: kind/case/model.onnx, or case/model.onnx')
  .addOption(new Option('--backend <name>', 'what to run on').choices(['webgpu', 'reference']).default('webgpu'))
  .addOption(
    new Option(
      '--device <offer>',
      "what a WebGPU device has: all that its adapter offers, or WebGPU's default limits and no feature",
    )
      .choices(['all', 'minimum'])
      .default('all'),
  )
  .option('--only <regex>', 'cases whose name matches')
  .option('--json', 'print one JSON object: total, passed, failed, skipped, gpuNodes, hostNodes, plain')
  .option('--results <file>', 'write what became of each case, by op too: for npm run operators')
  .addOption(new Option('--list <outcome>', 'print only names').choices(['passed', 'failed', 'skipped']))
  .option('-v, --verbose', 'print a line for each case (to stderr)')
  .option('--check', 'fail unless exactly the listed cases (expected.json) are not passed')
  .option('--update', 'take cases that passed out of the list, write the reasons anew')
  .option('--jobs <n>', 'processes', whole, 2)
  .option('--timeout <s>', 'seconds that a case may take', whole, 240)
  .addHelpText(
    'after',
    '\nExample: npm run -s conformance -- --suite ../shared/onnx-backend-tests --backend reference',
  );
program.parse();

const {
  suite,
  backend,
  device,
  only,
  json,
  results: file,
  list,
  verbose,
  check,
  update,
  jobs,
  timeout,
} = program.opts<Options>();
const pattern = new RegExp(only ?? '');
const cases = suite.flatMap((dir) => findCases(resolve(dir))).filter(({ name }) => pattern.test(name));
const results = await runCases(cases, {
  backend,
  device,
  jobs,
  timeout,
  onCase: (result, done) => {
    if (verbose) console.error(lineOf(result));
    else if (process.stderr.isTTY) process.stderr.write(`\r${done}/${cases.length} `);
  },
});
const report = reportOf(results);
if (file) writeResults(resolve(file), { backend, cases: results });
const ran = results.map((result) => result.case);
if (json) console.log(JSON.stringify(report));
else if (list) for (const result of results) outcomeOf(result) === list && console.log(result.case);
else console.log(summaryOf(report));
if (update) updateExpected(backend, report, ran);
if (check || update) {
  const { unexpected, stale } = deviationOf(report, ran, readExpected(backend) ?? {});
  for (const name of unexpected) console.error(`not passed, but not listed: ${name}`);
  for (const name of stale) console.error(`passed, but listed (--update takes it out): ${name}`);
  if (unexpected.length + stale.length > 0) process.exitCode = 1;
}
