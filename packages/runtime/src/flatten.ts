// The steps of a plan as they are replayed: a tree, for a run goes on from one step to the next as their results tell.
// Dispatches and copies that follow each other are one segment of a list of ops, and equal bind groups are one.
import type {
  BindingKind,
  Dispatch,
  HostStep,
  IfStep,
  LoopStep,
  Plan,
  PlanBinding,
  PlanBlock,
  PlanConstraint,
  PlanMove,
  Size,
  Step,
} from '@trtx/engine';
import type { HostOp } from './host-ops.ts';

export interface BindGroupPlan {
  readonly layout: number;
  readonly bindings: readonly PlanBinding[];
  /** Whether it binds a buffer of an input or output, which the caller may change. */
  readonly io: boolean;
}

export type DispatchOp = Dispatch & { readonly group: number };
export type CopyOp = Step & { readonly kind: 'copy' };

/** Ops that nothing comes between. */
export interface Segment {
  /** Range of `ops`. */
  readonly start: number;
  readonly end: number;
  /** Words of the params buffer that these ops read, by index of `plan.params`. */
  readonly params: readonly number[];
  /** Symbols that values tell and that sizes of these ops, or such words, depend on. */
  readonly symbols: readonly number[];
}

export type ProgramStep =
  | { readonly kind: 'work'; readonly segment: number }
  | { readonly kind: 'host'; readonly step: HostStep; readonly run: HostOp }
  | Branch
  | Loop;

export interface Block {
  /** What has to hold while the steps are done. */
  readonly constraints: readonly PlanConstraint[];
  readonly steps: readonly ProgramStep[];
  readonly moves: readonly PlanMove[];
  /** Symbols that values tell which are set inside it: outside, and when it begins again, they are not known. */
  readonly own: readonly number[];
}

export interface Branch {
  readonly kind: 'if';
  readonly step: IfStep;
  /** What is run where the condition is true, and where it is not. */
  readonly yes: Block;
  readonly no: Block;
}

export interface Loop {
  readonly kind: 'loop';
  readonly step: LoopStep;
  /** An iteration; its moves are `carry`. */
  readonly body: Block;
}

export interface FlatSteps {
  readonly steps: readonly ProgramStep[];
  /** Dispatches and copies in order. */
  readonly ops: readonly (DispatchOp | CopyOp)[];
  readonly segments: readonly Segment[];
  readonly groups: readonly BindGroupPlan[];
  readonly layouts: readonly (readonly BindingKind[])[];
  /** Layout of each pipeline. */
  readonly layoutOf: readonly number[];
  /** Symbols that each value tells, by index of `plan.values`. */
  readonly symbolsOf: readonly (readonly number[])[];
  /** Values that steps set. */
  readonly set: ReadonlySet<number>;
}

export function isCopy(op: DispatchOp | CopyOp): op is CopyOp {
  return 'from' in op;
}

export function flattenSteps(plan: Plan, functions: ReadonlyMap<string, HostOp>): FlatSteps {
  const layouts = new Interned<readonly BindingKind[]>();
  const layoutOf = plan.pipelines.map(({ layout }) => layouts.add(layout.join(), layout));
  const groups = new Interned<BindGroupPlan>();
  const ops: (DispatchOp | CopyOp)[] = [];
  const segments: Segment[] = [];
  const symbolsOf = (plan.values ?? []).map((): number[] => []);
  for (const [k, symbol] of plan.symbols.entries()) if ('value' in symbol) symbolsOf[symbol.value]!.push(k);
  const paramAt = new Map(plan.params.map(([word], i) => [word, i]));
  const allSet = new Set<number>();

  const work = (step: Step): void => {
    if (step.kind === 'copy') ops.push(step);
    if (step.kind !== 'dispatches') return;
    for (const dispatch of step.dispatches) {
      const { pipeline, bindings } = dispatch;
      const layout = layoutOf[pipeline]!;
      const key = `${layout}:${bindings.map(({ buffer, offset, size }) => `${buffer},${offset},${size}`).join(';')}`;
      const io = bindings.some(({ buffer }) => /^(in|out)put$/.test(plan.buffers[buffer]!.kind));
      ops.push({ ...dispatch, group: groups.add(key, { layout, bindings, io }) });
    }
  };

  /** @param set values that are set in the block that the steps are of */
  const sequence = (steps: readonly Step[], set: Set<number>): ProgramStep[] => {
    const out: ProgramStep[] = [];
    let start = ops.length;
    const close = () => {
      if (ops.length === start) return;
      const own = ops.slice(start);
      const params = paramsOf(own, plan, paramAt);
      const sizes = own.flatMap((op) => (isCopy(op) ? [op.bytes] : op.workgroups));
      const words = params.map((i) => plan.params[i]![1]);
      out.push({ kind: 'work', segment: segments.length });
      segments.push({ start, end: ops.length, params, symbols: toldSymbols(plan, [...sizes, ...words]) });
    };
    for (const step of steps) {
      if (step.kind === 'dispatches' || step.kind === 'copy') {
        work(step);
        continue;
      }
      close();
      if (step.kind === 'host') {
        out.push({ kind: 'host', step, run: functions.get(step.op)! });
        for (const value of step.outputs) set.add(value);
      } else if (step.kind === 'if') {
        const [yes, no] = [block(step.onTrue, set), block(step.onFalse, set)];
        out.push({ kind: 'if', step, yes, no });
        for (const { to } of step.onTrue.moves) set.add(to);
      } else {
        out.push({ kind: 'loop', step, body: block({ ...step, moves: step.carry }, set, step.iteration) });
        for (const { to } of [...step.enter, ...step.stacks, ...step.exit]) set.add(to);
      }
      start = ops.length;
    }
    close();
    return out;
  };

  const block = ({ constraints = [], steps, moves }: PlanBlock, outer: Set<number>, first?: number): Block => {
    const set = new Set<number>(first === undefined ? [] : [first]);
    const inner = sequence(steps, set);
    for (const value of set) outer.add(value);
    return { constraints, steps: inner, moves, own: [...set].flatMap((value) => symbolsOf[value]!) };
  };

  const steps = sequence(plan.steps, allSet);
  const { all } = groups;
  return { steps, ops, segments, groups: all, layouts: layouts.all, layoutOf, symbolsOf, set: allSet };
}

function paramsOf(
  ops: readonly (DispatchOp | CopyOp)[],
  { buffers }: Plan,
  paramAt: ReadonlyMap<number, number>,
): number[] {
  const found = new Set<number>();
  for (const op of ops) {
    if (isCopy(op)) continue;
    for (const { buffer, offset, size = 0 } of op.bindings) {
      if (buffers[buffer]!.kind !== 'params') continue;
      for (let word = offset / 4; word < (offset + size) / 4; word++) {
        const param = paramAt.get(word);
        if (param !== undefined) found.add(param);
      }
    }
  }
  return [...found];
}

function toldSymbols({ exprs, symbols }: Plan, sizes: readonly Size[]): number[] {
  const told = new Set<number>();
  const seen = new Set<number>();
  const stack = sizes.flatMap((size) => (typeof size === 'number' ? [] : [size.expr]));
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const [op, a, b] = exprs[at]!;
    if (op === '$') {
      if ('value' in symbols[a]!) told.add(a);
    } else if (op !== '#') stack.push(a, b!);
  }
  return [...told];
}

/** A list without repetitions. */
class Interned<T> {
  readonly all: T[] = [];
  readonly #indices = new Map<string, number>();

  /** The index of the entry under `key`, which is added if it is new. */
  add(key: string, entry: T): number {
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    this.#indices.set(key, this.all.length);
    return this.all.push(entry) - 1;
  }
}
