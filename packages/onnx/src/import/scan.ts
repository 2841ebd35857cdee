// Scan as a Loop: an iteration takes its places of the inputs by its number.

import type { AttributeValue, Value } from '@trtx/ir';
import type { Emitter } from '../normalize/index.ts';
import { readAttributes } from '../source/attributes.ts';
import { modelError } from '../source/error.ts';
import type { SourceGraph, SourceNode } from '../source/nodes.ts';
import { bodyOf, fillBody } from './bodies.ts';
import type { NodeContext } from './context.ts';
import { emitterFor } from './emitter.ts';
import { addLoop, type Iteration, sizeAlong } from './loop.ts';

/** Scan had a batch axis in version 8 alone. */
const BATCHED = 8;

/** How a Scan goes over its inputs and outputs; of each list, one entry for each of them. */
interface Ways {
  readonly inputAxes: readonly number[];
  readonly outputAxes: readonly number[];
  /** 1 for from the end to the beginning. */
  readonly inputDirections: readonly number[];
  readonly outputDirections: readonly number[];
}

interface Operands {
  readonly states: readonly Value[];
  readonly scanned: readonly Value[];
  /** How many places of the inputs there are to go over, an int64 of no axes; undefined for all. */
  readonly length?: Value | undefined;
}

/** @throws TrtxError ONNX_MODEL, and as `Graph.addNode` */
export function addScan(source: SourceNode, context: NodeContext): readonly Value[] {
  const { values, external } = context;
  const attributes = readAttributes(source.attributes, source.name, external);
  const batched = source.version <= BATCHED;
  const names = batched ? source.inputs.slice(1) : source.inputs;
  const operands = names.map((name) => values.get(name));
  const lengths = batched && source.inputs[0] ? values.get(source.inputs[0]) : undefined;
  const scanned = Number(attributes.get('num_scan_inputs'));
  if (!(Number.isInteger(scanned) && scanned > 0 && scanned <= operands.length))
    throw modelError(`num_scan_inputs is ${attributes.get('num_scan_inputs')}`, { node: source.name });
  const body = bodyOf(source, 'body', operands.length);
  const carried = operands.length - scanned;
  const split = (all: readonly Value[]) => ({ states: all.slice(0, carried), scanned: all.slice(carried) });
  if (!batched)
    return addOne(source, context, body, split(operands), waysOf(source, attributes, split(operands), body));
  return addBatched(source, context, body, { operands, lengths }, (all, length, inner) => {
    return addOne(source, inner, body, { ...split(all), length }, waysOf(source, attributes, split(all), body));
  });
}

function waysOf(
  source: SourceNode,
  attributes: ReadonlyMap<string, AttributeValue>,
  { states, scanned }: Operands,
  body: SourceGraph,
): Ways {
  const rows = body.outputs.length - states.length;
  const list = (name: string, count: number) => {
    const given = attributes.get(name) as readonly number[] | undefined;
    if (given && given.length !== count)
      throw modelError(`${name} has ${given.length} entries where ${count} belong`, { node: source.name });
    return given ?? new Array<number>(count).fill(0);
  };
  const axes = list('scan_input_axes', scanned.length).map((axis, i) => {
    const rank = scanned[i]!.type.shape.length;
    if (!(axis >= -rank && axis < rank))
      throw modelError(`scan_input_axes has ${axis} for [${scanned[i]!.type.shape}]`, { node: source.name });
    return axis < 0 ? axis + rank : axis;
  });
  const directions = attributes.has('directions') ? 'directions' : 'scan_input_directions';
  return {
    inputAxes: axes,
    outputAxes: list('scan_output_axes', rows),
    inputDirections: list(directions, scanned.length),
    outputDirections: list('scan_output_directions', rows),
  };
}

/** The Loop of a Scan without a batch axis. */
function addOne(
  source: SourceNode,
  context: NodeContext,
  body: SourceGraph,
  { states, scanned, length }: Operands,
  ways: Ways,
): readonly Value[] {
  const trips = sizeAlong(source, context, scanned[0]!, ways.inputAxes[0]!);
  const carried = states.length;
  const results = addLoop(source, context, {
    body,
    trips,
    condition: null,
    states,
    stateNames: body.inputs.slice(0, carried).map(({ name }) => name!),
    captures: [...scanned, trips, ...(length ? [length] : [])],
    iterate(iteration, captured) {
      const { values, graph, registry } = iteration.context;
      const emit = emitterFor(source, graph, registry);
      // How many there are to go over is the last of them.
      const count = captured.at(-1)!;
      const backwards = () =>
        emit.node('Sub', [emit.node('Sub', [count, emit.constant('int64', [], [1])]), iteration.index]);
      body.inputs.forEach(({ name }, i) => {
        if (i < carried) {
          values.set(name!, iteration.states[i]!);
          return;
        }
        const k = i - carried;
        const index = ways.inputDirections[k] ? backwards() : iteration.index;
        values.set(name!, emit.node('Gather', [captured[k]!, index], { axis: ways.inputAxes[k]! }));
      });
      const results = fillBody(body, iteration);
      const outputs = length ? withinLength(emit, iteration, count, results) : results;
      return { condition: iteration.condition, states: outputs.slice(0, carried), rows: outputs.slice(carried) };
    },
  });
  return results.map((value, i) => (i < carried ? value : placed(source, context, value, i - carried, ways)));
}

/** What an iteration gives: past the end of its sequence, the states as they were and rows of zeros. */
function withinLength(emit: Emitter, { index, states }: Iteration, length: Value, results: readonly Value[]): Value[] {
  const goes = emit.node('Less', [index, length]);
  return results.map((value, i) => emit.node('Where', [goes, value, states[i] ?? emit.scalar(value.type.dtype, 0)]));
}

/** A stack along the first axis, turned to the axis and the direction that the model asks for. */
function placed(source: SourceNode, { graph, registry }: NodeContext, stack: Value, row: number, ways: Ways): Value {
  const emit = emitterFor(source, graph, registry);
  const ints = (...values: number[]) => emit.constant('int64', [values.length], values);
  const rank = stack.type.shape.length;
  const wanted = ways.outputAxes[row]!;
  const axis = wanted < 0 ? wanted + rank : wanted;
  if (!(axis >= 0 && axis < rank))
    throw modelError(`scan_output_axes has ${wanted} for [${stack.type.shape}]`, { node: source.name });
  const turned = ways.outputDirections[row]
    ? emit.node('Slice', [stack, ints(-1), ints(Number.MIN_SAFE_INTEGER), ints(0), ints(-1)])
    : stack;
  if (axis === 0) return turned;
  const others = Array.from({ length: rank - 1 }, (_, i) => i + 1);
  return emit.node('Transpose', [turned], { perm: [...others.slice(0, axis), 0, ...others.slice(axis)] });
}

/** A Loop over the first axis of all operands, and of the lengths, around what `one` makes of each place. */
function addBatched(
  source: SourceNode,
  context: NodeContext,
  body: SourceGraph,
  { operands, lengths }: { readonly operands: readonly Value[]; readonly lengths: Value | undefined },
  one: (operands: readonly Value[], length: Value | undefined, inner: NodeContext) => readonly Value[],
): readonly Value[] {
  const batched = lengths ? [...operands, lengths] : operands;
  return addLoop(source, context, {
    body,
    trips: sizeAlong(source, context, operands[0]!, 0),
    condition: null,
    states: [],
    captures: batched,
    iterate(iteration, captured) {
      const emit = emitterFor(source, iteration.graph, iteration.context.registry);
      const items = captured.map((operand) => emit.node('Gather', [operand, iteration.index], { axis: 0 }));
      const rows = one(items.slice(0, operands.length), items[operands.length], iteration.context);
      return { condition: iteration.condition, states: [], rows };
    },
  });
}
