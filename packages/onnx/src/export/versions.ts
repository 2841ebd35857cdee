// What in a graph is newer than the oldest opset that is written.

import { quote } from '@trtx/errors';
import { type DType, type Node, opName } from '@trtx/ir';

/** Ops of the default domain, and the first opset that has them. */
const INTRODUCED: ReadonlyMap<string, number> = new Map([
  ['Attention', 23],
  ['RMSNormalization', 23],
  ['RotaryEmbedding', 23],
  ['Swish', 24],
  ['TensorScatter', 24],
  ['BitCast', 26],
  ['CumProd', 26],
  ['CausalConvWithState', 27],
  ['LinearAttention', 27],
  ['SwiGLU', 28],
]);

/** Inputs and attributes that ops got later. */
const EXTENDED: ReadonlyMap<string, readonly { input?: number; attribute?: string; opset: number }[]> = new Map([
  [
    'Attention',
    [
      { input: 6, opset: 24 },
      { attribute: 'left_window_size', opset: 25 },
      { attribute: 'right_window_size', opset: 25 },
    ],
  ],
]);

/** Element types, and the first opset whose ops take them. */
const TYPES: ReadonlyMap<DType, number> = new Map([
  ['float4e2m1', 23],
  ['float8e8m0', 24],
  ['uint2', 25],
  ['int2', 25],
]);

export interface OpsetNeed {
  /** An op, one of its inputs or attributes, or an element type. */
  readonly what: string;
  /** The first opset that has it. */
  readonly opset: number;
  /** Name of a node. */
  readonly node: string;
}

/** All that opset 21 lacks of what the nodes are and have. */
export function opsetNeeds(nodes: readonly Node[]): OpsetNeed[] {
  return nodes.flatMap((node) => (node.op.domain === '' ? needsOf(node) : []));
}

function needsOf(node: Node): OpsetNeed[] {
  const needs: OpsetNeed[] = [];
  const need = (what: string, opset: number | undefined) => {
    if (opset !== undefined) needs.push({ what, opset, node: node.name });
  };
  const op = quote(opName(node.op));
  need(op, INTRODUCED.get(node.op.name));
  for (const { input, attribute, opset } of EXTENDED.get(node.op.name) ?? []) {
    if (attribute !== undefined && node.attributes.has(attribute)) need(`${attribute} of ${op}`, opset);
    if (input !== undefined && node.inputs[input]) need(`${node.op.inputs[input]!.name} of ${op}`, opset);
  }
  for (const value of [...node.inputs, ...node.outputs]) if (value) need(value.type.dtype, TYPES.get(value.type.dtype));
  return needs;
}
