import { type Graph, printGraph } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { importModel } from '../import/import.ts';
import { info, type ModelInput, modelBytes, node, numbers } from '../testing/models.ts';

/** The graph's text without types of results and names of nodes. */
function text(graph: Graph): string {
  return printGraph(graph)
    .split('\n')
    .slice(1)
    .map((line) =>
      line
        .trim()
        .replace(/: [^=]*\] =/, ' =')
        .replace(/ as .*$/, ''),
    )
    .filter((line) => !/^(input|output|symbol)|^$/.test(line))
    .join('\n');
}

async function normalized(input: ModelInput): Promise<string> {
  const { graph } = await importModel(modelBytes(input));
  return text(graph);
}

const x4 = info('x', 'float32', [2, 3, 4, 5]);
const float = (value: number) => ({ float: value });

describe('attributes that became inputs', () => {
  it('Clip-6', async () => {
    const nodes = [node('Clip', ['x'], ['y'], { min: float(0), max: float(6) })];
    expect(await normalized({ opset: 10, nodes })).toMatchInlineSnapshot(`
      "constant n_y/constant = float32[] [0]
      constant n_y/constant_1 = float32[] [6]
      y = Clip(x, n_y/constant, n_y/constant_1)"
    `);
    const upper = [node('Clip', ['x'], ['y'], { max: float(6) })];
    expect(await normalized({ opset: 6, nodes: upper })).toMatchInlineSnapshot(`
      "constant n_y/constant = float32[] [6]
      y = Clip(x, -, n_y/constant)"
    `);
  });

  it('Clip-6 of 16-bit floats', async () => {
    const nodes = [node('Clip', ['x'], ['y'], { min: float(0.1) })];
    expect(await normalized({ opset: 10, nodes, inputs: [info('x', 'float16', [2])] })).toMatchInlineSnapshot(`
      "constant n_y/constant = float16[] [0.1]
      y = Clip(x, n_y/constant)"
    `);
  });

  it('Squeeze-1 and Unsqueeze-1', async () => {
    const nodes = [node('Unsqueeze', ['x'], ['t'], { axes: [0, 3] }), node('Squeeze', ['t'], ['y'], { axes: [0] })];
    expect(await normalized({ opset: 12, nodes })).toMatchInlineSnapshot(`
      "constant n_t/constant = int64[2] [0, 3]
      constant n_y/constant = int64[1] [0]
      t = Unsqueeze(x, n_t/constant)
      y = Squeeze(t, n_y/constant)"
    `);
  });

  it('Reshape-1', async () => {
    const nodes = [node('Reshape', ['x'], ['y'], { shape: [-1, 2], consumed_inputs: [0] })];
    expect(await normalized({ opset: 4, nodes })).toMatchInlineSnapshot(`
      "constant n_y/constant = int64[2] [-1, 2]
      y = Reshape(x, n_y/constant)"
    `);
  });

  it('Slice-1, with ends past any integer that is exact', async () => {
    const attributes = { starts: [1], ends: [2 ** 53 - 1], axes: [1] };
    expect(await normalized({ opset: 9, nodes: [node('Slice', ['x'], ['y'], attributes)] })).toMatchInlineSnapshot(`
      "constant n_y/constant = int64[1] [1]
      constant n_y/constant_1 = int64[1] [9007199254740991]
      constant n_y/constant_2 = int64[1] [1]
      y = Slice(x, n_y/constant, n_y/constant_1, n_y/constant_2)"
    `);
    const all = [node('Slice', ['x'], ['y'], { starts: [0, 1], ends: [1, 3] })];
    expect(await normalized({ opset: 9, nodes: all })).toMatchInlineSnapshot(`
      "constant n_y/constant = int64[2] [0, 1]
      constant n_y/constant_1 = int64[2] [1, 3]
      y = Slice(x, n_y/constant, n_y/constant_1)"
    `);
  });

  it('Split-2 and Split-13 without sizes', async () => {
    const nodes = [node('Split', ['x'], ['a', 'b'], { axis: 1, split: [1, 2] })];
    expect(await normalized({ opset: 11, nodes, outputs: ['a', 'b'] })).toMatchInlineSnapshot(`
      "constant n_a/constant = int64[2] [1, 2]
      a = Split(x, n_a/constant) { axis: 1 }"
    `);
    const equal = [node('Split', ['x'], ['a', 'b'])];
    expect(await normalized({ opset: 13, nodes: equal, outputs: ['a', 'b'] })).toMatchInlineSnapshot(
      `"a = Split(x) { num_outputs: 2 }"`,
    );
  });

  it('Pad-1 and Pad-2', async () => {
    const one = [node('Pad', ['x'], ['y'], { paddings: [0, 1, 0, 1], value: float(2) })];
    expect(await normalized({ opset: 1, nodes: one })).toMatchInlineSnapshot(`
      "constant n_y/constant = int64[4] [0, 1, 0, 1]
      constant n_y/constant_1 = float32[] [2]
      y = Pad(x, n_y/constant, n_y/constant_1)"
    `);
    const two = [node('Pad', ['x'], ['y'], { pads: [0, 1, 0, 1], mode: 'reflect' })];
    expect(await normalized({ opset: 10, nodes: two })).toMatchInlineSnapshot(`
      "constant n_y/constant = int64[4] [0, 1, 0, 1]
      y = Pad(x, n_y/constant) { mode: "reflect" }"
    `);
  });

  it('Tile-1', async () => {
    const initializers = [numbers('tiles', 'int64', [1], [3]), numbers('axis', 'int64', [1], [1])];
    const nodes = [node('Tile', ['x', 'tiles', 'axis'], ['y'])];
    expect(await normalized({ opset: 5, nodes, initializers })).toMatchInlineSnapshot(`
      "constant n_y/constant = int64[2] [1, 3]
      y = Tile(x, n_y/constant)"
    `);
  });

  it('TopK-1', async () => {
    expect(
      await normalized({ opset: 9, nodes: [node('TopK', ['x'], ['y'], { k: 2, axis: 1 })] }),
    ).toMatchInlineSnapshot(`
      "constant n_y/constant = int64[1] [2]
      y = TopK(x, n_y/constant) { axis: 1 }"
    `);
    await expect(normalized({ opset: 9, nodes: [node('TopK', ['x'], ['y'])] })).rejects.toThrow(
      'attribute k is missing',
    );
  });

  it('DFT-17, whose axis is 1 by default', async () => {
    const inputs = [info('x', 'float32', [2, 5, 6, 1])];
    const dft = (opset: number, attributes = {}) =>
      normalized({ opset, nodes: [node('DFT', ['x'], ['y'], attributes)], inputs });
    expect(await dft(19, { onesided: 1 })).toMatchInlineSnapshot(`
      "constant n_y/constant = int64[] [1]
      y = DFT(x, -, n_y/constant) { onesided: 1 }"
    `);
    expect(await dft(19, { axis: -2 })).toMatchInlineSnapshot(`
      "constant n_y/constant = int64[] [-2]
      y = DFT(x, -, n_y/constant)"
    `);
    expect(await dft(20)).toMatchInlineSnapshot(`"y = DFT(x)"`);
  });

  it('reductions, ReduceSum earlier than the others', async () => {
    const reduce = (op: string, opset: number) =>
      normalized({ opset, nodes: [node(op, ['x'], ['y'], { axes: [-1], keepdims: 0 })] });
    expect(await reduce('ReduceSum', 12)).toMatchInlineSnapshot(`
      "constant n_y/constant = int64[1] [-1]
      y = ReduceSum(x, n_y/constant) { keepdims: 0 }"
    `);
    expect(await reduce('ReduceMean', 17)).toMatchInlineSnapshot(`
      "constant n_y/constant = int64[1] [-1]
      y = ReduceMean(x, n_y/constant) { keepdims: 0 }"
    `);
    const all = [node('ReduceMax', ['x'], ['y'])];
    expect(await normalized({ opset: 11, nodes: all })).toMatchInlineSnapshot(`"y = ReduceMax(x)"`);
  });

  it('Dropout, whose mask is ones', async () => {
    const dropout = (opset: number, outputs: string[], attributes = {}) =>
      normalized({ opset, nodes: [node('Dropout', ['x'], ['y', 'mask'], attributes)], outputs });
    expect(await dropout(6, ['y'], { ratio: float(0.5), is_test: 1 })).toMatchInlineSnapshot(`"y = Dropout(x)"`);
    expect(await dropout(11, ['y', 'mask'], { ratio: float(0.5) })).toMatchInlineSnapshot(`
      "constant n_y/constant = bool[] [1]
      y = Dropout(x)
      n_y/Shape.0 = Shape(x)
      mask = Expand(n_y/constant, n_y/Shape.0)"
    `);
    expect(await dropout(7, ['mask'])).toMatchInlineSnapshot(`
      "constant n_y/constant = bool[] [1]
      y = Dropout(x)
      n_y/Shape.0 = Shape(x)
      n_y/Expand.0 = Expand(n_y/constant, n_y/Shape.0)
      mask = Cast(n_y/Expand.0) { to: "float32" }"
    `);
  });
});

describe('element types', () => {
  it('Cast-1 by name, Cast-6 by number', async () => {
    expect(await normalized({ opset: 1, nodes: [node('Cast', ['x'], ['y'], { to: 'INT32' })] })).toMatchInlineSnapshot(
      `"y = Cast(x) { to: "int32" }"`,
    );
    const nodes = [node('Cast', ['x'], ['y'], { to: 11, saturate: 1 })];
    expect(await normalized({ opset: 19, nodes })).toMatchInlineSnapshot(`"y = Cast(x) { to: "float64" }"`);
  });

  it('keeps what Cast is told about float8', async () => {
    const nodes = [node('Cast', ['x'], ['y'], { to: 24, saturate: 0, round_mode: 'down' })];
    expect(await normalized({ opset: 25, nodes })).toMatchInlineSnapshot(
      `"y = Cast(x) { round_mode: "down", saturate: 0, to: "float8e8m0" }"`,
    );
  });

  it('names types that there are not', async () => {
    const nodes = [node('Cast', ['x'], ['y'], { to: 99 })];
    await expect(normalized({ nodes })).rejects.toThrow('attribute to = type 99');
    await expect(normalized({ opset: 1, nodes: [node('Cast', ['x'], ['y'], { to: 'FLUFF' })] })).rejects.toThrow(
      'ONNX_OPSET: a Cast to FLUFF (node n_y (Cast-1), tensor y)',
    );
  });
});

describe('names and types that changed', () => {
  it('Scatter-9 and GridSample-16', async () => {
    const inputs = [info('x', 'float32', [2, 2]), info('i', 'int64', [1, 2]), info('u', 'float32', [1, 2])];
    const scatter = [node('Scatter', ['x', 'i', 'u'], ['y'], { axis: 0 })];
    expect(await normalized({ opset: 10, nodes: scatter, inputs })).toMatchInlineSnapshot(
      `"y = ScatterElements(x, i, u) { axis: 0 }"`,
    );
    const images = [info('x', 'float32', [1, 2, 3, 4]), info('g', 'float32', [1, 5, 6, 2])];
    const sample = (mode: string) =>
      normalized({ opset: 16, nodes: [node('GridSample', ['x', 'g'], ['y'], { mode })], inputs: images });
    expect(await sample('bilinear')).toMatchInlineSnapshot(`"y = GridSample(x, g) { mode: "linear" }"`);
    expect(await sample('bicubic')).toMatchInlineSnapshot(`"y = GridSample(x, g) { mode: "cubic" }"`);
  });

  it('indices of OneHot that are floats', async () => {
    const inputs = [info('x', 'float32', [3])];
    const initializers = [numbers('depth', 'int64', [], [4]), numbers('values', 'float32', [2], [0, 1])];
    const nodes = [node('OneHot', ['x', 'depth', 'values'], ['y'])];
    expect(await normalized({ nodes, inputs, initializers })).toMatchInlineSnapshot(`
      "constant depth = int64[] [4]
      constant values = float32[2] [0, 1]
      n_y/Cast.0 = Cast(x) { to: "int64" }
      y = OneHot(n_y/Cast.0, depth, values)"
    `);
  });
});

describe('broadcasting before opset 7', () => {
  it('aligns the second operand at an axis', async () => {
    const inputs = [x4, info('b', 'float32', [3, 4])];
    const aligned = [node('Add', ['x', 'b'], ['y'], { broadcast: 1, axis: 1 })];
    expect(await normalized({ opset: 6, nodes: aligned, inputs })).toMatchInlineSnapshot(`
      "constant n_y/constant = int64[1] [2]
      n_y/Unsqueeze.0 = Unsqueeze(b, n_y/constant)
      y = Add(x, n_y/Unsqueeze.0)"
    `);
    const last = [node('Mul', ['x', 'b'], ['y'], { broadcast: 1, axis: -2, consumed_inputs: [0, 0] })];
    await expect(normalized({ opset: 1, nodes: last, inputs })).rejects.toThrow('dimensions 4 and 3 differ');
    const wrong = [node('Add', ['x', 'b'], ['y'], { broadcast: 1, axis: 3 })];
    await expect(normalized({ opset: 6, nodes: wrong, inputs })).rejects.toThrow('axis 3 for operands of rank 4 and 2');
  });

  it('needs nothing for suffixes, scalars and equal shapes', async () => {
    const inputs = [x4, info('b', 'float32', [4, 5])];
    const nodes = [node('Sub', ['x', 'b'], ['y'], { broadcast: 1 })];
    expect(await normalized({ opset: 6, nodes, inputs })).toMatchInlineSnapshot(`"y = Sub(x, b)"`);
  });

  it('puts the slope of PRelu at the channels', async () => {
    const inputs = [x4, info('slope', 'float32', [3])];
    expect(
      await normalized({ opset: 6, nodes: [node('PRelu', ['x', 'slope'], ['y'])], inputs }),
    ).toMatchInlineSnapshot(`
      "constant n_y/constant = int64[2] [1, 2]
      n_y/Unsqueeze.0 = Unsqueeze(slope, n_y/constant)
      y = PRelu(x, n_y/Unsqueeze.0)"
    `);
  });

  it('Gemm-6', async () => {
    const inputs = [info('x', 'float32', [2, 3]), info('w', 'float32', [3, 4]), info('c', 'float32', [4])];
    const nodes = [node('Gemm', ['x', 'w', 'c'], ['y'], { broadcast: 1 })];
    expect(await normalized({ opset: 6, nodes, inputs })).toMatchInlineSnapshot(`"y = Gemm(x, w, c)"`);
  });
});

describe('defaults that changed', () => {
  it('Concat-1 and Selu-1', async () => {
    expect(await normalized({ opset: 3, nodes: [node('Concat', ['x', 'x'], ['y'])] })).toMatchInlineSnapshot(
      `"y = Concat(x, x) { axis: 1 }"`,
    );
    expect(await normalized({ opset: 5, nodes: [node('Selu', ['x'], ['y'])] })).toMatchInlineSnapshot(
      `"y = Selu(x) { alpha: 1.673200011253357, gamma: 1.0506999492645264 }"`,
    );
    expect(await normalized({ opset: 6, nodes: [node('Selu', ['x'], ['y'])] })).toMatchInlineSnapshot(`"y = Selu(x)"`);
  });
});

describe('Softmax-1 to 11', () => {
  it('is over the flattened axes', async () => {
    const softmax = (attributes: Record<string, number>, inputs = [x4]) =>
      normalized({ opset: 12, nodes: [node('Softmax', ['x'], ['y'], attributes)], inputs });
    expect(await softmax({})).toMatchInlineSnapshot(`
      "n_y/Flatten.0 = Flatten(x) { axis: 1 }
      n_y.0 = Softmax(n_y/Flatten.0) { axis: -1 }
      n_y/Shape.0 = Shape(x)
      y = Reshape(n_y.0, n_y/Shape.0)"
    `);
    expect(await softmax({ axis: 3 })).toMatchInlineSnapshot(`"y = Softmax(x) { axis: -1 }"`);
    expect(await softmax({ axis: -1 })).toMatchInlineSnapshot(`"y = Softmax(x) { axis: -1 }"`);
    expect(await softmax({}, [info('x', 'float32', ['N', 10])])).toMatchInlineSnapshot(`"y = Softmax(x) { axis: -1 }"`);
    await expect(softmax({ axis: 5 })).rejects.toThrow('axis 5 of a tensor of rank 4');
  });
});

describe('BatchNormalization', () => {
  const stats = ['s', 'b', 'm', 'v'].map((name) => info(name, 'float32', [3]));
  it('drops what is about training', async () => {
    const nodes = [node('BatchNormalization', ['x', 's', 'b', 'm', 'v'], ['y', 'unread'], { is_test: 1, spatial: 1 })];
    expect(await normalized({ opset: 6, nodes, inputs: [x4, ...stats] })).toMatchInlineSnapshot(
      `"y = BatchNormalization(x, s, b, m, v)"`,
    );
    const training = { opset: 6, nodes, inputs: [x4, ...stats], outputs: ['y', 'unread'] };
    await expect(normalized(training)).rejects.toThrow('BatchNormalization in training mode');
  });

  it('is arithmetic where statistics are for each element', async () => {
    const each = ['s', 'b', 'm', 'v'].map((name) => info(name, 'float32', [3, 4, 5]));
    const nodes = [node('BatchNormalization', ['x', 's', 'b', 'm', 'v'], ['y'], { spatial: 0, epsilon: float(0.5) })];
    expect(await normalized({ opset: 8, nodes, inputs: [x4, ...each] })).toMatchInlineSnapshot(`
      "constant n_y/constant = float32[] [0.5]
      n_y/Add.0 = Add(v, n_y/constant)
      n_y/Sqrt.0 = Sqrt(n_y/Add.0)
      n_y/Sub.0 = Sub(x, m)
      n_y/Div.0 = Div(n_y/Sub.0, n_y/Sqrt.0)
      n_y/Mul.0 = Mul(n_y/Div.0, s)
      y = Add(n_y/Mul.0, b)"
    `);
  });
});

describe('Upsample and Resize', () => {
  const scales = numbers('scales', 'float32', [4], [1, 1, 2, 2]);
  it('Upsample of all its versions', async () => {
    const one = [node('Upsample', ['x'], ['y'], { height_scale: float(2), width_scale: float(3), mode: 'bilinear' })];
    expect(await normalized({ opset: 1, nodes: one, inputs: [x4] })).toMatchInlineSnapshot(`
      "constant n_y/constant = float32[4] [1, 1, 2, 3]
      y = Resize(x, -, n_y/constant) { coordinate_transformation_mode: "asymmetric", mode: "linear", nearest_mode: "floor" }"
    `);
    const seven = [node('Upsample', ['x'], ['y'], { scales: { floats: [1, 1, 2, 2] } })];
    expect(await normalized({ opset: 8, nodes: seven, inputs: [x4] })).toMatchInlineSnapshot(`
      "constant n_y/constant = float32[4] [1, 1, 2, 2]
      y = Resize(x, -, n_y/constant) { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }"
    `);
    const nine = [node('Upsample', ['x', 'scales'], ['y'], { mode: 'linear' })];
    for (const opset of [9, 13])
      expect(await normalized({ opset, nodes: nine, inputs: [x4], initializers: [scales] })).toBe(
        [
          'constant scales = float32[4] [1, 1, 2, 2]',
          'y = Resize(x, -, scales) { coordinate_transformation_mode: "asymmetric", mode: "linear", nearest_mode: "floor" }',
        ].join('\n'),
      );
  });

  it('Resize-10', async () => {
    const nodes = [node('Resize', ['x', 'scales'], ['y'])];
    expect(await normalized({ opset: 10, nodes, inputs: [x4], initializers: [scales] })).toMatchInlineSnapshot(`
      "constant scales = float32[4] [1, 1, 2, 2]
      y = Resize(x, -, scales) { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }"
    `);
  });

  it('Resize-10 that shrinks an axis', async () => {
    const down = numbers('scales', 'float32', [4], [1, 1, 0.5, 2]);
    const resize = (mode: string) =>
      normalized({
        opset: 10,
        nodes: [node('Resize', ['x', 'scales'], ['y'], { mode })],
        inputs: [x4],
        initializers: [down],
      });
    expect(await resize('nearest')).toMatchInlineSnapshot(`
      "constant n_y/constant = float32[4] [1, 1, 0.5, 1]
      constant n_y/constant_1 = float32[4] [1, 1, 1, 2]
      n_y/Resize.0 = Resize(x, -, n_y/constant) { coordinate_transformation_mode: "asymmetric", nearest_mode: "ceil" }
      y = Resize(n_y/Resize.0, -, n_y/constant_1) { coordinate_transformation_mode: "asymmetric", mode: "nearest", nearest_mode: "floor" }"
    `);
    expect(await resize('linear')).toMatchInlineSnapshot(`
      "constant scales = float32[4] [1, 1, 0.5, 2]
      y = Resize(x, -, scales) { coordinate_transformation_mode: "asymmetric", mode: "linear", nearest_mode: "floor" }"
    `);
  });

  it('tf_half_pixel_for_nn', async () => {
    const mode = { coordinate_transformation_mode: 'tf_half_pixel_for_nn' };
    const resize = (attributes: Record<string, string>) =>
      normalized({
        opset: 11,
        nodes: [node('Resize', ['x', '', 'scales'], ['y'], attributes)],
        inputs: [x4],
        initializers: [scales],
      });
    expect(await resize({ ...mode, nearest_mode: 'floor' })).toMatchInlineSnapshot(`
      "constant scales = float32[4] [1, 1, 2, 2]
      y = Resize(x, -, scales) { coordinate_transformation_mode: "half_pixel", nearest_mode: "round_prefer_ceil" }"
    `);
    await expect(resize({ ...mode, mode: 'linear' })).rejects.toThrow('ONNX_OPSET: tf_half_pixel_for_nn');
  });
});
