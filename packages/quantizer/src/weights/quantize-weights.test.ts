import {
  cloneGraph,
  type Graph,
  type Node,
  parseGraph,
  printGraph,
  standardOps,
  type Tensor,
  type Tensors,
} from '@trtx/ir';
import { exportModel, importModel } from '@trtx/onnx';
import { ReferenceRunner } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../../tests/support/compare.ts';
import { ortRunner } from '../../../../tests/support/ort.ts';
import { constantBytes } from '../report/bytes.ts';
import { QUANTIZED_TYPES } from '../scheme/scheme.ts';
import { pictureNet, pictures, textNet, tokens } from '../testing/networks.ts';
import { plainRounding, searchedRounding } from './methods.ts';
import { quantizeWeights, type WeightOptions } from './quantize-weights.ts';

const NETWORKS: readonly (readonly [string, () => Graph, Tensors])[] = [
  ['pictures', pictureNet, pictures(1, 2)],
  ['text', textNet, tokens(3, 1, 49, 7, 7, 0)],
];

/** The DequantizeLinear that an input of a node comes from. */
function dequantizeOf(graph: Graph, node: string, input: number): Node {
  let producer = [...graph.nodes].find(({ name }) => name === node)!.inputs[input]!.producer!;
  if (producer.op.name === 'Reshape') producer = producer.inputs[0]!.producer!;
  expect(producer.op.name).toBe('DequantizeLinear');
  return producer;
}

const layout = (graph: Graph, node: string, input = 1) => {
  const { inputs, attributes } = dequantizeOf(graph, node, input);
  return [
    ...inputs.map((value) => `${value!.type.dtype}[${value!.type.shape}]`),
    attributes.get('axis'),
    attributes.get('block_size'),
  ];
};

async function run(graph: Graph, inputs: Tensors): Promise<Tensor> {
  return (await new ReferenceRunner(graph).run(inputs)).get('y')!;
}

describe('quantizeWeights', () => {
  it('puts blocks along what is summed over', () => {
    const graph = pictureNet();
    const { kept } = quantizeWeights(graph);
    expect(layout(graph, 'first')).toEqual(['int4[16,27]', 'float32[16,1]', 1, 32]);
    expect(layout(graph, 'each')).toEqual(['int4[16,9]', 'float32[16,1]', 1, 32]);
    expect(layout(graph, 'groups')).toEqual(['int4[16,72]', 'float32[16,3]', 1, 32]);
    expect(layout(graph, 'point')).toEqual(['int4[24,32,1,1]', 'float32[24,1,1,1]', 1, 32]);
    expect(layout(graph, 'up')).toEqual(['int4[24,4,2,2]', 'float32[1,4,2,2]', 0, 32]);
    expect(layout(graph, 'scores')).toEqual(['int4[10,576]', 'float32[10,18]', 1, 32]);
    expect(kept).toEqual([]);
  });

  it('takes weights of either side, and tables by their rows; a constant of several nodes once', () => {
    const graph = textNet();
    const { weights, kept } = quantizeWeights(graph, { type: 'uint8', symmetric: false, block: 16 });
    expect(layout(graph, 'embed', 0)).toEqual(['uint8[50,40]', 'float32[50,3]', 'uint8[50,3]', 1, 16]);
    expect(layout(graph, 'query')).toEqual(['uint8[40,70]', 'float32[3,70]', 'uint8[3,70]', 0, 16]);
    expect(layout(graph, 'left', 0)).toEqual(['uint8[70,70]', 'float32[70,5]', 'uint8[70,5]', 1, 16]);
    expect(dequantizeOf(graph, 'head', 1)).toBe(dequantizeOf(graph, 'embed', 0));
    expect(weights.map(({ node }) => node).sort()).toEqual(['embed', 'head', 'left', 'query']);
    expect(kept).toEqual([
      { node: 'attend', op: 'MatMul', reason: 'no constant weights' },
      { node: 'mix', op: 'MatMul', reason: 'no constant weights' },
    ]);
  });

  it('has a scale for each channel', () => {
    const graph = pictureNet();
    quantizeWeights(graph, { type: 'int8', block: 'channel' });
    expect(layout(graph, 'first')).toEqual(['int8[16,3,3,3]', 'float32[16]', 0, undefined]);
    expect(layout(graph, 'up')).toEqual(['int8[24,4,2,2]', 'float32[4]', 1, undefined]);
    const text = textNet();
    quantizeWeights(text, { type: 'int8', block: 'channel' });
    expect(layout(text, 'embed', 0)).toEqual(['int8[50,40]', 'float32[50]', 0, undefined]);
    expect(layout(text, 'left', 0)).toEqual(['int8[70,70]', 'float32[70]', 0, undefined]);
  });

  it.each([
    ['int8', 0.01],
    ['uint8', 0.01],
    ['int4', 0.17],
    ['uint4', 0.17],
    ['float4e2m1', 0.22],
  ] as const)('loses as little as %s allows', async (type, least) => {
    for (const [, make, inputs] of NETWORKS)
      for (const symmetric of type === 'float4e2m1' ? [true] : [true, false]) {
        const graph = make();
        const expected = await run(graph, inputs);
        const { weights } = quantizeWeights(graph, { type, symmetric });
        const actual = await run(graph, inputs);
        for (const { sqnrDb, tensor } of weights) expect(10 ** (-sqnrDb! / 20), tensor).toBeLessThan(least);
        expect([actual.dtype, actual.dims]).toEqual([expected.dtype, expected.dims]);
      }
  });

  it('makes 4-bit weights an eighth, and tells bytes', () => {
    const graph = textNet();
    const before = constantBytes(graph);
    const { bytes, weights } = quantizeWeights(graph, { block: 40 });
    expect(bytes).toEqual({ before, after: constantBytes(graph) });
    const table = weights.find(({ node }) => node === 'embed')!;
    expect(table.bytes).toEqual({ before: 8000, after: 1000 + 200 });
    expect(table).toMatchObject({ tensor: 'table', op: 'Gather', method: 'least-squares', origin: ['embed'] });
  });

  it('searches scales that lose less', () => {
    const plain = quantizeWeights(textNet(), { method: plainRounding }).weights;
    const searched = quantizeWeights(textNet(), { method: searchedRounding }).weights;
    searched.forEach(({ sqnrDb }, i) => {
      expect(sqnrDb!).toBeGreaterThan(plain[i]!.sqnrDb! + 0.3);
    });
  });

  it('takes float16, with scales in float16', async () => {
    const graph = parseGraph(
      'graph half\ninput x: float16[2,4]\ny = MatMul(x, float16[4,4] [1, -2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7])\noutput y',
      standardOps,
    );
    quantizeWeights(graph, { type: 'int8', smallest: 0 });
    const matmul = [...graph.nodes].find(({ op }) => op.name === 'MatMul')!.name;
    expect(layout(graph, matmul)).toEqual(['int8[4,4]', 'float16[1,4]', 0, 32]);
  });

  it('leaves what it is told to, and what is too small', () => {
    const { kept, weights } = quantizeWeights(textNet(), { keep: ['embed', 'MatMul'], smallest: 1e4 });
    expect(weights).toEqual([]);
    expect(kept.map(({ node, reason }) => [node, reason])).toEqual([
      ['embed', 'asked for'],
      ['query', 'asked for'],
      ['left', 'asked for'],
      ['attend', 'no constant weights'],
      ['mix', 'no constant weights'],
      ['head', '2000 weights are too few to pay'],
    ]);
  });

  it('tells of constants that nothing knows to be weights', () => {
    const text =
      'graph g\ninput x: float32[2,1024]\nb = Add(x, float32[1024] splat 3) as bias\ny = Add(b, float32[2,1024] splat 3) as shift\noutput y';
    expect(quantizeWeights(parseGraph(text, standardOps)).kept).toEqual([
      { node: 'shift', op: 'Add', reason: '2048 constants that its op does not tell to be weights' },
    ]);
  });

  it('takes constant channels and zeros, and changes nothing of them', async () => {
    const text = 'graph g\ninput x: float32[1,2]\ny = MatMul(x, float32[2,3] [0, 7, 0, 0, 7, -1e-30])\noutput y';
    const graph = parseGraph(text, standardOps);
    const { weights } = quantizeWeights(graph, { smallest: 0 });
    expect(weights[0]!.cosine).toBeCloseTo(1, 6);
    const x: Tensor = { dtype: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) };
    expect(
      [...((await run(graph, new Map([['x', x]]))).data as Float32Array)].map((v) => Number(v.toPrecision(6))),
    ).toMatchObject([0, 21, expect.any(Number)]);
  });

  it.each([
    [{ block: 8 }, /QUANT_SCHEME: blocks of 8/],
    [{ block: 512 }, /QUANT_SCHEME/],
    [{ block: 33.5 }, /QUANT_SCHEME/],
    [{ type: 'float4e2m1', symmetric: false }, /QUANT_SCHEME: float4e2m1 has no zero points \(tensor w1\)/],
    [{ keep: ['nobody'] }, /QUANT_UNKNOWN: no node, op or computed tensor is called nobody/],
  ] as readonly [WeightOptions, RegExp][])('refuses %j', (options, message) => {
    expect(() => quantizeWeights(pictureNet(), options)).toThrow(message);
  });

  it('refuses weights that are no numbers, and leaves the graph as it was', () => {
    const text =
      'graph g\ninput x: float32[1,2]\nh = MatMul(x, float32[2,2] splat 1)\ny = MatMul(h, float32[2,1] [nan, 1])\noutput y';
    const graph = parseGraph(text, standardOps);
    const before = printGraph(graph);
    expect(() => quantizeWeights(graph, { smallest: 0 })).toThrow(/QUANT_NAN: element 0 is NaN \(tensor/);
    expect(printGraph(graph)).toBe(before);
  });
});

describe('exported to ONNX', () => {
  it('float4e2m1, which no opset before 23 has, comes back as it was', async () => {
    for (const [, make, inputs] of NETWORKS) {
      const graph = make();
      quantizeWeights(graph, { type: 'float4e2m1', block: 64 });
      const { graph: again } = await importModel(exportModel(cloneGraph(graph)));
      expect((await run(again, inputs)).data).toEqual((await run(graph, inputs)).data);
    }
  });

  const kinds = QUANTIZED_TYPES.filter((type) => type !== 'float4e2m1').flatMap((type) => [
    [type, true, 32] as const,
    [type, false, 16] as const,
    [type, true, 'channel'] as const,
  ]);
  it.each(kinds)('%s, symmetric %s, blocks of %s: onnxruntime gives the same', async (type, symmetric, block) => {
    for (const [name, make, inputs] of NETWORKS) {
      const graph = make();
      quantizeWeights(graph, { type, symmetric, block });
      const runner = await ortRunner(exportModel(cloneGraph(graph)));
      const theirs = (await runner.run(inputs)).get('y')!;
      await runner.dispose?.();
      expectClose(await run(graph, inputs), theirs, { absolute: 1e-5, relative: 1e-4 }, `${name} ${type}`);
    }
  });
});
