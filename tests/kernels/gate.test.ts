// The gate: every kernel with every parameter choice, on every case, compiles without an error or a warning. On Dawn's
// null back end, which compiles and runs nothing further, so that all of them take seconds.

import { PORTABLE, standardKernels, type Target } from '@trtx/codegen';
import { requestNodeDevice } from '@trtx/runtime/node';
import { afterAll, expect, it } from 'vitest';
import { formatCases } from './cases/formats.ts';
import { allCases } from './cases/index.ts';
import { MATRIX_KERNELS, MATRIX_TARGET } from './matrix.ts';
import { type Case, graphOf, inType, variantsOf } from './support.ts';

const { device, release } = (await requestNodeDevice({ backend: 'null' }))!;
afterAll(release);

const tried = new Set<string>();
const seen = new Set<string>();
const layouts = new Map<string, GPUPipelineLayout>();

// In float16 shaders differ in their reads and writes alone: a third of the cases has them all.
const halves = allCases.filter((_, i) => i % 3 === 0).flatMap((one) => inType(one, 'float16') ?? []);

it.each([...allCases, ...halves].map((one) => [one.name, one] as const))('%s', async (_, one) => {
  expect(await complaints(one)).toEqual([]);
});

// What no software adapter would take.
const products = allCases.filter(
  ({ name }) =>
    /^(MatMul: (batches that broadcast|dynamic)|Gemm: both|(MatMul|Gemm): (few rows|codes)|Attention: (one query,|few q))/.test(
      name,
    ) || /^(ConvTranspose: (stride 2, |1-D|dynamic)|Conv: (12 channels|odd channels|24 channels))/.test(name),
);

it.each([...formatCases, ...products].map((one) => [one.name, one] as const))('%s, for a GPU', async (_, one) => {
  expect(await complaints(one, PORTABLE)).toEqual([]);
});

// Tiles that take more workgroup memory than the null back end has: their shaders compile, if no pipeline of them.
const large = { ...PORTABLE, limits: MATRIX_TARGET.limits };
const attentions = allCases.filter(({ name }) =>
  /^Attention: (past keys, c|lengths, c|windows|features .* p)/.test(name),
);

it.each(attentions.map((one) => [one.name, one] as const))('%s, for a large GPU', async (_, one) => {
  expect(await complaints(one, large, wrongInModule)).toEqual([]);
});

const withSubgroups = { ...MATRIX_TARGET, matrices: [], limits: PORTABLE.limits };
const few = [...products, ...attentions]
  .filter(({ name }) => /few rows|codes|quer/.test(name))
  .map((one) => inType(one, 'float16')!);

it.each(few.map((one) => [one.name, one] as const))('%s, for a GPU with subgroups', async (_, one) => {
  expect(await complaints(one, withSubgroups)).toEqual([]);
});

it('tried every kernel', () => {
  // Those on subgroup matrices have a gate of their own: matrix.test.ts.
  const others = standardKernels.map(({ id }) => id).filter((id) => !MATRIX_KERNELS.includes(id));
  expect([...tried].sort()).toEqual(others.sort());
  expect(seen.size).toBeGreaterThan(1000);
});

/** What is wrong with any of the shaders that the case can become. */
async function complaints(one: Case, target?: Target, wrongIn: Check = wrongInPipeline): Promise<string[]> {
  const checks: Promise<string[]>[] = [];
  for (const { tactics, compiled } of variantsOf(() => graphOf(one), target)) {
    for (const { kernel } of tactics) tried.add(kernel.id);
    const { pipelines, modules } = compiled.plan;
    for (const { module, layout } of pipelines) {
      const code = modules[module]!;
      if (seen.has(code)) continue;
      seen.add(code);
      checks.push(wrongIn(code, layout));
    }
  }
  return (await Promise.all(checks)).flat();
}

type Layout = readonly ('read' | 'read_write' | 'uniform')[];
type Check = (code: string, kinds: Layout) => Promise<string[]>;

async function wrongInModule(code: string): Promise<string[]> {
  return (await compiled(code)).wrong;
}

async function wrongInPipeline(code: string, kinds: Layout): Promise<string[]> {
  const { module, wrong } = await compiled(code);
  if (wrong.length > 0) return wrong;
  const pipeline = device.createComputePipelineAsync({
    layout: layoutOf(kinds),
    compute: { module, entryPoint: 'main' },
  });
  return pipeline.then(
    () => [],
    (error: Error) => [`${error.message}\n${code}`],
  );
}

async function compiled(code: string): Promise<{ readonly module: GPUShaderModule; readonly wrong: string[] }> {
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code });
  device.popErrorScope().catch(() => {});
  const { messages } = await module.getCompilationInfo();
  const lines = code.split('\n');
  return { module, wrong: messages.map(({ type, lineNum, message }) => `${type}: ${message}: ${lines[lineNum - 1]}`) };
}

function layoutOf(kinds: Layout): GPUPipelineLayout {
  const key = kinds.join();
  let layout = layouts.get(key);
  if (!layout) {
    const type = { read: 'read-only-storage', read_write: 'storage', uniform: 'uniform' } as const;
    const entries = kinds.map((kind, binding) => ({ binding, visibility: 4, buffer: { type: type[kind] } }));
    layout = device.createPipelineLayout({ bindGroupLayouts: [device.createBindGroupLayout({ entries })] });
    layouts.set(key, layout);
  }
  return layout;
}
