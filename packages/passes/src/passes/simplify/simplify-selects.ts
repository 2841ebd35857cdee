// Where, by what is known of its condition and its branches.

import { producerOf, splatOf } from '../../match.ts';
import { definePass, defineRule } from '../../rule.ts';

/** Where with a condition that holds everywhere or nowhere, or with one value on both sides, is that value. */
const knownChoice = defineRule({
  name: 'known-choice',
  ops: ['Where'],
  apply(node, patch) {
    const [condition, a, b] = node.inputs;
    const holds = splatOf(condition);
    const chosen = a === b ? a : holds === undefined ? undefined : holds ? a : b;
    if (!chosen || !patch.sameShape(chosen.type.shape, node.output.type.shape)) return undefined;
    return patch.replace(node.output, chosen, 'the same everywhere');
  },
});

/** Where(¬c, a, b) is Where(c, b, a). */
const negatedCondition = defineRule({
  name: 'negated-condition',
  ops: ['Where'],
  apply(node, patch) {
    const [condition, a, b] = node.inputs;
    const not = producerOf(condition, 'Not');
    if (!not) return undefined;
    return patch.covers(not).replace(node.output, patch.node('Where', [not.inputs[0], b, a]), 'branches exchanged');
  },
});

/** In a branch of Where the condition is known: so is what a Where with the same condition gives there. */
const sameCondition = defineRule({
  name: 'same-condition',
  ops: ['Where'],
  apply(node, patch) {
    const [condition, a, b] = node.inputs;
    const [inA, inB] = [a, b].map((branch) => {
      const inner = producerOf(branch, 'Where');
      return inner?.inputs[0] === condition ? inner : undefined;
    });
    if (!inA && !inB) return undefined;
    const y = patch.node('Where', [condition, inA?.inputs[1] ?? a, inB?.inputs[2] ?? b]);
    if (!patch.sameShape(y.type.shape, node.output.type.shape)) return undefined;
    return patch.covers(...[inA, inB].filter((inner) => inner !== undefined)).replace(node.output, y, 'one condition');
  },
});

export const simplifySelects = definePass({
  name: 'simplify-selects',
  summary:
    'Where with a known condition, with one value on both sides, of a Not, or in a Where with the same condition',
  rules: [knownChoice, negatedCondition, sameCondition],
});
