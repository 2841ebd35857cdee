// Element types that ops got later, while their meaning stayed: the op in a type that it had, between two Casts.

import type { DType, Node, Value } from '@trtx/ir';
import { castTo } from '../../normalize/steps.ts';
import { WIDENED } from '../versions.ts';
import { type ExportEmitter, type ExportSpelling, spelling } from './spelling.ts';

/** A type that holds all values of another one, and that every op had which has that one today. */
const WIDER: Partial<Record<DType, DType>> = { bfloat16: 'float32', float16: 'float32', bool: 'int32' };

export const typeSpellings: readonly ExportSpelling[] = [...WIDENED].flatMap(([op, widenings]) =>
  widenings.flatMap(({ types, opset, inWider }) =>
    inWider ? [spelling(op, opset, (node, emit) => inWiderType(node, types, emit))] : [],
  ),
);

function inWiderType(node: Node, types: readonly DType[], emit: ExportEmitter): readonly Value[] | undefined {
  const isNarrow = (value: Value | null) => value !== null && types.includes(value.type.dtype);
  if (!node.inputs.some(isNarrow)) return undefined;
  const wider = (value: Value | null) => (isNarrow(value) ? castTo(value!, WIDER[value!.type.dtype]!, emit) : value);
  const attributes = Object.fromEntries(node.attributes);
  const outputs = emit.outputs(node.op.name, node.outputs.length, node.inputs.map(wider), attributes);
  return outputs.map((output, i) => castTo(output, node.outputs[i]!.type.dtype, emit));
}
