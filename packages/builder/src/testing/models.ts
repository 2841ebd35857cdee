// Small graphs for the tests of this package.

import { type Graph, GraphBuilder, parseGraph, standardOps } from '@trtx/ir';

/** y = relu(x · w) for x of N x 3; w counts from -5 to 6. */
export function matmulGraph(rows: number | string = 'N'): Graph {
  const b = new GraphBuilder('matmul');
  const x = b.input('x', 'float32', [rows, 3]);
  const w = b.constant(
    'float32',
    [3, 4],
    Array.from({ length: 12 }, (_, i) => i - 5),
    'w',
  );
  b.output('y', b.Relu(b.MatMul(x, w)));
  return b.graph;
}

/** y = softmax(x · w) for x of 2 x 3, of nodes `product` and `probabilities`. */
export function softmaxGraph(): Graph {
  const w = 'float32[3,4] [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]';
  const text = `input x: float32[2,3]\nm = MatMul(x, ${w}) as product\ny = Softmax(m) as probabilities\noutput y`;
  return parseGraph(`graph softmax\n${text}`, standardOps);
}
