// One node of the file becomes one or several of the graph: with attributes read, normalized to the newest semantics, and
// only the outputs that are read.

import { errorAt } from '@trtx/errors';
import { opName } from '@trtx/ir';
import { currentName, type LegacyNode, normalize, spellingOf } from '../normalize/index.ts';
import { readAttributes } from '../source/attributes.ts';
import { constantOfNode, graphAttribute } from '../source/constants.ts';
import type { SourceNode } from '../source/nodes.ts';
import type { NodeContext } from './context.ts';
import { addControl, isControl } from './control.ts';
import { emitterFor, withoutTail } from './emitter.ts';
import { nameSpelled } from './spelled.ts';
import { addSteered } from './steer.ts';

/**
 * Adds the node to the graph. The nodes that it reads from must be there.
 * @throws TrtxError naming the node and a tensor
 */
export function addNode(source: SourceNode, context: NodeContext): void {
  try {
    if (source.op === 'Constant' && source.domain === '') addConstant(source, context);
    else if (isControl(source)) addControl(source, context);
    else addOperation(source, context);
  } catch (error) {
    throw located(error, source);
  }
}

function addConstant(source: SourceNode, { graph, values, external }: NodeContext): void {
  const constant = constantOfNode(source, external);
  const [name] = source.outputs;
  if (name) values.set(name, graph.addConstant(constant, name));
}

function addOperation(source: SourceNode, context: NodeContext): void {
  const { graph, values, registry, spellings, external } = context;
  const emit = emitterFor(source, graph, registry);
  const node: LegacyNode = {
    op: source.op,
    version: source.version,
    inputs: source.inputs.map((name) => (name === '' ? null : values.get(name))),
    attributes: readAttributes(source.attributes, source.name, external),
    outputCount: outputCount(source, context),
  };
  // A definition that the registry has, a plugin's perhaps, goes before what the op could be written as.
  const isDefined = registry.get(source.op, source.domain) !== undefined;
  const spelling =
    spellings.get(opName({ domain: source.domain, name: source.op })) ??
    (isDefined ? undefined : spellingOf(source.op, source.domain));
  if (spelling) {
    nameSpelled(source, node, spelling(node, emit), emit, context);
    return;
  }
  if (source.domain === '') {
    normalize(node, emit);
    for (const [name, value] of node.attributes) node.attributes.set(name, graphAttribute(node.op, name, value));
  }
  if (node.value) {
    if (source.outputs[0]) values.set(source.outputs[0], node.value);
    return;
  }
  const op = registry.get(node.op, source.domain);
  if (!op) throw emit.fail(`there is no definition of ${node.op}`);
  const added = addSteered(graph, registry, op, withoutTail(node.inputs), node.attributes, {
    name: source.name,
    outputs: node.behind ? node.outputCount : source.outputs.slice(0, node.outputCount),
    origin: [source.name],
  });
  const outputs = node.behind?.(added.outputs) ?? added.outputs;
  outputs.forEach((value, i) => {
    const name = source.outputs[i];
    if (!name) return;
    if (value.name !== name) graph.rename(value, name);
    values.set(name, value);
  });
}

/** Outputs up to the last that is read. Those of a variadic op count, since their number means something. */
function outputCount(source: SourceNode, { registry, read }: NodeContext): number {
  const op = registry.get(currentName(source.op), source.domain);
  let count = source.outputs.length;
  if (op?.outputs.at(-1)?.variadic) return count;
  while (count > 1 && !read.has(source.outputs[count - 1]!)) count--;
  return count;
}

/** The error with the node and its first output, where it names none. */
function located(error: unknown, { name, op, outputs }: SourceNode): unknown {
  return errorAt(error, { node: `${name} (${op})`, tensor: outputs[0] });
}
