// The part of the plan that is about the host: values, and what steps do with them. A plan whose steps are dispatches and
// copies has none of this.
import { fail, index, list, multiple, object, oneOf, size, string, strings } from './check.ts';
import type { HostStep, IfStep, LoopStep, Plan, PlanBuffer, PlanValue, Step } from './plan.ts';
import { sourceBytes, storageBytes, storageOf } from './types.ts';

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
  const claim = (at: unknown, path: string, source: Source) => {
    const i = index(at, path, values.length);
    const known = sources[i];
    if (known && !(known === 'move' && source === 'move')) fail(path, `is value ${i}, which comes from elsewhere too`);
    sources[i] = source;
  };
  checkInputs(plan, claim);
  checkSteps(plan.steps, 'steps', { values, sources, claim });
  for (const [i, { gpu }] of values.entries()) {
    const path = `values[${i}]`;
    const source = sources[i];
    if (!source && !gpu) fail(path, 'comes from nowhere');
    if (!source || !gpu || source === 'input') continue;
    if (source !== 'step' && source !== 'move') fail(`${path}.gpu`, 'is a place that nothing writes to');
    const { kind } = plan.buffers[gpu.buffer]!;
    if (kind !== 'arena' && !(source === 'move' && kind === 'output')) fail(`${path}.gpu.buffer`, `is of kind ${kind}`);
  }
  for (const [i, { value, buffer }] of plan.outputs.entries()) {
    if (value === undefined) continue;
    if (buffer !== undefined) fail(`outputs[${i}]`, 'has both a buffer and a value');
    let root = index(value, `outputs[${i}].value`, values.length);
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
  string(value.name, `${path}.name`);
  const dtype = oneOf(value.dtype, `${path}.dtype`, Object.keys(storageOf) as PlanValue['dtype'][]);
  let elements = 1;
  list(value.shape, `${path}.shape`, (dim, at) => {
    const n = size(dim, at, exprs);
    elements *= typeof n === 'number' ? n : Number.NaN;
  });
  if (isNest(dtype) && (value.shape as unknown[]).length > 0) fail(`${path}.shape`, 'has axes');
  if (value.gpu !== undefined) {
    const storage = oneOf(object(value.gpu, `${path}.gpu`).storage, `${path}.gpu.storage`, storageOf[dtype]);
    checkPlace(value.gpu, `${path}.gpu`, {
      buffers: plan.buffers,
      kinds: ['arena', 'input', 'output'],
      step: 4,
      bytes: storageBytes(storage, elements),
    });
  }
  if (value.bytes !== undefined) {
    if (sourceBytes(dtype) === 0 || Number.isNaN(elements)) fail(path, 'is no constant that has bytes');
    const bytes = elements * sourceBytes(dtype);
    checkPlace(value.bytes, `${path}.bytes`, { buffers: plan.buffers, kinds: ['host'], step: 8, bytes });
  }
  if (value.strings !== undefined) {
    strings(value.strings, `${path}.strings`);
    const { length } = value.strings as string[];
    if (dtype !== 'string' || elements !== length) fail(path, `has ${length} texts`);
  }
  if (value.elements !== undefined) {
    const count = list(value.elements, `${path}.elements`, (element, at) => {
      if (!Number.isSafeInteger(element)) size(element, at, exprs);
    });
    if (elements !== count || !/int|bool/.test(dtype)) fail(path, `has ${count} elements`);
  }
  if (value.of !== undefined) {
    index(value.of, `${path}.of`, i);
    if (plan.values![value.of as number]!.dtype !== dtype) fail(`${path}.of`, 'is of another type');
  }
}

function checkPlace(
  value: unknown,
  path: string,
  {
    buffers,
    kinds,
    step,
    bytes,
  }: { buffers: readonly PlanBuffer[]; kinds: readonly PlanBuffer['kind'][]; step: number; bytes: number },
): void {
  const { buffer, offset } = object(value, path);
  const i = index(buffer, `${path}.buffer`, buffers.length);
  if (!kinds.includes(buffers[i]!.kind)) fail(`${path}.buffer`, `is of kind ${buffers[i]!.kind}`);
  // What a free dimension makes of the size is for the runtime to check.
  multiple(offset, `${path}.offset`, step, buffers[i]!.bytes - (Number.isNaN(bytes) ? 0 : bytes));
}

function ownSource({ bytes, strings, elements, of }: PlanValue, path: string): Source | undefined {
  const own = [bytes, strings, elements, of].map((part) => part !== undefined);
  if (own.filter(Boolean).length > 1) fail(path, 'comes from several things');
  return (['constant', 'constant', 'elements', 'of'] as const)[own.indexOf(true)];
}

function checkInputs(plan: Plan, claim: (at: unknown, path: string, source: Source) => void): void {
  for (const [i, { value, buffer, dtype }] of plan.inputs.entries()) {
    if (value === undefined) continue;
    const path = `inputs[${i}].value`;
    claim(value, path, 'input');
    const { gpu, dtype: of } = plan.values![value]!;
    if (of !== dtype) fail(path, 'is of another type');
    if (gpu?.buffer !== buffer || (gpu && gpu.offset !== 0)) fail(path, "does not lie in the input's buffer");
  }
}

interface StepContext {
  readonly values: readonly PlanValue[];
  readonly sources: Sources;
  readonly claim: (at: unknown, path: string, source: Source) => void;
}

function checkSteps(steps: readonly Step[], where: string, context: StepContext): void {
  for (const [k, step] of steps.entries()) {
    const path = `${where}[${k}]`;
    if (step.kind === 'host') checkStep(step, path, context);
    else if (step.kind === 'if') checkBranches(step, path, context);
    else if (step.kind === 'loop') checkLoop(step, path, context);
  }
}

function checkBranches(step: IfStep, path: string, context: StepContext): void {
  string(step.node, `${path}.node`);
  checkScalar(step.condition, `${path}.condition`, 'bool', context.values);
  const [first, second] = (['onTrue', 'onFalse'] as const).map((branch) => {
    const { steps, moves } = step[branch];
    checkSteps(steps, `${path}.${branch}.steps`, context);
    checkMoves(moves, `${path}.${branch}.moves`, context);
    return new Set(moves.map(({ to }) => to));
  }) as [Set<number>, Set<number>];
  if (first.size !== second.size || [...first].some((to) => !second.has(to))) {
    fail(path, 'has branches that set different values');
  }
}

function checkLoop(step: LoopStep, path: string, context: StepContext): void {
  string(step.node, `${path}.node`);
  const { trips, condition, next, iteration } = step;
  if (trips === undefined && next === undefined) fail(path, 'never ends');
  if (trips !== undefined) checkScalar(trips, `${path}.trips`, 'int64', context.values);
  if (condition !== undefined) checkScalar(condition, `${path}.condition`, 'bool', context.values);
  if (next !== undefined) checkScalar(next, `${path}.next`, 'bool', context.values);
  if (iteration !== undefined) {
    context.claim(iteration, `${path}.iteration`, 'step');
    checkScalar(iteration, `${path}.iteration`, 'int64', context.values);
  }
  for (const part of ['enter', 'carry', 'exit'] as const) checkMoves(step[part], `${path}.${part}`, context);
  checkMoves(step.stacks, `${path}.stacks`, context, 1);
  checkSteps(step.steps, `${path}.steps`, context);
}

function checkScalar(value: unknown, path: string, dtype: PlanValue['dtype'], values: readonly PlanValue[]): void {
  const { dtype: of, shape } = values[index(value, path, values.length)]!;
  if (of !== dtype) fail(path, `is of type ${of}`);
  if (shape.some((n) => typeof n === 'number' && n !== 1)) fail(path, 'has other than one element');
}

/** @param more axes that `to` has beyond those of `from` */
function checkMoves(moves: unknown, path: string, { values, claim }: StepContext, more = 0): void {
  list(moves, path, (entry, at) => {
    const move = object(entry, at);
    claim(move.to, `${at}.to`, 'move');
    const from = values[index(move.from, `${at}.from`, values.length)]!;
    const to = values[move.to as number]!;
    if (from.dtype !== to.dtype) fail(at, `makes ${to.dtype} of ${from.dtype}`);
    if (more > 0 && isNest(from.dtype)) fail(at, `stacks what is a ${from.dtype}`);
    if (from.shape.length + more !== to.shape.length) fail(at, `makes ${to.shape.length} axes of ${from.shape.length}`);
  });
}

function checkStep(step: HostStep, path: string, { values, sources, claim }: StepContext): void {
  string(step.op, `${path}.op`);
  string(step.node, `${path}.node`);
  string(step.reason, `${path}.reason`);
  for (const [name, attribute] of Object.entries(object(step.attributes, `${path}.attributes`))) {
    checkAttribute(attribute, `${path}.attributes.${name}`, values, sources);
  }
  list(step.inputs, `${path}.inputs`, (value, at) => {
    if (value !== null) index(value, at, values.length);
  });
  list(step.outputs, `${path}.outputs`, (value, at) => claim(value, at, 'step'));
}

function checkAttribute(attribute: unknown, path: string, values: readonly PlanValue[], sources: Sources): void {
  const number = (value: unknown, at: string) => {
    if (!Number.isFinite(value)) oneOf(object(value, at).number, at, ['Infinity', '-Infinity', 'NaN', '-0']);
  };
  if (typeof attribute === 'string') return;
  if (Array.isArray(attribute)) {
    if (typeof attribute[0] === 'string') strings(attribute, path);
    else list(attribute, path, number);
    return;
  }
  const { value } = (attribute ?? {}) as { value?: unknown };
  if (value === undefined) number(attribute, path);
  else if (sources[index(value, `${path}.value`, values.length)] !== 'constant') fail(path, 'is no constant');
}

function checkSymbols({ symbols, values = [] }: Plan, sources: Sources): void {
  for (const [i, symbol] of symbols.entries()) {
    if (!('value' in symbol)) continue;
    const path = `symbols[${i}]`;
    const v = index(symbol.value, `${path}.value`, values.length);
    if (sources[v] !== 'step' && sources[v] !== 'move') fail(`${path}.value`, 'is set by no step');
    const { shape, dtype } = values[v]!;
    if ('axis' in symbol) {
      index(symbol.axis, `${path}.axis`, shape.length);
      continue;
    }
    const count = shape.reduce<number>((n, dim) => n * (typeof dim === 'number' ? dim : Number.NaN), 1);
    index(symbol.element, `${path}.element`, Number.isNaN(count) ? Number.MAX_SAFE_INTEGER : count);
    if (!/int/.test(dtype)) fail(path, `reads an integer of what is ${dtype}`);
  }
}

/** Whether it holds other values. */
function isNest(dtype: PlanValue['dtype']): boolean {
  return dtype === 'sequence' || dtype === 'optional';
}
