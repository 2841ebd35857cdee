// One model in smaller and smaller numbers.

import { cloneGraph, type Graph } from '@trtx/ir';
import { toFloat16 } from '@trtx/passes';
import {
  constantBytes,
  plainRounding,
  quantizeInt8,
  quantizeWeights,
  type Samples,
  standardCalibrators,
} from '@trtx/quantizer';

export interface Variant {
  readonly name: string;
  readonly graph: Graph;
  /** Of all constants. */
  readonly bytes: number;
}

/**
 * The optimized graph in float32 and float16, in int8 by each calibrator, and with weights of 8 and 4 bits.
 * @param samples gives those to calibrate with, anew at each call
 */
export async function* variantsOf(graph: Graph, samples: () => Samples, total: number): AsyncIterable<Variant> {
  yield { name: 'float32', graph, bytes: constantBytes(graph) };
  const half = cloneGraph(graph);
  toFloat16(half);
  yield { name: 'float16', graph: half, bytes: constantBytes(half) };
  for (const calibrator of standardCalibrators.names) {
    const copy = cloneGraph(graph);
    const { bytes } = await quantizeInt8(copy, samples(), { calibrator, total, compared: 0 });
    yield { name: `int8, ${calibrator}`, graph: copy, bytes: bytes.after };
  }
  for (const [name, options] of WEIGHTS) {
    const copy = cloneGraph(graph);
    const { bytes } = quantizeWeights(copy, options);
    yield { name, graph: copy, bytes: bytes.after };
  }
}

const WEIGHTS = [
  ['int8 weights', { type: 'int8', block: 'channel' }],
  ['int4 weights, plain', { type: 'int4', method: plainRounding }],
  ['int4 weights', { type: 'int4' }],
  ['uint4 weights, zero points', { type: 'uint4', symmetric: false }],
] as const;
