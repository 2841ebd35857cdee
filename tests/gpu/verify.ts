// Checks on the GPU of this machine what no software adapter can: kernels with float16 as a type of WGSL, contractions on
// subgroup matrices, every case and tile beside the reference, products and attention of few rows, attention and transposed
// convolutions through workgroup memory, and convolutions by minimal filtering. Prints the failures and `N passed, N failed`.
//
//   npm run verify:gpu -- [--only REGEX]

import { targetOf } from '@trtx/builder';
import { compile, standardKernels, type Target } from '@trtx/codegen';
import { requestNodeDevice } from '@trtx/runtime/node';
import { allCases } from '../kernels/cases/index.ts';
import { expectChosen } from '../kernels/chosen.ts';
import { expectMatrix, halfCase } from '../kernels/matrix.ts';
import { type Case, expectedOf, expectSame, feedsOf, graphOf, inType, runCompiled } from '../kernels/support.ts';

/** Of the largest number of a result: a few roundings to 11 bits. */
const TOLERANCE = { relative: 4e-3, absolute: 4e-3 };

const only = new RegExp(process.argv[process.argv.indexOf('--only') + 1 || process.argv.length] ?? '');
const gpu = await requestNodeDevice({ features: 'experimental' });
if (!gpu) throw new Error('there is no WebGPU adapter');
const { device } = gpu;
const target = targetOf(device, gpu.isFallback);
console.log(`adapter ${gpu.description}; ${[...target.features].join(', ')}; ${target.matrices.length} matrices`);
if (!target.features.has('shader-f16')) throw new Error('the adapter has no shader-f16');

let passed = 0;
const failures: string[] = [];
const cases = allCases.filter(({ name }) => only.test(name));
for (const one of cases) {
  const half = inType(one, 'float16');
  if (half) await check(half.name, () => expectHalf(half, target));
}
console.log(`float16: ${passed} passed, ${failures.length} failed`);

const tiles = new Set<string>();
const contractions = cases.flatMap((one) => halfCase(one) ?? []);
for (const [i, one] of contractions.entries()) {
  // Three tiles of each, so that every one is met.
  for (const number of [0, 1, 2].map((turn) => 3 * i + turn))
    await check(`${one.name}, tile ${number}`, async () => {
      for (const tile of await expectMatrix(device, one, number, target)) tiles.add(tile);
    });
}
console.log(`tiles: ${tiles.size} met`);

const asGpu = { ...target, software: false };
await checkWays('of few rows', /^(MatMul|Gemm|Attention):/, /\.(gemv|gemv-blocks|split)$/);
await checkWays('through workgroup memory', /^(Attention|ConvTranspose):/, /^(attention|conv-transpose)\.staged$/);
await checkWays('by minimal filtering', /^Conv:/, /^conv\.winograd$/);
console.log(`${passed} passed, ${failures.length} failed`);
gpu.release();
process.exit(failures.length > 0 ? 1 : 0);

async function check(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
    passed++;
  } catch (error) {
    failures.push(name);
    console.log(`FAILED ${name}: ${(error instanceof Error ? error.message : String(error)).slice(0, 400)}`);
  }
}

/** Some cases with kernels that are asked for, four ways of each, in both types of floats. */
async function checkWays(what: string, names: RegExp, kernels: RegExp): Promise<void> {
  const ways = new Set<string>();
  for (const [i, one] of cases.filter(({ name }) => names.test(name)).entries()) {
    const half = inType(one, 'float16');
    for (const number of [0, 1, 2, 3].map((turn) => 4 * i + turn))
      await check(`${one.name}, ${what} ${number}`, async () => {
        for (const way of await expectChosen(device, one, kernels, number, asGpu)) ways.add(way);
        if (half) for (const way of await expectChosen(device, half, kernels, number, asGpu, TOLERANCE)) ways.add(way);
      });
  }
  console.log(`${what}: ${ways.size} ways`);
}

/** A case as it would be built for this device, beside what the reference gives. */
async function expectHalf(one: Case, target: Target): Promise<void> {
  const compiled = compile(graphOf(one), { target, kernels: standardKernels });
  const feeds = feedsOf(one);
  const expected = await expectedOf(graphOf(one), feeds);
  expectSame(await runCompiled(device, compiled, feeds), expected, one.name, TOLERANCE);
}
