import { GraphBuilder, parseGraph, standardOps } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { drawGraph } from './draw-graph.ts';

describe('drawGraph', () => {
  it('has names, types, attributes and origins, and what goes where', () => {
    const { drawings, categories } = drawGraph(
      parseGraph(
        `graph net
           input x: float32[N,1,8,8]
           a = Conv(x, float32[2,1,3,3] splat 0.5, -) { strides: [2, 2] } as conv from "m1", "m2"
           y = Clip(a, -, float32[] [6]) as clip
           output y`,
        standardOps,
      ),
    );
    expect(drawings.length).toBe(1);
    const [{ nodes, values, name }] = drawings as [(typeof drawings)[0]];
    expect(name).toBe('net');
    expect(nodes.map(({ title, name: own, end }) => [title, own, end ?? false])).toEqual([
      ['Input', 'x', true],
      ['Conv', 'conv', false],
      ['Clip', 'clip', false],
      ['Output', 'y', true],
    ]);
    const [, conv, clip] = nodes;
    expect(conv).toMatchObject({ attributes: [['strides', '[2, 2]']], origin: ['m1', 'm2'] });
    expect(categories[conv!.category]).toBe('Contraction');
    expect(categories[clip!.category]).toBe('Pointwise');
    expect(conv!.inputs.map(([operand]) => operand)).toEqual(['X', 'W', 'B']);
    expect(clip!.inputs.map(([operand, value]) => [operand, value && values[value]!.contents])).toEqual([
      ['input', undefined],
      ['min', null],
      ['max', '[6]'],
    ]);
    expect(values[conv!.outputs[0]!]).toEqual({ name: 'a', type: 'float32[N,2,3,3]', from: 1 });
  });

  it('has no weights, however large they are', () => {
    const b = new GraphBuilder('large');
    const x = b.input('x', 'float32', [1, 512]);
    const w = b.constant('float32', [512, 512], new Array(512 * 512).fill(0.123), 'w');
    b.output('y', b.MatMul(x, w));
    expect(JSON.stringify(drawGraph(b.graph)).length).toBeLessThan(1500);
  });

  it('stays as it is when the graph changes', () => {
    const b = new GraphBuilder('g');
    b.output('y', b.Relu(b.input('x', 'float32', [2])));
    const picture = drawGraph(b.graph);
    const text = JSON.stringify(picture);
    b.output('z', b.Neg(b.graph.inputs[0]!));
    expect(JSON.stringify(picture)).toBe(text);
  });
});
