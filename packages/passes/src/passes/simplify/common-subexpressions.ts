// Nodes that compute the same of the same become one; so do constants with the same bytes, and values that shape
// inference knows to be the same sizes.

import {
  type AttributeValue,
  byteSize,
  type Constant,
  elementCount,
  hashConstant,
  type Node,
  opName,
  sameConstant,
  sameShape,
  type Value,
} from '@trtx/ir';
import { definePass, type PassContext } from '../../rule.ts';

/** Larger constants are told apart by identity: hashing them costs more than sharing them saves. */
const MAX_HASHED_BYTES = 4 * 2 ** 20;

export const commonSubexpressions = definePass({
  name: 'common-subexpressions',
  summary: 'of nodes with the same op, attributes and inputs, or with the same known contents, one stays',
  run(context) {
    shareConstants(context);
    const numbers = new Map<Value, number>();
    const seen = new Map<string, Node>();
    const known = new Map<string, Value>();
    const numberOf = (value: Value | null) => {
      if (!value) return '-';
      const number = numbers.get(value) ?? numbers.size;
      numbers.set(value, number);
      return number;
    };
    for (const node of context.graph.topological()) {
      // What becomes unused goes at once, wherever it is.
      if (!context.graph.nodes.has(node)) continue;
      for (const output of node.outputs) shareContents(context, node, output, known);
      if (!context.graph.nodes.has(node) || node.op.random || node.bodies.length > 0) continue;
      const attributes = [...node.attributes].map(([name, value]) => `${name}=${attributeKey(value)}`).sort();
      const key = `${opName(node.op)}/${node.outputs.length}(${node.inputs.map(numberOf)}){${attributes}}`;
      const first = seen.get(key);
      if (!first || !context.graph.nodes.has(first)) {
        seen.set(key, node);
        continue;
      }
      // Sizes that only the run tells are symbols of each node's own.
      if (!node.outputs.every(({ type }, i) => sameShape(type.shape, first.outputs[i]!.type.shape))) continue;
      context.rewrite('same-node', node, (patch) => {
        node.outputs.forEach((output, i) => {
          patch.replace(output, first.outputs[i]!, `the same as ${first.name}`);
        });
        return patch.covers(first);
      });
    }
  },
});

function shareConstants({ graph, record }: PassContext): void {
  const byHash = new Map<string, Value>();
  for (const value of graph.constants()) {
    const constant = value.constant!;
    if (bytesOf(constant) > MAX_HASHED_BYTES) continue;
    const hash = hashConstant(constant);
    const first = byHash.get(hash);
    if (!first) byHash.set(hash, value);
    else if (first !== value && sameConstant(first.constant!, constant)) {
      if (!record('same-constant', [], `${value.name} is ${first.name}`)) return;
      graph.replaceUses(value, first);
    }
  }
}

/** Layer after layer asks for the same sizes: `known` has the first value of each contents. */
function shareContents({ graph, rewrite }: PassContext, node: Node, output: Value, known: Map<string, Value>): void {
  const { type, contents } = output;
  // Numbers this large may stand for larger ones.
  if (!contents?.values.every((dim) => typeof dim !== 'number' || Math.abs(dim) < 2 ** 51)) return;
  const key = `${type.dtype}[${contents.dims}] ${contents.values.join(',')}`;
  const first = known.get(key);
  if (!first?.producer || !graph.nodes.has(first.producer)) known.set(key, output);
  else if (!graph.isUnused(output))
    rewrite('same-contents', node, (patch) => patch.replace(output, first, `the same sizes as ${first.name}`));
}

function bytesOf(constant: Constant): number {
  return elementCount(constant.dims) * byteSize(constant.dtype);
}

function attributeKey(value: AttributeValue): string {
  if (typeof value !== 'object' || Array.isArray(value)) return JSON.stringify(value);
  return hashConstant(value as Constant);
}
