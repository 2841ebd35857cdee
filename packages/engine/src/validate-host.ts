// The part of the plan that is about the host: values, and what steps do with them. A plan whose steps are dispatches and
// copies has none of this.
import {
  type Check,
  fail,
  fields,
  index,
  list,
  object,
  oneOf,
  optional,
  place,
  shape,
  size,
  string,
  strings,
} from './check.ts';
import type { Plan, PlanMove, PlanValue, Step } from './plan.ts';
import { sourceBytes, sourceTypes, storageBytes, storageOf } from './types.ts';

/**
 * Where a value comes from; what has none is what dispatches leave on the GPU. `step` is a host step's output or a loop's
 * iteration, which nothing else sets; `move` is what moves and stacks set.
 */
export type Source = 'constant' | 'input' | 'step' | 'move' | 'elements' | 'of';
export type Sources = readonly (Source | undefined)[];

/** Checks all that `validatePlan` has left out, but for the order. `exprs` is the number of expressions. */
export function checkHost(plan: Plan, exprs: number): Sources {
  const values = plan.values ?? [];
  list(values, 'values', (entry, path, i) => checkValue(entry, path, { at: i, plan, exprs }));
  const sources = values.map((value, i) => ownSource(value, `values[${i}]`));
  const value = index(values.length);
  const claim =
    (source: Source): Check =>
    (entry, path) => {
      const i = value(entry, path);
      const known = sources[i];
      if (known && !(known === 'move' && source === 'move'))
        fail(path, `is value ${i}, which comes from elsewhere too`);
      sources[i] = source;
    };
  checkInputs(plan, claim('input'));
  checkSteps(plan.steps, 'steps', { values, sources, value, claim });
  for (const [i, { gpu }] of values.entries()) {
    const path = `values[${i}]`;
    const source = sources[i];
    if (!source && !gpu) fail(path, 'comes from nowhere');
    if (!source || !gpu || source === 'input') continue;
    if (!isSet(source)) fail(`${path}.gpu`, 'is a place that nothing writes to');
    const { kind } = plan.buffers[gpu.buffer]!;
    if (kind !== 'arena' && !(source === 'move' && kind === 'output')) fail(`${path}.gpu.buffer`, `is of kind ${kind}`);
  }
  for (const [i, output] of plan.outputs.entries()) {
    if (output.value === undefined) continue;
    if (output.buffer !== undefined) fail(`outputs[${i}]`, 'has both a buffer and a value');
    let root = value(output.value, `outputs[${i}].value`);
    while (values[root]!.of !== undefined) root = values[root]!.of!;
    if (!sources[root]) fail(`outputs[${i}].value`, 'is on the GPU alone');
  }
  checkSymbols(plan, sources);
  return sources;
}

function checkValue(
  entry: unknown,
  path: string,
  { at: i, plan, exprs }: { at: number; plan: Plan; exprs: number },
): void {
  const value = object(entry, path);
  const { dtype } = fields(value, path, { name: string, dtype: oneOf(sourceTypes) });
  const count = shape(exprs)(value.shape, `${path}.shape`);
  if (isNest(dtype) && (value.shape as unknown[]).length > 0) fail(`${path}.shape`, 'has axes');
  fields(value, path, {
    gpu: optional((it, at) => {
      const { storage } = fields(it, at, { storage: oneOf(storageOf[dtype]) });
      place(plan.buffers, ['arena', 'input', 'output'], storageBytes(storage, count))(it, at);
    }),
    bytes: optional((it, at) => {
      const bytes = count * sourceBytes(dtype);
      if (sourceBytes(dtype) === 0 || Number.isNaN(bytes)) fail(path, 'is no constant that has bytes');
      place(plan.buffers, ['host'], bytes, 8)(it, at);
    }),
    strings: optional((it, at) => {
      const { length } = strings(it, at);
      if (dtype !== 'string' || count !== length) fail(path, `has ${length} texts`);
    }),
    elements: optional((it, at) => {
      const length = list(it, at, (element, here) => {
        if (!Number.isSafeInteger(element)) size(exprs)(element, here);
      });
      if (count !== length || !/int|bool/.test(dtype)) fail(path, `has ${length} elements`);
    }),
    of: optional((it, at) => {
      if (plan.values![index(i)(it, at)]!.dtype !== dtype) fail(at, 'is of another type');
    }),
  });
}

function ownSource({ bytes, strings, elements, of }: PlanValue, path: string): Source | undefined {
  const own = [bytes, strings, elements, of].map((part) => part !== undefined);
  if (own.filter(Boolean).length > 1) fail(path, 'comes from several things');
  return (['constant', 'constant', 'elements', 'of'] as const)[own.indexOf(true)];
}

function checkInputs(plan: Plan, claim: Check): void {
  for (const [i, { value, buffer, dtype }] of plan.inputs.entries()) {
    if (value === undefined) continue;
    const path = `inputs[${i}].value`;
    claim(value, path);
    const { gpu, dtype: of } = plan.values![value]!;
    if (of !== dtype) fail(path, 'is of another type');
    if (gpu?.buffer !== buffer || (gpu && gpu.offset !== 0)) fail(path, "does not lie in the input's buffer");
  }
}

interface StepContext {
  readonly values: readonly PlanValue[];
  readonly sources: Sources;
  /** The index of a value. */
  readonly value: Check<number>;
  readonly claim: (source: Source) => Check;
}

/** Others have no values. */
const STEPS: { readonly [K in Step['kind']]?: (step: unknown, path: string, context: StepContext) => void } = {
  host: checkStep,
  if: checkBranches,
  loop: checkLoop,
};

function checkSteps(all: unknown, where: string, context: StepContext): void {
  for (const [k, step] of (all as readonly Step[]).entries()) {
    STEPS[step.kind]?.(step, `${where}[${k}]`, context);
  }
}

function checkBranches(step: unknown, path: string, context: StepContext): void {
  const sets: Set<number>[] = [];
  const branch: Check = (block, at) => {
    const { moves } = fields<{ steps: unknown; moves: readonly PlanMove[] }>(block, at, {
      steps: (steps, here) => checkSteps(steps, here, context),
      moves: movesOf(context),
    });
    sets.push(new Set(moves.map(({ to }) => to)));
  };
  fields(step, path, { node: string, condition: scalar('bool', context), onTrue: branch, onFalse: branch });
  const [first, second] = sets as [Set<number>, Set<number>];
  if (first.size !== second.size || [...first].some((to) => !second.has(to))) {
    fail(path, 'has branches that set different values');
  }
}

function checkLoop(step: unknown, path: string, context: StepContext): void {
  const moves = movesOf(context);
  const int64 = scalar('int64', context);
  const bool = scalar('bool', context);
  const { trips, next } = fields(step, path, {
    node: string,
    trips: optional(int64),
    condition: optional(bool),
    next: optional(bool),
    iteration: optional((value, at) => {
      context.claim('step')(value, at);
      int64(value, at);
    }),
    enter: moves,
    carry: moves,
    exit: moves,
    stacks: movesOf(context, 1),
    steps: (steps, at) => checkSteps(steps, at, context),
  });
  if ((trips ?? next) === undefined) fail(path, 'never ends');
}

function scalar(dtype: PlanValue['dtype'], { values, value }: StepContext): Check {
  return (entry, path) => {
    const { dtype: of, shape: dims } = values[value(entry, path)]!;
    if (of !== dtype) fail(path, `is of type ${of}`);
    if (dims.some((n) => typeof n === 'number' && n !== 1)) fail(path, 'has other than one element');
  };
}

/** @param more axes that `to` has beyond those of `from` */
function movesOf({ values, value, claim }: StepContext, more = 0): Check<readonly PlanMove[]> {
  return (moves, path) => {
    list(moves, path, (entry, at) => {
      const move = fields<PlanMove>(entry, at, { to: claim('move') as Check<number>, from: value });
      const [from, to] = [values[move.from]!, values[move.to]!];
      if (from.dtype !== to.dtype) fail(at, `makes ${to.dtype} of ${from.dtype}`);
      if (more > 0 && isNest(from.dtype)) fail(at, `stacks what is a ${from.dtype}`);
      if (from.shape.length + more !== to.shape.length)
        fail(at, `makes ${to.shape.length} axes of ${from.shape.length}`);
    });
    return moves as readonly PlanMove[];
  };
}

function checkStep(step: unknown, path: string, context: StepContext): void {
  fields(step, path, {
    op: string,
    node: string,
    reason: string,
    attributes: (attributes, at) => {
      for (const [name, attribute] of Object.entries(object(attributes, at))) {
        checkAttribute(attribute, `${at}.${name}`, context);
      }
    },
    inputs: (inputs, where) =>
      list(inputs, where, (input, at) => {
        if (input !== null) context.value(input, at);
      }),
    outputs: (outputs, where) => list(outputs, where, context.claim('step')),
  });
}

function checkAttribute(attribute: unknown, path: string, { sources, value: valueIndex }: StepContext): void {
  const number: Check = (value, at) => {
    if (!Number.isFinite(value)) oneOf(['Infinity', '-Infinity', 'NaN', '-0'])(object(value, at).number, at);
  };
  if (typeof attribute === 'string') return;
  if (Array.isArray(attribute)) {
    if (typeof attribute[0] === 'string') strings(attribute, path);
    else list(attribute, path, number);
    return;
  }
  const { value } = (attribute ?? {}) as { value?: unknown };
  if (value === undefined) number(attribute, path);
  else if (sources[valueIndex(value, `${path}.value`)] !== 'constant') fail(path, 'is no constant');
}

function checkSymbols({ symbols, values = [], exprs }: Plan, sources: Sources): void {
  for (const [i, symbol] of symbols.entries()) {
    if (!('value' in symbol)) continue;
    const path = `symbols[${i}]`;
    const { value } = fields(symbol, path, { value: index(values.length) });
    if (!isSet(sources[value])) fail(`${path}.value`, 'is set by no step');
    const { shape: dims, dtype } = values[value]!;
    if ('axis' in symbol) {
      fields(symbol, path, { axis: index(dims.length) });
      continue;
    }
    fields(symbol, path, { element: index(shape(exprs.length)(dims, path) || Number.MAX_SAFE_INTEGER) });
    if (!/int/.test(dtype)) fail(path, `reads an integer of what is ${dtype}`);
  }
}

/** Whether a step sets it. */
export function isSet(source: Source | undefined): boolean {
  return source === 'step' || source === 'move';
}

/** Whether it holds other values. */
function isNest(dtype: PlanValue['dtype']): boolean {
  return dtype === 'sequence' || dtype === 'optional';
}
