// A dimension: a number, or an integer expression over named symbols in a canonical form.
//
// The form is a polynomial with integer coefficients. Its indeterminates ("atoms") are symbols and the operations that
// do not distribute: ⌊a/b⌋, min and max, each over canonical operands. Two expressions that are equal as polynomials
// have the same `key`, so equality is a string comparison. ⌈a/b⌉ is written with ⌊÷⌋.

import { TrtxError } from '@trtx/errors';

export type Dim = number | DimExpr;

/** Terms and atoms, nested ones included, past which an expression is given a name of its own. */
const SIZE_CAP = 96;
const UNBOUNDED = 2 ** 31 - 1;

/**
 * A free dimension, with its bounds (inclusive): any size, also 0, until a profile narrows it. Or a name for an expression
 * too large to carry around (`definition`). Symbols are equal when their names are.
 */
export class Sym {
  readonly kind = 'sym';
  /** The name, in quotes where it might be read as an expression: `past+1` is a symbol in some models. */
  readonly key: string;
  constructor(
    readonly name: string,
    readonly min = 0,
    readonly max = UNBOUNDED,
    readonly definition?: Dim,
    /** The size that it mostly has, where one is told: what is chosen by cost is chosen for it. */
    readonly opt?: number,
  ) {
    this.key = /^[A-Za-z_][\w./]*$/.test(name) ? name : JSON.stringify(name);
  }
}

/** `1..64`, or `1..8..64` with the typical size. */
export function printRange({ min, opt, max }: Pick<Sym, 'min' | 'opt' | 'max'>): string {
  return opt === undefined ? `${min}..${max}` : `${min}..${opt}..${max}`;
}

export interface Operation {
  readonly kind: 'floor' | 'min' | 'max';
  readonly a: Dim;
  readonly b: Dim;
  readonly key: string;
}

export type Atom = Sym | Operation;

export interface Term {
  readonly coefficient: number;
  /** Sorted by key; repeated for powers. */
  readonly atoms: readonly Atom[];
  readonly key: string;
}

/** A polynomial with at least one atom. Made by the functions below only, which keep it canonical. */
export class DimExpr {
  readonly key: string;
  /** Terms and atoms in it, nested ones included. */
  readonly size: number;
  constructor(
    /** Sorted by key, coefficients not 0. */
    readonly terms: readonly Term[],
    readonly constant: number,
  ) {
    this.key = print(terms, constant);
    this.size = terms.reduce((n, t) => n + 1 + t.atoms.reduce((m, a) => m + atomSize(a), 0), 1);
  }
  toString(): string {
    return this.key;
  }
}

/** The symbol as a dimension. */
export function dimOf(symbol: Sym): DimExpr {
  return new DimExpr([{ coefficient: 1, atoms: [symbol], key: symbol.key }], 0);
}

export function add(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return checked(a + b);
  return polynomial([...termsOf(a), ...termsOf(b)], constantOf(a) + constantOf(b));
}

export function sub(a: Dim, b: Dim): Dim {
  return add(a, mul(b, -1));
}

export function mul(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return checked(a * b);
  const terms: Term[] = [];
  for (const s of allTerms(a))
    for (const t of allTerms(b)) terms.push(term(s.coefficient * t.coefficient, [...s.atoms, ...t.atoms]));
  return polynomial(terms, 0);
}

export function product(dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>(mul, 1);
}

/** ⌊a/b⌋. */
export function floorDiv(a: Dim, b: Dim): Dim {
  if (b === 0) throw new TrtxError('DIM_ARITHMETIC', `division of ${a} by zero in shape arithmetic`);
  if (typeof a === 'number' && typeof b === 'number') return checked(Math.floor(a / b));
  if (b === 1) return a;
  if (b === -1) return mul(a, -1);
  if (typeof b === 'number') return b < 0 ? floorDiv(mul(a, -1), -b) : floorDivByNumber(a as DimExpr, b);
  const whole = divideExactly(a, b);
  return whole ?? operation('floor', a, b);
}

/** ⌈a/b⌉. */
export function ceilDiv(a: Dim, b: Dim): Dim {
  if (typeof b === 'number' && b > 0) return floorDiv(add(a, b - 1), b);
  return mul(floorDiv(mul(a, -1), b), -1);
}

/** a − b·⌊a/b⌋. */
export function mod(a: Dim, b: Dim): Dim {
  return sub(a, mul(b, floorDiv(a, b)));
}

export function minDim(a: Dim, b: Dim): Dim {
  if (atMost(a, b)) return a;
  if (atMost(b, a)) return b;
  return operation('min', a, b);
}

export function maxDim(a: Dim, b: Dim): Dim {
  if (atMost(a, b)) return b;
  if (atMost(b, a)) return a;
  return operation('max', a, b);
}

/** Equal for every value of the symbols. False also where it could not be proved. */
export function sameDim(a: Dim, b: Dim): boolean {
  return typeof a === 'number' || typeof b === 'number' ? a === b : a.key === b.key;
}

export function sameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, i) => sameDim(dim, b[i]!));
}

/** a ≤ b for every value of the symbols within their bounds, as far as interval arithmetic can tell. */
export function atMost(a: Dim, b: Dim): boolean {
  return bounds(sub(b, a)).min >= 0;
}

/** Different for every value of the symbols within their bounds, as far as interval arithmetic can tell. */
export function neverEqual(a: Dim, b: Dim): boolean {
  const { min, max } = bounds(sub(a, b));
  return min > 0 || max < 0;
}

/** Bounds by interval arithmetic: never too tight, sometimes too wide. */
export function bounds(dim: Dim): { min: number; max: number } {
  if (typeof dim === 'number') return { min: dim, max: dim };
  let min = dim.constant;
  let max = dim.constant;
  for (const { coefficient, atoms } of dim.terms) {
    let range = { min: 1, max: 1 };
    // Nothing times what has no bound is nothing.
    for (const atom of atoms) range = hull(range, atomBounds(atom), (x, y) => x * y || 0);
    const ends = [range.min * coefficient, range.max * coefficient];
    min += Math.min(...ends);
    max += Math.max(...ends);
  }
  return { min, max };
}

function floorDivByNumber(a: DimExpr, b: number): Dim {
  const whole: Term[] = [];
  const rest: Term[] = [];
  for (const t of a.terms) (t.coefficient % b === 0 ? whole : rest).push(t);
  const quotient = polynomial(
    whole.map((t) => term(t.coefficient / b, t.atoms)),
    Math.floor(a.constant / b),
  );
  const remainder = polynomial(rest, a.constant - Math.floor(a.constant / b) * b);
  if (typeof remainder === 'number') return quotient;
  const range = bounds(remainder);
  if (Math.floor(range.min / b) === Math.floor(range.max / b)) return add(quotient, Math.floor(range.min / b));
  // ⌊(g·x + c)/(g·b)⌋ = ⌊(x + ⌊c/g⌋)/b⌋
  const g = remainder.terms.reduce((d, t) => gcd(d, t.coefficient), b);
  const reduced = polynomial(
    remainder.terms.map((t) => term(t.coefficient / g, t.atoms)),
    Math.floor(remainder.constant / g),
  ) as DimExpr;
  const inner = reduced.terms[0]!.atoms[0]!;
  const single =
    reduced.terms.length === 1 && reduced.terms[0]!.coefficient === 1 && reduced.terms[0]!.atoms.length === 1;
  // ⌊(⌊x/a⌋ + c)/b⌋ = ⌊(x + a·c)/(a·b)⌋
  if (single && inner.kind === 'floor' && typeof inner.b === 'number')
    return add(quotient, floorDiv(add(inner.a, inner.b * reduced.constant), inner.b * (b / g)));
  return add(quotient, b / g === 1 ? reduced : operation('floor', reduced, b / g));
}

/** a/b where b divides a as a polynomial (b a single term, or a a multiple of b); otherwise undefined. */
function divideExactly(a: Dim, b: DimExpr): Dim | undefined {
  if (a === 0) return 0;
  if (b.terms.length === 1 && b.constant === 0) {
    const divisor = b.terms[0]!;
    const quotient: Term[] = [];
    for (const t of allTerms(a)) {
      const atoms = [...t.atoms];
      for (const atom of divisor.atoms) {
        const at = atoms.findIndex((x) => x.key === atom.key);
        if (at < 0) return undefined;
        atoms.splice(at, 1);
      }
      if (t.coefficient % divisor.coefficient !== 0) return undefined;
      quotient.push(term(t.coefficient / divisor.coefficient, atoms));
    }
    return polynomial(quotient, 0);
  }
  if (typeof a === 'number') return undefined;
  // A common factor of a's terms beside b: a = m·b for a monomial m.
  const lead = b.terms[0]!;
  for (const t of a.terms) {
    const atoms = [...t.atoms];
    const fits = lead.atoms.every((atom) => {
      const at = atoms.findIndex((x) => x.key === atom.key);
      if (at >= 0) atoms.splice(at, 1);
      return at >= 0;
    });
    if (!fits || t.coefficient % lead.coefficient !== 0) continue;
    const candidate = polynomial([term(t.coefficient / lead.coefficient, atoms)], 0);
    if (sameDim(mul(candidate, b), a)) return candidate;
  }
  return undefined;
}

function operation(kind: Operation['kind'], a: Dim, b: Dim): Dim {
  const swap = kind !== 'floor' && String(a) > String(b);
  const [x, y] = swap ? [b, a] : [a, b];
  const key = kind === 'floor' ? `floor((${x})/(${y}))` : `${kind}(${x}, ${y})`;
  const atom: Operation = { kind, a: x, b: y, key };
  const { min, max } = atomBounds(atom);
  return min === max ? min : polynomial([term(1, [atom])], 0);
}

function polynomial(terms: readonly Term[], constant: number): Dim {
  const sums = new Map<string, Term>();
  let total = constant;
  for (const t of terms) {
    if (t.atoms.length === 0) {
      total += t.coefficient;
      continue;
    }
    const seen = sums.get(t.key);
    sums.set(t.key, seen ? { ...t, coefficient: seen.coefficient + t.coefficient } : t);
  }
  const kept = [...sums.values()].filter((t) => t.coefficient !== 0).sort((s, t) => (s.key < t.key ? -1 : 1));
  for (const t of kept) checked(t.coefficient);
  checked(total);
  if (kept.length === 0) return total;
  const result = new DimExpr(kept, total);
  if (result.size <= SIZE_CAP) return result;
  const range = bounds(result);
  return dimOf(new Sym(`dim_${hash(result.key)}`, range.min, range.max, result));
}

function term(coefficient: number, atoms: readonly Atom[]): Term {
  const sorted = [...atoms].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return { coefficient, atoms: sorted, key: sorted.map((a) => a.key).join('*') };
}

function termsOf(dim: Dim): readonly Term[] {
  return typeof dim === 'number' ? [] : dim.terms;
}

function constantOf(dim: Dim): number {
  return typeof dim === 'number' ? dim : dim.constant;
}

/** The terms with the constant among them, as a term without atoms. */
function allTerms(dim: Dim): Term[] {
  const constant = constantOf(dim);
  return constant === 0 ? [...termsOf(dim)] : [...termsOf(dim), { coefficient: constant, atoms: [], key: '' }];
}

function atomSize(atom: Atom): number {
  if (atom.kind === 'sym') return 1;
  return 1 + [atom.a, atom.b].reduce((n: number, d) => n + (typeof d === 'number' ? 1 : d.size), 0);
}

function atomBounds(atom: Atom): { min: number; max: number } {
  if (atom.kind === 'sym') return atom;
  const a = bounds(atom.a);
  const b = bounds(atom.b);
  if (atom.kind === 'min') return { min: Math.min(a.min, b.min), max: Math.min(a.max, b.max) };
  if (atom.kind === 'max') return { min: Math.max(a.min, b.min), max: Math.max(a.max, b.max) };
  if (b.min > 0) return hull(a, b, (x, y) => Math.floor(x / y));
  const widest = Math.max(Math.abs(a.min), Math.abs(a.max));
  return { min: -widest, max: widest };
}

function hull(a: { min: number; max: number }, b: { min: number; max: number }, f: (x: number, y: number) => number) {
  const ends = [f(a.min, b.min), f(a.min, b.max), f(a.max, b.min), f(a.max, b.max)];
  return { min: Math.min(...ends), max: Math.max(...ends) };
}

function print(terms: readonly Term[], constant: number): string {
  let text = '';
  for (const { coefficient, key } of terms) {
    const sign = coefficient < 0 ? '-' : text ? '+' : '';
    const size = Math.abs(coefficient);
    text += `${sign}${size === 1 ? '' : `${size}*`}${key}`;
  }
  if (constant !== 0) text += `${constant < 0 ? '-' : '+'}${Math.abs(constant)}`;
  return text;
}

function checked(value: number): number {
  if (!Number.isSafeInteger(value))
    throw new TrtxError('DIM_ARITHMETIC', `shape arithmetic leaves the safe integers: ${value}`, {
      hint: 'A dimension or a product of dimensions in the model is not sensible.',
    });
  return value + 0; // no negative zero
}

function gcd(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y) [x, y] = [y, x % y];
  return x;
}

/** FNV-1a twice (64 bits), so that a named expression has the same name in every build and no other has it. */
function hash(text: string): string {
  let h = 0x811c9dc5;
  let g = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    g = Math.imul(g ^ text.charCodeAt(i), 0x0100019d);
  }
  return (h >>> 0).toString(36) + (g >>> 0).toString(36);
}
