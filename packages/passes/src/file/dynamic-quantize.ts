// DynamicQuantizeLinear: a graph has it written out as the range of a tensor, what follows from that, and QuantizeLinear;
// files say it in one node.

import { defineOp } from '@trtx/ir';
import { absent, any, matchOf, number, oneOf, op, type Pattern } from '../pattern.ts';
import { definePass, defineRule } from '../rule.ts';

/** Of files alone: in graphs it is written out. */
export const dynamicQuantizeLinear = defineOp({
  domain: '',
  name: 'DynamicQuantizeLinear',
  since: 11,
  summary: 'uint8 of floats, with a scale and a zero point that make the range of the elements that of the type',
  inputs: [{ name: 'x', types: ['float32'] }],
  outputs: [{ name: 'y' }, { name: 'y_scale' }, { name: 'y_zero_point' }],
  attributes: {},
  trait: { kind: 'opaque' },
  infer: (at) => [
    { dtype: 'uint8', shape: at.input(0).shape },
    { dtype: 'float32', shape: [] },
    { dtype: 'uint8', shape: [] },
  ],
});

const x = any('x');
const zero = number(0);

/** Of all elements: what is left has no axis. */
const all = (name: string): Pattern => op(name, x).where((node) => node.output.type.shape.length === 0);
const [smallest, largest] = [all('ReduceMin'), all('ReduceMax')];

const least = oneOf(op('Min', smallest, zero).as('least'), op('Clip', smallest, absent, zero).as('least'));
const most = oneOf(op('Max', largest, zero), op('Relu', largest));
const range = op('Sub', most, least).as('range');
const scale = op('Where', op('Equal', range, zero), number(1), op('Div', range, number(255))).as('scale');
const offset = op('Sub', zero, op('Div', least, scale));
const zeroPoint = op('Cast', op('Clip', op('Round', offset), zero, number(255)))
  .where((node) => node.output.type.dtype === 'uint8')
  .as('zero');
const quantized = op('QuantizeLinear', x, scale, zeroPoint);

const rule = defineRule({
  name: 'dynamic-quantize',
  ops: ['QuantizeLinear'],
  apply(node, patch) {
    const match = matchOf(quantized, node.output, (found) => found.value('x').type.dtype === 'float32');
    if (!match) return undefined;
    const made = patch.outputs(3, 'DynamicQuantizeLinear', [match.value('x')]);
    const old = [node.output, match.value('scale'), match.value('zero')];
    old.forEach((value, i) => {
      patch.replace(value, made[i]!);
    });
    return patch.covers(...match.nodes).because('range, scale and zero point');
  },
});

export const joinDynamicQuantize = definePass({
  name: 'join-dynamic-quantize',
  summary: 'the range of a tensor and QuantizeLinear by it as DynamicQuantizeLinear',
  rules: [rule],
});
