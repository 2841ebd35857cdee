// Times every tile of the contractions and attentions of known networks on the adapter of this machine, to fit their cost
// models to. One file when bundled, for a machine with nothing but Node:
//
//   node tiles.mjs [--only REGEX] [--top 3] [--most N] [--half] [--json FILE]
//
// --only takes them by their names; --most times so many tiles, those that should be the fastest; --half takes float16, and
// with it subgroup matrices; the file gets every time.
//
// Each engine is a chain of products, convolutions or attentions with the same tile; before each, a large product runs until
// it takes no less time than it ever did: until the clock is up.

import { writeFileSync } from 'node:fs';
import { targetOf } from '@trtx/builder';
import { compile, type Tactic, tacticLabel } from '@trtx/codegen';
import { engineBytes } from '@trtx/engine';
import { arrayType, cloneGraph, codecOf, constantOf, type Graph, GraphBuilder, type Value } from '@trtx/ir';
import { bench, medianOf } from '@trtx/profiler';
import { Engine, type TensorData } from '@trtx/runtime';
import { requestNodeDevice } from '@trtx/runtime/node';
import { spinner } from './spin.ts';

const flags = process.argv.slice(2);
const option = (name: string) => (flags.includes(name) ? flags[flags.indexOf(name) + 1] : undefined);
const top = Number(option('--top') ?? 3);
const most = Number(option('--most') ?? Number.POSITIVE_INFINITY);
const dtype = flags.includes('--half') ? 'float16' : 'float32';
const table = option('--json');
const gpu = await requestNodeDevice({
  features: 'experimental',
  flags: ['disable-dawn-features=timestamp_quantization', 'enable-dawn-features=disable_robustness'],
});
if (!gpu) throw new Error('there is no WebGPU adapter');
const { device } = gpu;
const target = targetOf(device, gpu.isFallback, gpu.isUnchecked);
console.log(`adapter ${gpu.description}`);

interface Work {
  readonly name: string;
  /** Makes the graph, whose constants can be large. */
  build(): Graph;
  /**
   * Rows, columns, slices and depth of the contractions, each of which reads what the one before gives; of a transposed
   * convolution, of what it is for all phases. Of an attention: queries, keys, heads, and the features of keys and values together.
   */
  readonly sizes: readonly (readonly number[])[];
}

const works = [
  ...(
    [
      [128, [768, 768, 768, 768, 768]],
      [128, [768, 3072, 768, 3072, 768]],
      [197, [192, 192, 192, 192, 192]],
      [197, [192, 768, 192, 768, 192]],
      [1, [2048, 2048, 2048, 2048]],
      [1, [8192, 8192]],
      [512, [512, 512, 512, 512, 512]],
      [1024, [1024, 1024, 1024, 1024, 1024]],
      [2048, [2048, 2048, 2048]],
      [4096, [4096, 4096]],
    ] as const
  ).map(([rows, widths]) => productsOf(rows, widths)),
  // Two of 8192 × 8192, which no cache has room for.
  ...(
    [
      ['int4', 1, [8192, 8192, 8192]],
      ['int4', 4, [8192, 8192, 8192]],
      ['int8', 1, [8192, 8192, 8192]],
      ['float4e2m1', 1, [8192, 8192, 8192]],
      ['int4', 1, [2048, 2048, 2048, 2048]],
      ['int4', 1, [768, 3072, 768, 3072, 768]],
      ['int4', 8, [768, 3072, 768, 3072, 768]],
      ['int4', 128, [768, 3072, 768, 3072, 768]],
      ['int8', 128, [768, 3072, 768, 3072, 768]],
      ['int4', 1024, [1024, 1024, 1024, 1024, 1024]],
      ['int4', 2048, [2048, 2048, 2048]],
    ] as const
  ).map(([type, rows, widths]) => productsOf(rows, widths, type)),
  chainOf([3, 64], 224, 7, 2),
  // The layers of unet.
  ...[
    [32, 256],
    [64, 128],
    [128, 64],
    [256, 32],
  ].flatMap(([channels, size]) => [
    chainOf(new Array<number>(4).fill(channels!), size!, 3),
    chainOf([2 * channels!, channels!], size!, 3),
  ]),
  transposedOf([256, 128, 64, 32], 32),
  ...[
    [64, 56],
    [128, 28],
    [256, 14],
    [512, 7],
  ].flatMap(([channels, size]) => [
    chainOf(new Array<number>(5).fill(channels!), size!, 3),
    chainOf(
      [1, 4, 1, 4, 1].map((factor) => factor * channels!),
      size!,
      1,
    ),
  ]),
  attentionsOf(6, 1500, 64),
  attentionsOf(12, 128, 64),
  attentionsOf(3, 197, 64),
  attentionsOf(12, 1024, 64, true),
].filter(({ name }) => new RegExp(option('--only') ?? '').test(name));

const spin = await spinner(gpu);
const rows: unknown[] = [];
for (const { name, sizes, build } of works) {
  const graph = build();
  const found: { ms: number; tactic: string }[] = [];
  for (const tactic of tacticsOf(graph)) found.push({ ms: await timeOf(graph, tactic), tactic });
  rows.push(...found.map(({ ms, tactic }) => ({ sizes, us: ms * 1000, tactic })));
  const { length } = sizes;
  const operations = sizes.reduce((sum, [m, n, slices, k]) => sum + 2 * m! * n! * slices! * k!, 0);
  console.log(`${name}: ${(((await timeOf(graph)) * 1000) / length).toFixed(1)} µs as chosen`);
  for (const { ms, tactic } of found.sort((a, b) => a.ms - b.ms).slice(0, top)) {
    const [each, rate] = [(ms * 1000) / length, operations / ms / 1e9];
    console.log(`  ${each.toFixed(1)} µs, ${rate.toFixed(2)} TFLOP/s: ${tactic}`);
  }
  if (table) writeFileSync(table, JSON.stringify(rows));
}
gpu.release();

/** Products that follow one another. @param codes type of weights in blocks of 32, instead of floats */
function productsOf(rows: number, widths: readonly number[], codes?: 'int4' | 'int8' | 'float4e2m1'): Work {
  const sizes = widths.slice(1).map((n, i) => [rows, n, 1, widths[i]!] as const);
  return {
    name: `MatMul ${codes ? `${codes} ` : ''}${rows}×${widths.join('-')}`,
    sizes,
    build() {
      const b = new GraphBuilder('products');
      let x = b.input('x', dtype, [rows, widths[0]!]);
      for (const [, n, , k] of sizes)
        x = b.MatMul(x, codes ? codesOf(b, codes, k, n) : b.constant(dtype, [k, n], encoded(k * n)));
      b.output('y', x);
      return b.graph;
    },
  };
}

/** A matrix [k, n] of codes, with a scale for 32 steps of each column. */
function codesOf(b: GraphBuilder, type: 'int4' | 'int8' | 'float4e2m1', k: number, n: number): Value {
  const low = type === 'float4e2m1' ? 0 : -8;
  const data = new (arrayType(type))(k * n) as Int8Array;
  for (let i = 0; i < data.length; i++) data[i] = low + (Math.imul(i, 0x9e3779b1) >>> 28);
  const codes = b.graph.addConstant(constantOf(type, [k, n], data), `codes${b.graph.constants().length}`);
  const scales = b.constant(dtype, [k / 32, n], encoded((k / 32) * n));
  return b.DequantizeLinear(codes, scales, { axis: 0, block_size: 32 });
}

/** Convolutions with these numbers of channels, each with Relu. */
function chainOf(channels: readonly number[], size: number, kernel: number, stride = 1): Work {
  const sizes = channels
    .slice(1)
    .map((outputs, i) => [(size / stride) ** 2, outputs, 1, channels[i]! * kernel * kernel] as const);
  return {
    name: `Conv ${channels.join('-')}, ${size}×${size}, ${kernel}×${kernel}`,
    sizes,
    build() {
      const b = new GraphBuilder('chain');
      let x = b.input('x', dtype, [1, channels[0]!, size, size]);
      const pads = new Array<number>(4).fill(kernel >> 1);
      for (const [i, [, outputs, , depth]] of sizes.entries()) {
        const w = b.constant(dtype, [outputs, channels[i]!, kernel, kernel], encoded(outputs * depth));
        x = b.Relu(b.Conv(x, w, undefined, { pads, strides: [stride, stride] }));
      }
      b.output('y', x);
      return b.graph;
    },
  };
}

/** Transposed convolutions with these numbers of channels, each of which makes twice the size. */
function transposedOf(channels: readonly number[], size: number): Work {
  const sizes = channels.slice(1).map((outputs, i) => [(size * 2 ** i) ** 2, 4 * outputs, 1, channels[i]!] as const);
  return {
    name: `ConvTranspose ${channels.join('-')}, ${size}×${size}, 2×2`,
    sizes,
    build() {
      const b = new GraphBuilder('transposed');
      let x = b.input('x', dtype, [1, channels[0]!, size, size]);
      for (const [i, outputs] of channels.slice(1).entries()) {
        const w = b.constant(dtype, [channels[i]!, outputs, 2, 2], encoded(channels[i]! * outputs * 4));
        x = b.Relu(b.ConvTranspose(x, w, undefined, { strides: [2, 2] }));
      }
      b.output('y', x);
      return b.graph;
    },
  };
}

/** Attentions whose queries are what the one before gives, as layers have them: with the heads side by side. */
function attentionsOf(heads: number, length: number, size: number, isCausal = false): Work {
  return {
    name: `Attention ${heads}×${length}×${length}×${size}${isCausal ? ', causal' : ''}`,
    sizes: new Array<readonly number[]>(4).fill([length, length, heads, 2 * size]),
    build() {
      const b = new GraphBuilder('attentions');
      const operand = (name: string) => b.input(name, dtype, [1, length, heads * size]);
      const [q, k, v] = ['x', 'k', 'v'].map(operand) as [Value, Value, Value];
      const attributes = { q_num_heads: heads, kv_num_heads: heads, is_causal: Number(isCausal) };
      let x = q;
      for (let i = 0; i < 4; i++) x = b.op('Attention', [x, k, v], attributes)[0]!;
      b.output('y', x);
      return b.graph;
    },
  };
}

/** Tactics of the contractions and attentions of a graph, without what formats they are for. */
function tacticsOf(graph: Graph): Set<string> {
  const all = new Set<string>();
  compile(cloneGraph(graph), {
    target,
    choose(tactics) {
      if (isContraction(tactics[0]!))
        for (const tactic of tactics.filter(isTimed).slice(0, most)) all.add(nameOf(tactic));
      return tactics[0];
    },
  });
  return all;
}

function isContraction({ kernel }: Tactic): boolean {
  return /^(matmul|conv|conv-transpose|attention)\./.test(kernel.id);
}

/** Of float16 those on subgroup matrices and of few rows: the others are fitted in float32. */
function isTimed({ kernel, params }: Tactic): boolean {
  if (dtype === 'float32' || /\.gemv(-blocks)?$/.test(kernel.id)) return true;
  return kernel.id.endsWith('.matrix') && ((params as { columns?: number }).columns ?? 16) === 16;
}

function nameOf(tactic: Tactic): string {
  return tacticLabel({ ...tactic, formats: { reads: 'row-major', writes: 'row-major', needs: [] } });
}

/** Milliseconds of the GPU for a run, with one tactic wherever it applies, or the ones that the cost models choose. */
async function timeOf(graph: Graph, wanted?: string): Promise<number> {
  const choose = (tactics: readonly Tactic[]) => tactics.find((tactic) => nameOf(tactic) === wanted) ?? tactics[0];
  const { plan, blobs } = compile(cloneGraph(graph), { target, choose });
  const engine = await Engine.load(engineBytes({ plan, blobs: blobs.map((blob) => blob()), builder: '' }), { device });
  const inputs = Object.fromEntries(
    graph.inputs.map(({ name, type }) => {
      const dims = type.shape as readonly number[];
      return [name, { dims, data: asData(encoded(dims.reduce((n, dim) => n * dim, 1))) }];
    }),
  );
  await spin();
  const { runs } = await bench(engine, inputs, { durationMs: 20, warmUpMs: 5, transfers: false });
  await engine.dispose();
  if (!runs.gpu) throw new Error('the adapter has no timestamps');
  return medianOf(runs.gpu.samples);
}

/** `numbers` as elements of the type. */
function encoded(count: number): number[] {
  const { encode } = codecOf('float16')!;
  return dtype === 'float16' ? numbers(count).map((x) => encode(x)) : numbers(count);
}

function asData(elements: number[]): TensorData {
  return dtype === 'float16' ? Uint16Array.from(elements) : Float32Array.from(elements);
}

/** Numbers between −0.5 and 0.5, the same in every run. */
function numbers(count: number): number[] {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647 - 0.5;
  });
}
