// The network as an ONNX model, in the opset that all engines read.

import { GraphBuilder, type Value } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import type { Layer, Network, Weighted } from './layers.ts';

const OPSET = 17;

export function onnxOf({ input, size, layers }: Network): Uint8Array {
  const b = new GraphBuilder('mobilenet_v2');
  const values = new Map([[input, b.input(input, 'float32', [1, 3, size, size])]]);
  const sizes = new Map([[input, size]]);
  for (const layer of layers) {
    const given = layer.inputs.map((name) => values.get(name)!);
    values.set(layer.name, addLayer(b, layer, given, sizes.get(layer.inputs[0]!)!));
    sizes.set(layer.name, sizes.get(layer.inputs[0]!)! / ('stride' in layer ? layer.stride : 1));
  }
  b.output('scores', values.get(layers.at(-1)!.name)!);
  return exportModel(b.graph, { opset: OPSET });
}

function addLayer(b: GraphBuilder, layer: Layer, [x, y]: readonly Value[], size: number): Value {
  if (layer.kind === 'add') return b.Add(x!, y!, {}, { name: layer.name });
  if (layer.kind === 'mean') return b.Flatten(b.GlobalAveragePool(x!, {}, { name: layer.name }), { axis: 1 });
  const { kind, kernel, stride, channels, bias, relu6, name } = layer;
  const [inputs, outputs] = channels;
  const biases = constant(b, [outputs], bias);
  if (kind === 'dense') return b.Gemm(x!, constant(b, [inputs, outputs], layer.weights), biases, {}, { name });
  const isDepthwise = kind === 'depthwise';
  const dims = [outputs, isDepthwise ? 1 : inputs, kernel, kernel];
  const sum = b.Conv(
    x!,
    constant(b, dims, outputsFirst(layer)),
    biases,
    { pads: padsOf(size, layer), strides: [stride, stride], group: isDepthwise ? outputs : 1 },
    { name },
  );
  return relu6 ? b.Clip(sum, b.constant('float32', [], [0]), b.constant('float32', [], [6])) : sum;
}

function constant(b: GraphBuilder, dims: readonly number[], data: Float32Array): Value {
  return b.constant('float32', dims, [...data]);
}

/** TensorFlow's `SAME`: what is odd is behind. */
function padsOf(size: number, { kernel, stride }: Weighted): number[] {
  const all = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  const before = all >> 1;
  return [before, before, all - before, all - before];
}

/** kernel × kernel × inputs × outputs as outputs × inputs × kernel × kernel; of `depthwise` there is one input each. */
function outputsFirst({ weights, kernel, kind, channels: [count, outputs] }: Weighted): Float32Array {
  const inputs = kind === 'depthwise' ? 1 : count;
  const positions = kernel * kernel;
  const turned = new Float32Array(weights.length);
  for (let p = 0; p < positions; p++)
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++)
        turned[(o * inputs + i) * positions + p] = weights[(p * inputs + i) * outputs + o]!;
  return turned;
}
