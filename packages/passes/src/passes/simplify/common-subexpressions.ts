// Nodes that compute the same of the same become one; so do values that shape inference knows to be the same sizes or the
// same positions.

import {
  type AttributeValue,
  type Constant,
  hashConstant,
  type Node,
  noteRenamed,
  opName,
  type Renamed,
  reinferKeeping,
  sameShape,
  sizesOf,
  type Value,
} from '@trtx/ir';
import { definePass, type PassContext } from '../../rule.ts';
import { rampKey, rampOf } from './ramps.ts';
import { shareConstants } from './share-constants.ts';

export const commonSubexpressions = definePass({
  name: 'common-subexpressions',
  summary: 'of nodes with the same op, attributes and inputs, or with the same known contents, one stays',
  run(context) {
    const { graph, record } = context;
    shareConstants(graph, record);
    const numbers = new Map<Value, number>();
    const seen = new Map<string, Node>();
    const known = new Map<string, Value>();
    const numberOf = (value: Value | null) => {
      if (!value) return '-';
      const number = numbers.get(value) ?? numbers.size;
      numbers.set(value, number);
      return number;
    };
    const renamed: Renamed = new Map();
    for (const node of graph.topological()) {
      // What becomes unused goes at once, wherever it is.
      if (!graph.nodes.has(node) || node.outputs.every((output) => graph.isUnused(output))) continue;
      for (const output of node.outputs) shareContents(context, node, output, known);
      if (!graph.nodes.has(node) || node.op.random || node.bodies.length > 0) continue;
      const attributes = [...node.attributes].map(([name, value]) => `${name}=${attributeKey(value)}`).sort();
      const key = `${opName(node.op)}/${node.outputs.length}(${node.inputs.map(numberOf)}){${attributes}}`;
      const first = seen.get(key);
      if (!first || !graph.nodes.has(first)) {
        seen.set(key, node);
        continue;
      }
      if (!node.outputs.every((output, i) => sameShape(sizesOf(output), sizesOf(first.outputs[i]!)))) {
        // Sizes that only the run tells are symbols of each node's own: those of the first hold for both.
        if (!record('same-node', [node, first], `the same as ${first.name}`)) return;
        node.outputs.forEach((output, i) => {
          noteRenamed(renamed, output, first.outputs[i]!);
          graph.replaceUses(output, first.outputs[i]!);
        });
        graph.removeNode(node);
        continue;
      }
      context.rewrite('same-node', node, (patch) => {
        node.outputs.forEach((output, i) => {
          patch.replace(output, first.outputs[i]!, `the same as ${first.name}`);
        });
        return patch.covers(first);
      });
    }
    if (renamed.size > 0) reinferKeeping(graph, renamed);
  },
});

/** Layer after layer asks for the same sizes: `known` has the first value of each contents. */
function shareContents({ graph, rewrite }: PassContext, node: Node, output: Value, known: Map<string, Value>): void {
  const key = contentsKey(output);
  if (key === undefined) return;
  const first = known.get(key);
  if (!first?.producer || !graph.nodes.has(first.producer)) known.set(key, output);
  else if (!graph.isUnused(output))
    rewrite('same-contents', node, (patch) => patch.replace(output, first, `the same sizes as ${first.name}`));
}

/** A text that values with the same known elements have; undefined where these are not known. */
function contentsKey(value: Value): string | undefined {
  const { type, contents } = value;
  if (!contents) {
    const ramp = rampOf(value);
    return ramp && `${type.dtype}[${type.shape}] ${rampKey(ramp)}`;
  }
  // Numbers this large may stand for larger ones.
  if (!contents.values.every((dim) => typeof dim !== 'number' || Math.abs(dim) < 2 ** 51)) return undefined;
  return `${type.dtype}[${contents.dims}] ${contents.values.join(',')}`;
}

function attributeKey(value: AttributeValue): string {
  if (typeof value !== 'object' || Array.isArray(value)) return JSON.stringify(value);
  return hashConstant(value as Constant);
}
