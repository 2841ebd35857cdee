// How nodes of a file become nodes of the graph.

import { inputOf, take } from '@trtx/onnx';

/**
 * com.microsoft CDist: `metric` is 'sqeuclidean' (the default) or 'euclidean'.
 * @type {import('@trtx/onnx').Spelling}
 */
export function cdist(node, emit) {
  const metric = take(node, 'metric') ?? 'sqeuclidean';
  if (metric !== 'sqeuclidean' && metric !== 'euclidean') throw emit.fail(`the metric ${metric}`);
  const squares = emit.node('com.example::SquaredDistances', [inputOf(node, 0, emit), inputOf(node, 1, emit)]);
  return [metric === 'euclidean' ? emit.node('Sqrt', [squares]) : squares];
}
