// The outputs of nodes that are written in other ops.

import type { Value } from '@trtx/ir';
import type { Emitter, LegacyNode } from '../normalize/index.ts';
import type { SourceNode } from '../source/nodes.ts';
import type { NodeContext } from './context.ts';

/**
 * Gives the values that stand for the node's outputs their names in the file. One that has a name already, since it is an
 * input of the node or two of its outputs, keeps that.
 * @throws TrtxError ONNX_OPSET for an output that is read and that nothing stands for, and for attributes that nobody took
 */
export function nameSpelled(
  source: SourceNode,
  node: LegacyNode,
  outputs: readonly (Value | undefined)[],
  emit: Emitter,
  { graph, values, read }: NodeContext,
): void {
  for (const name of node.attributes.keys()) throw emit.fail(`the attribute ${name} is not known`);
  const named = new Set<Value | null>(node.inputs);
  source.outputs.forEach((name, i) => {
    const value = outputs[i];
    if (!value && read.has(name)) throw emit.fail(`its output ${i} is not supported`);
    if (!value || name === '') return;
    if (!named.has(value) && value.name !== name) graph.rename(value, name);
    named.add(value);
    values.set(name, value);
  });
}
