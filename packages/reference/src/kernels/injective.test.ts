import { Graph, standardOps, type Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { ReferenceRunner } from '../runner.ts';
import { constantOfTensor } from '../tensors.ts';
import { check, ints, random, runReference, tensor } from '../testing/check.ts';

const X = random([2, 3, 4, 5]);
const scalar = (value: number) => tensor('int64', [], [value]);

describe('plain loops say the same', () => {
  const at = (t: Tensor, ...position: number[]) => {
    const linear = position.reduce((sum, p, axis) => sum * t.dims[axis]! + p, 0);
    return t.data[linear] as number;
  };
  const Y = random([3, 4, 5]);

  it('Transpose', async () => {
    const [y] = await runReference('Transpose', [Y], { perm: [2, 0, 1] });
    expect(y!.dims).toEqual([5, 3, 4]);
    for (let i = 0; i < 5; i++)
      for (let j = 0; j < 3; j++) for (let k = 0; k < 4; k++) expect(at(y!, i, j, k)).toBe(at(Y, j, k, i));
  });
  it('Concat', async () => {
    const Z = random([3, 2, 5], { seed: 2 });
    const [y] = await runReference('Concat', [Y, Z], { axis: 1 });
    expect(y!.dims).toEqual([3, 6, 5]);
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 6; j++)
        for (let k = 0; k < 5; k++) expect(at(y!, i, j, k)).toBe(j < 4 ? at(Y, i, j, k) : at(Z, i, j - 4, k));
  });
  it('Slice', async () => {
    const [y] = await runReference('Slice', [Y, ints(3, -1), ints(-9, 1), ints(1, 2), ints(-2, -3)]);
    expect(y!.dims).toEqual([3, 2, 1]);
    for (let i = 0; i < 3; i++) for (let j = 0; j < 2; j++) expect(at(y!, i, j, 0)).toBe(at(Y, i, 3 - 2 * j, 4));
  });
  it('Gather', async () => {
    const indices = tensor('int32', [2, 2], [3, -1, 0, -4]);
    const [y] = await runReference('Gather', [Y, indices], { axis: 1 });
    expect(y!.dims).toEqual([3, 2, 2, 5]);
    const places = [3, 3, 0, 0];
    for (let i = 0; i < 3; i++)
      for (let p = 0; p < 4; p++)
        for (let k = 0; k < 5; k++) expect(at(y!, i, p >> 1, p & 1, k)).toBe(at(Y, i, places[p]!, k));
  });
});

describe('as ONNX Runtime', () => {
  const dynamic = [0, 1, 2, 3];
  it('Transpose', async () => {
    for (const perm of [[0, 2, 3, 1], [3, 2, 1, 0], [1, 0, 3, 2]]) await check('Transpose', [X], { perm }, { dynamic });
    await check('Transpose', [X]);
    await check('Transpose', [random([], {})]);
    for (const dtype of ['int64', 'uint8', 'float16', 'bool', 'float64'] as const)
      await check('Transpose', [random([3, 4], { dtype, low: 0, high: 1.9 })]);
  }); // biome-ignore format: a list

  it('Concat', async () => {
    const Y = random([2, 3, 1, 5], { seed: 2 });
    await check('Concat', [X, Y, X], { axis: 2 }, { dynamic: [2] });
    await check('Concat', [X, random([2, 3, 0, 5])], { axis: -2 });
    await check('Concat', [X, X], { axis: 0 });
    await check('Concat', [X], { axis: 3 });
  });

  it('Slice', async () => {
    await check('Slice', [X, ints(1), ints(3), ints(2)], {}, { dynamic });
    await check('Slice', [X, ints(0, -3), ints(2 ** 52, -1), ints(0, 3)], {}, { dynamic: [0, 1, 2] });
    await check('Slice', [X, ints(-1, 4), ints(-100, 0), ints(2, 3), ints(-1, -2)]);
    await check('Slice', [X, ints(1, 1, 0, 2), ints(2, 3, 4, 100)]);
    await check('Slice', [X, ints(3), ints(1), ints(2)]);
    await check('Slice', [X, ints(100), ints(1), ints(3), ints(-2)]);
  });

  it('Gather', async () => {
    await check('Gather', [X, ints(0, 2, -1, -3)], { axis: 1 }, { dynamic: [0, 2, 3] });
    await check('Gather', [X, tensor('int32', [2, 3], [0, 4, -1, -5, 2, 2])], { axis: -1 });
    await check('Gather', [X, scalar(-1)], { axis: 2 });
    await check('Gather', [random([5]), scalar(3)]);
    await check('Gather', [X, ints()], { axis: 2 });
    await expect(runReference('Gather', [X, ints(4)], { axis: 2 })).rejects.toThrow('element 4 of axis 2');
    await expect(runReference('Gather', [X, ints(-5)], { axis: 2 })).rejects.toThrow('(Gather)');
  });

  it('GatherElements and GatherND', async () => {
    const indices = random([2, 3, 2, 5], { dtype: 'int64', low: -4, high: 4 });
    await check('GatherElements', [X, indices], { axis: 2 });
    await check('GatherND', [X, tensor('int64', [2, 2], [0, 2, 1, -1])]);
    await check(
      'GatherND',
      [
        X,
        tensor(
          'int64',
          [2, 3, 4, 1, 1],
          Array.from({ length: 24 }, (_, i) => i % 5),
        ),
      ],
      { batch_dims: 3 },
    );
    await check('GatherND', [X, tensor('int64', [2, 2, 2], [2, 3, 0, -1, 1, 1, -3, 0])], { batch_dims: 1 });
    await check('GatherND', [X, tensor('int64', [1, 4], [1, 2, 3, 4])]);
  });

  it('Squeeze, Unsqueeze, Flatten, Reshape', async () => {
    const Y = random([1, 3, 1, 5]);
    await check('Squeeze', [Y]);
    await check('Squeeze', [Y, ints(-2)], {}, { dynamic: [1, 3] });
    await check('Unsqueeze', [Y, ints(0, -1, 2)], {}, { dynamic });
    for (const axis of [0, 1, 3, 4, -1, -4]) await check('Flatten', [X], { axis }, { dynamic });
    await check('Reshape', [X, ints(0, -1, 2)], {}, { dynamic: [0] });
    await check('Reshape', [random([0, 3]), ints(3, 0)], { allowzero: 1 });
  });

  it('Expand and Tile', async () => {
    const Y = random([3, 1, 5]);
    await check('Expand', [Y, ints(2, 1, 4, 1)], {}, { dynamic: [0, 2] });
    await check('Expand', [Y, ints(1)]);
    await check('Expand', [random([]), ints(2, 3)]);
    await check('Tile', [Y, ints(2, 3, 1)], {}, { dynamic: [0, 1, 2] });
    await check('Tile', [Y, ints(1, 0, 2)]);
  });

  it('Pad', async () => {
    const value = tensor('float32', [], [7]);
    await check('Pad', [X, ints(0, 1, 2, 0, 1, 0, 0, 3), value], {}, { dynamic });
    await check('Pad', [X, ints(0, 0, -1, -2, 0, 1, -1, 4)], {}, { dynamic: [0] });
    await check('Pad', [X, ints(1, 2), null, ints(-1)], { mode: 'edge' }, { dynamic });
    await check('Pad', [X, ints(0, 0, 3, 2, 0, 0, 1, 4)], { mode: 'reflect' }, { dynamic: [0, 1] });
    await check('Pad', [X, ints(0, 0, 3, 2, 0, 0, 9, 4)], { mode: 'wrap' }, { dynamic: [0, 1] });
    await check('Pad', [X, ints(2, 1, 1, 2), null, ints(2, 3)], { mode: 'wrap' }, { dynamic });
    await check('Pad', [
      random([3, 4], { dtype: 'int64', low: -9, high: 9 }),
      ints(1, 0, 0, 1),
      tensor('int64', [], [-5]),
    ]);
  });

  it('Split', async () => {
    const outputs = { outputCount: 3 };
    await check('Split', [X, ints(1, 3, 1)], { axis: 3 }, outputs);
    await check('Split', [X], { axis: -1, num_outputs: 3 }, outputs);
    await check('Split', [X], { axis: 1, num_outputs: 3 }, { ...outputs, dynamic });
    await check('Split', [X, ints(0, 2, 0)], { axis: 0 }, outputs);
  });

  it('DepthToSpace and SpaceToDepth', async () => {
    const Y = random([2, 12, 3, 4]);
    for (const mode of ['DCR', 'CRD']) await check('DepthToSpace', [Y], { blocksize: 2, mode }, { dynamic: [0, 2, 3] });
    await check('SpaceToDepth', [random([2, 3, 6, 8])], { blocksize: 2 }, { dynamic: [0, 1, 2, 3] });
  });

  it('ConstantOfShape', async () => {
    for (const dtype of ['float32', 'int64', 'bool', 'float16'] as const) {
      const value = constantOfTensor(tensor(dtype, [1], [1]));
      await check('ConstantOfShape', [ints(2, 3)], { value });
    }
    await check('ConstantOfShape', [ints(2, 0)]);
    await check('ConstantOfShape', [ints()]);
  });
});

it('strings are moved too', async () => {
  const graph = new Graph('strings');
  const x = graph.addInput('x', { dtype: 'string', shape: [2, 2] });
  const y = graph.addNode(standardOps.get('Transpose')!, [x]).output;
  graph.addOutput('y', graph.addNode(standardOps.get('Concat')!, [y, x], { axis: 0 }).output);
  const data = ['a', 'b', 'c', 'd'];
  const outputs = await new ReferenceRunner(graph).run(new Map([['x', { dtype: 'string', dims: [2, 2], data }]]));
  expect(outputs.get('y')!.data).toEqual(['a', 'c', 'b', 'd', 'a', 'b', 'c', 'd']);
});
