// Ops that look up where to read or write.

import { type Emitter, type LegacyNode, setInput, take, typeOf } from './node.ts';
import { NEVER, step } from './steps.ts';

export const gatherSteps = [
  step('Scatter', 11, (node) => {
    node.op = 'ScatterElements';
  }),
  step('TopK', 10, (node, emit) => {
    const k = take(node, 'k');
    if (typeof k !== 'number') throw emit.fail('attribute k is missing');
    setInput(node, 1, emit.constant('int64', [1], [k]));
  }),
  step('OneHot', NEVER, wholeIndices),
];

/** Indices of OneHot may be floats in ONNX, and are integers in the graph. */
function wholeIndices(node: LegacyNode, emit: Emitter): void {
  if (!/float/.test(typeOf(node, 0, emit).dtype)) return;
  node.inputs[0] = emit.node('Cast', [node.inputs[0]!], { to: 'int64' });
}
