// Loops, and what is written as one.

import { isTrtxError } from '@trtx/errors';
import { type Dim, dimOf, type Inferred, isContainer, Sym, type TensorType, type Value } from '@trtx/ir';
import { modelError } from '../source/error.ts';
import type { SourceGraph, SourceNode } from '../source/nodes.ts';
import { declaredDims } from '../source/types.ts';
import { type Capture, capturesOf, closeBody, inputsOf, type OpenBody, openBody } from './bodies.ts';
import type { NodeContext } from './context.ts';
import { emitterFor } from './emitter.ts';

/** An iteration as its body sees it. */
export interface Iteration extends OpenBody {
  /** Its number, an int64 of no axes. */
  readonly index: Value;
  readonly condition: Value;
  readonly states: readonly Value[];
}

/** What an iteration gives. */
export interface IterationResults {
  /** Whether there is another one. */
  readonly condition: Value;
  readonly states: readonly Value[];
  /** What is stacked along a new first axis. */
  readonly rows: readonly Value[];
}

export interface LoopSpec {
  readonly body: SourceGraph;
  /** How many iterations there are at most, an int64 of one element; null for no limit. */
  readonly trips: Value | null;
  /** Whether there is a first iteration; null for true. */
  readonly condition: Value | null;
  readonly states: readonly Value[];
  /** Names of an iteration's states; of one that has none, the states'. */
  readonly stateNames?: readonly string[];
  /** What the importer reads in the body beside what the model does. */
  readonly captures?: readonly Value[];
  /** Names of the node's outputs, for the first of them. */
  readonly outputs?: readonly string[];
  /** Builds the body. `extra` are the captures above. */
  iterate(iteration: Iteration, extra: readonly Value[]): IterationResults;
}

/** Loops in loops past which a model is refused: each may be built twice over, and so may those in it at each time. */
const MAX_LOOPS = 6;

/** Adds a Loop to the context's graph. Its outputs: the states, then what was stacked. */
export function addLoop(source: SourceNode, around: NodeContext, spec: LoopSpec): readonly Value[] {
  const context = { ...around, loops: (around.loops ?? 0) + 1 };
  if (context.loops > MAX_LOOPS) throw modelError(`loops in loops more than ${MAX_LOOPS} deep`, { node: source.name });
  const { graph, registry } = context;
  const op = registry.get('Loop');
  if (!op) throw emitterFor(source, graph, registry).fail('it needs Loop, which the registry lacks');
  const extra = (spec.captures ?? []).map((value): Capture => ({ value }));
  const captures = [...capturesOf(source, context), ...extra];
  const build = (types: readonly Inferred[]) => {
    const inputs = [iterationType(source, spec.trips), conditionType(spec.condition), ...types];
    const names = ['iteration', 'condition', ...(spec.stateNames ?? spec.states.map(({ name }) => name))];
    const open = openBody(
      `${source.name}/body`,
      spec.body,
      inputs.map((type, i) => ({ name: graph.freeName(`${source.name}/${names[i]}`), type })),
      captures,
      context,
    );
    const [index, condition, ...states] = open.inputs as [Value, Value, ...Value[]];
    const results = spec.iterate(
      { ...open, index, condition, states },
      open.captured.slice(open.captured.length - extra.length),
    );
    const wrapped = results.states.map((value, i) => wrap(value, states[i]!, source, open));
    const outputs = [results.condition, ...wrapped, ...results.rows];
    const node = graph.addNode(
      op,
      [spec.trips, spec.condition, ...spec.states, ...inputsOf(captures)],
      { carried: states.length },
      {
        name: source.name,
        origin: [source.name],
        outputs: Array.from({ length: outputs.length - 1 }, (_, i) => spec.outputs?.[i] ?? ''),
        bodies: [closeBody(open, outputs)],
      },
    );
    return { node, results };
  };
  const { node, results } = generalizing(spec, build);
  return node.outputs.map((value, i) => unwrap(value, results.states[i], source, context));
}

/**
 * Builds with the states as they begin; where what an iteration makes of them does not fit, with nothing known of their
 * sizes but what the body declares.
 */
function generalizing<T>(spec: LoopSpec, build: (types: readonly Inferred[]) => T): T {
  const types = spec.states.map(({ type }): Inferred => type);
  try {
    return build(types);
  } catch (error) {
    const general = types.map((type, i) => generalized(type, i, spec));
    const same = general.every((type, i) => type === types[i]);
    if (same || !isTrtxError(error) || !error.code.startsWith('SHAPE')) throw error;
    try {
      return build(general);
    } catch {
      // What does not fit whatever the sizes is told best by those that there are.
      throw error;
    }
  }
}

function generalized(type: TensorType, index: number, { body }: LoopSpec): TensorType {
  if (isContainer(type.dtype) || type.shape.every((_, axis) => declared(body, index, axis) === type.shape[axis]))
    return type;
  const shape = type.shape.map((dim, axis): Dim => {
    if (declared(body, index, axis) === dim) return dim;
    return dimOf(new Sym(`${body.inputs[index + 2]?.name ?? 'state'}.${axis}`, 0));
  });
  return { ...type, shape };
}

function declared({ inputs }: SourceGraph, state: number, axis: number): number | string | undefined {
  const info = inputs[state + 2];
  return info && declaredDims(info)?.[axis];
}

function iterationType(source: SourceNode, trips: Value | null): Inferred {
  const last = trips?.contents?.values[0];
  const max = typeof last === 'number' ? Math.max(last - 1, 0) : undefined;
  const index = dimOf(new Sym(`${source.name}.iteration`, 0, max));
  return { dtype: 'int64', shape: [], contents: { dims: [], values: [index] } };
}

function conditionType(condition: Value | null): Inferred {
  const holds = condition === null || condition.contents?.values[0] === 1;
  return { dtype: 'bool', shape: [], ...(holds && { contents: { dims: [], values: [1] } }) };
}

/** An optional that is carried may be given as what it holds. */
function wrap(value: Value, state: Value, source: SourceNode, { context }: OpenBody): Value {
  if (state.type.dtype !== 'optional' || value.type.dtype === 'optional') return value;
  return emitterFor(source, context.graph, context.registry).node('Optional', [value]);
}

function unwrap(value: Value, result: Value | undefined, source: SourceNode, { graph, registry }: NodeContext): Value {
  if (value.type.dtype !== 'optional' || !result || result.type.dtype === 'optional') return value;
  return emitterFor(source, graph, registry).node('OptionalGetElement', [value]);
}

/** The number of places along an axis of a value, as an int64 of no axes. */
export function sizeAlong(source: SourceNode, { graph, registry }: NodeContext, value: Value, axis: number): Value {
  const dim = value.type.shape[axis];
  if (dim === undefined)
    throw modelError(`an axis ${axis} of [${value.type.shape}]`, { node: source.name, tensor: value.name });
  const emit = emitterFor(source, graph, registry);
  if (typeof dim === 'number') return emit.constant('int64', [], [dim]);
  return emit.node('Gather', [emit.node('Shape', [value]), emit.constant('int64', [], [axis])]);
}
