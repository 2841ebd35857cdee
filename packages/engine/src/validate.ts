// Checks a plan before anything is made of it: every index in range, every expression after what it reads, every binding
// and copy inside its buffer, and WebGPU's rules for buffers in a dispatch. What passes can be replayed without another
// look, save for what depends on the shapes of a run; the runtime checks that at each new shape.
import {
  distinct,
  fail,
  fields,
  index,
  integer,
  list,
  multiple,
  object,
  oneOf,
  optional,
  place,
  shape,
  size,
  string,
  strings,
} from './check.ts';
import type { Plan, PlanBuffer, PlanPipeline, PlanTensor } from './plan.ts';
import { sourceTypes, storageBytes, storageOf } from './types.ts';
import { checkHost } from './validate-host.ts';
import { checkOrder } from './validate-order.ts';
import { checkProfiles } from './validate-profiles.ts';
import { checkSteps, constraints } from './validate-steps.ts';

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
  const exprs = checkExprs(plan.exprs, Array.isArray(plan.symbols) ? plan.symbols.length : 0);
  const buffers = checkBuffers(plan.buffers);
  const inputs = checkTensors(plan.inputs, 'inputs', 'input', buffers, exprs);
  const { outputs, status } = plan;
  checkTensors(Array.isArray(outputs) ? outputs.concat(status ?? []) : outputs, 'outputs', 'output', buffers, exprs);
  checkSymbols(plan.symbols, inputs);
  checkBlobs(plan.blobs, buffers);
  checkParams(plan.params, buffers, exprs);
  const pipelines = checkPipelines(plan.pipelines, list(plan.modules, 'modules', string));
  const steps = checkSteps(plan.steps, { buffers, pipelines, exprs });
  const rest = {
    name: string,
    profile: optional(string),
    constraints: constraints(exprs),
    status: optional((it, at) => fields(it, at, { checks: (all) => list(all, at, checkPlace) })),
    hostNodes: (nodes: unknown, where: string) =>
      list(nodes, where, (entry, path) =>
        fields(entry, path, {
          node: string,
          nodes: strings,
          op: string,
          reason: string,
          step: optional(index(steps)),
        }),
      ),
    requires: (it: unknown, at: string) =>
      fields(it, at, {
        features: strings,
        limits: (limits, path) => {
          for (const [name, least] of Object.entries(object(limits, path))) integer()(least, `${path}.${name}`);
        },
        matrices: optional((all, path) => list(all, path, object)),
      }),
    liveBytesPeak: integer(),
  };
  fields(plan, 'plan', rest, '');
  checkOrder(value as Plan, checkHost(value as Plan, exprs));
}

function checkPlace(entry: unknown, path: string): void {
  // Of numbers that are none no bit is raised.
  const { word, bit, ...where } = object(entry, path);
  strings(Object.values(where), path);
}

function checkExprs(value: unknown, symbols: number): number {
  return list(value, 'exprs', (entry, path, i) => {
    const [op, a, b] = Array.isArray(entry) ? entry : [];
    if (op === '$') index(symbols)(a, path);
    else if (op === '#') integer(Number.MIN_SAFE_INTEGER)(a, path);
    else {
      oneOf(['+', '-', '*', '/', 'min', 'max'])(op, path);
      for (const operand of [a, b]) index(i)(operand, path);
    }
    // `evaluate` tells the operations with two arguments by their length.
    if ((entry as unknown[]).length !== (op === '$' || op === '#' ? 2 : 3)) fail(path, 'has a wrong length');
  });
}

function checkBuffers(value: unknown): readonly PlanBuffer[] {
  let params = 0;
  list(value, 'buffers', (entry, path) => {
    const { kind } = fields(entry, path, { kind: oneOf(BUFFER_KINDS) });
    const isParams = kind === 'params';
    if (isParams && ++params > 1) fail(path, 'is a second params buffer');
    fields(entry, path, { bytes: multiple(4, isParams ? MAX_PARAMS_BYTES : undefined) });
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
    const { dtype } = fields(tensor, path, { name: string, dtype: oneOf(sourceTypes) });
    // Only the host has it: `checkHost` looks at such tensors.
    if (tensor.buffer === undefined && tensor.storage === undefined) {
      fields(tensor, path, { shape: shape(exprs), value: integer() });
      return;
    }
    const { buffer, storage } = fields(tensor, path, {
      storage: oneOf(storageOf[dtype]),
      buffer: index(buffers.length),
    });
    if (buffers[buffer]!.kind !== kind) fail(`${path}.buffer`, `is of kind ${buffers[buffer]!.kind}`);
    if (owned.has(buffer)) fail(`${path}.buffer`, 'belongs to another tensor too');
    owned.add(buffer);
    // What a free dimension makes of the size is for the runtime to check, at each new shape.
    const count = shape(exprs)(tensor.shape, `${path}.shape`);
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
    // `checkHost` looks at the symbols that values tell.
    if (symbol.value === undefined) {
      const { input } = fields(symbol, path, { input: index(inputs.length) });
      fields(symbol, path, { axis: index(inputs[input]!.shape.length) });
    }
    // An element may be negative, a dimension not.
    const least = symbol.element === undefined ? 0 : Number.MIN_SAFE_INTEGER;
    const { min } = fields(symbol, path, { name: string, min: integer(least), multipleOf: integer(1) });
    fields(symbol, path, { max: integer(min) });
  });
}

function checkBlobs(value: unknown, buffers: readonly PlanBuffer[]): void {
  list(value, 'blobs', (entry, path) => {
    const { bytes } = fields(entry, path, { bytes: multiple(4), names: strings });
    place(buffers, ['weights', 'host'], bytes)(entry, path);
  });
}

function checkParams(value: unknown, buffers: readonly PlanBuffer[], exprs: number): void {
  const words = (buffers.find(({ kind }) => kind === 'params')?.bytes ?? 0) / 4;
  list(value, 'params', (entry, path) => {
    if (!Array.isArray(entry)) fail(path, 'is not a pair');
    index(words)(entry[0], path);
    size(exprs)(entry[1], path);
  });
}

function checkPipelines(value: unknown, modules: number): readonly PlanPipeline[] {
  list(value, 'pipelines', (entry, path) =>
    fields(entry, path, {
      module: index(modules),
      entryPoint: string,
      layout: (layout, at) => {
        if (list(layout, at, oneOf(BINDING_KINDS)) > MAX_BINDINGS) fail(at, `has more than ${MAX_BINDINGS} bindings`);
      },
    }),
  );
  return value as PlanPipeline[];
}
