import { describe, expect, it } from 'vitest';
import { forgetUnused, reinferKeeping } from './constraints.ts';
import { dimOf, Sym } from './dim.ts';
import { asSymbol } from './dim-visit.ts';
import { Graph } from './graph.ts';
import { deadNodes, removeDead, tellsConstrained } from './liveness.ts';
import { standardOps } from './ops/index.ts';

const op = (name: string, domain = '') => standardOps.get(name, domain)!;

/** x + f(s), where f(s) has the size that the run tells as s. */
function sum() {
  const graph = new Graph('g');
  const x = graph.addInput('x', { dtype: 'float32', shape: [dimOf(new Sym('N', 1, 8))] });
  const s = graph.addInput('s', { dtype: 'int64', shape: [1] });
  const steer = graph.addNode(op('Steer', 'trtx'), [s], { told: 'sizes' }, { name: 'steer' });
  const zeros = graph.addNode(op('ConstantOfShape'), [steer.output], {}, { name: 'zeros' });
  const y = graph.addNode(op('Add'), [x, zeros.output], {}, { name: 'sum' });
  graph.addOutput('y', y.output);
  return { graph, x, steer, zeros, y };
}

describe('a node that tells a size of a constraint', () => {
  it('is needed though nothing reads it', () => {
    const { graph, x, steer, zeros, y } = sum();
    expect([...graph.constraints].map(({ a, b, node }) => `${a} = ${b} of ${node}`)).toEqual(['N = steer.0 of sum']);
    graph.outputs[0]!.value = x;
    graph.removeNode(y);
    expect(deadNodes(graph)).toEqual([zeros]);
    expect([steer, zeros].map((node) => tellsConstrained(graph, node))).toEqual([true, false]);
    expect(removeDead(graph)).toBe(1);
    expect([...graph.nodes]).toEqual([steer]);
  });

  it('is not needed where only what nobody wants asks for it', () => {
    const { graph, x } = sum();
    graph.outputs[0]!.value = x;
    forgetUnused(graph);
    expect(removeDead(graph)).toBe(3);
  });
});

it('constraints stay when types are inferred anew, with the symbols that there are then', () => {
  const { graph, x, y } = sum();
  graph.outputs[0]!.value = x;
  graph.removeNode(y);
  const K = dimOf(new Sym('K'));
  reinferKeeping(graph, new Map([['steer.0', K]]));
  const [kept] = [...graph.constraints];
  expect([kept!.a, kept!.b].map((dim) => asSymbol(dim)?.symbol.name)).toEqual(['N', 'K']);
  graph.reinfer();
  expect([...graph.constraints]).toEqual([]);
});
