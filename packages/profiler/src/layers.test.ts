import { compile } from '@trtx/codegen';
import { GraphBuilder, specialize } from '@trtx/ir';
import { expect, it } from 'vitest';
import { layersOf } from './layers.ts';

const ones = (n: number) => new Array<number>(n).fill(1);

it('tells what each dispatch reads and writes, in what format, and what other tactics were to cost', () => {
  const b = new GraphBuilder('net');
  const x = b.input('x', 'float32', [1, 4, 8, 8]);
  const stem = b.Conv(x, b.constant('float32', [8, 4, 3, 3], ones(288), 'w1'), undefined, { pads: [1, 1, 1, 1] });
  const side = b.Softmax(stem, { axis: 1 });
  const joined = b.Concat([b.Softmax(stem, { axis: 2 }), side], { axis: 1 });
  b.output('y', b.Softmax(b.Reshape(joined, b.constant('int64', [2], [16, 64])), { axis: 1 }));
  const { engine, layers, tensors, inputs, outputs, arenas, memory } = layersOf(compile(b.graph).plan);
  expect(engine).toBe('net');
  const name = (i: number) => tensors[i]!.name;
  const producer = (i: number) => layers.findIndex(({ writes }) => writes.includes(i));
  expect(inputs).toEqual([{ name: 'x', tensor: 0 }]);
  expect(outputs).toEqual([{ name: 'y', tensor: tensors.length - 1 }]);
  expect(layers.map(({ kernel }) => kernel)).toEqual([expect.stringMatching(/^conv/), 'softmax', 'softmax', 'softmax']);
  expect(layers[0]!.reads.map(name)).toEqual(['x']);
  expect(layers.slice(1, 3).map(({ reads }) => reads.map(producer))).toEqual([[0], [0]]);
  // Both parts of what is joined, though it is read by another name.
  expect(layers[3]!.reads.map(producer)).toEqual([1, 2]);
  expect(tensors[layers[3]!.writes[0]!]).toMatchObject({
    dtype: 'float32',
    shape: [16, 64],
    format: 'row-major',
    bytes: 4096,
  });
  for (const { alternatives } of layers)
    for (const [tactic, cost] of alternatives!) expect([tactic.length > 0, cost >= 1]).toEqual([true, true]);
  expect(layers[0]!.alternatives).not.toEqual([]);
  for (const { arena, offset, bytes, first, last } of memory) {
    expect(offset + bytes).toBeLessThanOrEqual(arenas[arena]!);
    expect([first >= 0, last < layers.length, first <= last]).toEqual([true, true, true]);
  }
});

it('tells channels that lie last from parts of larger tensors', () => {
  const b = new GraphBuilder('net');
  const w = (name: string) => b.constant('float32', [32, 32, 3, 3], ones(32 * 32 * 9), name);
  const x = b.input('x', 'float32', [1, 32, 16, 16]);
  b.output('y', b.Conv(b.Conv(x, w('w1')), w('w2')));
  b.output('z', b.Concat([b.Softmax(x, { axis: 0 }), b.Softmax(x, { axis: 2 })], { axis: 3 }));
  const { tensors } = layersOf(compile(b.graph).plan);
  const formats = tensors.slice(1).map(({ format }) => format);
  expect(new Set(formats)).toEqual(new Set(['channels-last', 'row-major', 'strided']));
});

it('is for the shapes of a run, or the largest', () => {
  const b = new GraphBuilder('net');
  b.output('y', b.Softmax(b.input('x', 'float32', ['N', 4])));
  specialize(b.graph, { x: [{ min: 1, max: 100 }, null] });
  const { plan } = compile(b.graph);
  expect(layersOf(plan).tensors.map(({ shape }) => shape)).toEqual([
    [100, 4],
    [100, 4],
  ]);
  const { layers, tensors } = layersOf(plan, [[10, 4]]);
  expect(tensors[1]).toMatchObject({ shape: [10, 4], bytes: 160 });
  expect(layers[0]).toMatchObject({ bytesRead: 160, bytesWritten: 160 });
});
