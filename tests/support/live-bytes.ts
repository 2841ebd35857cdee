// How much memory a plan needs at least, told from its dispatches alone: which ranges they are bound to, and what their
// kernels do there. Nothing of how the planner sees lifetimes is used.

import type { Plan, Size, Step } from '@trtx/engine';

/** A range of an arena that a dispatch or copy reads or writes. */
interface Access {
  readonly buffer: number;
  readonly from: number;
  readonly to: number;
  readonly reads: boolean;
}

const ALIGNMENT = 256;

/**
 * The most bytes, over all dispatches, of arenas that the dispatch touches or that a later one reads as they are. A range
 * that is bound for both counts as read where the kernel's text has the variable elsewhere than left of an assignment.
 * @throws where steps are not run one after another, whose order the plan alone does not tell
 */
export function liveBytesOf(plan: Plan): number {
  const times = accessesOf(plan);
  const changes = new Array<number>(times.length + 1).fill(0);
  for (const [buffer, { kind }] of plan.buffers.entries()) {
    if (kind !== 'arena') continue;
    const own = times.map((accesses) => accesses.filter((access) => access.buffer === buffer));
    const edges = [...new Set(own.flatMap((accesses) => accesses.flatMap(({ from, to }) => [from, to])))].sort(
      (a, b) => a - b,
    );
    for (const [i, end] of edges.slice(1).entries()) countLive(own, edges[i]!, end, changes);
  }
  let [live, most] = [0, 0];
  for (const change of changes) {
    live += change;
    most = Math.max(most, live);
  }
  return most;
}

/** Adds the bytes between two edges to the times at which they are live. */
function countLive(times: readonly (readonly Access[])[], start: number, end: number, changes: number[]): void {
  let last: number | undefined;
  for (const [time, accesses] of times.entries()) {
    const here = accesses.filter(({ from, to }) => from <= start && to >= end);
    if (here.length === 0) continue;
    const isKept = last !== undefined && here.some(({ reads }) => reads);
    changes[isKept ? last! + 1 : time]! += end - start;
    changes[time + 1]! -= end - start;
    last = time;
  }
}

function accessesOf(plan: Plan): Access[][] {
  const times: Access[][] = [];
  for (const step of plan.steps as readonly Step[]) {
    if (step.kind === 'copy' && typeof step.bytes === 'number') {
      const range = ({ buffer, offset }: { buffer: number; offset: number }, reads: boolean) =>
        aligned({ buffer, from: offset, to: offset + (step.bytes as number), reads });
      times.push([range(step.from, true), range(step.to, false)]);
    } else if (step.kind === 'dispatches')
      for (const { pipeline, bindings } of step.dispatches) {
        const { module, layout } = plan.pipelines[pipeline]!;
        times.push(
          bindings.flatMap(({ buffer, offset, size }, i) => {
            if (plan.buffers[buffer]!.kind !== 'arena' || size === undefined) return [];
            const reads = layout[i] === 'read' || isRead(plan.modules[module]!, i);
            return [aligned({ buffer, from: offset, to: offset + size, reads })];
          }),
        );
      }
    else if (step.kind === 'host') {
      const ranges = (values: readonly (number | null)[], reads: boolean) =>
        values.flatMap((value) => (value === null ? [] : (hosted(plan, value, reads) ?? [])));
      times.push([...ranges(step.inputs, true), ...ranges(step.outputs, false)]);
    } else throw new Error(`a step of kind ${step.kind}`);
  }
  return times;
}

/** Where the GPU has what a host step reads or writes. */
function hosted(plan: Plan, index: number, reads: boolean): Access | undefined {
  let value = plan.values![index]!;
  while (value.of !== undefined) value = plan.values![value.of]!;
  if (!value.gpu) return undefined;
  const { buffer, offset, storage } = value.gpu;
  const perWord = /x(\d+)$/.exec(storage)?.[1] ?? '1';
  const elements = value.shape.reduce<number>((count, size) => count * most(plan, size), 1);
  return aligned({ buffer, from: offset, to: offset + 4 * Math.ceil(elements / Number(perWord)), reads });
}

/** A size where all symbols are as large as they may be. */
function most(plan: Plan, size: Size): number {
  if (typeof size === 'number') return size;
  const known: number[] = [];
  for (const [op, a, b] of plan.exprs) {
    const [x, y] = [known[a]!, known[b!]!];
    if (op === '$') known.push(plan.symbols[a]!.max / plan.symbols[a]!.multipleOf);
    else if (op === '#') known.push(a);
    else if (op === '+') known.push(x + y);
    else if (op === '-') known.push(x - y);
    else if (op === '*') known.push(x * y);
    else if (op === '/') known.push(Math.floor(x / y));
    else known.push(Math[op](x, y));
  }
  return known[size.expr]!;
}

function aligned({ from, to, ...rest }: Access): Access {
  return { ...rest, from: Math.floor(from / ALIGNMENT) * ALIGNMENT, to: Math.ceil(to / ALIGNMENT) * ALIGNMENT };
}

/** Whether the kernel reads what it has at a binding. */
function isRead(wgsl: string, binding: number): boolean {
  const name = new RegExp(`@binding\\(${binding}\\)\\s*var<storage[^>]*>\\s*(\\w+)`).exec(wgsl)?.[1];
  if (!name) throw new Error(`no variable at binding ${binding}`);
  for (const { index } of wgsl.matchAll(new RegExp(`\\b${name}\\[`, 'g'))) {
    let [at, depth] = [index + name.length + 1, 1];
    for (; depth > 0; at++) depth += wgsl[at] === '[' ? 1 : wgsl[at] === ']' ? -1 : 0;
    if (!/^\s*=[^=]/.test(wgsl.slice(at, at + 4))) return true;
  }
  return false;
}
