// Expand around pointwise ops, which broadcast by themselves: exporters spell masks out at full size, layer after layer.

import { type Node, opName, traitOf, type Value } from '@trtx/ir';
import type { Operand } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';

/** A pointwise op whose output is as large without the Expand reads what is expanded. */
const beforePointwise = defineRule({
  name: 'before-pointwise',
  ops: (op) => op.trait.kind === 'pointwise',
  apply(node, patch) {
    for (const [i, input] of node.inputs.entries()) {
      const expand = expandOf(input);
      if (!expand || !broadcasts(node)) continue;
      const y = patch.node(opName(node.op), withInput(node, i, expand.inputs[0]!), node.attributes);
      if (patch.sameShape(y.type.shape, node.output.type.shape))
        return patch.covers(expand).replace(node.output, y, 'broadcasts by itself');
    }
    return undefined;
  },
});

/** f(Expand(x)) is Expand(f(x)): less to compute, and nothing at all where x is a constant. */
const afterPointwise = defineRule({
  name: 'after-pointwise',
  ops: (op) => op.trait.kind === 'pointwise',
  apply(node, patch) {
    const i = node.inputs.findIndex((input) => expandOf(input) && patch.onlyUsedBy(input!, node));
    const expand = expandOf(node.inputs[i]);
    if (!expand || !broadcasts(node)) return undefined;
    const y = patch.node(opName(node.op), withInput(node, i, expand.inputs[0]!), node.attributes);
    // Expand is only worth its place behind the op where it has as much to do there.
    if (!patch.sameShape(y.type.shape, expand.inputs[0]!.type.shape)) return undefined;
    const z = patch.covers(expand).node('Expand', [y, expand.inputs[1]], {}, expand.name);
    if (!patch.sameShape(z.type.shape, node.output.type.shape)) return undefined;
    return patch.replace(node.output, z, 'Expand moved behind');
  },
});

export const removeExpands = definePass({
  name: 'remove-expands',
  summary: 'Expand in front of pointwise nodes goes, or moves behind them',
  rules: [beforePointwise, afterPointwise],
});

function expandOf(value: Value | null | undefined): Node | undefined {
  const node = value?.producer;
  return node?.op.name === 'Expand' && node.op.domain === '' ? node : undefined;
}

/** True where operands broadcast as in NumPy. */
function broadcasts(node: Node): boolean {
  const trait = traitOf(node.op, node.view());
  return trait.kind === 'pointwise' && !trait.alignment;
}

function withInput(node: Node, index: number, input: Operand): (Operand | null)[] {
  return node.inputs.map((old, i) => (i === index ? input : old));
}
