// The tree of steps: every binding and copy inside its buffer, and WebGPU's rules for buffers in a dispatch.
import {
  type Check,
  fail,
  fields,
  index,
  list,
  multiple,
  oneOf,
  optional,
  place,
  size,
  string,
  strings,
} from './check.ts';
import type { BindingKind, PlanBuffer, PlanPipeline } from './plan.ts';

/** Branches and loops inside each other: more than any model has, and few enough to be walked by recursion. */
const MAX_DEPTH = 64;

/** Kinds of buffers that can be bound in each way; copies read and write the same. */
const BINDABLE: Readonly<Record<BindingKind, readonly PlanBuffer['kind'][]>> = {
  uniform: ['params'],
  read: ['arena', 'weights', 'params', 'input', 'output'],
  read_write: ['arena', 'output'],
};

interface Tables {
  readonly buffers: readonly PlanBuffer[];
  readonly pipelines: readonly PlanPipeline[];
  /** The number of expressions. */
  readonly exprs: number;
}

/** Checks the tree of steps; `checkHost` looks at what they do with values. Returns how many steps there are in all. */
export function checkSteps(value: unknown, tables: Tables): number {
  let count = 0;
  const block = (depth: number): Check => {
    if (depth > MAX_DEPTH) return (_, path) => fail(path, `is nested more than ${MAX_DEPTH} deep`);
    return (entry, path) =>
      fields(entry, path, { constraints: optional(constraints(tables.exprs)), steps: steps(depth) });
  };
  const steps =
    (depth: number): Check =>
    (all, where) => {
      const own = list(all, where, (step, path) => {
        const { kind } = fields(step, path, { kind: oneOf(['dispatches', 'copy', 'host', 'if', 'loop']) });
        if (kind === 'dispatches') fields(step, path, { dispatches: dispatches(tables) });
        else if (kind === 'copy') checkCopy(step, path, tables);
        else if (kind === 'loop') block(depth + 1)(step, path);
        else if (kind === 'if') fields(step, path, { onTrue: block(depth + 1), onFalse: block(depth + 1) });
      });
      count += own;
    };
  steps(0)(value, 'steps');
  return count;
}

export function constraints(exprs: number): Check {
  return (value, where) =>
    list(value, where, (entry, path) => fields(entry, path, { a: size(exprs), b: size(exprs), node: string }));
}

function checkCopy(step: unknown, path: string, { buffers, exprs }: Tables): void {
  const { bytes } = fields(step, path, { bytes: size(exprs) });
  const least = typeof bytes === 'number' ? bytes : 0;
  multiple(4)(least, `${path}.bytes`);
  let from: number | undefined;
  fields(step, path, {
    from: (range, at) => {
      from = place(buffers, BINDABLE.read, least)(range, at);
    },
    to: (range, at) => {
      const to = place(buffers, BINDABLE.read_write, least)(range, at);
      if (from === to) fail(path, 'copies inside one buffer, which WebGPU does not allow');
    },
  });
}

function dispatches({ buffers, pipelines, exprs }: Tables): Check {
  return (value, path) =>
    list(value, path, (dispatch, at) => {
      const { pipeline } = fields(dispatch, at, { pipeline: index(pipelines.length) });
      fields(dispatch, at, {
        bindings: bindings(pipelines[pipeline]!.layout, buffers),
        workgroups: (dims, here) => {
          const count = list(dims, here, size(exprs));
          if (count < 1 || count > 3) fail(here, 'has a wrong length');
        },
        label: string,
        nodes: strings,
      });
    });
}

interface BoundRange {
  kind: BindingKind;
  buffer: number;
  start: number;
  end: number;
}

function bindings(layout: readonly BindingKind[], buffers: readonly PlanBuffer[]): Check {
  return (value, path) => {
    const ranges: BoundRange[] = [];
    const count = list(value, path, (entry, at, i) => {
      const kind = layout[i];
      if (!kind) fail(at, 'is one binding more than its pipeline has');
      const { buffer } = fields(entry, at, { buffer: index(buffers.length) });
      const { kind: of, bytes } = buffers[buffer]!;
      if (!BINDABLE[kind].includes(of)) fail(at, `binds a buffer of kind ${of} as ${kind}`);
      const { offset: start } = fields(entry, at, { offset: multiple(256, bytes) });
      const length = multiple(4, bytes - start);
      const { size } = fields(entry, at, { size: /put/.test(of) ? optional(length) : length });
      if (size === 0) fail(`${at}.size`, 'is 0, which WebGPU does not allow');
      const end = size === undefined ? bytes : start + size;
      for (const other of ranges) {
        if (other.buffer !== buffer || (kind !== 'read_write' && other.kind !== 'read_write')) continue;
        // WebGPU looks at the whole buffer when one binding reads and another writes, at ranges when both write.
        if (kind !== other.kind) fail(at, `binds buffer ${buffer} as ${kind}, another binding as ${other.kind}`);
        if (start < other.end && other.start < end) fail(at, `overlaps another writable binding of buffer ${buffer}`);
      }
      ranges.push({ kind, buffer, start, end });
    });
    if (count < layout.length) fail(path, `are ${count}, its pipeline has ${layout.length}`);
  };
}
