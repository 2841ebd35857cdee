// Goes through a shader as its invocations do, with what is known of each value in place of the value, and finds out of each
// access whether its index is in bounds whatever the inputs. Functions are gone through once for each set of arguments, loops
// with what holds in every round.

import { Evaluator, type OpenAccess, type Setting } from './evaluator.ts';
import { keyOf } from './scope.ts';
import type { Func, Module, Statement, Type } from './syntax.ts';
import { ABSTRACT, anyOf, between, gcd, I32, isInteger, joined, operated, U32, type Value } from './value.ts';
import { assignedIn, leaves } from './writes.ts';

/** The number of a workgroup, as `Shader.print` has it. */
const WORKGROUP = '((wg.y * wgs.x) + wg.x)';

/** How often what holds in every round of a loop is looked for. */
const ROUNDS = 6;

/** The accesses of a shader that are not known to be in bounds. @throws Error at what it does not know */
export function openAccesses(module: Module, setting: Setting): OpenAccess[] {
  return new Walk(module, setting).run();
}

class Walk {
  readonly #values: Evaluator;
  readonly #calls = new Map<string, Value>();
  /** What the function at hand returns, as far as it has. */
  #result: Value | undefined;

  constructor(
    private readonly module: Module,
    private readonly setting: Setting,
  ) {
    this.#values = new Evaluator(module, setting, (func, args) => this.#enter(func, args));
  }

  run(): OpenAccess[] {
    const main = this.module.functions.get('main')!;
    const { workgroupSize } = this.setting;
    for (const { name, type } of main.parameters) {
      const known = name === 'lid' ? between(U32, 0, workgroupSize - 1) : anyOf(this.#values.typeOf(type));
      this.#values.scope.declare(name, known, true);
    }
    this.#execute(main.body);
    return this.#values.open();
  }

  /** Whether what follows it is come by. */
  #execute(statement: Statement): boolean {
    switch (statement.kind) {
      case 'block':
        return this.#block(statement.body);
      case 'declare':
        this.#declare(statement);
        return true;
      case 'assign':
        this.#assign(statement);
        return true;
      case 'call':
        this.#values.evaluate(statement.call);
        return true;
      case 'if':
        return this.#if(statement);
      case 'for':
        this.#for(statement);
        return true;
      case 'switch':
        return this.#switch(statement);
      case 'return': {
        const value = statement.value && this.#values.evaluate(statement.value);
        if (value) this.#result = this.#result ? joined(this.#result, value) : value;
        return false;
      }
      case 'leave':
        return false;
    }
  }

  #block(body: readonly Statement[]): boolean {
    const scope = this.#values.scope;
    const mark = scope.mark();
    const goesOn = body.every((one) => this.#execute(one));
    // What was declared in it is gone.
    for (const [name, value] of scope.takeBack(mark)) if (scope.get(name)) scope.set(name, value);
    return goesOn;
  }

  #declare({ name, isVar, type, value }: Statement & { kind: 'declare' }): void {
    const declared = type && this.#values.typeOf(type);
    let known = value ? this.#values.evaluate(value) : zeroOf(declared);
    if (known.type === ABSTRACT) known = between(declared ?? I32, known.low, known.high, known.step);
    else if (declared && !known.type) known = anyOf(declared);
    if (value && keyOf(value) === WORKGROUP) known = between(U32, 0, this.setting.lastWorkgroup);
    const isSaid = !isVar && value !== undefined && this.#values.scope.isFixed(value);
    this.#values.scope.declare(name, isSaid ? { ...known, says: value } : known, !isVar);
  }

  #assign({ target, op, value }: Statement & { kind: 'assign' }): void {
    const given = this.#values.evaluate(value);
    if (target.kind !== 'name') {
      this.#values.evaluate(target);
      return;
    }
    const before = this.#values.scope.get(target.name);
    if (!before) return;
    const after = op ? operated(op, before, given) : given;
    const fits = isInteger(before) && isInteger(after);
    this.#values.scope.set(
      target.name,
      fits ? between(before.type, after.low, after.high, after.step) : anyOf(before.type),
    );
  }

  #if({ condition, then, otherwise }: Statement & { kind: 'if' }): boolean {
    this.#values.evaluate(condition);
    const yes = this.#branch(() => {
      this.#values.suppose(condition, true);
      return this.#execute(then);
    });
    const no = this.#branch(() => {
      this.#values.suppose(condition, false);
      return otherwise ? this.#execute(otherwise) : true;
    });
    return this.#join([yes, no]);
  }

  #switch({ on, cases, hasDefault }: Statement & { kind: 'switch' }): boolean {
    this.#values.evaluate(on);
    const ways = cases.map((one) => this.#branch(() => this.#execute(one)));
    return this.#join(hasDefault ? ways : [...ways, new Map()]);
  }

  /** What is known at the end of a way, as far as it is other than before; undefined where the way does not go on. */
  #branch(work: () => boolean): Map<string, Value> | undefined {
    const mark = this.#values.scope.mark();
    const goesOn = work();
    const known = this.#values.scope.takeBack(mark);
    return goesOn ? known : undefined;
  }

  #join(ways: readonly (ReadonlyMap<string, Value> | undefined)[]): boolean {
    const open = ways.filter((way) => way !== undefined);
    const scope = this.#values.scope;
    for (const name of new Set(open.flatMap((way) => [...way.keys()]))) {
      const values = open.map((way) => way.get(name) ?? scope.get(name));
      if (values.includes(undefined)) continue;
      scope.set(
        name,
        (values as Value[]).reduce((a, b) => (a === b ? a : joined(a, b))),
      );
    }
    return open.length > 0;
  }

  #for({ start, condition, step, body }: Statement & { kind: 'for' }): void {
    const scope = this.#values.scope;
    const mark = scope.mark();
    if (start) this.#execute(start);
    const inBody = assignedIn(body);
    const names = [...new Set([...inBody, ...(step ? assignedIn(step) : [])])].filter((name) => scope.get(name));
    if (start?.kind === 'declare' && !inBody.has(start.name)) scope.fix(start.name);
    const round = (inner: () => boolean) => {
      if (condition) {
        this.#values.evaluate(condition);
        this.#values.suppose(condition, true);
      }
      if (inner() && step) this.#execute(step);
    };
    const whole = () => round(() => this.#execute(body));
    const others = names.filter((name) => inBody.has(name));
    const before = others.map((name) => scope.get(name)!);
    for (const name of leaves(body) ? names : others) scope.set(name, anyOf(scope.get(name)!.type));
    if (!leaves(body)) {
      // What counts the rounds is told by the head of the loop, whatever becomes of the rest, which may depend on it.
      this.#settle(
        names.filter((name) => !inBody.has(name)),
        () => round(() => true),
      );
      for (const [i, name] of others.entries()) scope.set(name, before[i]!);
      this.#settle(others, whole);
    }
    const after = names.map((name) => [name, scope.get(name)!] as const);
    const inner = scope.mark();
    whole();
    scope.takeBack(inner);
    const outer = scope.takeBack(mark);
    for (const [name, value] of after) if (outer.has(name) && scope.get(name)) scope.set(name, value);
  }

  /** Sets variables to what they are in whatever round of a loop. */
  #settle(names: readonly string[], round: () => void): void {
    const { scope } = this.#values;
    const forget = (name: string) => scope.set(name, anyOf(scope.get(name)!.type));
    const numbers = names.filter((name) => isInteger(scope.get(name)!));
    for (const name of names) if (!numbers.includes(name)) forget(name);
    const grown = new Set<string>();
    for (let i = 0; i < ROUNDS && numbers.length > 0; i++) {
      const mark = scope.mark();
      this.#values.quietly(round);
      const after = numbers.map((name) => scope.get(name)!);
      scope.takeBack(mark);
      let isSettled = true;
      for (const [j, name] of numbers.entries()) {
        const [was, is] = [scope.get(name)!, after[j]!];
        const step = gcd(was.step, is.step);
        if (is.low >= was.low && is.high <= was.high && step === was.step) continue;
        isSettled = false;
        // What grows twice may grow to any length.
        const any = grown.has(name) ? anyOf(was.type) : is;
        grown.add(name);
        const [low, high] = [is.low < was.low ? any.low : was.low, is.high > was.high ? any.high : was.high];
        scope.set(name, between(was.type, low, high, step));
      }
      if (isSettled) return;
    }
    for (const name of numbers) forget(name);
  }

  #enter({ name, parameters, result, body }: Func, args: readonly Value[]): Value {
    const key = `${name}(${args.map(({ low, high, step }) => `${low}..${high} by ${step}`).join(', ')})`;
    const known = this.#calls.get(key);
    if (known) return known;
    const outer = this.#result;
    this.#result = undefined;
    this.#values.inFunction(() => {
      for (const [i, parameter] of parameters.entries()) {
        const type = this.#values.typeOf(parameter.type);
        const given = args[i]!;
        const own = isInteger(given) ? between(type, given.low, given.high, given.step) : anyOf(type);
        this.#values.scope.declare(parameter.name, own, true);
      }
      this.#execute(body);
    });
    const given = this.#result as Value | undefined;
    this.#result = outer;
    const type = result && this.#values.typeOf(result);
    const value = given && isInteger(given) ? between(type, given.low, given.high, given.step) : anyOf(type);
    if (!this.#values.isQuiet) this.#calls.set(key, value);
    return value;
  }
}

function zeroOf(type: Type | undefined): Value {
  return type && isInteger(anyOf(type)) ? between(type, 0, 0, 0) : anyOf(type);
}
