// Puts QuantizeLinear and DequantizeLinear where a placement wants codes, with the scales that calibration gave.

import { constantFrom, type Graph, standardOps, type Value } from '@trtx/ir';
import { bytesOf } from '../report/bytes.ts';
import { ErrorSum } from '../report/error.ts';
import type { QuantizedWeights } from '../report/report.ts';
import type { Parameters } from '../scheme/parameters.ts';
import { dequantize, type Quantized, quantize, scaleConstant } from '../scheme/quantize.ts';
import type { QuantizedType, ScaleType, Scheme, Target } from '../scheme/scheme.ts';
import { addDequantized } from '../weights/dequantized.ts';
import { valuesOf } from '../weights/values.ts';
import { addIntegerBias } from './bias.ts';
import type { Anchor, Placement, Point } from './place.ts';

/** Scale and zero point of the points of a group. */
export interface Chosen {
  readonly points: readonly Point[];
  readonly parameters: Parameters;
}

/** Changes the graph in place. */
export function applyInt8(
  graph: Graph,
  { anchors }: Placement,
  chosen: readonly Chosen[],
  activations: Target,
): QuantizedWeights[] {
  const scales = new Map<Value, number>();
  for (const { points, parameters } of chosen) {
    addPairs(graph, points, parameters, activations.type);
    for (const { value } of points) scales.set(value, parameters.scale);
  }
  const done = new Map<string, Done>();
  return anchors.map((anchor) => quantizeAnchor(graph, anchor, scales.get(anchor.x)!, done));
}

/** A pair behind each point, all with the same scale and zero point. */
function addPairs(graph: Graph, points: readonly Point[], parameters: Parameters, type: QuantizedType): void {
  const [{ value: first }] = points as [Point];
  const scaleType = first.type.dtype as ScaleType;
  const operands = [
    graph.addConstant(scaleConstant(scaleType, [], [parameters.scale]), `${first.name}.scale`),
    graph.addConstant(constantFrom(type, [], [parameters.zeroPoint]), `${first.name}.zero_point`),
  ];
  for (const { value, uses } of points) {
    const origin = value.producer?.origin ?? [];
    const add = (op: string, input: Value, verb: string, noun: string) =>
      graph.addNode(
        standardOps.get(op)!,
        [input, ...operands],
        {},
        {
          name: `${value.name}.${verb}`,
          outputs: [`${value.name}.${noun}`],
          origin,
        },
      ).output;
    const codes = add('QuantizeLinear', value, 'quantize', 'codes');
    const numbers = add('DequantizeLinear', codes, 'dequantize', 'dequantized');
    for (const { node, index } of uses) graph.setInput(node, index, numbers);
  }
}

/** Weights that were quantized, for the next node that reads them along the same axis. */
interface Done {
  readonly value: Value;
  readonly quantized: Quantized;
}

/** Weights in int8 with a scale for each channel, and the bias in 32 bits where that can be. */
function quantizeAnchor(graph: Graph, anchor: Anchor, xScale: number, done: Map<string, Done>): QuantizedWeights {
  const { node, operand, value, dims } = anchor;
  const constant = value.constant!;
  const values = valuesOf(constant);
  const axis = operand.channel?.axis;
  const key = `${value.name} ${axis}`;
  let found = done.get(key);
  if (!found) {
    const scheme: Scheme = {
      type: 'int8',
      symmetric: true,
      granularity: axis === undefined ? { kind: 'tensor' } : { kind: 'channel', axis },
    };
    const quantized = quantize(values, dims, scheme, { scaleType: constant.dtype as ScaleType });
    found = { quantized, value: addDequantized(graph, value.name, quantized, { origin: node.origin }) };
    done.set(key, found);
  }
  const { quantized } = found;
  graph.setInput(node, operand.input, found.value);
  const bias = operand.bias === undefined ? undefined : node.inputs[operand.bias];
  const integers = bias && addIntegerBias(graph, bias, xScale, quantized, node.origin);
  if (integers) graph.setInput(node, operand.bias!, integers);
  const scales = bytesOf({ dtype: constant.dtype, dims: [quantized.scales.length] });
  return {
    node: node.name,
    op: node.op.name,
    origin: node.origin,
    tensor: value.name,
    scheme: quantized.scheme,
    method: 'plain',
    bytes: { before: bytesOf(constant), after: quantized.codes.length + scales },
    ...new ErrorSum().add(values, dequantize(quantized)).error,
  };
}
