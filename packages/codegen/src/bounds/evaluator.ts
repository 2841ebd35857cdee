// What expressions give, with what is known of each value in place of the value, and which of their accesses are in bounds.

import { called, elementOf, lengthOf } from './calls.ts';
import { reachOf } from './fragments.ts';
import { PLACED } from './parser.ts';
import { keyOf, Scope } from './scope.ts';
import type { CallExpr, Expr, Func, IndexExpr, Module, Span, Type } from './syntax.ts';
import {
  ABSTRACT,
  anyOf,
  BOOL,
  between,
  F32,
  I32,
  isInteger,
  joined,
  mayWrap,
  narrowed,
  operated,
  typeNamed,
  U32,
  type Value,
} from './value.ts';

/** How a shader is started, and on what. */
export interface Setting {
  /** Invocations of a workgroup. */
  readonly workgroupSize: number;
  /** How large the number of a workgroup gets. */
  readonly lastWorkgroup: number;
  /** Elements that a storage buffer has at the least, and whether it always has these, by the name of its variable. */
  readonly lengths: ReadonlyMap<string, { readonly least: number; readonly isFixed: boolean }>;
  /** Between what the sizes in the uniform buffer lie, in their order. */
  readonly sizes: readonly { readonly min: number; readonly max: number }[];
}

/** An index that may be out of bounds. */
export interface OpenAccess {
  readonly span: Span;
  /** The last index that is not, as an expression; undefined where nothing tells. */
  readonly last?: string;
}

type Access = IndexExpr | CallExpr;

const COMPARISONS: Readonly<Record<string, { readonly otherwise: string; readonly turned: string }>> = {
  '<': { otherwise: '>=', turned: '>' },
  '<=': { otherwise: '>', turned: '>=' },
  '>': { otherwise: '<=', turned: '<' },
  '>=': { otherwise: '<', turned: '<=' },
  '==': { otherwise: '!=', turned: '==' },
  '!=': { otherwise: '==', turned: '!=' },
};

/** The buffer of sizes, which never change. */
const UNIFORM = 'p';

export class Evaluator {
  /** Whether each access that was come by is in bounds each time. */
  readonly #held = new Map<Access, boolean>();
  readonly #lasts = new Map<Access, string>();
  readonly #globals: ReadonlyMap<string, Type>;
  /** What is known where the walk is. */
  scope = new Scope(UNIFORM);
  #quiet = 0;

  /** @param enter gives what a function of the module does of arguments */
  constructor(
    private readonly module: Module,
    private readonly setting: Setting,
    private readonly enter: (func: Func, args: readonly Value[]) => Value,
  ) {
    this.#globals = new Map(module.variables.map(({ name, type }) => [name, type]));
  }

  /** The accesses that are not known to be in bounds. What was not come by, as functions that nothing calls, never runs. */
  open(): OpenAccess[] {
    const open = this.module.accesses.filter((access) => this.#held.get(access) === false);
    return open.map((access) => {
      const last = this.#lasts.get(access);
      const span = access.kind === 'index' ? access.span : access.spans[1]!;
      return last === undefined ? { span } : { span, last };
    });
  }

  /** True where nothing is noted, for what is assumed may not be all. */
  get isQuiet(): boolean {
    return this.#quiet > 0;
  }

  quietly<T>(work: () => T): T {
    this.#quiet++;
    try {
      return work();
    } finally {
      this.#quiet--;
    }
  }

  /** Another scope, for a function. */
  inFunction<T>(work: () => T): T {
    const outer = this.scope;
    this.scope = new Scope(UNIFORM);
    try {
      return work();
    } finally {
      this.scope = outer;
    }
  }

  /** A type by its own name. */
  typeOf(type: Type): Type {
    return this.module.aliases.get(type.name) ?? type;
  }

  evaluate(expr: Expr): Value {
    const value = this.#compute(expr);
    if (!this.scope.hasFacts || expr.kind === 'name' || expr.kind === 'number' || !isInteger(value)) return value;
    const known = this.scope.get(keyOf(expr));
    return known ? narrowed(value, known.low, known.high) : value;
  }

  #compute(expr: Expr): Value {
    switch (expr.kind) {
      case 'number':
        return numberOf(expr);
      case 'bool':
        return { ...anyOf(BOOL), says: expr };
      case 'name': {
        const global = this.#globals.get(expr.name);
        return this.scope.get(expr.name) ?? anyOf(global && this.typeOf(global));
      }
      case 'unary':
        return this.#unary(expr.op, this.evaluate(expr.a));
      case 'binary':
        return this.#binary(expr);
      case 'index':
        return this.#index(expr);
      case 'member':
        return this.#member(expr);
      case 'call':
        return this.#call(expr);
    }
  }

  #unary(op: string, a: Value): Value {
    if (op === '-' && isInteger(a)) return between(a.type, -a.high, -a.low, a.step);
    return op === '&' ? a : anyOf(op === '!' ? BOOL : a.type);
  }

  #binary({ op, a, b }: Expr & { kind: 'binary' }): Value {
    const left = this.evaluate(a);
    if (op !== '&&' && op !== '||') {
      const right = this.evaluate(b);
      return op in COMPARISONS ? anyOf(BOOL) : operated(op, left, right);
    }
    // The right side is only come by where the left one does not decide.
    const mark = this.scope.mark();
    this.suppose(a, op === '&&');
    this.evaluate(b);
    this.scope.takeBack(mark);
    return anyOf(BOOL);
  }

  #index(expr: IndexExpr): Value {
    const { type } = this.evaluate(expr.base);
    const index = this.evaluate(expr.index);
    const own = lengthOf(type);
    const { base } = expr;
    const isGlobal = own === undefined && base.kind === 'name' && !this.scope.get(base.name);
    const buffer = isGlobal ? this.setting.lengths.get(base.name) : undefined;
    const length = buffer ? buffer.least : own;
    // A number that is written out is the compiler's to check, where a length is.
    const isWritten = expr.index.kind === 'number' && type?.name !== 'array';
    const isInside = length !== undefined && isInteger(index) && index.low >= 0 && index.high < length;
    const isKnown = length !== undefined && length > 0 && (!buffer || buffer.isFixed);
    const last = isKnown ? `${length - 1}u` : isGlobal && buffer ? `arrayLength(&${base.name}) - 1u` : undefined;
    this.#note(expr, isWritten || isInside, last);
    return anyOf(elementOf(type));
  }

  #member({ base, field }: Expr & { kind: 'member' }): Value {
    const { type } = this.evaluate(base);
    if (type?.name === 'Params') {
      const { min, max } = this.setting.sizes[Number(field.slice(1))]!;
      return between(U32, min, max);
    }
    const element = elementOf(type);
    if (field.length === 1 || !element) return anyOf(field.length === 1 ? element : undefined);
    return anyOf({ name: `vec${field.length}`, args: [element] });
  }

  #call(expr: CallExpr): Value {
    const args = expr.args.map((arg) => this.evaluate(arg));
    const func = this.module.functions.get(expr.name);
    if (func) return this.enter(func, args);
    if (PLACED.test(expr.name)) this.#place(expr, args);
    if (expr.name === 'select' && isInteger(args[0]!)) return this.#select(expr);
    const alias = this.module.aliases.get(expr.name);
    return alias ? anyOf(alias) : called({ ...expr, types: expr.types.map((type) => this.typeOf(type)) }, args);
  }

  /** Each side where the condition is as it has to be. */
  #select({ args: [no, yes, condition] }: CallExpr): Value {
    const side = (expr: Expr, truth: boolean) => {
      const mark = this.scope.mark();
      this.suppose(condition!, truth);
      const value = this.quietly(() => this.evaluate(expr));
      this.scope.takeBack(mark);
      return value;
    };
    return joined(side(no!, false), side(yes!, true));
  }

  /** Notes whether a subgroup's fragment lies in its memory. */
  #place(call: CallExpr, args: readonly Value[]): void {
    const [array, offset] = args as [Value, Value];
    const [reach, length] = [reachOf(this.module, call, args), lengthOf(array.type)];
    if (reach === undefined || length === undefined || reach > length) this.#note(call, false, undefined);
    else {
      const last = length - reach;
      this.#note(call, isInteger(offset) && offset.low >= 0 && offset.high <= last, `${last}u`);
    }
  }

  /** @param last as of `OpenAccess` */
  #note(access: Access, holds: boolean, last: string | undefined): void {
    if (this.#quiet > 0) return;
    this.#held.set(access, holds && this.#held.get(access) !== false);
    if (last !== undefined) this.#lasts.set(access, last);
  }

  /** Takes what a condition says for true, or for false. */
  suppose(condition: Expr, truth: boolean): void {
    if (condition.kind === 'name') {
      const says = this.scope.get(condition.name)?.says;
      if (says) this.suppose(says, truth);
    } else if (condition.kind === 'unary' && condition.op === '!') this.suppose(condition.a, !truth);
    else if (condition.kind === 'binary') {
      const { op, a, b } = condition;
      if (op in COMPARISONS) this.#compared(a, truth ? op : COMPARISONS[op]!.otherwise, b);
      else if (truth ? op === '&&' || op === '&' : op === '||' || op === '|') {
        this.suppose(a, truth);
        this.suppose(b, truth);
      }
    }
  }

  #compared(a: Expr, op: string, b: Expr): void {
    const [left, right] = this.quietly(() => [this.evaluate(a), this.evaluate(b)] as const);
    if (!isInteger(left) || !isInteger(right)) return;
    this.#limit(a, left, op, right);
    this.#limit(b, right, COMPARISONS[op]!.turned, left);
  }

  #limit(expr: Expr, value: Value, op: string, by: Value): void {
    if (op === '<') this.#bound(expr, value, value.low, by.high - 1);
    else if (op === '<=') this.#bound(expr, value, value.low, by.high);
    else if (op === '>') this.#bound(expr, value, by.low + 1, value.high);
    else if (op === '>=') this.#bound(expr, value, by.low, value.high);
    else if (op === '==') this.#bound(expr, value, by.low, by.high);
    else if (by.low === by.high) {
      if (by.low === value.low) this.#bound(expr, value, value.low + 1, value.high);
      else if (by.low === value.high) this.#bound(expr, value, value.low, value.high - 1);
    }
  }

  /** An expression lies between two numbers; then so does what it is made of, where nothing wraps around. */
  #bound(expr: Expr, value: Value, low: number, high: number): void {
    const scope = this.scope;
    const less = narrowed(value, low, high);
    if (less === value) return;
    if (expr.kind === 'name') {
      if (!scope.get(expr.name)) return;
      scope.set(expr.name, less);
      const { says } = less;
      if (says)
        this.#bound(
          says,
          this.quietly(() => this.evaluate(says)),
          low,
          high,
        );
      return;
    }
    if (expr.kind !== 'binary' || !scope.isFixed(expr)) return;
    scope.hasFacts = true;
    scope.set(keyOf(expr), less);
    const [a, b] = this.quietly(() => [this.evaluate(expr.a), this.evaluate(expr.b)] as const);
    const { op } = expr;
    if (op === '/' && a.low >= 0 && b.low > 0) this.#bound(expr.a, a, less.low * b.low, (less.high + 1) * b.high - 1);
    if ((op !== '+' && op !== '*') || mayWrap(op, a, b)) return;
    if (op === '+') {
      this.#bound(expr.a, a, less.low - b.high, less.high - b.low);
      this.#bound(expr.b, b, less.low - a.high, less.high - a.low);
      return;
    }
    if (a.low >= 0 && b.low > 0) this.#bound(expr.a, a, a.low, Math.floor(less.high / b.low));
    if (b.low >= 0 && a.low > 0) this.#bound(expr.b, b, b.low, Math.floor(less.high / a.low));
  }
}

const TYPES = { u32: U32, i32: I32, f32: F32, abstract: ABSTRACT, float: typeNamed('float') };

function numberOf({ value, type }: Expr & { kind: 'number' }): Value {
  const own = TYPES[type];
  return type === 'float' || type === 'f32' ? anyOf(own) : between(own, value, value, Math.abs(value));
}
