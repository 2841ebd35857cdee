// Small graphs for the tests of this package.

import { type Graph, GraphBuilder } from '@trtx/ir';

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
