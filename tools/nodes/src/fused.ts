// ONNX Runtime's 'extended' level fuses nodes into ops of its own. To be compared with files of standard ops, each such node
// counts as the standard nodes that it replaced.

import { type OpCounts, sumOf } from './count.ts';

/** Standard nodes that a node of ONNX Runtime's stands for. */
const REPLACED: Readonly<Record<string, number>> = {
  // The product or convolution, and what follows it or transposes an operand.
  'com.microsoft::FusedConv': 2,
  'com.microsoft::FusedGemm': 2,
  'com.microsoft::FusedMatMul': 2,
  'com.microsoft::BiasSoftmax': 2,
  'com.microsoft::SkipLayerNormalization': 2,
  // Sigmoid and Mul.
  'com.microsoft::QuickGelu': 2,
  // Div, Erf, Add, Mul, Mul; one Add more with a bias; eight with tanh.
  'com.microsoft::Gelu': 5,
  'com.microsoft::BiasGelu': 6,
  'com.microsoft::FastGelu': 8,
  // Pow, ReduceMean, Add, Sqrt, Div, Mul.
  SimplifiedLayerNormalization: 6,
  // ReduceMean, Sub, Pow, ReduceMean, Add, Sqrt, Div, Mul, Add.
  LayerNormalization: 9,
};

/**
 * The nodes of an 'extended' file, with those that were fused as what they replaced.
 * @param basic the nodes of the 'basic' file: ops that it has as well were not fused
 */
export function unfused(extended: OpCounts, basic: OpCounts): number {
  let sum = sumOf(extended);
  for (const [op, count] of extended) {
    const made = Math.max(count - (basic.get(op) ?? 0), 0);
    const each = REPLACED[op];
    if (made > 0 && each === undefined && op.includes('::'))
      throw new Error(`${op}: how many standard nodes does it stand for? Add it to tools/nodes/src/fused.ts.`);
    sum += made * ((each ?? 1) - 1);
  }
  return sum;
}
