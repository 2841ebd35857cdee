import { type Graph, type Profile, printGraph, type Tensor } from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { checkModel } from '../../../../tests/support/imported.ts';
import { controlModels, floats, integer, truth } from '../testing/control/index.ts';
import {
  bodyProto,
  info,
  type ModelInput,
  modelBytes,
  node,
  numbers,
  optionalType,
  sequenceType,
  tensorType,
} from '../testing/models.ts';
import type { GraphProto } from '../wire/index.ts';
import { importModel } from './import.ts';

describe.each(controlModels)('$name', ({ model, runs }) => {
  it('is as ONNX Runtime has it', async () => {
    for (const run of runs) await checkModel(modelBytes(model), run);
  });
});

const graphOf = async (model: ModelInput, profile?: Profile) =>
  (await importModel(modelBytes(model), { profile })).graph;
const refusal = (model: ModelInput, profile?: Profile) => expect(graphOf(model, profile)).rejects;
const run = (graph: Graph, inputs: Readonly<Record<string, Tensor>>) =>
  new ReferenceRunner(graph).run(new Map(Object.entries(inputs)));
const ops = (graph: Graph) => graph.topological().map(({ op }) => op.name);
const body = (nodes: Parameters<typeof bodyProto>[1], ...outputs: string[]) => bodyProto([], nodes, outputs);
const when = (condition: string, then_branch: GraphProto, else_branch: GraphProto) =>
  node('If', [condition], ['y'], { then_branch, else_branch });

describe('a condition that is known', () => {
  it('puts the branch in place of the node, with names of its own', async () => {
    const model: ModelInput = {
      nodes: [
        node('Exp', ['x'], ['t']),
        when('c', body([node('Relu', ['t'], ['r'])], 'r'), body([node('Neg', ['t'], ['r'])], 'r')),
        node('Abs', ['y'], ['r']),
      ],
      initializers: [numbers('c', 'bool', [1], [1])],
      outputs: ['r'],
    };
    const graph = await graphOf(model);
    expect(ops(graph)).toEqual(['Exp', 'Relu', 'Abs']);
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph g
        input x: float32[2,3]
        t: float32[2,3] = Exp(x) as n_t
        r: float32[2,3] = Relu(t) as n_r
        r_2: float32[2,3] = Abs(r) as n_r_1 from "n_r"
        output r = r_2
      "
    `);
  });

  it('may come from shape arithmetic that the profile decides: then ranks may differ', async () => {
    const model: ModelInput = {
      nodes: [
        node('Shape', ['x'], ['dims']),
        node('Gather', ['dims', 'zero'], ['rows']),
        node('Equal', ['rows', 'one'], ['c']),
        when('c', body([node('Squeeze', ['x', 'axis'], ['s'])], 's'), body([node('Identity', ['x'], ['i'])], 'i')),
      ],
      inputs: [info('x', 'float32', ['N', 3])],
      initializers: [
        numbers('zero', 'int64', [], [0]),
        numbers('one', 'int64', [], [1]),
        numbers('axis', 'int64', [1], [0]),
      ],
    };
    await refusal(model).toThrow(/SHAPE: .*float32\[3\].*float32\[N,3\]|one case/);
    expect(
      (
        await graphOf(model, {
          x: [
            { min: 1, max: 1 },
            { min: 3, max: 3 },
          ],
        })
      ).outputs[0]!.value.type.shape,
    ).toEqual([3]);
    const [n, m] = (
      await graphOf(model, {
        x: [
          { min: 2, max: 8 },
          { min: 3, max: 3 },
        ],
      })
    ).outputs[0]!.value.type.shape;
    expect([String(n), m]).toEqual(['N', 3]);
  });
});

describe('names', () => {
  it('in a branch hide those around it', async () => {
    // ONNX forbids it; files have it.
    const model: ModelInput = {
      nodes: [
        node('Exp', ['x'], ['t']),
        when(
          'c',
          body([node('Relu', ['x'], ['t']), node('Neg', ['t'], ['r'])], 'r'),
          body([node('Neg', ['t'], ['r'])], 'r'),
        ),
      ],
      inputs: [info('x', 'float32', [1]), info('c', 'bool', [])],
    };
    const graph = await graphOf(model);
    const x = floats([1], [2]);
    expect((await run(graph, { x, c: truth(true) })).get('y')!.data).toEqual(Float32Array.of(-2));
    expect((await run(graph, { x, c: truth(false) })).get('y')!.data).toEqual(Float32Array.of(-Math.exp(2)));
  });

  it('of a loop hide those around it', async () => {
    const inside = bodyProto(
      [info('i', 'int64', []), info('go', 'bool', []), info('x', 'float32', [1])],
      [node('Add', ['x', 'w'], ['t']), node('Identity', ['go'], ['go_out'])],
      ['go_out', 't'],
      [numbers('w', 'float32', [], [1])],
    );
    const graph = await graphOf({
      nodes: [
        node('Mul', ['x', 'w'], ['t']),
        node('Loop', ['m', '', 't'], ['z'], { body: inside }),
        node('Add', ['z', 'x'], ['y']),
      ],
      inputs: [info('x', 'float32', [1])],
      initializers: [numbers('w', 'float32', [], [10]), numbers('m', 'int64', [1], [3])],
    });
    expect((await run(graph, { x: floats([1], [2]) })).get('y')!.data).toEqual(Float32Array.of(25));
  });

  it('that no graph gives are told', async () => {
    await refusal({
      nodes: [when('c', body([node('Relu', ['nowhere'], ['t'])], 't'), body([node('Neg', ['x'], ['e'])], 'e'))],
      inputs: [info('x', 'float32', [1]), info('c', 'bool', [])],
    }).toThrow(/ONNX_MODEL: an input of a node is given nowhere \(node n_y \(If\), tensor nowhere\)/);
  });
});

describe('a loop', () => {
  const loop = (inside: GraphProto, inputs = ['m', '', 'x'], outputs = ['y']): ModelInput => ({
    nodes: [node('Loop', inputs, outputs, { body: inside }, { name: 'again' })],
    inputs: [info('x', 'float32', [2, 3]), info('m', 'int64', [])],
  });
  const inside = (nodes: Parameters<typeof bodyProto>[1], ...outputs: string[]) =>
    bodyProto([info('i', 'int64', []), info('go', 'bool', []), info('s', 'float32')], nodes, outputs);

  it('whose state changes its rank or type is refused with the node and the tensor', async () => {
    const flat = inside([node('Flatten', ['s'], ['t'], { axis: 0 }), node('Squeeze', ['t'], ['u'])], 'go', 'u');
    await refusal(loop(flat)).toThrow(
      /SHAPE: state0 is float32\[2,3\] in one case and float32\[6\] in the other \(node again \(Loop\), tensor y\)/,
    );
    const cast = inside([node('Cast', ['s'], ['t'], { to: 7 })], 'go', 't');
    await refusal(loop(cast)).toThrow(
      /SHAPE: state0 is float32\[2,3\] in one case and int64\[2,3\] in the other \(node again/,
    );
  });

  it('whose body is of another form is refused', async () => {
    await refusal(loop(inside([], 'go'))).toThrow(/ONNX_MODEL: the body of a Loop has 1 outputs \(node again/);
    await refusal(loop(inside([], 'go', 's'), ['m', ''])).toThrow(/ONNX_MODEL: body has 3 inputs where 2 belong/);
    await refusal(loop(inside([], 'go', 's'), ['m', '', 'x'], ['y', 'z'])).toThrow(
      /ONNX_MODEL: 2 outputs where there are 1 \(node again/,
    );
    await refusal(loop(inside([], 's', 's'))).toThrow(
      /SHAPE: the condition that the body gives is float32\[.*\(node again/,
    );
  });
});

describe('values that are given from outside', () => {
  const tensor = floats([2], [1, -2]);
  const list = (...items: Tensor[]): Tensor => ({ dtype: 'sequence', dims: [], data: items as never });
  const maybe = (...items: Tensor[]): Tensor => ({ dtype: 'optional', dims: [], data: items as never });
  const floatSequence = sequenceType(tensorType('float32', ['N']));

  it('are sequences, of whatever each run gives', async () => {
    const graph = await graphOf({
      nodes: [
        node('SequenceMap', ['s'], ['mapped'], {
          body: bodyProto([info('p', 'float32', ['N'])], [node('Relu', ['p'], ['q'])], [info('q', 'float32', ['N'])]),
        }),
        node('ConcatFromSequence', ['mapped'], ['y'], { axis: 0 }),
        node('SequenceLength', ['s'], ['n']),
      ],
      inputs: [{ name: 's', type: floatSequence }],
      outputs: ['y', 'n'],
    });
    const outputs = await run(graph, { s: list(tensor, floats([1], [5]), floats([0], [])) });
    expect(outputs.get('y')).toMatchObject({ dims: [3], data: Float32Array.of(1, 0, 5) });
    expect(outputs.get('n')!.data).toEqual(BigInt64Array.of(3n));
  });

  it('are optionals, through Identity', async () => {
    const type = optionalType(floatSequence);
    const graph = await graphOf({
      nodes: [node('Identity', ['o'], ['p']), node('OptionalHasElement', ['p'], ['has'])],
      inputs: [{ name: 'o', type }],
      outputs: ['p', 'has'],
      opset: 18,
    });
    for (const [o, has] of [
      [maybe(list(tensor)), 1],
      [maybe(), 0],
    ] as const) {
      const outputs = await run(graph, { o });
      expect(outputs.get('has')!.data).toEqual(Uint8Array.of(has));
      expect(outputs.get('p')).toEqual(o);
    }
  });

  it('are states that are optional, and become what they hold', async () => {
    const element = tensorType('float32', [2]);
    const inside = bodyProto(
      [info('i', 'int64', []), info('go', 'bool', []), { name: 'o', type: optionalType(element) }],
      [
        node('OptionalHasElement', ['o'], ['has']),
        node('If', ['has'], ['held'], {
          then_branch: body([node('OptionalGetElement', ['o'], ['got'])], 'got'),
          else_branch: body([node('Identity', ['x'], ['first'])], 'first'),
        }),
        node('Add', ['held', 'x'], ['next']),
      ],
      ['go', 'next'],
    );
    const graph = await graphOf({
      nodes: [node('Loop', ['m', '', 'o'], ['y'], { body: inside })],
      inputs: [info('x', 'float32', [2]), info('m', 'int64', []), { name: 'o', type: optionalType(element) }],
      opset: 18,
    });
    const outputs = await run(graph, { x: tensor, m: integer(2), o: maybe() });
    expect(outputs.get('y')!.data).toEqual(Float32Array.of(3, -6));
    const more = await run(graph, { x: tensor, m: integer(2), o: maybe(floats([2], [10, 10])) });
    expect(more.get('y')!.data).toEqual(Float32Array.of(12, 6));
  });
});
