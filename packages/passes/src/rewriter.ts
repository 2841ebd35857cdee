// Applies patches to a graph: checks types, adds nodes, moves uses, removes what became unused, and keeps names, origins
// and the types of what follows.

import { TrtxError } from '@trtx/errors';
import {
  type Constraint,
  DimEquality,
  type Graph,
  inferNode,
  type Node,
  type OpRegistry,
  sameContents,
  sameShape,
  tellsConstrained,
  type Value,
} from '@trtx/ir';
import { isExisting, type NewNode, type NewValue, type Operand, Patch } from './patch.ts';

/** What a patch did. */
export interface Applied {
  readonly added: readonly Node[];
  readonly removed: readonly Node[];
  /** Values that took the place of others. */
  readonly replaced: readonly Value[];
}

export class Rewriter {
  readonly #equality: DimEquality;

  constructor(
    readonly graph: Graph,
    readonly ops: OpRegistry,
    constraints: Iterable<Constraint>,
  ) {
    // Patches may add no constraint that does not follow from these, so they hold for all rewrites.
    this.#equality = new DimEquality(constraints);
  }

  patch(anchor: Node): Patch {
    return new Patch(this.graph, this.ops, this.#equality, anchor);
  }

  /**
   * Applies a patch; undefined where it would demand more of the input shapes than the graph does.
   * @throws TrtxError PASS_TYPE where a replacement has another type
   */
  apply(patch: Patch): Applied | undefined {
    for (const { a, b } of patch.constraints) if (!this.#equality.same(a, b)) return undefined;
    for (const { old, by } of patch.replacements) this.#checkTypes(old, by);
    const drafts = neededNodes(patch);
    for (const { inputs } of drafts)
      if (inputs.some((input) => patch.replacements.some(({ old }) => old === input)))
        throw new TrtxError('PASS_CYCLE', 'a new node reads a value that it replaces', { node: patch.anchor.name });
    const origin = [...new Set([...patch.covered].flatMap((node) => node.origin))];
    const values = new Map<NewValue, Value>();
    const added = drafts.map((draft) => this.#add(patch, draft, values, origin));
    const removed: Node[] = [];
    const renamed = new Set<Operand>();
    const replaced = patch.replacements.map(({ old, by }) => {
      const value = this.#materialize(by, values);
      // Of a constant users may ask all elements: how long a Range of floats is.
      const refined = value.constant !== null || !sameKnowledge(old, value);
      this.graph.replaceUses(old, value);
      if (old.producer) this.#removeUnused(old.producer, removed);
      // The new value takes the old one's name: it is the same tensor, and debugging compares tensors by name.
      if (!isExisting(by) && !renamed.has(by) && old.producer && !this.graph.nodes.has(old.producer)) {
        renamed.add(by);
        this.graph.rename(value, old.name);
      }
      if (refined) this.#inferUsers(value);
      return value;
    });
    drafts.forEach((draft, i) => {
      if (added[i]!.name !== draft.name) this.graph.rename(added[i]!, draft.name);
    });
    return { added, removed, replaced };
  }

  #checkTypes(old: Value, by: Operand): void {
    if (old.type.dtype === by.type.dtype && this.#equality.sameShape(old.type.shape, by.type.shape)) return;
    const text = ({ dtype, shape }: Value['type']) => `${dtype}[${shape.join(',')}]`;
    throw new TrtxError('PASS_TYPE', `${text(old.type)} would be replaced by ${text(by.type)}`, { tensor: old.name });
  }

  #add(patch: Patch, draft: NewNode, values: Map<NewValue, Value>, origin: readonly string[]): Node {
    const node = this.graph.addNode(
      patch.op(draft.op),
      draft.inputs.map((input) => input && this.#materialize(input, values)),
      draft.attributes,
      { name: draft.name, origin, outputs: draft.outputs.length },
    );
    draft.outputs.forEach((output, i) => {
      values.set(output, node.outputs[i]!);
    });
    return node;
  }

  #materialize(operand: Operand, values: Map<NewValue, Value>): Value {
    if (isExisting(operand)) return operand;
    let value = values.get(operand);
    if (!value) {
      value = this.graph.addConstant(operand.constant!, operand.name);
      values.set(operand, value);
    }
    return value;
  }

  #removeUnused(node: Node, removed: Node[]): void {
    const stack = [node];
    while (stack.length > 0) {
      const next = stack.pop()!;
      if (!this.graph.nodes.has(next) || next.outputs.some((output) => !this.graph.isUnused(output))) continue;
      if (tellsConstrained(this.graph, next)) continue;
      this.graph.removeNode(next);
      removed.push(next);
      for (const input of next.inputs) if (input?.producer) stack.push(input.producer);
    }
  }

  /** Infers what follows from a value of which more is known now, as far as that changes anything. */
  #inferUsers(value: Value): void {
    const stack = [...value.users.keys()];
    while (stack.length > 0) {
      const node = stack.pop()!;
      const { outputs, constraints } = inferNode(
        node.op,
        node.inputs,
        node.attributes,
        node.outputs.length,
        node.name,
        node.bodies,
      );
      for (const constraint of constraints) this.graph.addConstraint(constraint);
      outputs.forEach((type, i) => {
        const output = node.outputs[i]!;
        if (sameKnowledge(output, { type, contents: type.contents })) return;
        output.setType(type);
        stack.push(...output.users.keys());
      });
    }
  }
}

/** The new nodes that the replacements need, in the order in which they were recorded. */
function neededNodes(patch: Patch): NewNode[] {
  const needed = new Set<NewNode>();
  const visit = (operand: Operand | null) => {
    if (operand && !isExisting(operand) && operand.node) needed.add(operand.node);
  };
  for (const { by } of patch.replacements) visit(by);
  for (const node of [...patch.nodes].reverse()) if (needed.has(node)) node.inputs.forEach(visit);
  return patch.nodes.filter((node) => needed.has(node));
}

type Knowledge = Pick<Value, 'type' | 'contents'>;

function sameKnowledge(a: Knowledge, b: Knowledge): boolean {
  return sameShape(a.type.shape, b.type.shape) && sameContents(a.contents, b.contents);
}
