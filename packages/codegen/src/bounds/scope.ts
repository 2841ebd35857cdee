// What is known at a point of a function: of its variables, and of expressions that were compared with something. Branches
// write over it and take back what they wrote.

import type { Expr } from './syntax.ts';
import type { Value } from './value.ts';

export class Scope {
  readonly #known = new Map<string, Value>();
  /** What was there before each change, in order. */
  readonly #changes: { readonly name: string; readonly before: Value | undefined }[] = [];
  /** Whether anything is known of an expression that is no variable. */
  hasFacts = false;

  /** @param constant a name that is declared outside, and never changes */
  constructor(constant: string) {
    this.#fixed.add(constant);
  }
  /** Names whose value never changes once it is there. */
  readonly #fixed = new Set<string>();

  get(name: string): Value | undefined {
    return this.#known.get(name);
  }

  set(name: string, value: Value): void {
    this.#changes.push({ name, before: this.#known.get(name) });
    this.#known.set(name, value);
  }

  /** @throws Error where the name stands for something else here: what is known of that would be taken for this */
  declare(name: string, value: Value, isFixed: boolean): void {
    if (this.#known.has(name)) throw new Error(`${name} is declared twice`);
    if (isFixed) this.#fixed.add(name);
    else this.#fixed.delete(name);
    this.set(name, value);
  }

  /** Takes a variable for one that does not change as long as it is there. */
  fix(name: string): void {
    this.#fixed.add(name);
  }

  mark(): number {
    return this.#changes.length;
  }

  /** Takes back all changes since a mark; returns what each name was by then. */
  takeBack(mark: number): Map<string, Value> {
    const last = new Map<string, Value>();
    while (this.#changes.length > mark) {
      const { name, before } = this.#changes.pop()!;
      if (!last.has(name)) last.set(name, this.#known.get(name)!);
      if (before) this.#known.set(name, before);
      else this.#known.delete(name);
    }
    return last;
  }

  /** Whether an expression gives the same wherever it stands: it is made of what never changes. */
  isFixed(expr: Expr): boolean {
    switch (expr.kind) {
      case 'number':
      case 'bool':
        return true;
      case 'name':
        return this.#fixed.has(expr.name);
      case 'unary':
        return expr.op !== '&' && this.isFixed(expr.a);
      case 'binary':
        return this.isFixed(expr.a) && this.isFixed(expr.b);
      case 'member':
        return this.isFixed(expr.base);
      case 'call':
        return PURE.has(expr.name) && expr.args.every((arg) => this.isFixed(arg));
      case 'index':
        return false;
    }
  }
}

/** Functions that give the same of the same. */
const PURE: ReadonlySet<string> = new Set(['u32', 'i32', 'min', 'max', 'clamp', 'select', 'abs', 'bitcast']);

const KEYS = new WeakMap<Expr, string>();

/** Equal for expressions that compute the same in the same way. */
export function keyOf(expr: Expr): string {
  if (expr.kind === 'name') return expr.name;
  let key = KEYS.get(expr);
  if (key === undefined) {
    key = written(expr);
    KEYS.set(expr, key);
  }
  return key;
}

function written(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return `${expr.value}${expr.type}`;
    case 'bool':
      return String(expr.value);
    case 'name':
      return expr.name;
    case 'unary':
      return `(${expr.op}${keyOf(expr.a)})`;
    case 'binary':
      return `(${keyOf(expr.a)} ${expr.op} ${keyOf(expr.b)})`;
    case 'member':
      return `${keyOf(expr.base)}.${expr.field}`;
    case 'call':
      return `${expr.name}<${JSON.stringify(expr.types)}>(${expr.args.map(keyOf).join(', ')})`;
    case 'index':
      return `${keyOf(expr.base)}[${keyOf(expr.index)}]`;
  }
}
