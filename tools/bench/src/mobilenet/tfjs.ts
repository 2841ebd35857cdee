// The network as a graph model of TensorFlow.js, as its converter writes one: channels last, biases and activations fused.

import type { Layer, Network, Weighted } from './layers.ts';

/** What `model.json` says, and the one file of weights that it names. */
export interface GraphModel {
  readonly json: object;
  readonly weights: Uint8Array;
}

interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: object;
}

interface Constant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** @param weightsFile the name that the file of weights will have */
export function graphModelOf({ input, size, layers }: Network, weightsFile: string): GraphModel {
  const constants: Constant[] = [];
  const constant = (name: string, shape: readonly number[], data: Constant['data']) => {
    constants.push({ name, shape, data });
    return name;
  };
  const shape = { shape: { dim: [1, size, size, 3].map((length) => ({ size: String(length) })) } };
  const nodes: NodeDef[] = [{ name: input, op: 'Placeholder', input: [], attr: { dtype: FLOAT, shape } }];
  for (const layer of layers) nodes.push(nodeOf(layer, constant));
  const held = constants.map(
    ({ name, data }): NodeDef => ({ name, op: 'Const', input: [], attr: { dtype: typeOf(data) } }),
  );
  const specs = constants.map(({ name, shape, data }) => {
    return { name, shape, dtype: data instanceof Int32Array ? 'int32' : 'float32' };
  });
  const weights = Buffer.concat(constants.map(({ data }) => new Uint8Array(data.buffer)));
  return {
    json: {
      format: 'graph-model',
      modelTopology: { node: [...held, ...nodes], library: {}, versions: {} },
      weightsManifest: [{ paths: [weightsFile], weights: specs }],
    },
    weights,
  };
}

const FLOAT = { type: 'DT_FLOAT' };
const typeOf = (data: Constant['data']) => (data instanceof Int32Array ? { type: 'DT_INT32' } : FLOAT);

// Attributes, as the JSON form of protocol buffers has them.
const text = (value: string) => ({ s: Buffer.from(value).toString('base64') });
const numbers = (values: readonly number[]) => ({ list: { i: values.map(String) } });

function nodeOf(
  layer: Layer,
  constant: (name: string, shape: readonly number[], data: Constant['data']) => string,
): NodeDef {
  const { name, inputs } = layer;
  if (layer.kind === 'add') return { name, op: 'AddV2', input: inputs, attr: { T: FLOAT } };
  if (layer.kind === 'mean') {
    const axes = constant(`${name}/axes`, [2], Int32Array.of(1, 2));
    return { name, op: 'Mean', input: [...inputs, axes], attr: { keep_dims: { b: false }, T: FLOAT } };
  }
  const weights = constant(`${name}/weights`, weightsShape(layer), layer.weights);
  const bias = constant(`${name}/bias`, [layer.channels[1]], layer.bias);
  const fused = ['BiasAdd', ...(layer.relu6 ? ['Relu6'] : [])].map((one) => text(one).s);
  const attr = { T: FLOAT, num_args: { i: '1' }, fused_ops: { list: { s: fused } } };
  const input = [...inputs, weights, bias];
  if (layer.kind === 'dense') {
    const transposed = { transpose_a: { b: false }, transpose_b: { b: false } };
    return { name, op: '_FusedMatMul', input, attr: { ...attr, ...transposed } };
  }
  const { stride } = layer;
  const windows = { strides: numbers([1, stride, stride, 1]), dilations: numbers([1, 1, 1, 1]) };
  return {
    name,
    op: layer.kind === 'depthwise' ? 'FusedDepthwiseConv2dNative' : '_FusedConv2D',
    input,
    attr: { ...attr, ...windows, padding: text('SAME'), data_format: text('NHWC') },
  };
}

function weightsShape({ kind, kernel, channels: [inputs, outputs] }: Weighted): number[] {
  if (kind === 'dense') return [inputs, outputs];
  return kind === 'depthwise' ? [kernel, kernel, outputs, 1] : [kernel, kernel, inputs, outputs];
}
