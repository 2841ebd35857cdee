// Arithmetic, comparison, logic and Cast. Before opset 7 operands broadcast only where told, and then along a stated axis.

import { dtypeByProtoName } from '../source/dtypes.ts';
import { type Emitter, type LegacyNode, take, typeOf } from './node.ts';
import { dropped, NEVER, step } from './steps.ts';

const BINARY = 'Add Sub Mul Div And Or Xor Equal Less Greater Pow';

export const arithmeticSteps = [
  dropped('Abs Add Ceil Div Exp Floor Log Max Mean Min Mul Neg Reciprocal Sqrt Sub Sum Tanh', 6, 'consumed_inputs'),
  step(BINARY, 7, alignSecond),
  step('Cast', 6, (node, emit) => {
    const to = take(node, 'to');
    const dtype = typeof to === 'string' ? dtypeByProtoName(to) : undefined;
    if (!dtype) throw emit.fail(`a Cast to ${to}`);
    node.attributes.set('to', dtype);
  }),
  // Written by every exporter, and about float8 only: what they say by default is left out.
  step('Cast CastLike', NEVER, ({ attributes }) => {
    if (attributes.get('saturate') === 1) attributes.delete('saturate');
    if (attributes.get('round_mode') === 'up') attributes.delete('round_mode');
  }),
];

/** Axis `axis` of A is axis 0 of B: B gets trailing ones, as NumPy's broadcasting needs them. */
function alignSecond(node: LegacyNode, emit: Emitter): void {
  const broadcasts = take(node, 'broadcast') === 1;
  const axis = take(node, 'axis');
  if (!broadcasts || axis === undefined) return;
  const a = typeOf(node, 0, emit).shape.length;
  const b = typeOf(node, 1, emit).shape.length;
  const start = (axis as number) < 0 ? (axis as number) + a : (axis as number);
  const trailing = a - start - b;
  if (!(start >= 0 && trailing >= 0)) throw emit.fail(`axis ${axis} for operands of rank ${a} and ${b}`);
  if (trailing === 0) return;
  const axes = Array.from({ length: trailing }, (_, i) => b + i);
  node.inputs[1] = emit.node('Unsqueeze', [node.inputs[1]!, emit.constant('int64', [trailing], axes)]);
}
