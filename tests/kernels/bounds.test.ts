// Every kernel is in bounds on a device that does not check: as it stands, or because indices that may be out of bounds are
// brought back. What comes out is what comes out where the device checks, also of indices in data that are far out of bounds.

import { compile, type Target } from '@trtx/codegen';
import { cloneGraph, type Graph, GraphBuilder, type Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { expectInBounds, expectSameUnchecked, kernelsWith, targets, uncheckedDevice } from './bounds.ts';
import { allCases } from './cases/index.ts';
import { halfCase, MATRIX_TARGET } from './matrix.ts';
import { type Case, graphOf, runCompiled, variantsOf } from './support.ts';

const cheapest = (one: Case, target: Target) => compile(graphOf(one), { target });

it('no kernel may be out of bounds', () => {
  expectInBounds(allCases.map((one) => cheapest(one, targets.unchecked)));
});

it('nor any on subgroup matrices', () => {
  const halves = allCases.flatMap((one) => halfCase(one) ?? []);
  expectInBounds(halves.map((half) => cheapest(half, { ...MATRIX_TARGET, unchecked: true })));
});

it('products on subgroup matrices are in bounds as they stand', () => {
  const b = new GraphBuilder('product');
  const [x, w] = [b.input('x', 'float16', [96, 256]), b.constant('float16', [256, 200], new Array(51200).fill(0x3c00))];
  b.output('y', b.Relu(b.MatMul(x, w)));
  const variants = [...variantsOf(() => cloneGraph(b.graph), { ...MATRIX_TARGET, unchecked: true })];
  const onMatrices = variants.filter(({ tactics: [tactic] }) => tactic!.kernel.id.endsWith('.matrix'));
  expect(onMatrices.length).toBeGreaterThan(3);
  const compiled = onMatrices.map((variant) => variant.compiled);
  expect(kernelsWith(compiled, 'clamped')).toEqual([]);
});

it('kernels in which indices are brought back', () => {
  const compiled = allCases.map((one) => cheapest(one, targets.unchecked));
  expect(kernelsWith(compiled, 'clamped')).toMatchInlineSnapshot(`
    [
      "affine-grid",
      "arg-max",
      "attention.cache",
      "attention.online",
      "attention.tile",
      "conv-integer.direct",
      "conv-transpose.direct",
      "conv.depthwise",
      "conv.direct",
      "cum-sum",
      "deform-conv",
      "dft",
      "einsum.direct",
      "einsum.product",
      "gemm.direct",
      "grid-sample",
      "group-norm",
      "gru",
      "instance-norm",
      "layer-norm",
      "linear-attention",
      "log-sum-exp",
      "lp-norm",
      "lstm",
      "map",
      "matmul-integer.direct",
      "matmul.direct",
      "max-unpool",
      "pool.average",
      "pool.lp",
      "pool.max",
      "range",
      "reduce",
      "resize",
      "rms-norm",
      "rnn",
      "roi.align",
      "roi.max-pool",
      "scatter-nd.lines",
      "softmax",
      "tf-idf",
      "top-k.passes",
      "window.blackman",
      "window.hamming",
      "window.hann",
    ]
  `);
});

// The others are in check:full.
describe('gives the same on a device that does not check', () => {
  const some = allCases.filter((_, i) => i % 8 === 0);
  it.each(some.map((one) => [one.name, one] as const))('%s', (_, one) => expectSameUnchecked(one));
});

it('is tested on a device that in fact does not check', async () => {
  /** What stands at an index past the end of what is bound, of a buffer of 0, 1, 2, …. */
  const beyond = async (device: GPUDevice) => {
    const code = `
      @group(0) @binding(0) var<storage, read> x: array<f32>;
      @group(0) @binding(1) var<storage, read_write> y: array<f32>;
      @compute @workgroup_size(1) fn main() { y[0] = x[u32(x[0]) + 70u]; }`;
    const module = device.createShaderModule({ code });
    const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
    const [storage, source, target, read] = [0x80, 0x04, 0x08, 0x01];
    const [x, y, staging] = [
      device.createBuffer({ size: 1024, usage: storage | target }),
      device.createBuffer({ size: 4, usage: storage | source }),
      device.createBuffer({ size: 4, usage: target | read }),
    ] as const;
    device.queue.writeBuffer(
      x,
      0,
      Float32Array.from({ length: 256 }, (_, i) => i),
    );
    const entries = [
      { binding: 0, resource: { buffer: x, size: 256 } },
      { binding: 1, resource: { buffer: y } },
    ];
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(1);
    pass.end();
    encoder.copyBufferToBuffer(y, 0, staging, 0, 4);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(1);
    const [value] = new Float32Array(staging.getMappedRange().slice(0));
    for (const buffer of [x, y, staging]) buffer.destroy();
    return value;
  };
  const { device, isFallback } = await testDevice();
  const found = [await beyond(device), await beyond(await uncheckedDevice())];
  // What a GPU's driver finds there is its own affair.
  if (isFallback) expect(found).toEqual([63, 70]);
});

describe('indices in data that are out of bounds', () => {
  const table: Tensor = { dtype: 'float32', dims: [5, 3], data: Float32Array.from({ length: 15 }, (_, i) => i + 1) };
  const wild = Int32Array.of(0, 4, -5, 5, -6, 99, -99, 2 ** 20, 2 ** 31 - 1, -(2 ** 31));
  const indices: Tensor = { dtype: 'int32', dims: [10], data: wild };

  function graphWith(build: (b: GraphBuilder) => void): Graph {
    const b = new GraphBuilder('wild');
    build(b);
    return b.graph;
  }

  async function both(build: (b: GraphBuilder) => void, feeds: ReadonlyMap<string, Tensor>) {
    const run = async (device: GPUDevice, target: Target) => {
      const [outputs] = await runCompiled(device, compile(graphWith(build), { target }), [feeds]);
      return Array.from(outputs!.get('y')!.data as Float32Array);
    };
    const { device } = await testDevice();
    return {
      checked: await run(device, targets.checked),
      unchecked: await run(await uncheckedDevice(), targets.unchecked),
    };
  }

  it('Gather reads elements of what it gathers', async () => {
    const { checked, unchecked } = await both(
      (b) => b.output('y', b.Gather(b.input('x', 'float32', [5, 3]), b.input('i', 'int32', [10]))),
      new Map([
        ['x', table],
        ['i', indices],
      ]),
    );
    expect(unchecked).toEqual(checked);
    expect(unchecked.slice(0, 9)).toEqual([1, 2, 3, 13, 14, 15, 1, 2, 3]);
    for (const value of unchecked) expect(table.data).toContain(value);
  });

  it('GatherElements too', async () => {
    const { checked, unchecked } = await both(
      (b) => b.output('y', b.GatherElements(b.input('x', 'float32', [5, 3]), b.input('i', 'int32', [10, 1]))),
      new Map([
        ['x', table],
        ['i', { ...indices, dims: [10, 1] }],
      ]),
    );
    expect(unchecked).toEqual(checked);
    for (const value of unchecked) expect(table.data).toContain(value);
  });

  it('ScatterElements writes to nothing but its result', async () => {
    const { unchecked } = await both(
      (b) => {
        const [x, i] = [b.input('x', 'float32', [5, 3]), b.input('i', 'int32', [10, 1])];
        b.output('y', b.ScatterElements(x, i, b.input('u', 'float32', [10, 1]), { axis: 0 }));
      },
      new Map([
        ['x', table],
        ['i', { ...indices, dims: [10, 1] }],
        ['u', { dtype: 'float32', dims: [10, 1], data: new Float32Array(10).fill(77) }],
      ]),
    );
    for (const value of unchecked) expect([...table.data, 77]).toContain(value);
  });
});
