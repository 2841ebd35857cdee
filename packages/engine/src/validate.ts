// Checks a plan before anything is made of it: every index in range, every expression after what it reads, every binding
// and copy inside its buffer, and WebGPU's rules for buffers in a dispatch. What passes can be replayed without another
// look, save for what depends on the shapes of a run; the runtime checks that at each new shape.
//
// Generic walkers over the fields of a plan would be shorter; they would not say what is wrong.
import { distinct, fail, index, integer, list, multiple, object, oneOf, size, string, strings } from './check.ts';
import type { Plan, PlanBuffer, PlanPipeline, PlanTensor } from './plan.ts';
import { storageBytes, storageOf } from './types.ts';
import { checkHost } from './validate-host.ts';
import { checkOrder } from './validate-order.ts';
import { checkProfiles } from './validate-profiles.ts';
import { checkConstraints, checkSteps } from './validate-steps.ts';

const BUFFER_KINDS = ['arena', 'weights', 'params', 'input', 'output', 'host'] as const;
const BINDING_KINDS = ['uniform', 'read', 'read_write'] as const;
/** The runtime fills the params buffer word by word at each new shape. */
const MAX_PARAMS_BYTES = 1 << 24;
/** More than any device offers; keeps the check of every pair of bindings short. */
const MAX_BINDINGS = 64;

/**
 * Returns `value` as a Plan, or throws `ENGINE_INVALID` with the place of the first fault, in each of its profiles. Fields it
 * does not know stay.
 */
export function validatePlan(value: unknown): Plan {
  checkPlan(value);
  checkProfiles(value as Plan, checkPlan);
  return value as Plan;
}

function checkPlan(value: unknown): void {
  const plan = object(value, 'plan');
  string(plan.name, 'name');
  if (plan.profile !== undefined) string(plan.profile, 'profile');
  const exprs = checkExprs(plan.exprs, Array.isArray(plan.symbols) ? plan.symbols.length : 0);
  const buffers = checkBuffers(plan.buffers);
  const inputs = checkTensors(plan.inputs, 'inputs', 'input', buffers, exprs);
  const { outputs, status } = plan;
  checkTensors(Array.isArray(outputs) ? outputs.concat(status ?? []) : outputs, 'outputs', 'output', buffers, exprs);
  if (status) list(object(status, 'status').checks, 'status', checkPlace);
  checkSymbols(plan.symbols, inputs);
  checkBlobs(plan.blobs, buffers);
  checkParams(plan.params, buffers, exprs);
  checkConstraints(plan.constraints, 'constraints', exprs);
  const pipelines = checkPipelines(plan.pipelines, list(plan.modules, 'modules', string));
  const steps = checkSteps(plan.steps, buffers, pipelines, exprs);
  list(plan.hostNodes, 'hostNodes', (entry, path) => {
    const { node, nodes, op, reason, step } = object(entry, path);
    strings([node, op, reason], path);
    strings(nodes, `${path}.nodes`);
    if (step !== undefined) index(step, `${path}.step`, steps);
  });
  checkOrder(value as Plan, checkHost(value as Plan, exprs));
  const { features, limits } = object(plan.requires, 'requires');
  strings(features, 'requires.features');
  for (const [name, least] of Object.entries(object(limits, 'requires.limits'))) {
    integer(least, `requires.limits.${name}`);
  }
  integer(plan.liveBytesPeak, 'liveBytesPeak');
}

function checkPlace(entry: unknown, path: string): void {
  // Of numbers that are none no bit is raised.
  const { word, bit, ...place } = object(entry, path);
  strings(Object.values(place), path);
}

function checkExprs(value: unknown, symbols: number): number {
  return list(value, 'exprs', (entry, path, i) => {
    const [op, a, b] = Array.isArray(entry) ? entry : [];
    if (op === '$') index(a, path, symbols);
    else if (op === '#') integer(a, path, Number.MIN_SAFE_INTEGER);
    else {
      oneOf(op, path, ['+', '-', '*', '/', 'min', 'max']);
      index(a, path, i);
      index(b, path, i);
    }
    // `evaluate` tells the operations with two arguments by their length.
    if ((entry as unknown[]).length !== (op === '$' || op === '#' ? 2 : 3)) fail(path, 'has a wrong length');
  });
}

function checkBuffers(value: unknown): readonly PlanBuffer[] {
  let params = 0;
  list(value, 'buffers', (entry, path) => {
    const { kind, bytes } = object(entry, path);
    if (oneOf(kind, `${path}.kind`, BUFFER_KINDS) === 'params' && ++params > 1) fail(path, 'is a second params buffer');
    multiple(bytes, `${path}.bytes`, 4, kind === 'params' ? MAX_PARAMS_BYTES : undefined);
  });
  return value as PlanBuffer[];
}

function checkTensors(
  value: unknown,
  where: string,
  kind: PlanBuffer['kind'],
  buffers: readonly PlanBuffer[],
  exprs: number,
): readonly PlanTensor[] {
  const owned = new Set<number>();
  list(value, where, (entry, path) => {
    const tensor = object(entry, path);
    string(tensor.name, `${path}.name`);
    const dtype = oneOf(tensor.dtype, `${path}.dtype`, Object.keys(storageOf) as PlanTensor['dtype'][]);
    // Only the host has it: `checkHost` looks at such tensors.
    if (tensor.buffer === undefined && tensor.storage === undefined) {
      list(tensor.shape, `${path}.shape`, (dim, at) => void size(dim, at, exprs));
      index(tensor.value, `${path}.value`, Number.MAX_SAFE_INTEGER);
      return;
    }
    const storage = oneOf(tensor.storage, `${path}.storage`, storageOf[dtype]);
    const buffer = index(tensor.buffer, `${path}.buffer`, buffers.length);
    if (buffers[buffer]!.kind !== kind) fail(`${path}.buffer`, `is of kind ${buffers[buffer]!.kind}`);
    if (owned.has(buffer)) fail(`${path}.buffer`, 'belongs to another tensor too');
    owned.add(buffer);
    // What a free dimension makes of the size is for the runtime to check, at each new shape.
    let count = 1;
    list(tensor.shape, `${path}.shape`, (dim, at) => {
      const n = size(dim, at, exprs);
      count *= typeof n === 'number' ? n : Number.NaN;
    });
    if (storageBytes(storage, count) > buffers[buffer]!.bytes) fail(path, `does not fit into buffer ${buffer}`);
  });
  const tensors = value as PlanTensor[];
  distinct(
    tensors.map(({ name }) => name),
    where,
  );
  for (const [i, buffer] of buffers.entries()) {
    if (buffer.kind === kind && !owned.has(i)) fail(`buffers[${i}]`, `is the buffer of none of the ${where}`);
  }
  return tensors;
}

function checkSymbols(value: unknown, inputs: readonly PlanTensor[]): void {
  list(value, 'symbols', (entry, path) => {
    const symbol = object(entry, path);
    string(symbol.name, `${path}.name`);
    // `checkHost` looks at the symbols that values tell.
    if (symbol.value === undefined) {
      const input = index(symbol.input, `${path}.input`, inputs.length);
      index(symbol.axis, `${path}.axis`, inputs[input]!.shape.length);
    }
    // An element may be negative, a dimension not.
    const least = symbol.element === undefined ? 0 : Number.MIN_SAFE_INTEGER;
    integer(symbol.max, `${path}.max`, integer(symbol.min, `${path}.min`, least));
    integer(symbol.multipleOf, `${path}.multipleOf`, 1);
  });
}

function checkBlobs(value: unknown, buffers: readonly PlanBuffer[]): void {
  list(value, 'blobs', (entry, path) => {
    const blob = object(entry, path);
    const buffer = buffers[index(blob.buffer, `${path}.buffer`, buffers.length)]!;
    if (buffer.kind !== 'weights' && buffer.kind !== 'host') fail(`${path}.buffer`, `is of kind ${buffer.kind}`);
    const bytes = multiple(blob.bytes, `${path}.bytes`, 4, buffer.bytes);
    multiple(blob.offset, `${path}.offset`, 4, buffer.bytes - bytes);
    strings(blob.names, `${path}.names`);
  });
}

function checkParams(value: unknown, buffers: readonly PlanBuffer[], exprs: number): void {
  const words = (buffers.find(({ kind }) => kind === 'params')?.bytes ?? 0) / 4;
  list(value, 'params', (entry, path) => {
    if (!Array.isArray(entry)) fail(path, 'is not a pair');
    index(entry[0], path, words);
    size(entry[1], path, exprs);
  });
}

function checkPipelines(value: unknown, modules: number): readonly PlanPipeline[] {
  list(value, 'pipelines', (entry, path) => {
    const { module, entryPoint, layout } = object(entry, path);
    index(module, `${path}.module`, modules);
    string(entryPoint, `${path}.entryPoint`);
    const bindings = list(layout, `${path}.layout`, (kind, at) => oneOf(kind, at, BINDING_KINDS));
    if (bindings > MAX_BINDINGS) fail(`${path}.layout`, `has more than ${MAX_BINDINGS} bindings`);
  });
  return value as PlanPipeline[];
}
