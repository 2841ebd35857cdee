// Nodes that hold graphs. Branches whose condition is known are put in place; Scan and SequenceMap are written as Loops.

import { isContainer, type Value } from '@trtx/ir';
import { readAttributes } from '../source/attributes.ts';
import { dtypeOf } from '../source/dtypes.ts';
import { modelError } from '../source/error.ts';
import type { SourceNode } from '../source/nodes.ts';
import { bodyOf, capturesOf, closeBody, fillBody, inputsOf, openBody } from './bodies.ts';
import type { NodeContext } from './context.ts';
import { emitterFor } from './emitter.ts';
import { addLoop } from './loop.ts';
import { addScan } from './scan.ts';
import { Values } from './values.ts';

/** Adds a node that holds graphs. Gives the values of its outputs. */
type AddControl = (source: SourceNode, context: NodeContext) => readonly Value[];

const CONTROL: ReadonlyMap<string, AddControl> = new Map([
  ['If', addIf],
  ['Loop', addModelLoop],
  ['Scan', addScan],
  ['SequenceMap', addSequenceMap],
]);

export function isControl({ op, domain }: SourceNode): boolean {
  return domain === '' && CONTROL.has(op);
}

/** @throws TrtxError ONNX_MODEL, and as `Graph.addNode` */
export function addControl(source: SourceNode, context: NodeContext): void {
  const { graph, values } = context;
  const outputs = CONTROL.get(source.op)!(source, context);
  if (outputs.length < source.outputs.length)
    throw modelError(`${source.outputs.length} outputs where there are ${outputs.length}`, { node: source.name });
  source.outputs.forEach((name, i) => {
    const value = outputs[i]!;
    if (!name) return;
    if (value.producer?.origin[0] === source.name && value.name !== name) graph.rename(value, name);
    values.set(name, value);
  });
}

function inputOf({ inputs, name }: SourceNode, index: number, { values }: NodeContext): Value {
  if (!inputs[index]) throw modelError(`input ${index} is missing`, { node: name });
  return values.get(inputs[index]);
}

function addIf(source: SourceNode, context: NodeContext): readonly Value[] {
  const { graph, values, registry, external } = context;
  const condition = inputOf(source, 0, context);
  const branches = [bodyOf(source, 'then_branch', 0), bodyOf(source, 'else_branch', 0)];
  const known = condition.contents?.values[0];
  if (typeof known === 'number') {
    const branch = branches[known ? 0 : 1]!;
    const inner = new Values(graph, branch.initializers, external, values);
    context.addNodes(branch, { ...context, values: inner });
    return branch.outputs.map(({ name }) => inner.get(name!));
  }
  const op = registry.get('If');
  if (!op) throw emitterFor(source, graph, registry).fail('the registry lacks If');
  const captures = capturesOf(source, context);
  const bodies = branches.map((branch, i) => {
    const open = openBody(`${source.name}/${op.bodies![i]}`, branch, [], captures, context);
    return closeBody(open, fillBody(branch, open));
  });
  return graph.addNode(
    op,
    [condition, ...inputsOf(captures)],
    {},
    { name: source.name, origin: [source.name], outputs: source.outputs, bodies },
  ).outputs;
}

function addModelLoop(source: SourceNode, context: NodeContext): readonly Value[] {
  const { values } = context;
  const body = bodyOf(source, 'body', Math.max(source.inputs.length, 2));
  const optional = (index: number) => (source.inputs[index] ? values.get(source.inputs[index]) : null);
  const states = source.inputs.slice(2).map((_, i) => inputOf(source, i + 2, context));
  return addLoop(source, context, {
    body,
    trips: optional(0),
    condition: optional(1),
    states,
    outputs: source.outputs,
    iterate(iteration) {
      const given = [iteration.index, iteration.condition, ...iteration.states];
      body.inputs.forEach(({ name }, i) => {
        iteration.context.values.set(name!, given[i]!);
      });
      const [condition, ...results] = fillBody(body, iteration);
      if (!condition || results.length < states.length)
        throw modelError(`the body of a Loop has ${body.outputs.length} outputs`, { node: source.name });
      return { condition, states: results.slice(0, states.length), rows: results.slice(states.length) };
    },
  });
}

/** A Loop over the places of the first sequence that puts what each gives into sequences. */
function addSequenceMap(source: SourceNode, context: NodeContext): readonly Value[] {
  const { graph, registry, external } = context;
  readAttributes(source.attributes, source.name, external);
  const body = bodyOf(source, 'body', source.inputs.length);
  const operands = source.inputs.map((_, i) => inputOf(source, i, context));
  const outside = emitterFor(source, graph, registry);
  const empty = body.outputs.map(({ type }) => {
    const dtype = dtypeOf(type?.tensor_type?.elem_type);
    return outside.node('SequenceEmpty', [], dtype ? { dtype } : {});
  });
  return addLoop(source, context, {
    body,
    trips: outside.node('SequenceLength', [operands[0]!]),
    condition: null,
    states: empty,
    stateNames: body.outputs.map(({ name }) => `${name}/sequence`),
    captures: operands,
    outputs: source.outputs,
    iterate(iteration, captured) {
      const emit = emitterFor(source, iteration.graph, registry);
      body.inputs.forEach(({ name }, i) => {
        const operand = captured[i]!;
        const item = isContainer(operand.type.dtype) ? emit.node('SequenceAt', [operand, iteration.index]) : operand;
        iteration.context.values.set(name!, item);
      });
      const results = fillBody(body, iteration);
      const states = results.map((value, i) => emit.node('SequenceInsert', [iteration.states[i]!, value]));
      return { condition: iteration.condition, states, rows: [] };
    },
  });
}
