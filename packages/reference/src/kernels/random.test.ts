import { type AttributeValue, Graph, standardOps, type Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { foldNode } from '../fold.ts';
import { constantOfTensor, toFloat64 } from '../tensors.ts';
import { runReference, tensor } from '../testing/check.ts';

type Attributes = Readonly<Record<string, AttributeValue>>;
const SHAPE = [50, 200];
const draw = async (op: string, inputs: Tensor[], attributes: Attributes) =>
  (await runReference(op, inputs, attributes))[0]!;
const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: Float64Array) => Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)));
const filled = (dims: number[], value: number) =>
  tensor('float32', dims, new Array(dims.reduce((a, b) => a * b, 1)).fill(value));

describe('distributions', () => {
  it('RandomNormal and RandomNormalLike', async () => {
    const y = await draw('RandomNormal', [], { shape: SHAPE, mean: 3, scale: 0.5, seed: 1 });
    expect(`${y.dtype}[${y.dims}]`).toBe('float32[50,200]');
    expect(mean(toFloat64(y))).toBeCloseTo(3, 1);
    expect(deviation(toFloat64(y))).toBeCloseTo(0.5, 1);
    const like = await draw('RandomNormalLike', [tensor('int64', [2, 3], [])], { dtype: 'float64' });
    expect(`${like.dtype}[${like.dims}]`).toBe('float64[2,3]');
  });

  it('RandomUniform and RandomUniformLike', async () => {
    const y = toFloat64(await draw('RandomUniform', [], { shape: SHAPE, low: -2, high: 4, seed: 2 }));
    expect(Math.min(...y)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...y)).toBeLessThan(4);
    expect(mean(y)).toBeCloseTo(1, 1);
    expect((await draw('RandomUniformLike', [filled([4], 0)], {})).dtype).toBe('float32');
    await expect(draw('RandomUniformLike', [tensor('int32', [1], [1])], {})).rejects.toThrow('random numbers of int32');
  });

  it('Bernoulli', async () => {
    const y = await draw('Bernoulli', [filled(SHAPE, 0.3)], { dtype: 'bool', seed: 3 });
    expect(y.dtype).toBe('bool');
    expect(mean(toFloat64(y))).toBeCloseTo(0.3, 1);
    expect(mean(toFloat64(await draw('Bernoulli', [filled(SHAPE, 0)], {})))).toBe(0);
    expect(mean(toFloat64(await draw('Bernoulli', [filled(SHAPE, 1)], {})))).toBe(1);
  });

  it('Multinomial', async () => {
    const logits = tensor('float32', [2, 3], [Math.log(1), Math.log(3), -1000, 5, -1000, 5]);
    const y = await draw('Multinomial', [logits], { sample_size: 4000, seed: 4, dtype: 'int64' });
    expect(`${y.dtype}[${y.dims}]`).toBe('int64[2,4000]');
    const values = toFloat64(y);
    const share = (row: number, value: number) =>
      values.subarray(row * 4000, (row + 1) * 4000).filter((x) => x === value).length / 4000;
    expect([share(0, 0), share(0, 1), share(0, 2), share(1, 1)].map((x) => Math.round(x * 20) / 20)).toEqual([
      0.25, 0.75, 0, 0,
    ]);
  });
});

describe('runs', () => {
  it('are alike with a seed, and differ without', async () => {
    const run = async (attributes: Attributes) => (await draw('RandomUniform', [], { shape: [8], ...attributes })).data;
    expect(await run({ seed: 7 })).toEqual(await run({ seed: 7 }));
    expect(await run({ seed: 7 })).not.toEqual(await run({ seed: 7.5 }));
    expect(await run({})).not.toEqual(await run({}));
  });

  it('are not foretold at build', () => {
    const graph = new Graph('g');
    const op = (name: string) => standardOps.get(name)!;
    const x = graph.addConstant(constantOfTensor(filled([2], 0.5)));
    expect(foldNode(graph.addNode(op('Bernoulli'), [x]))).toBeUndefined();
    expect(foldNode(graph.addNode(op('RandomNormal'), [], { shape: [2] }))).toBeUndefined();
  });
});
