// Activations as the functions that they are made of.

import type { Node, Value } from '@trtx/ir';
import { like } from '../../normalize/pieces.ts';
import { type ExportEmitter, given, spelling } from './spelling.ts';

export const activationSpellings = [
  spelling('Gelu', 20, (node, emit) => {
    const x = given(node, 0);
    return [node.view().string('approximate') === 'tanh' ? geluTanh(x, emit) : gelu(x, emit)];
  }),
  spelling('Swish', 24, (node, emit) => [swish(given(node, 0), node.view().float('alpha'), emit)]),
  spelling('SwiGLU', 28, (node, emit) => {
    const gate = emit.node('Swish', [given(node, 0)], alphaOf(node));
    return [emit.node('Mul', [gate, given(node, 1)])];
  }),
  spelling('Mish', 18, (node, emit) => {
    const x = given(node, 0);
    return [emit.node('Mul', [x, emit.node('Tanh', [emit.node('Softplus', [x])])])];
  }),
  // Celu-12 is of float32 only; Elu always had all types: alpha · Elu(x / alpha).
  spelling('Celu', 28, (node, emit) => {
    const x = given(node, 0);
    if (x.type.dtype === 'float32') return undefined;
    const alpha = node.view().float('alpha');
    if (alpha === 1) return [emit.node('Elu', [x])];
    const number = like(x, alpha, emit);
    return [emit.node('Mul', [emit.node('Elu', [emit.node('Div', [x, number])]), number])];
  }),
];

function alphaOf(node: Node): Record<string, number> {
  const alpha = node.view().float('alpha');
  return alpha === 1 ? {} : { alpha };
}

/** x · (1 + erf(x/√2)) · ½ */
function gelu(x: Value, emit: ExportEmitter): Value {
  const erf = emit.node('Erf', [emit.node('Div', [x, like(x, Math.SQRT2, emit)])]);
  return halved(x, erf, emit);
}

/** x · (1 + tanh(√(2/π) · (x + 0.044715·x³))) · ½ */
function geluTanh(x: Value, emit: ExportEmitter): Value {
  const cube = emit.node('Mul', [emit.node('Pow', [x, like(x, 3, emit)]), like(x, 0.044715, emit)]);
  const inner = emit.node('Mul', [emit.node('Add', [x, cube]), like(x, Math.sqrt(2 / Math.PI), emit)]);
  return halved(x, emit.node('Tanh', [inner]), emit);
}

function halved(x: Value, odd: Value, emit: ExportEmitter): Value {
  const product = emit.node('Mul', [x, emit.node('Add', [odd, like(x, 1, emit)])]);
  return emit.node('Mul', [product, like(x, 0.5, emit)]);
}

function swish(x: Value, alpha: number, emit: ExportEmitter): Value {
  const scaled = alpha === 1 ? x : emit.node('Mul', [x, like(x, alpha, emit)]);
  return emit.node('Mul', [x, emit.node('Sigmoid', [scaled])]);
}
