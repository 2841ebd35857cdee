import { type Graph, type Node, parseGraph, printGraph, standardOps, type Tensors, verify } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { ReferenceRunner } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../../tests/support/compare.ts';
import { ortRunner } from '../../../../tests/support/ort.ts';
import { pictureNet, pictures, textNet, tokens } from '../testing/networks.ts';
import { randomNormal } from '../testing/random.ts';
import { placeInt8 } from './place.ts';
import { type Int8Options, quantizeInt8 } from './quantize-int8.ts';

const samples = Array.from({ length: 6 }, (_, i) => pictures(20 + i, 2));
const parse = (text: string) => parseGraph(`graph g\n${text}`, standardOps);
const points = (graph: Graph, options = {}) =>
  placeInt8(graph, options).groups.map((group) => group.map(({ value }) => value.name).sort());

const nodeOf = (graph: Graph, name: string): Node => [...graph.nodes].find((node) => node.name === name)!;

/** What an input of a node is read through, from the node on. */
function through(graph: Graph, node: string, index: number): string[] {
  const ops: string[] = [];
  for (
    let value = nodeOf(graph, node).inputs[index]!;
    value.producer && ops.length < 3;
    value = value.producer.inputs[0]!
  )
    ops.push(`${value.producer.op.name} ${value.producer.inputs[0]!.type.dtype}`);
  return ops;
}

describe('placeInt8', () => {
  it('is at the inputs of contractions that pay, and shared where movement is between', () => {
    const { anchors, kept } = placeInt8(pictureNet());
    expect(anchors.map(({ node }) => node.name)).toEqual(['first', 'groups', 'point', 'up', 'scores']);
    expect(kept).toEqual([{ node: 'each', op: 'Conv', reason: 'sums of 9 products are too short to pay' }]);
    expect(points(pictureNet())).toEqual([['x'], ['pooled'], ['both', 'relu2', 'relu3'], ['point'], ['flat', 'relu4']]);
  });

  it('goes back through movement only where all that reads it takes codes', () => {
    const w = 'w = MatMul(m, float32[16,2] splat 1)\ny = Relu(w)\noutput y';
    const pooled =
      'input x: float32[1,1,8,8]\nr = Relu(x)\np = MaxPool(r) { kernel_shape: [2, 2], strides: [2, 2] }\nm = Reshape(p, int64[2] [1, 16])';
    expect(points(parse(`${pooled}\n${w}`))).toEqual([['m', 'p', 'r']]);
    expect(points(parse(`${pooled}\n${w}\noutput p`))).toEqual([['m', 'p']]);
    expect(points(parse(`${pooled}\n${w}\nz = Neg(p)\noutput z`))).toEqual([['m', 'p']]);
    const padded = (value: string) =>
      `input x: float32[1,12]\nm = Pad(x, int64[4] [0, 2, 0, 2], float32[] [${value}])\n${w}`;
    expect(points(parse(padded('0')))).toEqual([['m', 'x']]);
    expect(points(parse(padded('1')))).toEqual([['m']]);
    const averaged = 'input x: float32[1,16,4]\nm = ReduceMean(x, int64[1] [2]) { keepdims: 0 }';
    expect(points(parse(`${averaged}\n${w}`))).toEqual([['m']]);
    expect(points(parse(`${averaged.replace('Mean', 'Max')}\n${w}`))).toEqual([['m', 'x']]);
  });

  it('leaves what has no constant weights, what it is told to, and what lies in bodies', () => {
    expect(placeInt8(textNet()).kept.map(({ node }) => node)).toEqual(['attend', 'mix']);
    const { anchors, kept } = placeInt8(textNet(), { keep: ['head', 'q'] });
    expect(anchors.map(({ node }) => node.name)).toEqual(['left']);
    expect(kept.filter(({ reason }) => reason === 'asked for').map(({ node }) => node)).toEqual(['query', 'head']);
    expect(placeInt8(pictureNet(), { leastSummed: 100 }).anchors.map(({ node }) => node.name)).toEqual(['scores']);
    expect(() => placeInt8(textNet(), { keep: ['nobody'] })).toThrow(/QUANT_UNKNOWN/);
  });
});

describe('quantizeInt8', () => {
  it('gives a graph whose types tell all, with the same inputs and outputs', async () => {
    const graph = pictureNet();
    const before = graph.outputs.map(({ name, value }) => [name, value.name, value.type.dtype]);
    await quantizeInt8(graph, samples);
    verify(graph);
    expect(graph.outputs.map(({ name, value }) => [name, value.name, value.type.dtype])).toEqual(before);
    const pair = ['DequantizeLinear int8', 'QuantizeLinear float32'];
    expect(through(graph, 'first', 0)).toEqual(pair);
    expect(through(graph, 'first', 1)).toEqual(['DequantizeLinear int8']);
    expect(through(graph, 'first', 2)).toEqual(['DequantizeLinear int32']);
    expect(through(graph, 'point', 0)).toEqual([...pair, 'Concat float32']);
    expect(through(graph, 'both', 1)).toEqual([...pair, 'Relu float32']);
    expect(through(graph, 'each', 0)[0]).toBe('MaxPool float32');
    const [scale] = ['both', 'relu2', 'relu3'].map((name) => nodeOf(graph, `${name}.quantize`).inputs[1]);
    for (const name of ['both', 'relu2', 'relu3'])
      for (const end of ['quantize', 'dequantize']) expect(nodeOf(graph, `${name}.${end}`).inputs[1]).toBe(scale);
  });

  it('adds a bias in units of the sums', async () => {
    const graph = pictureNet();
    await quantizeInt8(graph, samples);
    const [codes, scales] = nodeOf(graph, 'first').inputs[2]!.producer!.inputs;
    const x = nodeOf(graph, 'x.quantize').inputs[1]!.constant!;
    const [w, units] = [nodeOf(graph, 'first').inputs[1]!.producer!.inputs[1]!.constant!, scales!.constant!];
    const numbers = (constant: typeof x) => new Float32Array(constant.read().slice().buffer);
    expect(numbers(units)).toEqual(numbers(w).map((scale) => Math.fround(scale * numbers(x)[0]!)));
    expect(codes!.type).toMatchObject({ dtype: 'int32', shape: [16] });
  });

  it.each([
    [{}, 30],
    [{ activations: { type: 'int8', symmetric: true } }, 26],
    [{ activations: { type: 'uint8', symmetric: false } }, 30],
    [{ activations: { type: 'uint8', symmetric: true } }, 26],
    ...['min-max', 'moving-average', 'percentile', 'entropy', 'mean-square-error'].map(
      (calibrator) => [{ calibrator }, 24] as const,
    ),
  ] as readonly (readonly [Int8Options, number])[])('loses little: %j', async (options, least) => {
    const { layers, activations } = await quantizeInt8(pictureNet(), samples, options);
    expect(layers.map(({ node }) => node)).toEqual(['first', 'groups', 'point', 'up', 'scores']);
    for (const { sqnrDb, cosine, node } of layers) {
      expect(sqnrDb!, node).toBeGreaterThan(least);
      expect(cosine, node).toBeGreaterThan(0.99);
    }
    for (const { scale, zeroPoint, calibrator, why } of activations) {
      expect(scale > 0 && scale < 1 && Number.isInteger(zeroPoint)).toBe(true);
      expect([calibrator, why]).toEqual(
        options.calibrator ? [options.calibrator, 'asked for'] : ['mean-square-error', 'the default'],
      );
    }
  });

  it('tells what it did as JSON', async () => {
    const graph = pictureNet();
    const report = await quantizeInt8(graph, samples, {
      calibrator: (tensor) => (tensor === 'x' ? 'min-max' : undefined),
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    const { bytes, weights, activations, kept } = report;
    expect(report).toMatchObject({ version: 1, kind: 'int8' });
    expect(bytes.after).toBeLessThan(0.35 * bytes.before);
    expect(weights.find(({ node }) => node === 'scores')).toMatchObject({
      tensor: 'w6',
      bytes: { before: 23040, after: 5760 + 40 },
    });
    expect(kept.length).toBe(1);
    const [x, , joined] = activations;
    expect(x).toMatchObject({ tensors: ['x'], calibrator: 'min-max', why: 'asked for' });
    expect(x!.range).toEqual(x!.seen);
    expect(joined!.tensors).toEqual(['both', 'relu2', 'relu3']);
    const { start, width, counts } = x!.histogram;
    expect(counts.reduce((a, b) => a + b)).toBe(6 * 2 * 3 * 144);
    expect([start, start + width * counts.length]).toEqual([-1, 1]);
    expect(joined!.histogram.start).toBe(0);
  });

  it('takes the whole range of tensors of which little was seen', async () => {
    const graph = parse('input x: float32[1,16]\ny = MatMul(x, float32[16,2] splat 1)\noutput y');
    const normal = randomNormal(3);
    const x = (): Tensors =>
      new Map([['x', { dtype: 'float32', dims: [1, 16], data: Float32Array.from({ length: 16 }, normal) }]]);
    const { activations } = await quantizeInt8(graph, [x(), x()], { calibrator: 'entropy' });
    expect(activations).toMatchObject([{ calibrator: 'min-max', why: 'only 32 elements were seen' }]);
  });

  it('takes one sample, constant channels, and tensors of zeros', async () => {
    const zeros: Tensors = new Map([['x', { dtype: 'float32', dims: [1, 16], data: new Float32Array(16) }]]);
    const graph = parse('input x: float32[N,16]\nr = Relu(x)\ny = MatMul(r, float32[16,2] splat 0)\noutput y');
    const { activations, layers } = await quantizeInt8(graph, [zeros]);
    expect(activations).toMatchObject([{ scale: 1, range: { min: 0, max: 0 } }]);
    expect(layers).toMatchObject([{ sqnrDb: null, cosine: 1 }]);
    for (const { constant } of graph.constants())
      if (constant!.dtype === 'float32')
        for (const scale of new Float32Array(constant!.read().slice().buffer)) expect(scale).toBe(1);
  });

  it('takes float16, with scales in float16', async () => {
    const graph = parse('input x: float16[1,16]\ny = MatMul(x, float16[16,2] splat 1)\noutput y');
    const x: Tensors = new Map([['x', { dtype: 'float16', dims: [1, 16], data: new Uint16Array(16).fill(0x3c00) }]]);
    await quantizeInt8(graph, [x]);
    expect(nodeOf(graph, 'x.quantize').inputs[1]!.type.dtype).toBe('float16');
    const y = (await new ReferenceRunner(graph).run(x)).get('y')!;
    expect([...(y.data as Uint16Array)]).toEqual([0x4c00, 0x4c00]);
  });

  it('keeps a bias that 32 bits cannot hold', async () => {
    const graph = parse('input x: float32[1,16]\ny = Gemm(x, float32[16,2] splat 1e-9, float32[2] [1, 2])\noutput y');
    const x: Tensors = new Map([['x', { dtype: 'float32', dims: [1, 16], data: new Float32Array(16).fill(1e-3) }]]);
    await quantizeInt8(graph, [x]);
    expect([...graph.nodes].find(({ op }) => op.name === 'Gemm')!.inputs[2]!.type.dtype).toBe('float32');
    expect([...graph.nodes].find(({ op }) => op.name === 'Gemm')!.inputs[2]!.constant).toBeTruthy();
  });

  it('refuses weights that are no numbers, and leaves the graph as it was', async () => {
    const graph = parse('input x: float32[1,16]\ny = MatMul(x, float32[16,2] splat nan)\noutput y');
    const x: Tensors = new Map([['x', { dtype: 'float32', dims: [1, 16], data: new Float32Array(16).fill(0) }]]);
    const before = printGraph(graph);
    // The model gives NaN itself, but it is not run on.
    await expect(quantizeInt8(graph, [x])).rejects.toThrow(/QUANT_NAN: element 0 is NaN \(tensor/);
    expect(printGraph(graph)).toBe(before);
  });

  it('refuses calibrators that nobody has, before anything is run, and bad samples', async () => {
    await expect(quantizeInt8(pictureNet(), samples, { calibrator: 'best' })).rejects.toThrow(/CALIBRATOR_UNKNOWN/);
    await expect(quantizeInt8(pictureNet(), [])).rejects.toThrow(/CALIBRATION_EMPTY/);
    const broken = pictures(1, 1);
    (broken.get('x')!.data as Float32Array)[5] = Number.NaN;
    await expect(quantizeInt8(pictureNet(), [samples[0]!, broken])).rejects.toThrow(
      /CALIBRATION_NAN: sample 1: element 5/,
    );
  });
});

describe('exported to ONNX', () => {
  it.each([
    ['pictures', pictureNet, samples],
    ['text', textNet, [tokens(1, 2, 3, 4), tokens(9, 8, 49, 0, 5, 6)]],
  ] as const)('%s: onnxruntime gives the same', async (_, make, given) => {
    for (const activations of [
      { type: 'int8', symmetric: true },
      { type: 'uint8', symmetric: false },
    ] as const) {
      const graph = make();
      await quantizeInt8(graph, given, { activations });
      const runner = await ortRunner(exportModel(graph));
      const theirs = (await runner.run(given[1]!)).get('y')!;
      await runner.dispose?.();
      const ours = (await new ReferenceRunner(graph).run(given[1]!)).get('y')!;
      // Where a quotient is halfway between codes, the order of sums decides which one it becomes.
      expectClose(ours, theirs, { absolute: 2e-3, relative: 2e-2 });
    }
  });
});
