// Signals.

import { dftGeometry } from '@trtx/ir';
import { spelling } from './spelling.ts';

export const signalSpellings = [
  // The axis was an attribute.
  spelling('DFT', 20, (node, emit) => {
    const { axis } = dftGeometry(node.view());
    return emit.older(node, { inputs: node.inputs.slice(0, 2), attributes: { axis: ['int', axis] } });
  }),
];
