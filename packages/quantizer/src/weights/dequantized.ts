// A quantized constant in a graph: codes, scales and zero points as constants, and a DequantizeLinear that reads them.

import { type Graph, type OpRegistry, standardOps, type Value } from '@trtx/ir';
import { constantsOf, type Quantized } from '../scheme/quantize.ts';

export interface DequantizedOptions {
  /** Names of the nodes of the source model that it is for. */
  readonly origin: readonly string[];
  readonly ops?: OpRegistry;
}

/** Adds a quantized constant, under a name: the value of its numbers. */
export function addDequantized(
  graph: Graph,
  name: string,
  quantized: Quantized,
  { origin, ops = standardOps }: DequantizedOptions,
): Value {
  const { codes, scales, zeroPoints } = constantsOf(quantized);
  const { granularity } = quantized.scheme;
  const inputs = [graph.addConstant(codes, `${name}.codes`), graph.addConstant(scales, `${name}.scale`)];
  if (zeroPoints) inputs.push(graph.addConstant(zeroPoints, `${name}.zero_point`));
  const attributes = {
    axis: granularity.kind === 'tensor' ? undefined : granularity.axis,
    block_size: granularity.kind === 'block' ? granularity.size : undefined,
  };
  return graph.addNode(ops.get('DequantizeLinear')!, inputs, attributes, {
    name: `${name}.dequantize`,
    outputs: [`${name}.dequantized`],
    origin,
  }).output;
}
