import { describe, expect, it } from 'vitest';
import { dimOf, Sym } from './dim.ts';
import { asSymbol } from './dim-visit.ts';
import { Graph } from './graph.ts';
import { standardOps } from './ops/index.ts';
import { limitTold } from './value-ranges.ts';

const op = (name: string, domain = '') => standardOps.get(name, domain)!;

/** x, expanded to a shape that the run tells. */
function expanded() {
  const graph = new Graph('g');
  const x = graph.addInput('x', { dtype: 'float32', shape: [dimOf(new Sym('N', 1, 4)), 1, 3] });
  const shape = graph.addInput('shape', { dtype: 'int64', shape: [3] });
  const own = graph.addNode(op('Shape'), [x]).output;
  const told = { told: 'broadcast' };
  const steer = graph.addNode(op('Steer', 'trtx'), [shape, own], told, { name: 'steer', outputs: ['sizes'] });
  const y = graph.addNode(op('Expand'), [x, steer.output], {}, { name: 'expand' });
  graph.addOutput('y', y.output);
  return graph;
}

describe('limitTold', () => {
  it('gives sizes that the run tells a range', () => {
    const graph = expanded();
    limitTold(graph, { shape: [null, { min: 2, max: 8 }, 3] });
    const { shape } = graph.outputs[0]!.value.type;
    expect(String(shape)).toBe('N,steer.1,3');
    const { symbol } = asSymbol(shape[1]!)!;
    expect([symbol.min, symbol.max]).toEqual([2, 8]);
    const steer = [...graph.nodes].find(({ op }) => op.tells)!;
    expect([steer.name, steer.output.name, steer.attributes.get('told')]).toEqual(['steer', 'sizes', 'broadcast']);
  });

  it('refuses what is no range of these', () => {
    const limit = (name: string, ...axes: (number | { min: number; max: number; multipleOf?: number })[]) =>
      expect(() => limitTold(expanded(), { [name]: axes }));
    limit('x', 1, 1, 3).toThrow(/^PROFILE: no sizes .* \(tensor x\)\n {2}hint: Those that tell some: shape\.$/);
    limit('shape', 4).toThrow(/^PROFILE: 1 ranges for 3 elements \(tensor shape\)/);
    limit('shape', 4, { min: 2, max: 8, multipleOf: 2 }, 3).toThrow(/^PROFILE: multiples of 2/);
    limit('shape', 4, { min: 2, max: 1 }, 3).toThrow(/from 2 to 1/);
    limit('shape', 4, 2, 5).toThrow(/^SHAPE: element 2 from 5 to 5, which may be 3 to 3 \(node steer/);
  });
});
