import { codecOf, type Tensor } from '@trtx/ir';
import { expect, it } from 'vitest';
import { referenceSubject } from '../subjects/reference.ts';
import { chainGraph, changed, tensor } from '../testing/models.ts';
import { compareValues } from './values.ts';

const graph = chainGraph();
const right = referenceSubject(graph);
const inputs = new Map([['x', tensor([4], (i) => i - 1.5)]]);
const options = { graph, rtol: 1e-3, atol: 1e-4 };
const twice = (one: { data: unknown; dims: readonly number[] }) =>
  tensor(one.dims, (i) => 2 * (one.data as Float32Array)[i]! + 1);

it('compares all that both have, in data order', async () => {
  const report = await compareValues(right, changed(right, { t: () => undefined }), inputs, options);
  expect(report).toMatchObject({ a: 'reference', b: 'changed', ok: true, departures: [], onlyA: 1, onlyB: 0 });
  expect(report.tensors.map(({ name, nodes, isOutput }) => [name, nodes, isOutput])).toEqual([
    ['s', ['add'], false],
    ['u', ['relu'], false],
    ['y', ['sub'], true],
    ['z', ['exp'], true],
  ]);
  expect(report.tensors[0]).toMatchObject({ dtype: 'float32', dims: [4], sqnr: null, a: { min: -3, max: 3, nan: 0 } });
});

it('names where it begins: not what follows, nor what is right again', async () => {
  const late = await compareValues(changed(right, { u: twice, y: twice }), right, inputs, options);
  expect(late).toMatchObject({ ok: false, departures: ['u'] });
  expect(late.tensors.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['u', 'y']);
  // Each has its own beginning: u is right between.
  const two = await compareValues(changed(right, { t: twice, y: twice }), right, inputs, options);
  expect(two.departures).toEqual(['t', 'y']);
  // What was not compared hands on what it is computed from.
  const hidden = await compareValues(
    changed(right, { t: twice, u: () => undefined, y: twice }),
    right,
    inputs,
    options,
  );
  expect(hidden.departures).toEqual(['t']);
});

it('tells tensors of other types and shapes, which matter where they are outputs', async () => {
  const longer = () => tensor([5], (i) => i);
  const inner = await compareValues(changed(right, { t: longer }), right, inputs, options);
  expect(inner).toMatchObject({
    ok: true,
    incomparable: [{ name: 't', reason: 'it is float32[5] in changed, float32[4] in reference', isOutput: false }],
  });
  const output = await compareValues(changed(right, { y: longer }), right, inputs, options);
  expect(output).toMatchObject({ ok: false, incomparable: [{ name: 'y', isOutput: true }] });
});

it('compares inner tensors of float16 by their numbers, and no outputs of another type', async () => {
  const { encode } = codecOf('float16')!;
  const half = ({ dims, data }: Tensor): Tensor => {
    return { dtype: 'float16', dims, data: Uint16Array.from(data as Float32Array, (x) => encode(x)) };
  };
  const near = await compareValues(changed(right, { t: half }), right, inputs, { ...options, rtol: 1e-2, atol: 1e-2 });
  expect(near).toMatchObject({ ok: true, incomparable: [] });
  expect(near.tensors.find(({ name }) => name === 't')).toMatchObject({ dtype: 'float16', ok: true });
  const far = await compareValues(changed(right, { t: (one) => half(twice(one)) }), right, inputs, options);
  expect(far.departures).toEqual(['t']);
  const output = await compareValues(changed(right, { y: half }), right, inputs, options);
  expect(output.incomparable).toMatchObject([
    { name: 'y', reason: 'it is float16[4] in changed, float32[4] in reference', isOutput: true },
  ]);
});

it('compares what is wanted alone', async () => {
  const report = await compareValues(right, right, inputs, { ...options, wanted: ['t', 'z'] });
  expect(report.tensors.map(({ name }) => name)).toEqual(['t', 'z']);
  const unknown = compareValues(right, right, inputs, { ...options, wanted: ['nowhere'] });
  await expect(unknown).rejects.toMatchObject({ code: 'TENSOR_UNKNOWN', place: { tensor: 'nowhere' } });
});

it('refuses what has nothing in common', async () => {
  const other = { name: 'other', values: async () => new Map([['elsewhere', tensor([1], () => 0)]]) };
  await expect(compareValues(right, other, inputs, options)).rejects.toMatchObject({ code: 'NOTHING_COMMON' });
});

it('tells the dispatch that computes a tensor', async () => {
  const maker = { dispatch: 3, tactic: 'map', nodes: ['square'] };
  const known = { ...right, makerOf: (name: string) => (name === 't' ? maker : undefined) };
  const report = await compareValues(known, right, inputs, options);
  expect(report.tensors.find(({ name }) => name === 't')).toMatchObject({ maker });
});
