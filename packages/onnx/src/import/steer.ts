// Operands that steer shapes and that only the run tells: a node between them and their reader makes sizes of them.

import { isTrtxError } from '@trtx/errors';
import type { Attributes, AttributeValue, Graph, Node, NodeOptions, OpDef, OpRegistry, Told, Value } from '@trtx/ir';

/**
 * As `Graph.addNode`. Where that fails because the build does not know what steers a shape, the run tells it, if the op's
 * definition lets it.
 * @throws TrtxError as `Graph.addNode`
 */
export function addSteered(
  graph: Graph,
  registry: OpRegistry,
  op: OpDef,
  inputs: readonly (Value | null)[],
  attributes: Attributes,
  options: NodeOptions,
): Node {
  try {
    return graph.addNode(op, inputs, attributes, options);
  } catch (error) {
    if (!isTrtxError(error) || error.code !== 'SHAPE_UNKNOWN' || !registry.get('Steer', 'trtx')) throw error;
    const added: Node[] = [];
    try {
      const steered = inputs.map((input, i) => {
        const told = op.inputs[Math.min(i, op.inputs.length - 1)]?.told;
        if (!input || !told || input.contents) return input;
        return steeringOf(input, told, { graph, registry, data: inputs[0]!, attributes, options, added });
      });
      return graph.addNode(op, steered, attributes, options);
    } catch {
      for (const node of added.reverse()) graph.removeNode(node);
      throw error;
    }
  }
}

interface Around {
  readonly graph: Graph;
  readonly registry: OpRegistry;
  /** What is steered. */
  readonly data: Value;
  /** Attributes of the node that is steered. */
  readonly attributes: Attributes;
  readonly options: NodeOptions;
  /** What was added to the graph. */
  readonly added: Node[];
}

/** Means that are read off the shape of what is steered. */
const OF_SHAPE: ReadonlySet<Told> = new Set<Told>(['parts', 'target', 'broadcast']);

/** The values of an operand as sizes; one node for all that ask the same. */
function steeringOf(input: Value, told: Told, { graph, registry, data, attributes, options, added }: Around): Value {
  const op = registry.get('Steer', 'trtx')!;
  const { name = 'steer', origin } = options;
  const add = (def: OpDef, inputs: readonly Value[], own: Readonly<Record<string, AttributeValue>> = {}) => {
    const node = graph.addNode(def, inputs, own, { name: `${name}/${def.name}`, origin });
    added.push(node);
    return node.output;
  };
  if (OF_SHAPE.has(told)) {
    const allowzero = (attributes.get('allowzero') as number | undefined) ?? 0;
    return add(op, [input, add(registry.get('Shape')!, [data])], { told, allowzero });
  }
  for (const user of input.users.keys()) if (user.op === op && user.attributes.get('told') === told) return user.output;
  return add(op, [input], { told });
}
