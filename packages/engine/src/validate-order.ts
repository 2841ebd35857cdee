// No step reads a size or a value before something sets it. What the GPU computes for the host is not looked at: garbage
// is read there as it would be by a kernel.
import { fail } from './check.ts';
import type { Dispatch, IfStep, LoopStep, Plan, PlanBlock, PlanMove, Size, Step } from './plan.ts';
import type { Sources } from './validate-host.ts';

/** The values that have been set, a bit for each: a block's own are forgotten at its end. */
type Known = bigint;

const bit = (value: number): Known => 1n << BigInt(value);

/** Of a plan that is sound otherwise. */
export function checkOrder(plan: Plan, sources: Sources): void {
  new OrderCheck(plan, sources).check();
}

class OrderCheck {
  readonly #plan: Plan;
  readonly #sources: Sources;
  /** Values that have to be set before each expression is known. */
  readonly #needs: Known[] = [];
  /** Words of the params buffer that values tell. */
  readonly #late: Plan['params'];

  constructor(plan: Plan, sources: Sources) {
    this.#plan = plan;
    this.#sources = sources;
    const ofSymbols = plan.symbols.map((symbol) => ('value' in symbol ? bit(symbol.value) : 0n));
    for (const [op, a, b] of plan.exprs) {
      if (op === '#') this.#needs.push(0n);
      else this.#needs.push(op === '$' ? ofSymbols[a]! : this.#needs[a]! | this.#needs[b!]!);
    }
    this.#late = plan.params.filter(([, size]) => !this.#isKnown(size, 0n));
  }

  check(): void {
    const { inputs, outputs, steps } = this.#plan;
    for (const [i, { shape }] of inputs.entries()) this.#sizes(shape, 0n, `inputs[${i}].shape`);
    const known = this.#steps(steps, 0n, 'steps');
    for (const [i, { shape, value }] of outputs.entries()) {
      this.#sizes(shape, known, `outputs[${i}].shape`);
      if (value !== undefined) this.#read(value, known, `outputs[${i}].value`);
    }
  }

  /** Returns what is known after the steps, if the block goes on. */
  #steps(steps: readonly Step[], before: Known, where: string): Known {
    let known = before;
    for (const [k, step] of steps.entries()) {
      const path = `${where}[${k}]`;
      if (step.kind === 'dispatches') this.#dispatches(step.dispatches, known, `${path}.dispatches`);
      else if (step.kind === 'copy') this.#sizes([step.bytes], known, path);
      else if (step.kind === 'if') known = this.#branches(step, known, path);
      else if (step.kind === 'loop') known = this.#loop(step, known, path);
      else {
        for (const v of step.inputs) if (v !== null) this.#read(v, known, `${path}.inputs`);
        known = this.#set(step.outputs, known, `${path}.outputs`);
      }
    }
    return known;
  }

  #dispatches(dispatches: readonly Dispatch[], known: Known, path: string): void {
    for (const { workgroups, bindings } of dispatches) {
      this.#sizes(workgroups, known, path);
      for (const [word, size] of this.#late) {
        const reads = bindings.some(({ buffer, offset, size: bytes = 0 }) => {
          return this.#plan.buffers[buffer]!.kind === 'params' && word * 4 >= offset && word * 4 < offset + bytes;
        });
        if (reads) this.#sizes([size], known, path);
      }
    }
  }

  #branches(step: IfStep, known: Known, path: string): Known {
    this.#read(step.condition, known, `${path}.condition`);
    const run = ({ steps, moves }: PlanBlock, at: string) => {
      const inside = this.#steps(steps, known, `${at}.steps`);
      return this.#moves(moves, inside, known, `${at}.moves`);
    };
    run(step.onTrue, `${path}.onTrue`);
    // Both set the same values.
    return run(step.onFalse, `${path}.onFalse`);
  }

  #loop(step: LoopStep, before: Known, path: string): Known {
    const { trips, condition, next, iteration, steps } = step;
    const entered = this.#moves(step.enter, before, before, `${path}.enter`);
    if (trips !== undefined) this.#read(trips, entered, `${path}.trips`);
    if (condition !== undefined) this.#read(condition, entered, `${path}.condition`);
    const begun = iteration === undefined ? entered : this.#set([iteration], entered, `${path}.iteration`);
    const done = this.#steps(steps, begun, `${path}.steps`);
    if (next !== undefined) this.#read(next, done, `${path}.next`);
    for (const [i, { to }] of step.carry.entries()) {
      if (!(entered & bit(to))) fail(`${path}.carry[${i}].to`, 'is not set before the first iteration');
    }
    this.#moves(step.carry, done, entered, `${path}.carry`);
    const stacked = this.#moves(step.stacks, done, entered, `${path}.stacks`);
    return this.#moves(step.exit, stacked, stacked, `${path}.exit`);
  }

  /** Returns `after`, with what the moves set. They read what is known at the end of a block, `inside`. */
  #moves(moves: readonly PlanMove[], inside: Known, after: Known, path: string): Known {
    for (const [i, { from }] of moves.entries()) this.#read(from, inside, `${path}[${i}].from`);
    return this.#set(
      moves.map(({ to }) => to),
      after,
      path,
    );
  }

  /** Returns `known` with these values, whose sizes have to be known then. */
  #set(values: readonly number[], known: Known, path: string): Known {
    const after = values.reduce((all, v) => all | bit(v), known);
    for (const v of values) this.#sizes(this.#plan.values![v]!.shape, after, path);
    return after;
  }

  #read(value: number, known: Known, path: string): void {
    for (let v: number | undefined = value; v !== undefined; ) {
      const {
        shape,
        elements = [],
        of,
      }: { shape: readonly Size[]; elements?: readonly Size[]; of?: number } = this.#plan.values![v]!;
      this.#sizes([...shape, ...elements], known, path);
      const source = this.#sources[v];
      if ((source === 'step' || source === 'move') && !(known & bit(v))) fail(path, 'is what a later step gives');
      v = of;
    }
  }

  #sizes(sizes: readonly Size[], known: Known, path: string): void {
    if (!sizes.every((size) => this.#isKnown(size, known))) fail(path, 'has a size that is known later');
  }

  #isKnown(size: Size, known: Known): boolean {
    return typeof size === 'number' || (this.#needs[size.expr]! & ~known) === 0n;
  }
}
