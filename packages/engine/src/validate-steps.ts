// The tree of steps: every binding and copy inside its buffer, and WebGPU's rules for buffers in a dispatch.
import { fail, index, list, multiple, object, oneOf, size, string, strings } from './check.ts';
import type { BindingKind, PlanBuffer, PlanPipeline } from './plan.ts';

/** Branches and loops inside each other: more than any model has, and few enough to be walked by recursion. */
const MAX_DEPTH = 64;

/** Checks the tree of steps; `checkHost` looks at what they do with values. Returns how many steps there are in all. */
export function checkSteps(
  value: unknown,
  buffers: readonly PlanBuffer[],
  pipelines: readonly PlanPipeline[],
  exprs: number,
): number {
  let count = 0;
  const check = (steps: unknown, where: string, depth: number): void => {
    if (depth > MAX_DEPTH) fail(where, `is nested more than ${MAX_DEPTH} deep`);
    const own = list(steps, where, (entry, path) => {
      const step = object(entry, path);
      const kind = oneOf(step.kind, `${path}.kind`, ['dispatches', 'copy', 'host', 'if', 'loop']);
      if (kind === 'dispatches') checkDispatches(step.dispatches, `${path}.dispatches`, { buffers, pipelines, exprs });
      else if (kind === 'copy') checkCopy(step, path, buffers, exprs);
      else if (kind === 'loop') block(step, path, depth + 1);
      else if (kind === 'if') {
        for (const branch of ['onTrue', 'onFalse']) {
          const at = `${path}.${branch}`;
          block(object(step[branch], at), at, depth + 1);
        }
      }
    });
    count += own;
  };
  const block = ({ steps, constraints }: Record<string, unknown>, at: string, depth: number): void => {
    if (constraints !== undefined) checkConstraints(constraints, `${at}.constraints`, exprs);
    check(steps, `${at}.steps`, depth);
  };
  check(value, 'steps', 0);
  return count;
}

export function checkConstraints(value: unknown, where: string, exprs: number): void {
  list(value, where, (entry, path) => {
    const { a, b, node } = object(entry, path);
    size(a, `${path}.a`, exprs);
    size(b, `${path}.b`, exprs);
    string(node, `${path}.node`);
  });
}

function checkCopy(step: Record<string, unknown>, path: string, buffers: readonly PlanBuffer[], exprs: number): void {
  const bytes = size(step.bytes, `${path}.bytes`, exprs);
  const least = typeof bytes === 'number' ? multiple(bytes, `${path}.bytes`, 4) : 0;
  const from = checkRange(step.from, `${path}.from`, buffers, least);
  const to = checkRange(step.to, `${path}.to`, buffers, least);
  if (buffers[from]!.kind === 'host') fail(`${path}.from.buffer`, 'is of kind host');
  if (!isWritable(buffers[to]!)) fail(`${path}.to.buffer`, `is of kind ${buffers[to]!.kind}`);
  if (from === to) fail(path, 'copies inside one buffer, which WebGPU does not allow');
}

function checkDispatches(
  value: unknown,
  path: string,
  {
    buffers,
    pipelines,
    exprs,
  }: {
    readonly buffers: readonly PlanBuffer[];
    readonly pipelines: readonly PlanPipeline[];
    readonly exprs: number;
  },
): void {
  list(value, path, (dispatch, at) => {
    const d = object(dispatch, at);
    const { layout } = pipelines[index(d.pipeline, `${at}.pipeline`, pipelines.length)]!;
    checkBindings(d.bindings, `${at}.bindings`, layout, buffers);
    const dims = list(d.workgroups, `${at}.workgroups`, (n, here) => void size(n, here, exprs));
    if (dims < 1 || dims > 3) fail(`${at}.workgroups`, 'has a wrong length');
    string(d.label, `${at}.label`);
    strings(d.nodes, `${at}.nodes`);
  });
}

function isWritable({ kind }: PlanBuffer): boolean {
  return kind === 'arena' || kind === 'output';
}

function checkRange(value: unknown, path: string, buffers: readonly PlanBuffer[], bytes: number): number {
  const { buffer, offset } = object(value, path);
  const i = index(buffer, `${path}.buffer`, buffers.length);
  multiple(offset, `${path}.offset`, 4, buffers[i]!.bytes - bytes);
  return i;
}

interface BoundRange {
  kind: BindingKind;
  buffer: number;
  start: number;
  end: number;
}

function checkBindings(
  value: unknown,
  path: string,
  layout: readonly BindingKind[],
  buffers: readonly PlanBuffer[],
): void {
  const ranges: BoundRange[] = [];
  const count = list(value, path, (entry, at, i) => {
    const kind = layout[i];
    if (!kind) fail(at, 'is one binding more than its pipeline has');
    const binding = object(entry, at);
    const buffer = index(binding.buffer, `${at}.buffer`, buffers.length);
    const { kind: of, bytes } = buffers[buffer]!;
    if (of === 'host') fail(at, 'binds a buffer of the host');
    if (kind === 'read_write' ? !isWritable(buffers[buffer]!) : kind === 'uniform' && of !== 'params') {
      fail(at, `binds a buffer of kind ${of} as ${kind}`);
    }
    const start = multiple(binding.offset, `${at}.offset`, 256, bytes);
    let end = bytes;
    if (binding.size !== undefined || (of !== 'input' && of !== 'output')) {
      const length = multiple(binding.size, `${at}.size`, 4, bytes - start);
      if (length === 0) fail(`${at}.size`, 'is 0, which WebGPU does not allow');
      end = start + length;
    }
    for (const other of ranges) {
      if (other.buffer !== buffer || (kind !== 'read_write' && other.kind !== 'read_write')) continue;
      // WebGPU looks at the whole buffer when one binding reads and another writes, at ranges when both write.
      if (kind !== other.kind) fail(at, `binds buffer ${buffer} as ${kind}, another binding as ${other.kind}`);
      if (start < other.end && other.start < end) fail(at, `overlaps another writable binding of buffer ${buffer}`);
    }
    ranges.push({ kind, buffer, start, end });
  });
  if (count < layout.length) fail(path, `are ${count}, its pipeline has ${layout.length}`);
}
