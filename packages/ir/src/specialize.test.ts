import { describe, expect, it } from 'vitest';
import { dimOf, floorDiv, Sym } from './dim.ts';
import { symbolsOf } from './dim-visit.ts';
import { Graph } from './graph.ts';
import { standardOps } from './ops/index.ts';
import { parseProfile, printProfile, specialize } from './specialize.ts';
import { constantFrom } from './tensor.ts';

const dim = (name: string) => dimOf(new Sym(name));

function image(): Graph {
  const graph = new Graph('image');
  const x = graph.addInput('x', { dtype: 'float32', shape: [dim('N'), 3, dim('H'), dim('W')] });
  const w = graph.addConstant(constantFrom('float32', [1, 3, 2, 2], new Array(12).fill(1)), 'w');
  const conv = graph.addNode(standardOps.get('Conv')!, [x, w], { strides: [2, 2] });
  graph.addOutput('y', conv.output);
  return graph;
}

const shapes = (graph: Graph) => graph.outputs.map(({ value }) => `[${value.type.shape.join(', ')}]`);

describe('specialize', () => {
  it('sets exact sizes', () => {
    expect(shapes(specialize(image(), { x: [1, 3, 224, 64] }))).toEqual(['[1, 1, 112, 32]']);
  });

  it('writes multiples in units, so that divisions are exact', () => {
    const graph = specialize(image(), { x: [null, 3, { min: 1, max: 960, multipleOf: 32 }, { min: 32, max: 64 }] });
    expect(graph.inputs[0]!.type.shape.map(String)).toEqual(['N', '3', '32*H/32', 'W']);
    expect(shapes(graph)).toEqual(['[N, 1, 16*H/32, floor((W)/(2))]']);
    expect(floorDiv(graph.inputs[0]!.type.shape[2]!, 32).toString()).toBe('H/32');
  });

  it('narrows again what it narrowed', () => {
    const graph = specialize(image(), { x: [1, 3, { min: 32, max: 960, multipleOf: 32 }, 8] });
    specialize(graph, { x: [1, 3, { min: 64, max: 512, multipleOf: 64 }, 8] });
    expect(shapes(graph)).toEqual(['[1, 1, 32*H/32/2, 4]']);
    expect(shapes(specialize(graph, { x: [1, 3, 128, 8] }))).toEqual(['[1, 1, 64, 4]']);
    expect(() => specialize(image(), { x: [1, 3, { min: 4, max: 9 }, 8] })).not.toThrow();
  });

  it('keeps a symbol that several inputs share one symbol', () => {
    const graph = new Graph('add');
    const a = graph.addInput('a', { dtype: 'float32', shape: [dim('T')] });
    const b = graph.addInput('b', { dtype: 'float32', shape: [dim('T')] });
    graph.addOutput('y', graph.addNode(standardOps.get('Add')!, [a, b]).output);
    specialize(graph, { a: [{ min: 8, max: 64, multipleOf: 8 }] });
    expect(b.type.shape.map(String)).toEqual(['8*T/8']);
    expect([...graph.constraints]).toEqual([]);
    expect(() => specialize(graph, { a: [8], b: [16] })).toThrow(
      'PROFILE: axis 0 (T/8) gets 2, and 1 in axis 0 of a (tensor b)',
    );
  });

  it('gives symbols their typical sizes, in their units, also where one of two inputs tells it', () => {
    const graph = specialize(image(), { x: [1, 3, { min: 32, opt: 640, max: 960, multipleOf: 32 }, 8] });
    expect([...symbolsOf(graph.inputs[0]!.type.shape[2]!).values()]).toMatchObject([{ min: 1, opt: 20, max: 30 }]);
    const range = { min: 1, max: 64 };
    for (const profile of [
      { a: [{ ...range, opt: 8 }], b: [range] },
      { a: [range], b: [{ ...range, opt: 8 }] },
    ]) {
      const both = new Graph('both');
      for (const name of ['a', 'b'])
        both.addOutput(`${name}_`, both.addInput(name, { dtype: 'int32', shape: [dim('T')] }));
      specialize(both, profile);
      for (const { type } of both.inputs) expect([...symbolsOf(type.shape[0]!).values()]).toMatchObject([{ opt: 8 }]);
    }
  });

  it('takes graphs without inputs', () => {
    const graph = new Graph('constants');
    graph.addOutput('y', graph.addConstant(constantFrom('float32', [1], [2])));
    expect(shapes(specialize(graph, {}))).toEqual(['[1]']);
  });

  it('tells what is wrong, and leaves the graph as it was', () => {
    const cases: [Parameters<typeof specialize>[1], string][] = [
      [{ y: [1] }, 'the model has no input y\n  hint: Its inputs are x.'],
      [{ x: [1, 3] }, 'the profile has 2 axes where the input has 4: [N,3,H,W] (tensor x)'],
      [{ x: [1, 4, 8, 8] }, 'axis 1 is 3 in the model, the profile has 4 (tensor x)'],
      [{ x: [Number.NaN, 3, 8, 8] }, 'axis 0: NaN is no size'],
      [{ x: [-1, 3, 8, 8] }, 'axis 0: -1 is no size'],
      [{ x: [1, 3, { min: 9, max: 8 }, 8] }, 'axis 2: the smallest size, 9, is above the largest, 8'],
      [{ x: [1, 3, { min: 33, max: 63, multipleOf: 32 }, 8] }, 'axis 2: no size from 33 to 63 is a multiple of 32'],
      [{ x: [1, 3, { min: 1, max: 8, multipleOf: 0 }, 8] }, 'axis 2: multiples of 0'],
      [{ x: [1, 3, { min: 2, opt: 9, max: 8 }, 8] }, 'axis 2: the typical size, 9, is not from 2 to 8'],
      [{ x: [1, 3, { min: 2, opt: 3, max: 8, multipleOf: 2 }, 8] }, 'axis 2: the typical size, 3, is no multiple of 2'],
      [{ x: [1, 3, 1, 8] }, 'a window of 2 does not fit into 1 + 0'],
    ];
    for (const [profile, message] of cases) {
      const graph = image();
      expect(() => specialize(graph, profile), message).toThrow(message);
      expect(shapes(graph)).toEqual(shapes(image()));
    }
    const narrowed = specialize(image(), { x: [1, 3, { min: 32, max: 64 }, 8] });
    expect(() => specialize(narrowed, { x: [1, 3, { min: 32, max: 65 }, 8] })).toThrow(
      'axis 2 may be 32 to 64, the profile has {32..65} (tensor x)\n  hint: Bounds can only be narrowed.',
    );
  });
});

describe('profiles as text', () => {
  it('are read and printed', () => {
    const text = ['x:1x3x{32..960:32}x{32..960}', 'input:0:?x2', 'scalar:'];
    const profile = parseProfile(text);
    expect(profile).toEqual({
      x: [1, 3, { min: 32, max: 960, multipleOf: 32 }, { min: 32, max: 960 }],
      'input:0': [null, 2],
      scalar: [],
    });
    expect(printProfile(profile)).toEqual(text);
    expect(parseProfile(text.join(','))).toEqual(profile);
  });

  it('tells what cannot be read', () => {
    const wrong = [
      '1x3x224',
      'x:1xNaNx3',
      'x:1x-1',
      'x:1xx3',
      'x:1x{3..}',
      'x:1x{9..3}',
      'x:1x{1..3:0}',
      'x:1.5',
      'x:1,x:1',
      ':1',
    ];
    for (const text of wrong) expect(() => parseProfile(text), text).toThrow(/^PROFILE: /);
    expect(() => parseProfile('x:1xNaNx3')).toThrow('"NaN" is no size and no range (tensor x)');
  });
});
