import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './builder.ts';
import { Graph, type Value } from './graph.ts';
import { removeDead } from './liveness.ts';
import { standardOps } from './ops/index.ts';
import { constantFrom } from './tensor.ts';

const relu = standardOps.get('Relu')!;
const add = standardOps.get('Add')!;

function diamond() {
  const b = new GraphBuilder('diamond');
  const x = b.input('x', 'float32', ['N']);
  const l = b.Relu(x, {}, { name: 'l', outputs: ['l'] });
  const r = b.Abs(x, {}, { name: 'r', outputs: ['r'] });
  const y = b.Add(l, r, {}, { name: 'y', outputs: ['y'] });
  b.output('y', y);
  return { graph: b.graph, x, l, r, y };
}

const uses = (value: Value) => [...value.uses()].map(({ node, index }) => `${node.name}.${index}`).sort();

describe('Graph', () => {
  it('keeps use lists', () => {
    const { graph, x, l, r, y } = diamond();
    expect(uses(x)).toEqual(['l.0', 'r.0']);
    graph.replaceUses(r, l);
    expect(uses(l)).toEqual(['y.0', 'y.1']);
    expect(graph.isUnused(r)).toBe(true);
    graph.removeNode(r.producer!);
    expect(uses(x)).toEqual(['l.0']);
    expect(() => graph.removeNode(y.producer!)).toThrow('GRAPH: a node with used outputs cannot be removed (node y');
    graph.replaceUses(y, l);
    expect(graph.outputs[0]).toEqual({ name: 'y', value: l });
    expect(removeDead(graph)).toBe(1);
    expect([...graph.nodes].map((n) => n.name)).toEqual(['l']);
  });

  it('names nodes and values apart, and each once', () => {
    const { graph, x, l } = diamond();
    expect(l.name).toBe(l.producer!.name);
    expect(graph.addNode(relu, [x], {}, { name: 'l' }).name).toBe('l_1');
    expect(graph.addNode(relu, [x], {}, { name: 'l', outputs: ['x'] })).toMatchObject({ name: 'l_2' });
    expect([...graph.nodes].at(-1)!.output.name).toBe('x_1');
    expect(() => graph.addInput('x', x.type)).toThrow('GRAPH: two graph inputs have one name (tensor x)');
  });

  it('gives a removed name to another', () => {
    const { graph, x, l, r, y } = diamond();
    graph.rename(l, 'r');
    expect(l.name).toBe('r_1');
    graph.replaceUses(y, l);
    graph.removeNode(y.producer!);
    graph.removeNode(r.producer!);
    graph.rename(l, 'y');
    graph.rename(l.producer!, 'y');
    expect([l.name, l.producer!.name]).toEqual(['y', 'y']);
    expect(graph.addNode(relu, [x], {}, { name: 'r' }).name).toBe('r');
  });

  it('orders by data, whatever the order of creation', () => {
    const graph = new Graph('g');
    const x = graph.addInput('x', { dtype: 'float32', shape: [2] });
    const a = graph.addNode(relu, [x], {}, { name: 'a' });
    const b = graph.addNode(relu, [x], {}, { name: 'b' });
    graph.setInput(a, 0, b.output);
    expect(graph.topological().map((n) => n.name)).toEqual(['b', 'a']);
    graph.setInput(b, 0, a.output);
    expect(() => graph.topological()).toThrow('GRAPH_CYCLE: the graph has a cycle');
  });

  it('stays fast with many nodes of one name', () => {
    const graph = new Graph('long');
    let value = graph.addInput('x', { dtype: 'float32', shape: [2] });
    const start = performance.now();
    for (let i = 0; i < 20_000; i++) value = graph.addNode(add, [value, value]).output;
    graph.addOutput('y', value);
    expect(graph.topological().length).toBe(20_000);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('lists constants once, in order of use', () => {
    const b = new GraphBuilder('c');
    const c = b.constant('float32', [1], [1], 'c');
    const d = b.constant('float32', [1], [2], 'd');
    b.output('y', b.Add(b.Add(d, c), d));
    b.output('c', c);
    expect(b.graph.constants().map((v) => v.name)).toEqual(['d', 'c']);
  });

  it('knows the contents of small integer constants', () => {
    const graph = new Graph('contents');
    const value = graph.addConstant(constantFrom('int64', [2], [3, -1]));
    expect(value.contents).toEqual({ dims: [2], values: [3, -1] });
    expect(graph.addConstant(constantFrom('float32', [1], [3])).contents).toBeUndefined();
    expect(graph.addConstant(constantFrom('int64', [5000], new Array(5000).fill(1))).contents).toBeUndefined();
  });
});
