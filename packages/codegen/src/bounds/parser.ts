// Reads the text of a shader. What it does not know ends it with an error: such a shader is proved nothing of.

import type { CallExpr, Expr, Func, IndexExpr, Module, Statement, Type, Variable } from './syntax.ts';
import { type Token, tokensOf } from './tokens.ts';

/** Names that angle brackets follow where they stand in an expression. */
const GENERIC = /^(vec[234]|array|bitcast|atomic|subgroup_matrix_\w+|subgroupMatrix\w+|mat\dx\d)$/;

/** From the loosest to the tightest. */
const BINARY: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Calls that are given a place in memory with an offset. */
export const PLACED = /^subgroupMatrix(Load|Store)$/;

/** @throws Error where the text is none that this compiler writes */
export function parseModule(text: string): Module {
  return new Parser(text).module();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  readonly #accesses: (IndexExpr | CallExpr)[] = [];

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  module(): Module {
    const variables: Variable[] = [];
    const functions = new Map<string, Func>();
    const aliases = new Map<string, Type>();
    while (this.#token.kind !== 'end') {
      this.#attributes();
      const { text } = this.#token;
      if (['enable', 'requires', 'diagnostic', 'struct'].includes(text)) this.#pass();
      else if (text === 'alias') {
        this.#next();
        const name = this.#name();
        this.#expect('=');
        aliases.set(name, this.#type());
        this.#expect(';');
      } else if (text === 'var') variables.push(this.#variable());
      else if (text === 'fn') {
        const func = this.#function();
        functions.set(func.name, func);
      } else throw this.#unknown();
    }
    return { variables, functions, aliases, accesses: this.#accesses };
  }

  get #token(): Token {
    return this.#tokens[this.#at]!;
  }

  #next(): Token {
    return this.#tokens[this.#at++]!;
  }

  #is(text: string): boolean {
    return this.#token.text === text;
  }

  #accept(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw this.#unknown(text);
  }

  #unknown(wanted = 'something else'): Error {
    return new Error(`${wanted} expected instead of ${this.#token.text} at ${this.#token.start}`);
  }

  #name(): string {
    if (this.#token.kind !== 'name') throw this.#unknown('a name');
    return this.#next().text;
  }

  /** Passes over a directive or a struct. */
  #pass(): void {
    while (!this.#is(';') && !this.#is('{')) this.#next();
    if (this.#next().text === '{') while (this.#next().text !== '}');
  }

  #attributes(): void {
    while (this.#accept('@')) {
      this.#name();
      if (this.#accept('(')) while (this.#next().text !== ')');
    }
  }

  #type(): Type {
    const name = this.#name();
    const short = /^(vec[234])([iufh])$/.exec(name);
    if (short)
      return { name: short[1]!, args: [{ name: { i: 'i32', u: 'u32', f: 'f32', h: 'f16' }[short[2]!]!, args: [] }] };
    return { name, args: this.#is('<') ? this.#typeArguments() : [] };
  }

  #typeArguments(): (Type | number)[] {
    this.#expect('<');
    const args: (Type | number)[] = [];
    do {
      args.push(this.#token.kind === 'number' ? Number.parseInt(this.#next().text, 10) : this.#type());
    } while (this.#accept(','));
    this.#expect('>');
    return args;
  }

  #variable(): Variable {
    this.#expect('var');
    let space = 'function';
    if (this.#accept('<')) {
      space = this.#name();
      while (this.#accept(',')) this.#name();
      this.#expect('>');
    }
    const name = this.#name();
    this.#expect(':');
    const type = this.#type();
    if (this.#accept('=')) this.#expression();
    this.#expect(';');
    return { name, space, type };
  }

  #function(): Func {
    this.#expect('fn');
    const name = this.#name();
    this.#expect('(');
    const parameters: { name: string; type: Type }[] = [];
    while (!this.#accept(')')) {
      this.#attributes();
      const parameter = this.#name();
      this.#expect(':');
      parameters.push({ name: parameter, type: this.#type() });
      this.#accept(',');
    }
    const result = this.#accept('->') ? this.#type() : undefined;
    const body = this.#block();
    return { name, parameters, ...(result ? { result } : {}), body };
  }

  #block(): Statement {
    this.#expect('{');
    const body: Statement[] = [];
    while (!this.#accept('}')) if (!this.#accept(';')) body.push(this.#statement());
    return { kind: 'block', body };
  }

  #statement(): Statement {
    switch (this.#token.text) {
      case '{':
        return this.#block();
      case 'if':
        return this.#if();
      case 'for':
        return this.#for();
      case 'while': {
        this.#next();
        const condition = this.#expression();
        return { kind: 'for', condition, body: this.#block() };
      }
      case 'switch':
        return this.#switch();
      case 'return': {
        this.#next();
        const value = this.#is(';') ? undefined : this.#expression();
        this.#expect(';');
        return { kind: 'return', ...(value ? { value } : {}) };
      }
      case 'break':
      case 'continue':
        this.#next();
        this.#expect(';');
        return { kind: 'leave' };
      default: {
        const statement = this.#simple();
        this.#expect(';');
        return statement;
      }
    }
  }

  #if(): Statement {
    this.#expect('if');
    const condition = this.#expression();
    const then = this.#block();
    if (!this.#accept('else')) return { kind: 'if', condition, then };
    return { kind: 'if', condition, then, otherwise: this.#is('if') ? this.#if() : this.#block() };
  }

  #for(): Statement {
    this.#expect('for');
    this.#expect('(');
    const start = this.#is(';') ? undefined : this.#simple();
    this.#expect(';');
    const condition = this.#is(';') ? undefined : this.#expression();
    this.#expect(';');
    const step = this.#is(')') ? undefined : this.#simple();
    this.#expect(')');
    const parts = { ...(start ? { start } : {}), ...(condition ? { condition } : {}), ...(step ? { step } : {}) };
    return { kind: 'for', ...parts, body: this.#block() };
  }

  #switch(): Statement {
    this.#expect('switch');
    const on = this.#expression();
    const cases: Statement[] = [];
    let hasDefault = false;
    this.#expect('{');
    while (!this.#accept('}')) {
      if (this.#accept('default')) hasDefault = true;
      else {
        this.#expect('case');
        do this.#expression();
        while (this.#accept(',') && !this.#is(':') && !this.#is('{'));
      }
      this.#accept(':');
      cases.push(this.#block());
    }
    return { kind: 'switch', on, cases, hasDefault };
  }

  /** What ends with a semicolon, or stands in the head of a loop. */
  #simple(): Statement {
    const { text } = this.#token;
    if (text === 'let' || text === 'var' || text === 'const') {
      this.#next();
      const name = this.#name();
      const type = this.#accept(':') ? this.#type() : undefined;
      const value = this.#accept('=') ? this.#expression() : undefined;
      return { kind: 'declare', isVar: text === 'var', name, ...(type ? { type } : {}), ...(value ? { value } : {}) };
    }
    const target = this.#unary();
    if (this.#accept('++')) return { kind: 'assign', target, op: '+', value: ONE };
    if (this.#accept('--')) return { kind: 'assign', target, op: '-', value: ONE };
    if (this.#accept('=')) return { kind: 'assign', target, value: this.#expression() };
    // `>>=` and `>=` are words apart.
    const op = this.#is('>') ? this.#shiftRight() : /^(<<|[-+*/%&|^])=$/.exec(this.#token.text)?.[1];
    if (op === undefined) return { kind: 'call', call: target };
    if (op !== '>>') this.#next();
    return { kind: 'assign', target, op, value: this.#expression() };
  }

  #shiftRight(): string {
    this.#expect('>');
    this.#expect('>');
    this.#expect('=');
    return '>>';
  }

  #expression(): Expr {
    return this.#binary(0);
  }

  #binary(level: number): Expr {
    const ops = BINARY[level];
    if (!ops) return this.#unary();
    let a = this.#binary(level + 1);
    for (let op = this.#operator(); op !== undefined && ops.includes(op); op = this.#operator()) {
      // The signs that begin with `>` are words of their own.
      this.#at += op === '>>' || op === '>=' ? 2 : 1;
      a = { kind: 'binary', op, a, b: this.#binary(level + 1) };
    }
    return a;
  }

  /** The sign of an operation that comes next. */
  #operator(): string | undefined {
    const { kind, text, end } = this.#token;
    if (kind !== 'sign') return undefined;
    if (text !== '>') return text;
    const next = this.#tokens[this.#at + 1]!;
    const isJoined = next.start === end;
    if (isJoined && next.text === '>') return this.#tokens[this.#at + 2]!.text === '=' ? undefined : '>>';
    return isJoined && next.text === '=' ? '>=' : '>';
  }

  #unary(): Expr {
    for (const op of ['-', '!', '~', '&', '*']) if (this.#accept(op)) return { kind: 'unary', op, a: this.#unary() };
    return this.#postfix(this.#primary());
  }

  #postfix(first: Expr): Expr {
    let expr = first;
    for (;;) {
      if (this.#accept('[')) {
        const start = this.#token.start;
        const index = this.#expression();
        const end = this.#tokens[this.#at - 1]!.end;
        this.#expect(']');
        const access: IndexExpr = { kind: 'index', base: expr, index, span: { start, end } };
        this.#accesses.push(access);
        expr = access;
      } else if (this.#accept('.')) expr = { kind: 'member', base: expr, field: this.#name() };
      else return expr;
    }
  }

  #primary(): Expr {
    const { kind, text } = this.#token;
    if (this.#accept('(')) {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (kind === 'number') return numberOf(this.#next().text);
    const name = this.#name();
    if (text === 'true' || text === 'false') return { kind: 'bool', value: text === 'true' };
    const args = GENERIC.test(name) && this.#is('<') ? this.#typeArguments() : [];
    if (!this.#is('(')) return { kind: 'name', name };
    return this.#call(name, args);
  }

  #call(name: string, typeArguments: readonly (Type | number)[]): Expr {
    this.#expect('(');
    const args: Expr[] = [];
    const spans: { start: number; end: number }[] = [];
    while (!this.#accept(')')) {
      const start = this.#token.start;
      args.push(this.#expression());
      spans.push({ start, end: this.#tokens[this.#at - 1]!.end });
      this.#accept(',');
    }
    // `array<f32, 4>(…)`, `vec4<f32>(…)`: the call makes one of that type.
    const makes = /^(array|vec[234])$/.test(name) && typeArguments.length > 0;
    const types = makes ? [{ name, args: typeArguments }] : typeArguments.filter((type) => typeof type !== 'number');
    const call: CallExpr = { kind: 'call', name, types, args, spans };
    if (PLACED.test(name)) this.#accesses.push(call);
    return call;
  }
}

const ONE: Expr = { kind: 'number', value: 1, type: 'abstract' };

function numberOf(text: string): Expr {
  const isHex = /^0[xX]/.test(text);
  const suffix = /[iu]$/.exec(text)?.[0];
  const isFloat = !isHex && (/[.eE]/.test(text) || /[fh]$/.test(text));
  const value = Number(text.replace(isHex ? /[iu]$/ : /[iufh]$/, ''));
  if (isFloat) return { kind: 'number', value, type: 'float' };
  return { kind: 'number', value, type: suffix === 'u' ? 'u32' : suffix === 'i' ? 'i32' : 'abstract' };
}
