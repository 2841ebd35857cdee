import { describe, expect, it } from 'vitest';
import { type Dim, dimOf, Sym } from '../dim.ts';
import { evaluateDim } from '../dim-visit.ts';
import { Graph } from '../graph.ts';
import { constantFrom } from '../tensor.ts';
import { standardOps } from './index.ts';

const op = (name: string, domain = '') => standardOps.get(name, domain)!;

function steer(graph: Graph, count: number, told: string, from?: readonly Dim[]) {
  const input = graph.addInput(graph.freeName('told'), { dtype: 'int64', shape: [count] });
  const data = from && graph.addInput(graph.freeName('data'), { dtype: 'float32', shape: from });
  const shape = data && graph.addNode(op('Shape'), [data]).output;
  return graph.addNode(op('Steer', 'trtx'), shape ? [input, shape] : [input], { told }, { name: 's' }).output;
}

describe('Steer', () => {
  it('has symbols of its own for elements, within the bounds that their meaning gives', () => {
    const boundsOf = (told: string, count: number, from?: readonly Dim[]) =>
      steer(new Graph('g'), count, told, from).contents!.values.map((dim) => {
        if (typeof dim === 'number') return dim;
        const [symbol] = dim.terms[0]!.atoms as [Sym];
        return [symbol.name, symbol.min, symbol.max];
      });
    const most = 2 ** 31 - 1;
    const N = dimOf(new Sym('N', 1, 8));
    expect(boundsOf('sizes', 2)).toEqual([
      ['s.0', 0, most],
      ['s.1', 0, most],
    ]);
    expect(boundsOf('positions', 1)).toEqual([['s.0', -most - 1, most]]);
    expect(boundsOf('parts', 1, [3, N])).toEqual([['s.0', 0, 8]]);
    expect(boundsOf('target', 1, [3, N])).toEqual([['s.0', 0, 24]]);
    expect(boundsOf('target', 1, [0, N])).toEqual([['s.0', 0, most]]);
    expect(boundsOf('broadcast', 4, [3, 1, N])).toEqual([['s.0', 0, most], 3, ['s.2', 0, most], ['s.3', 0, 8]]);
  });

  it('gives what is known already as it is', () => {
    const graph = new Graph('g');
    const known = graph.addConstant(constantFrom('int64', [2], [-1, 4]));
    expect(graph.addNode(op('Steer', 'trtx'), [known], { told: 'target' }).output.contents!.values).toEqual([-1, 4]);
  });

  it('takes a few integers, whose number is known', () => {
    expect(() => steer(new Graph('g'), 65, 'sizes')).toThrow(/SHAPE: \[65\] integers that steer shapes/);
    const graph = new Graph('g');
    const some = graph.addInput('some', { dtype: 'int64', shape: [dimOf(new Sym('K'))] });
    expect(() => graph.addNode(op('Steer', 'trtx'), [some])).toThrow(/SHAPE: \[K\] integers/);
  });
});

describe('a Slice between positions that the run tells', () => {
  it.each([1, 2, -1, -2])('has the size that they give, by steps of %i', (step) => {
    for (const size of [0, 1, 4]) {
      const graph = new Graph('g');
      const x = graph.addInput('x', { dtype: 'float32', shape: [size] });
      const [starts, ends] = [steer(graph, 1, 'positions'), steer(graph, 1, 'positions')];
      const one = (value: number) => graph.addConstant(constantFrom('int64', [1], [value]));
      const { type } = graph.addNode(op('Slice'), [x, starts, ends, one(0), one(step)]).output;
      const first = starts.contents!.values[0] as { key: string };
      for (let start = -6; start <= 6; start++)
        for (let end = -6; end <= 6; end++) {
          const told = evaluateDim(type.shape[0]!, ({ name }) => (name === first.key ? start : end));
          expect(told, `${start}:${end}:${step} of ${size}`).toBe(countOf(size, start, end, step));
        }
    }
  });
});

/** As ONNX defines it: positions from the end are made such from the beginning, then both are clamped. */
function countOf(size: number, start: number, end: number, step: number): number {
  const clamp = (position: number, low: number, high: number) => {
    const own = position < 0 ? position + size : position;
    return Math.min(Math.max(own, low), high);
  };
  const [from, to] =
    step > 0 ? [clamp(start, 0, size), clamp(end, 0, size)] : [clamp(start, 0, size - 1), clamp(end, -1, size - 1)];
  return Math.max(Math.ceil((to - from) / step), 0);
}
