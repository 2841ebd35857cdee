// What is known to be finite: values that are made of finite ones in ways that do not leave the numbers, but for overflow.

import { elementCount, isFloat, type Node, numbersOf, traitOf, type Value } from '@trtx/ir';

/** Pointwise ops whose results are finite where their operands are, if nothing overflows. */
const KEEPS: ReadonlySet<string> = new Set(['Abs', 'Add', 'Cast', 'Clip', 'Max', 'Min', 'Mul', 'Neg', 'Sub', 'Where']);
/** Constants past which they are not looked through. */
const MAX_ELEMENTS = 2 ** 20;
/** Nodes after which the search ends without an answer. */
const MAX_NODES = 64;

/** True where all elements of a value are known to be finite. */
export function knownFinite(value: Value): boolean {
  const pending = [value];
  const seen = new Set<Value>();
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (seen.has(next) || !isFloat(next.type.dtype)) continue;
    seen.add(next);
    if (next.constant) {
      if (elementCount(next.constant.dims) > MAX_ELEMENTS || !numbersOf(next.constant).every(Number.isFinite))
        return false;
    } else if (!next.producer || seen.size > MAX_NODES || !keepsFinite(next.producer)) return false;
    else pending.push(...next.producer.inputs.filter((input) => input !== null));
  }
  return true;
}

function keepsFinite(node: Node): boolean {
  const at = node.view();
  const trait = traitOf(node.op, at);
  if (trait.kind === 'pointwise') return node.op.domain === '' && KEEPS.has(node.op.name);
  if (trait.kind !== 'injective') return false;
  // What stands where no input does is a number of the op's own.
  return node.outputs.every((_, i) => {
    const { otherwise } = trait.map(at, i);
    return !otherwise || 'input' in otherwise || Number.isFinite(otherwise.value);
  });
}
