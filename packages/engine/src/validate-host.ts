// The part of the plan that is about the host: values, host steps, and that no size is read before the host step that
// tells it. A plan without host steps has none of this.
import { fail, index, list, multiple, object, oneOf, size, string, strings } from './check.ts';
import type { HostStep, Plan, PlanBuffer, PlanValue, Size } from './plan.ts';
import { sourceBytes, storageBytes, storageOf } from './types.ts';

/** Where a value comes from. */
type Source = 'constant' | 'input' | 'step' | 'elements' | 'of' | 'gpu';

/** Checks all that `validatePlan` has left out; `exprs` is the number of expressions. */
export function checkHost(plan: Plan, exprs: number): void {
  const values = plan.values ?? [];
  list(values, 'values', (entry, path, i) => checkValue(entry, path, { at: i, plan, exprs }));
  const sources = values.map((value, i) => ownSource(value, `values[${i}]`));
  const claim = (at: unknown, path: string, source: Source) => {
    const i = index(at, path, values.length);
    if (sources[i]) fail(path, `is value ${i}, which comes from elsewhere too`);
    sources[i] = source;
  };
  checkInputs(plan, claim);
  for (const [k, step] of plan.steps.entries()) {
    if (step.kind === 'host') checkStep(step, `steps[${k}]`, { values, sources, claim });
  }
  for (const [i, { gpu }] of values.entries()) {
    if (sources[i] === 'step' && gpu && plan.buffers[gpu.buffer]!.kind !== 'arena') {
      fail(`values[${i}].gpu.buffer`, `is of kind ${plan.buffers[gpu.buffer]!.kind}`);
    }
    if (!sources[i] && !gpu) fail(`values[${i}]`, 'comes from nowhere');
  }
  for (const [i, { value, buffer }] of plan.outputs.entries()) {
    if (value === undefined) continue;
    if (buffer !== undefined) fail(`outputs[${i}]`, 'has both a buffer and a value');
    let root = index(value, `outputs[${i}].value`, values.length);
    while (values[root]!.of !== undefined) root = values[root]!.of!;
    if (!sources[root]) fail(`outputs[${i}].value`, 'is on the GPU alone');
  }
  checkOrder(plan, sources);
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
    if (dtype === 'string' || Number.isNaN(elements)) fail(path, 'is no constant that has bytes');
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
  readonly sources: readonly (Source | undefined)[];
  readonly claim: (at: unknown, path: string, source: Source) => void;
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

function checkAttribute(
  attribute: unknown,
  path: string,
  values: readonly PlanValue[],
  sources: readonly (Source | undefined)[],
): void {
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

/**
 * No step reads a size or a value that comes later. What the GPU computes for the host is not looked at: garbage is read
 * there as it would be by a kernel.
 */
function checkOrder(plan: Plan, sources: readonly (Source | undefined)[]): void {
  const { steps, symbols, exprs, values = [] } = plan;
  const made = new Map<number, number>();
  for (const [k, step] of steps.entries()) if (step.kind === 'host') for (const v of step.outputs) made.set(v, k);
  // The step that an expression is known after; -1 for what the inputs tell.
  const known: number[] = [];
  for (const [i, symbol] of symbols.entries()) {
    if (!('step' in symbol)) continue;
    const path = `symbols[${i}]`;
    const step = steps[index(symbol.step, `${path}.step`, steps.length)]!;
    if (step.kind !== 'host') fail(`${path}.step`, 'is no host step');
    const output = step.outputs[index(symbol.output, `${path}.output`, step.outputs.length)]!;
    index(symbol.axis, `${path}.axis`, values[output]!.shape.length);
  }
  const symbolStep = (k: number) => {
    const symbol = symbols[k]!;
    return 'step' in symbol ? symbol.step : -1;
  };
  for (const [op, a, b] of exprs) {
    if (op === '#') known.push(-1);
    else known.push(op === '$' ? symbolStep(a) : Math.max(known[a]!, known[b!]!));
  }
  const before = (sizes: readonly Size[], k: number, path: string) => {
    if (sizes.some((n) => typeof n !== 'number' && known[n.expr]! >= k)) fail(path, 'has a size that is known later');
  };
  for (const [i, { shape }] of plan.inputs.entries()) before(shape, 0, `inputs[${i}].shape`);
  const late = plan.params.filter(([, n]) => typeof n !== 'number' && known[n.expr]! >= 0);
  const readable = (v: number, k: number, path: string) => {
    const { shape, elements = [], of } = values[v]!;
    before([...shape, ...elements], k, path);
    if (sources[v] === 'step' && made.get(v)! >= k) fail(path, 'is what a later step gives');
    if (of !== undefined) readable(of, k, path);
  };
  for (const [k, step] of steps.entries()) {
    const path = `steps[${k}]`;
    if (step.kind === 'copy') before([step.bytes], k, path);
    else if (step.kind === 'host') {
      for (const v of step.inputs) if (v !== null) readable(v, k, `${path}.inputs`);
      for (const v of step.outputs) before(values[v]!.shape, k + 1, `${path}.outputs`);
    } else {
      for (const { workgroups, bindings } of step.dispatches) {
        before(workgroups, k, `${path}.dispatches`);
        for (const [word, value] of late) {
          const reads = bindings.some(({ buffer, offset, size: bytes = 0 }) => {
            return plan.buffers[buffer]!.kind === 'params' && word * 4 >= offset && word * 4 < offset + bytes;
          });
          if (reads) before([value], k, `${path}.dispatches`);
        }
      }
    }
  }
}
