// No step reads a size or a value before something sets it. What the GPU computes for the host is not looked at: garbage
// is read there as it would be by a kernel.
import { fail } from './check.ts';
import type { Dispatch, IfStep, LoopStep, Plan, PlanBlock, PlanMove, Step } from './plan.ts';
import type { Size } from './terms.ts';
import { isSet, type Sources } from './validate-host.ts';

/** The values that have been set, a bit for each: a block's own are forgotten at its end. */
type Known = bigint;

const bit = (value: number): Known => 1n << BigInt(value);

/** Of a plan that is sound otherwise. */
export function checkOrder(plan: Plan, sources: Sources): void {
  const { inputs, outputs, steps: all, buffers, values = [] } = plan;
  const ofSymbols = plan.symbols.map((symbol) => ('value' in symbol ? bit(symbol.value) : 0n));
  /** Values that have to be set before each expression is known. */
  const needs: Known[] = [];
  for (const [op, a, b] of plan.exprs) {
    if (op === '#') needs.push(0n);
    else needs.push(op === '$' ? ofSymbols[a]! : needs[a]! | needs[b!]!);
  }
  const isKnown = (size: Size, known: Known) => typeof size === 'number' || (needs[size.expr]! & ~known) === 0n;
  /** Words of the params buffer that values tell. */
  const late = plan.params.filter(([, size]) => !isKnown(size, 0n));

  for (const [i, { shape }] of inputs.entries()) sizes(shape, 0n, `inputs[${i}].shape`);
  const end = steps(all, 0n, 'steps');
  for (const [i, { shape, value }] of outputs.entries()) {
    sizes(shape, end, `outputs[${i}].shape`);
    read(value, end, `outputs[${i}].value`);
  }

  /** Returns what is known after the steps, if the block goes on. */
  function steps(block: readonly Step[], before: Known, where: string): Known {
    let known = before;
    for (const [k, step] of block.entries()) {
      const path = `${where}[${k}]`;
      if (step.kind === 'dispatches') dispatches(step.dispatches, known, `${path}.dispatches`);
      else if (step.kind === 'copy') sizes([step.bytes], known, path);
      else if (step.kind === 'if') known = branches(step, known, path);
      else if (step.kind === 'loop') known = loop(step, known, path);
      else {
        for (const v of step.inputs) read(v, known, `${path}.inputs`);
        known = set(step.outputs, known, `${path}.outputs`);
      }
    }
    return known;
  }

  function dispatches(segment: readonly Dispatch[], known: Known, path: string): void {
    for (const { workgroups, bindings } of segment) {
      sizes(workgroups, known, path);
      for (const [word, size] of late) {
        const reads = bindings.some(({ buffer, offset, size: bytes = 0 }) => {
          return buffers[buffer]!.kind === 'params' && word * 4 >= offset && word * 4 < offset + bytes;
        });
        if (reads) sizes([size], known, path);
      }
    }
  }

  function branches({ condition, onTrue, onFalse }: IfStep, known: Known, path: string): Known {
    read(condition, known, `${path}.condition`);
    const run = (block: PlanBlock, at: string) => {
      return move(block.moves, steps(block.steps, known, `${at}.steps`), known, `${at}.moves`);
    };
    run(onTrue, `${path}.onTrue`);
    // Both set the same values.
    return run(onFalse, `${path}.onFalse`);
  }

  function loop(step: LoopStep, before: Known, path: string): Known {
    const { trips, condition, next, iteration } = step;
    const entered = move(step.enter, before, before, `${path}.enter`);
    read(trips, entered, `${path}.trips`);
    read(condition, entered, `${path}.condition`);
    const begun = iteration === undefined ? entered : set([iteration], entered, `${path}.iteration`);
    const done = steps(step.steps, begun, `${path}.steps`);
    read(next, done, `${path}.next`);
    for (const [i, { to }] of step.carry.entries()) {
      if (!(entered & bit(to))) fail(`${path}.carry[${i}].to`, 'is not set before the first iteration');
    }
    move(step.carry, done, entered, `${path}.carry`);
    const stacked = move(step.stacks, done, entered, `${path}.stacks`);
    return move(step.exit, stacked, stacked, `${path}.exit`);
  }

  /** Returns `after`, with what the moves set. They read what is known at the end of a block, `inside`. */
  function move(moves: readonly PlanMove[], inside: Known, after: Known, path: string): Known {
    for (const [i, { from }] of moves.entries()) read(from, inside, `${path}[${i}].from`);
    return set(
      moves.map(({ to }) => to),
      after,
      path,
    );
  }

  /** Returns `known` with these values, whose sizes have to be known then. */
  function set(indices: readonly number[], known: Known, path: string): Known {
    const after = indices.reduce((set, v) => set | bit(v), known);
    for (const v of indices) sizes(values[v]!.shape, after, path);
    return after;
  }

  /** An operand that a step may lack. */
  function read(value: number | null | undefined, known: Known, path: string): void {
    for (let v = value ?? undefined; v !== undefined; v = values[v]!.of) {
      const { shape, elements = [] } = values[v]!;
      sizes([...shape, ...elements], known, path);
      if (isSet(sources[v]) && !(known & bit(v))) fail(path, 'is what a later step gives');
    }
  }

  function sizes(list: readonly Size[], known: Known, path: string): void {
    if (!list.every((size) => isKnown(size, known))) fail(path, 'has a size that is known later');
  }
}
