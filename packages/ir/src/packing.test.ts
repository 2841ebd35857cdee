import { expect, test } from 'vitest';
import { DTYPES, isPacked, lanesOf, NUMERIC_DTYPES } from './dtype.ts';
import { Graph } from './graph.ts';
import { standardOps } from './ops/index.ts';
import { pack, unpack } from './packing.ts';
import { constantFrom, elementsOf, numbersOf } from './tensor.ts';
import { printGraph } from './text.ts';
import { parseGraph } from './text-parse.ts';

test('the first element is in the lowest bits, and unused bits are 0', () => {
  expect(pack('int4', Int8Array.of(-1, 2, -8))).toEqual(Uint8Array.of(0x2f, 0x08));
  expect(pack('uint2', Uint8Array.of(1, 2, 3, 0, 2))).toEqual(Uint8Array.of(0b00111001, 2));
  expect(unpack('int4', Uint8Array.of(0x2f, 0xf8), 3)).toEqual(Int8Array.of(-1, 2, -8));
  expect(unpack('int2', Uint8Array.of(0b00111001), 4)).toEqual(Int8Array.of(1, -2, -1, 0));
  expect(unpack('float4e2m1', Uint8Array.of(0xe1), 2)).toEqual(Uint8Array.of(1, 14));
});

test.each(DTYPES.filter(isPacked))('constants of %s hold their elements packed', (dtype) => {
  const elements = [1, 0, 1, 1, 0, 1, 0];
  const constant = constantFrom(dtype, [7], elements);
  expect(constant.read().length).toBe(dtype.endsWith('2') ? 2 : 4);
  expect(constant.read()).toBe(constant.read());
  expect([...elementsOf(constant)]).toEqual(elements);
  expect(numbersOf(constant)).toEqual(dtype === 'float4e2m1' ? elements.map((x) => x / 2) : elements);
});

test.each(NUMERIC_DTYPES)('constants of %s print and parse', (dtype) => {
  const codes = [0, 1, 1, 0, 1, 0];
  const graph = new Graph('g');
  const constant = constantFrom(dtype, [6 / lanesOf(dtype)], codes);
  graph.addOutput('c', graph.addConstant(constant, 'c'));
  const text = printGraph(graph);
  const parsed = parseGraph(text, standardOps);
  expect(printGraph(parsed)).toBe(text);
  expect(parsed.outputs[0]!.value.constant!.read()).toEqual(constant.read());
});

test('no elements take no bytes', () => {
  expect(constantFrom('uint4', [0], []).read().length).toBe(0);
  expect(unpack('uint4', new Uint8Array(), 0).length).toBe(0);
});
