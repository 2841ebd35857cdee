// Patterns: what recognizing rules look for, as data. A pattern is of a value and, through the nodes that compute it, of
// what it is computed from; the same name stands for the same value wherever it occurs.
//
//   const x = any('x');
//   const gelu = op('Mul', op('Mul', x, number(0.5)), op('Add', op('Erf', op('Div', x, number(Math.SQRT2))), number(1)));

import { codecOf, type DType, type Node, type OpDef, opName, scalar, traitOf, type Value } from '@trtx/ir';
import { splatOf } from './match.ts';

/** What holds of a value, or of the absence of an optional input. */
export interface Pattern {
  /** Ops that a value must come from; undefined where it may come from any, or none. */
  readonly ops?: ReadonlySet<string>;
  /** Calls `next` for each way in which it holds, until that says true; then `state` is what was found. */
  match(value: Value | null, state: MatchState, next: () => boolean): boolean;
}

/** What a pattern found. */
export interface Match {
  /** The nodes that the pattern named, from the last on. */
  readonly nodes: readonly Node[];
  /** Nodes of values that may be used outside the pattern as well. */
  readonly shared: ReadonlySet<Node>;
  /** The value of a name. @throws where the form that was found has none */
  value(name: string): Value;
  /** As `value`, undefined where the form that was found has none. */
  find(name: string): Value | undefined;
  /** The number of a name. @throws where the form that was found has none */
  number(name: string): number;
  /** As `number`, undefined where the form that was found has none. */
  findNumber(name: string): number | undefined;
  /** The node whose first output has the name. */
  node(name: string): Node;
}

/** A match in the making: what is recorded is taken back where the rest does not hold. */
export class MatchState implements Match {
  readonly nodes: Node[] = [];
  readonly shared = new Set<Node>();
  readonly #values = new Map<string, Value>();
  readonly #numbers = new Map<string, number>();

  value(name: string): Value {
    return found(this.#values.get(name), name);
  }

  find(name: string): Value | undefined {
    return this.#values.get(name);
  }

  number(name: string): number {
    return found(this.#numbers.get(name), name);
  }

  findNumber(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  node(name: string): Node {
    return found(this.value(name).producer ?? undefined, name);
  }

  /** Goes on with the name given to the value, where it has no other. */
  withValue(name: string, value: Value, next: () => boolean): boolean {
    const known = this.#values.get(name);
    if (known) return known === value && next();
    this.#values.set(name, value);
    return next() || !this.#values.delete(name);
  }

  withNumber(name: string, number: number, next: () => boolean): boolean {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known === number && next();
    this.#numbers.set(name, number);
    return next() || !this.#numbers.delete(name);
  }

  withNode(node: Node, next: () => boolean): boolean {
    // A value that the pattern reads twice is computed once.
    if (this.nodes.includes(node)) return next();
    this.nodes.push(node);
    if (next()) return true;
    this.nodes.pop();
    return false;
  }

  withShared(node: Node, next: () => boolean): boolean {
    if (this.shared.has(node)) return next();
    this.shared.add(node);
    return next() || !this.shared.delete(node);
  }
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the pattern that was found has no ${name}`);
  return value;
}

/** Any value; with a name, the same one wherever the name occurs. `test` must hold of it. */
export function any(name?: string, test: (value: Value) => boolean = () => true): Pattern {
  return {
    match: (value, state, next) =>
      value !== null && test(value) && (name === undefined ? next() : state.withValue(name, value, next)),
  };
}

/** A constant, as `any`. */
export function constant(name?: string, test: (value: Value) => boolean = () => true): Pattern {
  return any(name, (value) => value.constant !== null && test(value));
}

/** An optional input that is not there. */
export const absent: Pattern = { match: (value, _state, next) => value === null && next() };

/**
 * A constant that is one number everywhere: a given one, within the rounding of its type or of decimals in a model's source
 * (1e-5); or one of which `test` holds, which gets the name.
 */
export function number(wanted: number | string, test: (value: number) => boolean = () => true): Pattern {
  return {
    match(value, state, next) {
      const given = splatOf(value);
      if (given === undefined) return false;
      if (typeof wanted === 'string') return test(given) && state.withNumber(wanted, given, next);
      return isClose(given, wanted, value!.type.dtype) && next();
    },
  };
}

/** Half a unit in the last place of float16 and bfloat16. */
const ROUNDING: ReadonlyMap<string, number> = new Map([
  ['float16', 2 ** -11],
  ['bfloat16', 2 ** -8],
]);

/** True where a number of a type may stand for another, having been rounded so often. */
export function isClose(given: number, wanted: number, dtype: DType, roundings = 1): boolean {
  if (given === wanted) return true;
  const rounding = codecOf(dtype) ? (ROUNDING.get(dtype) ?? 0) : 1e-5;
  return Math.abs(given - wanted) <= roundings * rounding * Math.abs(wanted);
}

export interface OpPattern extends Pattern {
  readonly ops: ReadonlySet<string>;
  /** Gives the node's first output a name. */
  as(name: string): OpPattern;
  /** What must hold of the node as well. Called before its inputs are looked at. */
  where(test: (node: Node) => boolean): OpPattern;
  /** The value may be used outside the pattern too, and is then computed twice. */
  maybeShared(): OpPattern;
}

/**
 * The first output of a node of this op (`Conv`, `domain::Name`) or one of several, with inputs of these forms; in either
 * order where the op commutes. Inputs at the end that have no pattern must be absent.
 */
export function op(names: string | readonly string[], ...inputs: readonly Pattern[]): OpPattern {
  return opPattern({ ops: new Set(typeof names === 'string' ? [names] : names), inputs, tests: [], isShared: false });
}

interface OpForm {
  readonly ops: ReadonlySet<string>;
  readonly inputs: readonly Pattern[];
  readonly tests: readonly ((node: Node) => boolean)[];
  readonly name?: string;
  readonly isShared: boolean;
}

function opPattern(form: OpForm): OpPattern {
  return {
    ops: form.ops,
    as: (name) => opPattern({ ...form, name }),
    where: (test) => opPattern({ ...form, tests: [...form.tests, test] }),
    maybeShared: () => opPattern({ ...form, isShared: true }),
    match(value, state, next) {
      const node = value?.producer;
      if (!node || !form.ops.has(opName(node.op)) || value !== node.outputs[0]) return false;
      if (node.inputs.length > form.inputs.length || !form.tests.every((test) => test(node))) return false;
      if (!form.inputs.every((input) => mayBeAmong(input, node.inputs))) return false;
      const named = () => (form.name === undefined ? next() : state.withValue(form.name, value, next));
      const marked = () => (form.isShared ? state.withShared(node, named) : named());
      const given = form.inputs.map((_, i) => node.inputs[i] ?? null);
      return state.withNode(node, () => {
        if (matchAll(form.inputs, given, state, marked)) return true;
        return commutes(node) && matchAll(form.inputs, [given[1]!, given[0]!], state, marked);
      });
    },
  };
}

/** False where none of the values comes from an op of the pattern: a quick answer for nearly all nodes. */
export function mayBeAmong({ ops }: Pattern, values: Iterable<Value | null>): boolean {
  if (!ops) return true;
  for (const value of values) if (value?.producer && ops.has(value.producer.op.name)) return true;
  return false;
}

/** Of ops without attributes, whose expression is the same at each node. */
const commuting = new WeakMap<OpDef, boolean>();

function commutes(node: Node): boolean {
  const known = commuting.get(node.op);
  if (known !== undefined || node.inputs.length !== 2) return known ?? false;
  const view = node.view();
  const trait = traitOf(node.op, view);
  const does = trait.kind === 'pointwise' && scalar.isCommutative(trait.scalar(view));
  if (Object.keys(node.op.attributes).length === 0) commuting.set(node.op, does);
  return does;
}

function matchAll(
  patterns: readonly Pattern[],
  values: readonly (Value | null)[],
  state: MatchState,
  next: () => boolean,
  from = 0,
): boolean {
  if (from === patterns.length) return next();
  return patterns[from]!.match(values[from]!, state, () => matchAll(patterns, values, state, next, from + 1));
}

/** The first of these that holds with the rest of the pattern. */
export function oneOf(...patterns: readonly Pattern[]): Pattern {
  const ops = patterns.every((pattern) => pattern.ops)
    ? new Set(patterns.flatMap((pattern) => [...pattern.ops!]))
    : undefined;
  return { ops, match: (value, state, next) => patterns.some((pattern) => pattern.match(value, state, next)) };
}

/** A pattern whose value gets a name. */
export function named(name: string, pattern: Pattern): Pattern {
  return {
    ops: pattern.ops,
    match: (value, state, next) =>
      pattern.match(value, state, () => value !== null && state.withValue(name, value, next)),
  };
}

/** The pattern, or what `around` makes of it: `optionally((x) => op('Cast', x), x)`. */
export function optionally(around: (inner: Pattern) => Pattern, inner: Pattern): Pattern {
  return oneOf(inner, around(inner));
}

/** The first way in which the pattern holds of the value. */
export function matchOf(
  pattern: Pattern,
  value: Value,
  test: (match: Match) => boolean = () => true,
): Match | undefined {
  const state = new MatchState();
  return pattern.match(value, state, () => test(state)) ? state : undefined;
}
