import { evaluate, type Size, sizeValue } from '@trtx/engine';
import { type Graph, GraphBuilder, specialize } from '@trtx/ir';
import { expect, it } from 'vitest';
import { type CompileOptions, compile } from './compile.ts';
import { convWinograd } from './kernels/conv-winograd.ts';
import { ones } from './testing/groups.ts';

/** The work of all dispatches, with the first symbol at a value. */
function workOf(graph: Graph, symbol = 0, options: CompileOptions = {}) {
  const { plan } = compile(graph, options);
  const { exprs, dispatches } = plan.work!;
  const values = evaluate(exprs, [symbol]);
  const number = (size: Size | undefined) => (size === undefined ? undefined : sizeValue(size, values));
  return dispatches.map(({ flops, reads, writes }) => ({
    flops: number(flops),
    reads: number(reads),
    writes: number(writes),
  }));
}

const chooseFour: CompileOptions['choose'] = (tactics) =>
  tactics.find(({ params }) => (params as { output: number }).output === 4);

it('counts arithmetic and bytes of what a dispatch fuses, over dynamic sizes', () => {
  const b = new GraphBuilder('net');
  const x = b.input('x', 'float32', ['N', 8]);
  b.output('y', b.Relu(b.MatMul(x, b.constant('float32', [8, 4], new Array(32).fill(1)))));
  specialize(b.graph, { x: [{ min: 1, max: 100 }, null] });
  expect(workOf(b.graph, 10)).toEqual([
    { flops: 2 * 10 * 8 * 4 + 10 * 4, reads: 4 * (10 * 8 + 8 * 4), writes: 4 * 10 * 4 },
  ]);
});

it('reads no more of what it picks from than it gives', () => {
  const b = new GraphBuilder('net');
  const table = b.constant('float32', [1000, 4], new Array(4000).fill(1));
  b.output('y', b.Gather(table, b.input('i', 'int64', [3])));
  expect(workOf(b.graph)).toEqual([{ flops: 0, reads: 4 * 12 + 4 * 3, writes: 4 * 12 }]);
});

it('leaves the arithmetic out where an op does not tell', () => {
  const b = new GraphBuilder('net');
  b.output('y', b.Det(b.input('x', 'float32', [2, 3, 3])));
  expect(workOf(b.graph)).toEqual([{ flops: undefined, reads: 72, writes: 8 }]);
});

it('tells what stages leave to each other, and which of them does the arithmetic', () => {
  const b = new GraphBuilder('net');
  b.output('y', b.Conv(b.input('x', 'float32', [1, 6, 8, 8]), ones(b, 6, 6, 3, 3), null, { pads: [1, 1, 1, 1] }));
  // Four tiles of 4×4 results; sums lie in whole vectors.
  const [image, transformed, sums] = [4 * 6 * 64, 4 * 36 * 4 * 6, 4 * 36 * 4 * 8];
  expect(workOf(b.graph, 0, { kernels: [convWinograd], choose: chooseFour })).toEqual([
    { flops: undefined, reads: image, writes: transformed },
    { flops: 2 * 6 * 6 * 9 * 64, reads: 4 * 6 * 6 * 9 + transformed, writes: sums },
    { flops: undefined, reads: sums, writes: image },
  ]);
});

it('tells where dispatches leave their results, and what arenas hold when', () => {
  const b = new GraphBuilder('net');
  const x = b.input('x', 'float32', ['N', 4]);
  const [left, right] = [b.Softmax(x, { axis: 1 }), b.Softmax(b.Neg(x), { axis: 0 })];
  b.output('y', b.Softmax(b.Concat([left, right], { axis: 1 }), { axis: 1 }));
  specialize(b.graph, { x: [{ min: 1, max: 100 }, null] });
  const { plan } = compile(b.graph);
  const values = evaluate(plan.work!.exprs, [10]);
  const number = (size: Size) => sizeValue(size, values);
  const written = plan.work!.dispatches.flatMap(({ results = [] }) => results);
  const memory = plan.work!.memory!;
  expect(memory.map(({ name, bytes, first, last }) => [name, bytes, first, last])).toEqual([
    [memory[0]!.name, 100 * 8 * 4, 0, 2],
  ]);
  // Both halves lie in what is joined, four elements apart.
  expect(
    written.map(({ at, offset = 0, strides, shape }) => [
      at,
      number(offset),
      (strides ?? []).map(number),
      shape.map(number),
    ]),
  ).toEqual([
    [memory[0]!.at, 0, [8, 1], [10, 4]],
    [memory[0]!.at, 4, [8, 1], [10, 4]],
    [{ buffer: plan.outputs[0]!.buffer, offset: 0 }, 0, [], [10, 8]],
  ]);
});

it('tells what dispatches read, by the names of results, and what other tactics were to cost', () => {
  const b = new GraphBuilder('net');
  const x = b.input('x', 'float32', [8, 8]);
  const w = b.constant('float32', [8, 8], new Array(64).fill(0.5), 'w');
  const parts = [b.MatMul(x, w, {}, { name: 'product' }), b.Softmax(x, {}, { name: 'weights' })];
  const flat = b.Reshape(b.Concat(parts, { axis: 1 }), b.constant('int64', [2], [16, 8]));
  b.output('y', b.Softmax(flat));
  const { dispatches } = compile(b.graph).plan.work!;
  expect(dispatches.map(({ operands }) => operands)).toEqual([['x'], ['x'], ['product.0', 'weights.0']]);
  const [product] = dispatches;
  const costs = product!.alternatives!.map(([, cost]) => cost);
  expect(costs.length).toBeGreaterThan(0);
  for (const cost of costs) expect(cost).toBeGreaterThanOrEqual(1);
});
