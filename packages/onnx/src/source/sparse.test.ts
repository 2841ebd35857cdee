import { isTrtxError } from '@trtx/errors';
import { elementsOf, numbersOf } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { importModel } from '../import/import.ts';
import { surveyModel } from '../import/survey.ts';
import { modelBytes, node, numbers, sparse, sparseAttribute, tensor } from '../testing/models.ts';
import type { SparseTensorProto } from '../wire/index.ts';
import { readAnyTensor } from './sparse.ts';

const at = (dims: number[], places: number[]) => numbers('', 'int64', dims, places);
const dense = (proto: SparseTensorProto) => readAnyTensor(proto);

describe('sparse tensors', () => {
  it('become dense, from indices of either form', () => {
    const flat = dense(sparse('w', [2, 3], [1, 5]));
    expect(flat).toMatchObject({ dtype: 'float32', dims: [2, 3] });
    expect(numbersOf(flat)).toEqual([0, 2, 0, 0, 0, 6]);
    expect(flat.read()).toBe(flat.read());
    const perAxis = dense({ ...sparse('w', [2, 3], [1, 5]), indices: at([2, 2], [0, 1, 1, 2]) });
    expect(numbersOf(perAxis)).toEqual([0, 2, 0, 0, 0, 6]);
    expect(numbersOf(dense(sparse('w', [3], [])))).toEqual([0, 0, 0]);
    expect(dense(sparse('w', [0, 3], [])).read().length).toBe(0);
  });

  it('have elements of every type', () => {
    const make = (dtype: Parameters<typeof tensor>[1], raw: number[]) =>
      dense({
        dims: [4n],
        values: tensor('w', dtype, [2], { raw_data: Uint8Array.from(raw) }),
        indices: at([2], [1, 3]),
      });
    expect([...elementsOf(make('int8', [255, 7]))]).toEqual([0, -1, 0, 7]);
    expect([...elementsOf(make('float16', [0, 60, 0, 192]))]).toEqual([0, 0x3c00, 0, 0xc000]);
    expect([...make('int4', [0x8f]).read()]).toEqual([0xf0, 0x80]);
    expect([...elementsOf(make('bool', [1, 1]))]).toEqual([0, 1, 0, 1]);
    const wide = new Uint8Array(BigInt64Array.of(-5n, 2n ** 62n).buffer);
    expect([...elementsOf(make('int64', [...wide]))]).toEqual([0n, -5n, 0n, 2n ** 62n]);
    const complex = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
    expect([...elementsOf(make('complex64', [...complex]))]).toEqual([0, 0, 1, 2, 0, 0, 3, 4]);
    const texts = tensor('w', 'string', [2], { string_data: ['a', 'b'].map((text) => new TextEncoder().encode(text)) });
    expect(dense({ dims: [4n], values: texts, indices: at([2], [1, 3]) }).strings).toEqual(['', 'a', '', 'b']);
  });

  it('are initializers and values of Constants', async () => {
    const bytes = modelBytes({
      nodes: [
        node('Constant', [], ['c'], {}, { attribute: [sparseAttribute('sparse_value', sparse('', [3], [0]))] }),
        node('Add', ['x', 'c'], ['t']),
        node('Add', ['t', 's'], ['y']),
      ],
      graph: { sparse_initializer: [sparse('s', [2, 3], [4])] },
    });
    const { graph } = await importModel(bytes);
    const read = (name: string) => numbersOf(graph.constants().find((value) => value.name === name)!.constant!);
    expect(read('c')).toEqual([1, 0, 0]);
    expect(read('s')).toEqual([0, 0, 0, 0, 5, 0]);
    expect(surveyModel(bytes).parameters).toBe(4);
  });

  const good = sparse('w', [2, 3], [1, 5]);
  const cases: [string, SparseTensorProto, string][] = [
    ['no values', { ...good, values: undefined }, 'without values'],
    ['no indices', { ...good, indices: undefined }, 'without indices'],
    ['values of rank 2', { ...good, values: numbers('w', 'float32', [1, 2], [1, 2]) }, 'values of [1,2]'],
    ['more values than indices', { ...good, indices: at([1], [1]) }, 'indices of [1] for 2 values'],
    ['indices for another rank', { ...good, indices: at([2, 3], [0, 0, 1, 0, 1, 2]) }, 'indices of [2,3]'],
    ['indices of rank 3', { ...good, indices: at([2, 1, 1], [1, 5]) }, 'indices of [2,1,1]'],
    ['indices of a scalar', { ...good, indices: at([], [1]) }, 'indices of [] for 2 values'],
    ['indices of float32', { ...good, indices: numbers('', 'float32', [2], [1, 5]) }, 'indices of float32'],
    ['an index past the end', sparse('w', [2, 3], [1, 6]), 'the index 6 of 6'],
    ['a negative index', sparse('w', [2, 3], [-1, 5]), 'the index -1 of 6'],
    ['an index past its axis', { ...good, indices: at([2, 2], [0, 1, 0, 3]) }, 'the index 3 of 3'],
    ['an index of 2^62', sparse('w', [2, 3], [1, 2 ** 62]), 'the index 4611686018427388000 of 6'],
    ['an index in an empty tensor', sparse('w', [0], [0]), 'the index 0 of 0'],
    ['indices out of order', sparse('w', [2, 3], [5, 1]), 'index 1 is out of order'],
    ['one index twice', sparse('w', [2, 3], [5, 5]), 'index 1 is that of the value before'],
    ['a negative dimension', sparse('w', [-2, 3], []), 'negative dimension -2'],
    ['dims of 2^62', sparse('w', [2n ** 62n], []), 'too large'],
    ['dims whose product is too large', sparse('w', [2 ** 40, 2 ** 40], []), 'too large'],
    ['dims that no memory can hold', sparse('w', [2 ** 20, 2 ** 20], [0]), 'with 1 values is too large'],
    ['a rank of 10,000', sparse('w', new Array(10_000).fill(1), []), 'rank 10000'],
    [
      'values that are too short',
      { ...good, values: tensor('w', 'float32', [2], { raw_data: new Uint8Array(4) }) },
      '4 bytes of data',
    ],
    [
      'values of a type from the future',
      { ...good, values: { ...good.values!, data_type: 99 } },
      'a tensor of type 99',
    ],
  ];
  it.each(cases)('refuses %s', async (_, proto, message) => {
    const add = node('Add', ['x', 'w'], ['y']);
    const doors = [
      modelBytes({
        nodes: [add],
        graph: { sparse_initializer: [{ ...proto, values: proto.values && { ...proto.values, name: 'w' } }] },
      }),
      modelBytes({
        nodes: [node('Constant', [], ['w'], {}, { attribute: [sparseAttribute('sparse_value', proto)] }), add],
      }),
    ];
    for (const [i, bytes] of doors.entries()) {
      const error: unknown = await importModel(bytes).catch((e: unknown) => e);
      if (!isTrtxError(error)) throw error;
      expect(error.code).toBe('ONNX_MODEL');
      // A sparse initializer has the name of its values.
      if (i === 0 && !proto.values) continue;
      expect(error.message).toContain(message);
      expect(error.message).toMatch(i === 0 ? /node n_y \(Add\), tensor w/ : /node n_w \(Constant\), tensor w/);
    }
  });

  it('are limited together, too', async () => {
    const many = Array.from({ length: 5 }, (_, i) => sparse(`w${i}`, [2 ** 22], [7]));
    const nodes = [
      node(
        'Sum',
        many.map(({ values }) => values!.name!),
        ['y'],
      ),
    ];
    const read = importModel(modelBytes({ nodes, graph: { sparse_initializer: many } }));
    await expect(read).rejects.toThrow(
      /ONNX_MODEL: sparse tensors that are too large together \(node n_y \(Sum\), tensor w4\)/,
    );
  });
});
