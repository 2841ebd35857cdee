// Reductions, whose axes were an attribute before they were an input.

import type { Node, Value } from '@trtx/ir';
import { ints } from '../../normalize/pieces.ts';
import { type ExportEmitter, given, knownInts, spelling } from './spelling.ts';

const REDUCTIONS =
  'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare';

export const reduceSpellings = [spelling(REDUCTIONS, 18, axesAsAttribute)];

function axesAsAttribute(node: Node, emit: ExportEmitter): readonly Value[] | undefined {
  const noop = node.view().int('noop_with_empty_axes') === 1;
  const axes = node.inputs[1] ? knownInts(node.inputs[1]) : [];
  if (!axes) throw emit.fail('axes that are not known at build', 'Choose opset 18 or newer.');
  const without = ['noop_with_empty_axes'];
  const data = given(node, 0);
  if (axes.length > 0) return emit.older(node, { inputs: [data], without, attributes: { axes: ['ints', axes] } });
  if (!noop) return emit.older(node, { inputs: [data], without });
  // Over no axis: over one of size 1 that is added for this.
  const last = ints(emit, data.type.shape.length);
  return [emit.node(node.op.name, [emit.node('Unsqueeze', [data, last]), last], { keepdims: 0 })];
}
