// Puts QuantizeLinear and DequantizeLinear where a placement wants codes, with the scales that calibration gave.

import { constantFrom, type Graph, standardOps, type Value } from '@trtx/ir';
import type { QuantizedWeights } from '../report/report.ts';
import type { Parameters } from '../scheme/parameters.ts';
import { type Quantized, scaleConstant } from '../scheme/quantize.ts';
import type { QuantizedType, ScaleType, Target } from '../scheme/scheme.ts';
import { codesFor, reportOf } from '../weights/codes.ts';
import { addDequantized } from '../weights/dequantized.ts';
import { type Layout, layoutOf } from '../weights/layout.ts';
import { plainRounding } from '../weights/methods.ts';
import { addIntegerBias } from './bias.ts';
import type { Anchor, Placement, Point } from './place.ts';

/** Scale and zero point of the points of a group. */
export interface Chosen {
  readonly points: readonly Point[];
  readonly parameters: Parameters;
}

/**
 * Changes the graph in place, but not where weights have no codes.
 * @throws TrtxError QUANT_NAN
 */
export function applyInt8(
  graph: Graph,
  { anchors }: Placement,
  chosen: readonly Chosen[],
  activations: Target,
): QuantizedWeights[] {
  const codes = new Map<string, Quantized>();
  for (const anchor of anchors)
    if (!codes.has(keyOf(anchor))) codes.set(keyOf(anchor), codesFor(anchor, channelwise(anchor), plainRounding));
  const reports = anchors.map((anchor) => reportOf(anchor, codes.get(keyOf(anchor))!, plainRounding.name));
  const scales = new Map<Value, number>();
  for (const { points, parameters } of chosen) {
    addPairs(graph, points, parameters, activations.type);
    for (const { value } of points) scales.set(value, parameters.scale);
  }
  const numbers = new Map<string, Value>();
  for (const anchor of anchors) {
    const { node, operand, value, x } = anchor;
    const key = keyOf(anchor);
    const quantized = codes.get(key)!;
    if (!numbers.has(key)) numbers.set(key, addDequantized(graph, value.name, quantized, { origin: node.origin }));
    graph.setInput(node, operand.input, numbers.get(key)!);
    const bias = operand.bias === undefined ? undefined : node.inputs[operand.bias];
    const integers = bias && addIntegerBias(graph, bias, scales.get(x)!, quantized, node.origin);
    if (integers) graph.setInput(node, operand.bias!, integers);
  }
  return reports;
}

/** The same for nodes that read one constant along one axis. */
function keyOf({ value, operand }: Anchor): string {
  return `${value.name} ${operand.channel?.axis}`;
}

/** Weights in int8, with a scale for each channel of the output. */
function channelwise(anchor: Anchor): Layout {
  return layoutOf(anchor, { type: 'int8', block: 'channel' });
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
