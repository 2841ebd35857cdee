// What visits the expressions of dim.ts: evaluation, substitution, the symbols in them, other notations.

import { TrtxError } from '@trtx/errors';
import { type Atom, add, type Dim, dimOf, floorDiv, maxDim, minDim, mul, type Sym } from './dim.ts';

/** The value of the expression. `lookup` gives the value of each symbol of `symbolsOf`. */
export function evaluateDim(dim: Dim, lookup: (symbol: Sym) => number): number {
  const result = substitute(dim, lookup);
  if (typeof result !== 'number') throw new TrtxError('DIM_ARITHMETIC', `${result} has symbols without a value`);
  return result;
}

/** The expression with each symbol of `symbolsOf` replaced; `undefined` keeps it. */
export function substitute(dim: Dim, replace: (symbol: Sym) => Dim | undefined): Dim {
  return substituteOnce(dim, replace, new Map());
}

/** `done` keeps the work linear where definitions share definitions. */
function substituteOnce(dim: Dim, replace: (symbol: Sym) => Dim | undefined, done: Map<string, Dim>): Dim {
  if (typeof dim === 'number') return dim;
  let sum: Dim = dim.constant;
  for (const { coefficient, atoms } of dim.terms) {
    let value: Dim = coefficient;
    for (const atom of atoms) {
      let other = done.get(atom.key);
      if (other === undefined) {
        other = substituteAtom(atom, replace, done);
        done.set(atom.key, other);
      }
      value = mul(value, other);
    }
    sum = add(sum, value);
  }
  return sum;
}

/** The symbols of an expression, definitions followed, in order of first appearance. */
export function symbolsOf(dim: Dim, into: Map<string, Sym> = new Map()): Map<string, Sym> {
  collectSymbols(dim, into, new Set());
  return into;
}

function collectSymbols(dim: Dim, into: Map<string, Sym>, followed: Set<string>): void {
  if (typeof dim === 'number') return;
  for (const { atoms } of dim.terms)
    for (const atom of atoms) {
      if (atom.kind === 'sym' && atom.definition === undefined) into.set(atom.name, atom);
      if (followed.has(atom.key)) continue;
      followed.add(atom.key);
      if (atom.kind === 'sym') collectSymbols(atom.definition ?? 0, into, followed);
      else {
        collectSymbols(atom.a, into, followed);
        collectSymbols(atom.b, into, followed);
      }
    }
}

/** The symbol and factor of `factor·symbol`, or undefined for any other expression. */
export function asSymbol(dim: Dim): { symbol: Sym; factor: number } | undefined {
  if (typeof dim === 'number' || dim.constant !== 0 || dim.terms.length !== 1) return undefined;
  const { coefficient, atoms } = dim.terms[0]!;
  const atom = atoms[0]!;
  return atoms.length === 1 && atom.kind === 'sym' ? { symbol: atom, factor: coefficient } : undefined;
}

/** What an expression is folded into. */
interface DimVisitor<T> {
  number(value: number): T;
  symbol(symbol: Sym): T;
  operation(kind: '+' | '*' | 'floor' | 'min' | 'max', a: T, b: T): T;
}

/** Visits an expression bottom-up, what is in it several times once; used to write it down in another form. */
export function foldDim<T>(dim: Dim, visit: DimVisitor<T>): T {
  return foldOnce(dim, visit, new Map());
}

/** `done` keeps the work linear where expressions share expressions. */
function foldOnce<T>(dim: Dim, visit: DimVisitor<T>, done: Map<string, T>): T {
  if (typeof dim === 'number') return visit.number(dim);
  let sum: T | undefined;
  const plus = (value: T) => {
    sum = sum === undefined ? value : visit.operation('+', sum, value);
  };
  for (const { coefficient, atoms } of dim.terms) {
    let value: T | undefined = coefficient === 1 ? undefined : visit.number(coefficient);
    for (const atom of atoms) {
      const factor = done.get(atom.key) ?? foldAtom(atom, visit, done);
      done.set(atom.key, factor);
      value = value === undefined ? factor : visit.operation('*', value, factor);
    }
    plus(value!);
  }
  if (dim.constant !== 0) plus(visit.number(dim.constant));
  return sum!;
}

function foldAtom<T>(atom: Atom, visit: DimVisitor<T>, done: Map<string, T>): T {
  if (atom.kind !== 'sym')
    return visit.operation(atom.kind, foldOnce(atom.a, visit, done), foldOnce(atom.b, visit, done));
  return atom.definition === undefined ? visit.symbol(atom) : foldOnce(atom.definition, visit, done);
}

function substituteAtom(atom: Atom, replace: (symbol: Sym) => Dim | undefined, done: Map<string, Dim>): Dim {
  if (atom.kind === 'sym') {
    if (atom.definition !== undefined) return substituteOnce(atom.definition, replace, done);
    return replace(atom) ?? dimOf(atom);
  }
  const a = substituteOnce(atom.a, replace, done);
  const b = substituteOnce(atom.b, replace, done);
  return atom.kind === 'floor' ? floorDiv(a, b) : atom.kind === 'min' ? minDim(a, b) : maxDim(a, b);
}
