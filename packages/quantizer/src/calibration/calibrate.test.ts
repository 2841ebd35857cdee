import { type Graph, GraphBuilder, type Runner, type Tensor, type Tensors } from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { calibrate } from './calibrate.ts';
import { Pace, type Progress } from './progress.ts';

/** y = relu(x · w), z = log(x). */
function net(): Graph {
  const b = new GraphBuilder('net');
  const x = b.input('x', 'float32', ['N', 2]);
  const product = b.MatMul(x, b.constant('float32', [2, 2], [1, 2, 3, 4]), {}, { outputs: ['product'] });
  b.output('y', b.Relu(product, {}, { outputs: ['relu'] }));
  b.output('product', b.Log(x, {}, { outputs: ['log'] }));
  b.output('n', b.Shape(x, {}, { outputs: ['shape'] }));
  return b.graph;
}

const x = (...data: number[]): Tensors =>
  new Map([['x', { dtype: 'float32', dims: [data.length / 2, 2], data: Float32Array.from(data) }]]);

async function* later<T>(...items: readonly T[]): AsyncIterable<T> {
  for (const item of items) yield await Promise.resolve(item);
}

describe('calibrate', () => {
  it('sees inputs, inner tensors and outputs of all samples', async () => {
    const graph = net();
    const before = graph.outputs.length;
    const seen = await calibrate(graph, later(x(1, 2), x(1, 0.5, 4, 2)));
    expect([...seen.keys()].sort()).toEqual(['log', 'product', 'relu', 'x']);
    expect(seen.get('product')!.range).toEqual({ min: 2.5, max: 16 });
    expect(seen.get('product')!.samples).toEqual([
      { min: 7, max: 10 },
      { min: 2.5, max: 16 },
    ]);
    expect(seen.get('x')).toMatchObject({ count: 6, range: { min: 0.5, max: 4 } });
    expect(graph.outputs.length).toBe(before);
  });

  it('watches what it is asked to, on the runner that it is given', async () => {
    const made: string[][] = [];
    let disposed = 0;
    const runner = (graph: Graph): Runner => {
      made.push(graph.outputs.map(({ value }) => value.name));
      const inner = new ReferenceRunner(graph);
      return { run: (inputs) => inner.run(inputs), dispose: () => void disposed++ };
    };
    const seen = await calibrate(net(), [x(1, 1)], { tensors: ['product', 'relu', 'product'], runner });
    expect([...seen.keys()]).toEqual(['product', 'relu']);
    expect(made).toEqual([['relu', 'log', 'shape', 'product']]);
    expect(disposed).toBe(1);
  });

  it('takes tensors of float16', async () => {
    const b = new GraphBuilder('half');
    b.output('y', b.Neg(b.input('x', 'float16', [2]), {}, { outputs: ['y'] }));
    const half: Tensor = { dtype: 'float16', dims: [2], data: Uint16Array.of(0x3c00, 0xc000) };
    const seen = await calibrate(b.graph, [new Map([['x', half]])]);
    expect(seen.get('y')!.range).toEqual({ min: -1, max: 2 });
  });

  it('tells how far it is and what is left', async () => {
    const told: Progress[] = [];
    await calibrate(net(), [x(1, 1), x(2, 2)], { total: 4, onProgress: (progress) => told.push(progress) });
    expect(told.map(({ done, total }) => [done, total])).toEqual([
      [1, 4],
      [2, 4],
    ]);
    let time = 0;
    const pace = new Pace(
      (progress) => told.push(progress),
      5,
      () => time,
    );
    time = 30;
    pace.step();
    time = 40;
    pace.step();
    expect(told.slice(2)).toEqual([
      { done: 1, total: 5, elapsedMs: 30, remainingMs: 120 },
      { done: 2, total: 5, elapsedMs: 40, remainingMs: 60 },
    ]);
    new Pace(
      (progress) => told.push(progress),
      undefined,
      () => 7,
    ).step();
    expect(told.at(-1)).toEqual({ done: 1, elapsedMs: 0 });
  });
});

describe('bad data', () => {
  const fails = (samples: readonly Tensors[], options = {}) =>
    calibrate(net(), samples, options).then(
      () => 'nothing was wrong',
      (error: Error) => error.message.split('\n')[0],
    );
  const tensor = (dtype: Tensor['dtype'], dims: number[], data: Tensor['data']): Tensors =>
    new Map([['x', { dtype, dims, data }]]);

  it.each([
    [[], 'CALIBRATION_EMPTY: there are no samples'],
    [[x(1, 1), x(1, Number.NaN)], 'CALIBRATION_NAN: sample 1: element 1 is NaN (tensor x)'],
    [[x(Number.POSITIVE_INFINITY, 1)], 'CALIBRATION_NAN: sample 0: element 0 is Infinity (tensor x)'],
    [[x(1, 1), x(1, 0)], 'CALIBRATION_NAN: sample 1: element 1 is -Infinity (tensor log)'],
    [[new Map()], 'CALIBRATION_DATA: sample 0: '],
    [
      [x(1, 1), new Map([...x(1, 1), ['z', x(1, 1).get('x')!]])],
      'CALIBRATION_DATA: sample 1: the graph has no such input (tensor z)',
    ],
    [[tensor('int32', [1, 2], Int32Array.of(1, 2))], 'CALIBRATION_DATA: sample 0: '],
    [[tensor('float32', [2], Float32Array.of(1, 2))], 'CALIBRATION_DATA: sample 0: '],
    [[tensor('float32', [1, 3], new Float32Array(3))], 'CALIBRATION_DATA: sample 0: '],
    [[tensor('float32', [1, 2], new Float32Array(3))], 'CALIBRATION_DATA: sample 0: '],
  ] as const)('%# is refused: %s', async (samples, message) => {
    expect(await fails(samples)).toContain(message);
  });

  it('is refused before tensors that are not there are looked for', async () => {
    expect(await fails([x(1, 1)], { tensors: ['nobody'] })).toContain('CALIBRATION_TENSOR');
    expect(await fails([x(1, 1)], { tensors: ['shape'] })).toContain('CALIBRATION_TENSOR');
  });
});
