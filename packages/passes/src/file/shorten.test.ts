import { parseGraph, standardOps } from '@trtx/ir';
import { expect, it } from 'vitest';
import type { Firing } from '../manager.ts';
import { shortenFile } from './shorten.ts';

const products = (count: number, around: string) => {
  const layers = Array.from(
    { length: count },
    (_, i) => `m${i} = MatMul(h${i}, float32[2,2] [1, 2, 3, 4])\n h${i + 1} = Add(m${i}, float32[2] [5, 6])`,
  );
  return parseGraph(
    `graph net\n input h0: float32[B,3,2]\n ${layers.join('\n ')}\n y = ${around}(h${count})\n output y`,
    standardOps,
  );
};

it('has rows in one matrix where that takes fewer nodes', () => {
  const trace: Firing[] = [];
  const graph = shortenFile(products(4, 'Relu'), { onTrace: (firing) => trace.push(firing) });
  const ops = graph.topological().map(({ op }) => op.name);
  expect(ops).toEqual(['Reshape', 'Gemm', 'Gemm', 'Gemm', 'Gemm', 'Relu', 'Reshape']);
  expect(trace.map(({ step }) => step)).toEqual(trace.map((_, i) => i + 1));
  expect(new Set(trace.map(({ pass }) => pass))).toContain('flatten-rows');
});

it('leaves them apart where it does not', () => {
  const trace: Firing[] = [];
  const graph = shortenFile(products(2, 'Relu'), { onTrace: (firing) => trace.push(firing) });
  expect(graph.topological().map(({ op }) => op.name)).toEqual(['MatMul', 'Add', 'MatMul', 'Add', 'Relu']);
  expect(new Set(trace.map(({ pass }) => pass))).toEqual(new Set(['common-subexpressions']));
});

it('leaves out what it is told to', () => {
  const graph = shortenFile(products(4, 'Relu'), { skip: ['flatten-rows/gemm', 'fold-scales'] });
  expect(graph.topological().filter(({ op }) => op.name === 'MatMul')).toHaveLength(4);
});
