import { Graph, standardOps, type Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { ReferenceRunner } from '../runner.ts';
import { check, ints, random, runReference, tensor } from '../testing/check.ts';

const scalar = (dtype: 'int64' | 'float32', value: number) => tensor(dtype, [], [value]);

describe('as ONNX Runtime', () => {
  it('NonZero', async () => {
    const X = tensor('float32', [2, 3], [0, 1, 0, -2, Number.NaN, 0]);
    await check('NonZero', [X], {}, { dynamic: [0, 1] });
    await check('NonZero', [X], {}, { constants: [0] });
    for (const dtype of ['bool', 'int64', 'int32', 'uint8'] as const)
      await check('NonZero', [random([3, 2, 4], { dtype, low: 0, high: 1.9 })]);
    await check('NonZero', [tensor('int64', [3], [0, 0, 0])]);
  });

  it('Compress', async () => {
    const X = random([3, 4, 2]);
    const condition = tensor('bool', [3], [1, 0, 1]);
    for (const axis of [0, 1, -2]) await check('Compress', [X, condition], { axis }, { dynamic: [0, 1, 2] });
    await check('Compress', [X, condition]);
    await check('Compress', [X, tensor('bool', [2], [0, 0])], { axis: 2 });
  });

  it('Unique', async () => {
    const outputs = { outputCount: 4 };
    const X = tensor('float32', [2, 3, 2], [3, 1, 2, 1, 3, 1, 0, 1, 5, 1, 0, 1]);
    for (const sorted of [0, 1]) {
      await check('Unique', [X], { sorted }, { ...outputs, dynamic: [0, 1, 2] });
      for (const axis of [0, 1, -1]) await check('Unique', [X], { sorted, axis }, outputs);
    }
    await check('Unique', [tensor('int64', [5], [4, 4, -1, 4, -1])], {}, outputs);
    await check('Unique', [tensor('float32', [0], [])], {}, { outputCount: 1 });
  });

  it('NonMaxSuppression', async () => {
    const boxes = random([2, 20, 4], { low: 0, high: 4 });
    const scores = random([2, 3, 20], { low: 0, seed: 7 });
    const nms = (most: number, overlap: number, least: number | undefined, attributes = {}) =>
      check(
        'NonMaxSuppression',
        [
          boxes,
          scores,
          scalar('int64', most),
          scalar('float32', overlap),
          least === undefined ? null : scalar('float32', least),
        ],
        attributes,
        { dynamic: [0, 1] },
      );
    await nms(5, 0.3, 0.2);
    await nms(100, 0.05, undefined);
    await nms(2, 1, 0.9);
    await nms(20, 0.4, 0.1, { center_point_box: 1 });
    await check('NonMaxSuppression', [boxes, scores]);
  });

  it('NonMaxSuppression of many boxes far apart', async () => {
    const spread = random([400, 4]).data as Float32Array;
    const [count, place, size] = [400, 60, 7];
    const data = Float32Array.from(spread, (x, i) => x * (i % 4 < 2 ? place : size) + (i % 4 < 2 ? 0 : size));
    const scores = random([1, 1, count], { low: 0, seed: 3 });
    for (const overlap of [0, 0.2, 0.5])
      await check(
        'NonMaxSuppression',
        [tensor('float32', [1, count, 4], [...data]), scores, scalar('int64', count), scalar('float32', overlap)],
        { center_point_box: 1 },
      );
  });
});

it('Unique sorts strings by code points and takes NaN for equal', async () => {
  const words = { dtype: 'string', dims: [4], data: ['\uffee', '\u{1f600}', 'b', 'b'] } as const;
  expect((await runReference('Unique', [words]))[0]!.data).toEqual(['b', '\uffee', '\u{1f600}']);
  const [y] = await runReference('Unique', [tensor('float32', [4], [Number.NaN, 2, Number.NaN, 1])]);
  expect([...y!.data]).toEqual([1, 2, Number.NaN]);
});

it('complex numbers are moved and compared as pairs', async () => {
  const z: Tensor = { dtype: 'complex64', dims: [3], data: Float32Array.of(0, 0, 0, 2, 0, 0) };
  expect((await runReference('NonZero', [z]))[0]!.data).toEqual(BigInt64Array.of(1n));
  const [kept] = await runReference('Compress', [z, tensor('bool', [2], [0, 1])]);
  expect(kept).toEqual({ dtype: 'complex64', dims: [1], data: Float32Array.of(0, 2) });
  expect((await runReference('Unique', [z]))[0]!.data).toEqual(Float32Array.of(0, 0, 0, 2));
  const [scattered] = await runReference('ScatterElements', [z, tensor('int64', [1], [2]), kept!]);
  expect(scattered!.data).toEqual(Float32Array.of(0, 0, 0, 2, 0, 2));
});

it('NonZero of strings and of a scalar', async () => {
  const words: Tensor = { dtype: 'string', dims: [3], data: ['', 'a', ''] };
  expect((await runReference('NonZero', [words]))[0]!.data).toEqual(BigInt64Array.of(1n));
  expect((await runReference('NonZero', [tensor('float32', [], [3])]))[0]!.dims).toEqual([0, 1]);
});

describe('sizes that a run tells', () => {
  const build = (other: number) => {
    const graph = new Graph('g');
    const op = (name: string) => standardOps.get(name)!;
    const x = graph.addInput('x', { dtype: 'float32', shape: [5] });
    const places = graph.addNode(op('NonZero'), [x], {}, { name: 'found' }).output;
    const flat = graph.addNode(op('Squeeze'), [places, graph.addConstant(axisZero)]).output;
    const y = graph.addInput('y', { dtype: 'int64', shape: [other] });
    graph.addOutput('sum', graph.addNode(op('Add'), [flat, y]).output);
    graph.addOutput('shape', graph.addNode(op('Shape'), [flat]).output);
    return new ReferenceRunner(graph);
  };
  const axisZero = { dtype: 'int64', dims: [1], read: () => new Uint8Array(8) } as const;
  const x = tensor('float32', [5], [0, 1, 2, 0, 3]);

  it('have values from there on', async () => {
    const outputs = await build(3).run(
      new Map([
        ['x', x],
        ['y', ints(10, 20, 30)],
      ]),
    );
    expect(outputs.get('sum')!.data).toEqual(BigInt64Array.of(11n, 22n, 34n));
    expect(outputs.get('shape')!.data).toEqual(BigInt64Array.of(3n));
  });

  it('are checked against what the model needs', async () => {
    const run = build(4).run(
      new Map([
        ['x', x],
        ['y', ints(1, 2, 3, 4)],
      ]),
    );
    await expect(run).rejects.toThrow('CONSTRAINT: found.count = 3 and 4 = 4 must be equal');
  });
});
