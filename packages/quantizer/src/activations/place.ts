// Where int8 pays: contractions with constant weights, what they read, and the movement before that.

import { elementCount, type Graph, isFloat, type Node, type Value, type WeightOperand } from '@trtx/ir';
import { nodesNamed } from '../names.ts';
import type { Kept } from '../report/report.ts';
import { isContraction, type Weights, weightsOf } from '../weights/operands.ts';
import { movedInputs } from './movement.ts';

/** A contraction that is computed from codes. */
export interface Anchor extends Weights {
  readonly operand: WeightOperand;
  /** What the weights are multiplied with. */
  readonly x: Value;
}

/** A value that is read as codes, and where. */
export interface Point {
  readonly value: Value;
  readonly uses: readonly { readonly node: Node; readonly index: number }[];
}

export interface Placement {
  readonly anchors: readonly Anchor[];
  /** Points that share scale and zero point: movement alone is between them. */
  readonly groups: readonly (readonly Point[])[];
  readonly kept: readonly Kept[];
}

export interface PlaceOptions {
  /** Names of nodes, of their ops or of tensors that they compute: these stay in float. */
  readonly keep?: readonly string[];
  /** Contractions whose sums are of fewer products stay in float: what they save is less than what codes cost; 16. */
  readonly leastSummed?: number;
}

/**
 * Where codes are read. What bodies of control flow compute stays in float.
 * @throws TrtxError QUANT_UNKNOWN for a name in `keep` that nothing has
 */
export function placeInt8(graph: Graph, { keep = [], leastSummed = 16 }: PlaceOptions = {}): Placement {
  const asked = nodesNamed(graph, keep);
  const anchors: Anchor[] = [];
  const kept: Kept[] = [];
  for (const each of graph.withBodies())
    for (const node of each.topological()) {
      if (!isContraction(node)) continue;
      const found = each === graph && !asked.has(node) ? anchorAt(node, leastSummed) : undefined;
      if (found && typeof found === 'object') anchors.push(found);
      else
        kept.push({
          node: node.name,
          op: node.op.name,
          reason: found ?? (asked.has(node) ? 'asked for' : 'in a body'),
        });
    }
  return { anchors, groups: groupsOf(graph, anchors), kept };
}

/** The anchor, or why the contraction stays in float. */
function anchorAt(node: Node, leastSummed: number): Anchor | string {
  const weights = weightsOf(node);
  if (!weights?.operand) return 'no constant weights';
  const x = node.inputs[weights.operand.with]!;
  if (x.type.dtype !== weights.value.type.dtype) return `weights of ${weights.value.type.dtype} for ${x.type.dtype}`;
  const summed = elementCount(weights.along.map((axis) => weights.dims[axis]!));
  if (summed < leastSummed) return `sums of ${summed} products are too short to pay`;
  return { ...weights, operand: weights.operand, x };
}

/** Goes from what anchors read back through movement of which every reader takes codes. */
function groupsOf(graph: Graph, anchors: readonly Anchor[]): Point[][] {
  const uses = new Map<Value, { node: Node; index: number }[]>();
  const shared = new Sets<Value>();
  const read = (value: Value, node: Node, index: number) => {
    uses.set(value, [...(uses.get(value) ?? []), { node, index }]);
    shared.add(value);
  };
  for (const { x, node, operand } of anchors) read(x, node, operand.with);
  // From the end: all readers of a node's output are known when it is looked at.
  for (const node of graph.topological().reverse()) {
    const output = node.outputs[0];
    if (!output || graph.isOutput(output) || !uses.has(output)) continue;
    if ([...output.uses()].length !== uses.get(output)!.length) continue;
    for (const index of movedInputs(node) ?? []) {
      const input = node.inputs[index]!;
      if (!isFloat(input.type.dtype)) continue;
      read(input, node, index);
      shared.join(input, output);
    }
  }
  const groups = new Map<Value, Point[]>();
  for (const [value, of] of uses) {
    const root = shared.rootOf(value);
    groups.set(root, [...(groups.get(root) ?? []), { value, uses: of }]);
  }
  return [...groups.values()];
}

/** Disjoint sets. */
class Sets<T> {
  readonly #parents = new Map<T, T>();

  add(item: T): void {
    if (!this.#parents.has(item)) this.#parents.set(item, item);
  }

  rootOf(item: T): T {
    let root = item;
    for (let next = this.#parents.get(root)!; next !== root; next = this.#parents.get(root)!) root = next;
    return root;
  }

  join(a: T, b: T): void {
    this.#parents.set(this.rootOf(a), this.rootOf(b));
  }
}
