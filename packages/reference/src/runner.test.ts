import { constantFrom, defineOp, dimOf, Graph, mul, Sym, standardOps, type Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { runWithOnnxRuntime } from '../../../tests/support/onnx-oracle.ts';
import {
  defineReference,
  evaluateNode,
  foldCost,
  foldNode,
  fromFloat64,
  inputOf,
  ReferenceRunner,
  standardKernels,
  toFloat64,
} from './index.ts';
import { ints, random, tensor } from './testing/check.ts';

const op = (name: string) => standardOps.get(name)!;
const H = dimOf(new Sym('H/4', 1, 8));
const N = dimOf(new Sym('N', 1, 4));

/** y = Relu(Conv(x)) flattened by a shape computed in the graph; sizes from 4 to 32 in steps of 4. */
function network(): Graph {
  const graph = new Graph('net');
  const x = graph.addInput('x', { dtype: 'float32', shape: [N, 2, mul(H, 4), 8] });
  const w = graph.addConstant(constantFrom('float32', [3, 2, 1, 1], [1, 2, -1, 0.5, 3, -2]), 'w');
  const conv = graph.addNode(op('Conv'), [x, w], {}, { name: 'conv', outputs: ['c'] }).output;
  const relu = graph.addNode(op('Relu'), [conv], {}, { outputs: ['r'] }).output;
  const shape = graph.addNode(op('Shape'), [relu], { end: 1 }, { outputs: ['s'] }).output;
  const rest = graph.addConstant(constantFrom('int64', [1], [-1]));
  const target = graph.addNode(op('Concat'), [shape, rest], { axis: 0 }).output;
  graph.addOutput('y', graph.addNode(op('Reshape'), [relu, target]).output);
  return graph;
}

const run = (graph: Graph, x: Tensor) => new ReferenceRunner(graph).run(new Map([['x', x]]));

describe('ReferenceRunner', () => {
  it('runs a graph of dynamic sizes', async () => {
    const graph = network();
    expect(graph.outputs[0]!.value.type.shape).toEqual([N, mul(H, 96)]);
    const x = random([2, 2, 12, 8]);
    const outputs = await run(graph, x);
    expect([...outputs.keys()]).toEqual(['y']);
    const w = { dtype: 'float32' as const, dims: [3, 2, 1, 1], data: Float32Array.of(1, 2, -1, 0.5, 3, -2) };
    const expected = await runWithOnnxRuntime(
      [
        { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'] },
        { op: 'Relu', inputs: ['c'], outputs: ['r'] },
        { op: 'Flatten', inputs: ['r'], outputs: ['y'] },
      ],
      { x },
      { constants: { w } },
    );
    expect(outputs.get('y')!.dims).toEqual([2, 288]);
    const y = expected.get('y')!.data as Float32Array;
    (outputs.get('y')!.data as Float32Array).forEach((value, i) => {
      expect(value).toBeCloseTo(y[i]!, 5);
    });
  });

  it('gives intermediate values on request', async () => {
    const x = random([1, 2, 4, 8]);
    const named = await new ReferenceRunner(network(), { values: ['c', 'x'] }).run(new Map([['x', x]]));
    expect([...named.keys()]).toEqual(['x', 'c', 'y']);
    const all = await new ReferenceRunner(network(), { values: 'all' }).run(new Map([['x', x]]));
    expect([...all.keys()]).toContain('s');
    expect(all.get('s')!.data).toEqual(BigInt64Array.of(1n));
    expect(() => new ReferenceRunner(network(), { values: ['nope'] })).toThrow('tensor nope');
  });

  it.each([
    ['a missing input', () => new Map<string, Tensor>(), 'the input is missing (tensor x)'],
    ['an unknown input', () => new Map([['z', random([1])]]), 'no such input (tensor z)'],
    [
      'an element type',
      () => new Map([['x', random([1, 2, 4, 8], { dtype: 'float64' })]]),
      'float64 where the input is float32',
    ],
    ['a rank', () => new Map([['x', random([2, 4, 8])]]), 'a tensor of [2,4,8]'],
    ['a fixed size', () => new Map([['x', random([1, 3, 4, 8])]]), 'axis 1 is 3 where 2 belongs'],
    ['a size out of range', () => new Map([['x', random([5, 2, 4, 8])]]), 'axis 0 is 5, not from 1 to 4'],
    ['no multiple', () => new Map([['x', random([1, 2, 6, 8])]]), 'axis 2 is 6, no multiple of 4'],
    ['too few elements', () => new Map([['x', { ...random([1]), dims: [1, 2, 4, 8] }]]), '1 elements'],
  ])('refuses %s', async (_, inputs, message) => {
    await expect(new ReferenceRunner(network()).run(inputs())).rejects.toThrow(message);
  });

  it('checks that one symbol has one value, and the constraints of the model', async () => {
    const graph = new Graph('g');
    const a = graph.addInput('a', { dtype: 'float32', shape: [N] });
    const b = graph.addInput('b', { dtype: 'float32', shape: [dimOf(new Sym('M'))] });
    graph.addInput('c', { dtype: 'float32', shape: [N] });
    graph.addOutput('y', graph.addNode(op('Add'), [a, b], {}, { name: 'join' }).output);
    const runner = new ReferenceRunner(graph);
    const feed = (n: number, m: number, l: number) =>
      new Map([
        ['a', random([n])],
        ['b', random([m])],
        ['c', random([l])],
      ]);
    await expect(runner.run(feed(2, 2, 3))).rejects.toThrow('axis 0 is 3 where N is 2 elsewhere');
    await expect(runner.run(feed(2, 3, 2))).rejects.toThrow(/CONSTRAINT.*must be equal.*join/s);
    expect((await runner.run(feed(3, 3, 3))).get('y')!.dims).toEqual([3]);
  });

  it('an input or a constant may be an output', async () => {
    const graph = new Graph('g');
    graph.addOutput('same', graph.addInput('x', { dtype: 'float32', shape: [2] }));
    graph.addOutput('k', graph.addConstant(constantFrom('int32', [1], [7])));
    const outputs = await run(graph, tensor('float32', [2], [1, 2]));
    expect(outputs.get('same')!.data).toEqual(Float32Array.of(1, 2));
    expect(outputs.get('k')!.data).toEqual(Int32Array.of(7));
  });

  it('names the node where a kernel fails', async () => {
    const graph = new Graph('g');
    const x = graph.addInput('x', { dtype: 'string', shape: [1] });
    graph.addOutput('y', graph.addNode(op('Equal'), [x, x], {}, { name: 'same' }).output);
    const feeds = new Map([['x', { dtype: 'string' as const, dims: [1], data: ['a'] }]]);
    const broken = defineReference({
      op: 'Equal',
      run: (call) => [fromFloat64('bool', [1], toFloat64(inputOf(call, 0)))],
    });
    const runner = new ReferenceRunner(graph, { kernels: standardKernels.with([broken]) });
    await expect(runner.run(feeds)).rejects.toThrow(/arithmetic on strings \(node same \(Equal\)/);
  });

  it('takes ops and kernels from outside', async () => {
    const Halve = defineOp({
      domain: 'my',
      name: 'Halve',
      since: 1,
      summary: 'half of it',
      inputs: [{ name: 'x' }],
      outputs: [{ name: 'y' }],
      attributes: {},
      trait: { kind: 'opaque' },
      infer: (at) => [at.input(0)],
    });
    const graph = new Graph('g');
    const x = graph.addInput('x', { dtype: 'float32', shape: [2] });
    graph.addOutput('y', graph.addNode(Halve, [x]).output);
    const feeds = new Map([['x', tensor('float32', [2], [1, 2])]]);
    await expect(new ReferenceRunner(graph).run(feeds)).rejects.toThrow('no kernel for my::Halve (node Halve');
    const halve = defineReference({
      op: 'my::Halve',
      run: (call) => [{ ...inputOf(call, 0), data: (inputOf(call, 0).data as Float32Array).map((v) => v / 2) }],
    });
    const outputs = await new ReferenceRunner(graph, { kernels: standardKernels.with([halve]) }).run(feeds);
    expect(outputs.get('y')!.data).toEqual(Float32Array.of(0.5, 1));
  });
});

describe('evaluateNode', () => {
  it('refuses outputs that are too large, before it makes them, naming node and tensor', async () => {
    const graph = new Graph('g');
    const shape = graph.addConstant(constantFrom('int64', [2], [2 ** 20, 2 ** 20]));
    graph.addOutput('y', graph.addNode(op('ConstantOfShape'), [shape], {}, { name: 'fill', outputs: ['big'] }).output);
    const start = performance.now();
    await expect(new ReferenceRunner(graph).run(new Map())).rejects.toThrow(
      /TENSOR_TOO_LARGE: a tensor of float32\[1048576,1048576\].*node fill \(ConstantOfShape\), tensor big/,
    );
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('refuses those that only the kernel foretells', () => {
    const graph = new Graph('g');
    const x = graph.addInput('x', { dtype: 'string', shape: [20_000] });
    const node = graph.addNode(op('StringSplit'), [x], {}, { name: 'split', outputs: 2 });
    // One text of very many words, and very many texts: each gets as many places as the longest.
    const data = [' a'.repeat(20_000), ...new Array<string>(19_999).fill('b')];
    const call = () => evaluateNode(node, [{ dtype: 'string', dims: [20_000], data }], standardKernels);
    expect(call).toThrow(/TENSOR_TOO_LARGE: a tensor of string\[20000,20000\].*node split/);
  });
});

describe('foldNode', () => {
  const graph = new Graph('g');
  const constant = (t: Tensor) =>
    graph.addConstant({ dtype: t.dtype, dims: t.dims, read: () => new Uint8Array((t.data as Int8Array).buffer) });

  it('evaluates nodes of constants', () => {
    const node = graph.addNode(op('Add'), [
      constant(tensor('float32', [2], [1, 2])),
      constant(tensor('float32', [], [0.5])),
    ]);
    const [folded] = foldNode(node)!;
    expect(new Float32Array(folded!.read().slice().buffer)).toEqual(Float32Array.of(1.5, 2.5));
    expect(foldNode(node, { maxBytes: 7 })).toBeUndefined();
  });
  it('keeps INT64_MAX', () => {
    const node = graph.addNode(op('Identity'), [
      constant({ dtype: 'int64', dims: [1], data: BigInt64Array.of(2n ** 63n - 1n) }),
    ]);
    expect(new BigInt64Array(foldNode(node)![0]!.read().slice().buffer)[0]).toBe(2n ** 63n - 1n);
  });
  it('knows shapes of what is no constant', () => {
    const x = graph.addInput('x', { dtype: 'float32', shape: [2, 3] });
    const shape = graph.addNode(op('Shape'), [x]);
    expect(new BigInt64Array(foldNode(shape)![0]!.read().slice().buffer)).toEqual(BigInt64Array.of(2n, 3n));
    expect(foldNode(graph.addNode(op('Relu'), [x]))).toBeUndefined();
    const dynamic = graph.addInput('d', { dtype: 'float32', shape: [N] });
    expect(foldNode(graph.addNode(op('Shape'), [dynamic]))).toBeUndefined();
  });
  it('leaves what would take long', () => {
    const large = (rows: number) => constant(tensor('float32', [rows, rows], []));
    const product = graph.addNode(op('MatMul'), [large(256), large(256)]);
    expect(foldCost(product)!.steps).toBeGreaterThan(256 ** 3);
    expect(foldNode(product, { maxSteps: 256 ** 3 })).toBeUndefined();
    expect(foldNode(product)).toBeDefined();
    const transform = graph.addNode(op('DFT'), [constant(tensor('float32', [1, 1_000_003, 1], []))]);
    expect(foldNode(transform)).toBeUndefined();
  });
  it('leaves what fails for these values: that is for the run to tell', () => {
    const node = graph.addNode(op('Gather'), [constant(ints(1, 2, 3)), constant(ints(7))]);
    expect(foldNode(node)).toBeUndefined();
  });
  it('several outputs', () => {
    const node = graph.addNode(op('Split'), [constant(ints(1, 2, 3))], { num_outputs: 2 }, { outputs: 2 });
    expect(foldNode(node)!.map((c) => c.dims)).toEqual([[2], [1]]);
  });
});
