// Equality of dims under the constraints of a graph: what cannot be proved equal may be equal wherever the model runs.

import { type Dim, type Sym, sameDim } from './dim.ts';
import { asSymbol, evaluateDim, substitute, symbolsOf } from './dim-visit.ts';
import type { Constraint } from './infer.ts';

const SAMPLES = 24;
const TRIES = 4000;

/**
 * Answers whether dims are equal for every size that a graph's constraints allow. Constraints that give a symbol are
 * put in; the others (2⌊H/2⌋ = H) are met by sampling: sizes that satisfy all of them are drawn, always the same ones,
 * and two dims count as equal where they agree on each. A wrong "yes" would need two expressions that agree by chance.
 */
export class DimEquality {
  readonly #solved = new Map<string, Dim>();
  readonly #open: Constraint[] = [];
  readonly #cache = new Map<string, boolean>();

  constructor(constraints: Iterable<Constraint>) {
    for (const constraint of constraints) {
      const a = this.#reduce(constraint.a);
      const b = this.#reduce(constraint.b);
      if (sameDim(a, b) || this.#solve(a, b) || this.#solve(b, a)) continue;
      this.#open.push({ ...constraint, a, b });
    }
  }

  same(a: Dim, b: Dim): boolean {
    if (sameDim(a, b)) return true;
    const key = `${a} = ${b}`;
    let answer = this.#cache.get(key);
    if (answer === undefined) {
      answer = this.#decide(this.#reduce(a), this.#reduce(b));
      this.#cache.set(key, answer);
    }
    return answer;
  }

  sameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
    return a.length === b.length && a.every((dim, i) => this.same(dim, b[i]!));
  }

  #decide(a: Dim, b: Dim): boolean {
    if (sameDim(a, b)) return true;
    const symbols = symbolsOf(b, symbolsOf(a));
    const relevant = this.#connected(symbols);
    if (relevant.length === 0) return false;
    let seen = 0;
    const random = generator();
    for (let i = 0; i < TRIES && seen < SAMPLES; i++) {
      const point = new Map([...symbols].map(([name, symbol]) => [name, draw(symbol, random)]));
      const value = (dim: Dim) => evaluateDim(dim, (symbol) => point.get(symbol.name)!);
      if (!relevant.every((constraint) => value(constraint.a) === value(constraint.b))) continue;
      if (value(a) !== value(b)) return false;
      seen++;
    }
    return seen > 0;
  }

  /** The open constraints that share symbols with these, over any number of steps; their symbols are added. */
  #connected(symbols: Map<string, Sym>): Constraint[] {
    const found = new Set<Constraint>();
    for (let size = -1; size !== symbols.size; ) {
      size = symbols.size;
      for (const constraint of this.#open) {
        const own = symbolsOf(constraint.b, symbolsOf(constraint.a));
        if (found.has(constraint) || ![...own.keys()].some((name) => symbols.has(name))) continue;
        found.add(constraint);
        for (const [name, symbol] of own) symbols.set(name, symbol);
      }
    }
    return [...found];
  }

  #solve(a: Dim, b: Dim): boolean {
    const scaled = asSymbol(a);
    if (scaled?.factor !== 1 || symbolsOf(b).has(scaled.symbol.name)) return false;
    const { name } = scaled.symbol;
    for (const [other, value] of this.#solved) this.#solved.set(other, put(value, name, b));
    this.#solved.set(name, b);
    this.#open.forEach((open, i) => {
      this.#open[i] = { ...open, a: put(open.a, name, b), b: put(open.b, name, b) };
    });
    return true;
  }

  #reduce(dim: Dim): Dim {
    return this.#solved.size === 0 ? dim : substitute(dim, (symbol) => this.#solved.get(symbol.name));
  }
}

function put(dim: Dim, name: string, value: Dim): Dim {
  return substitute(dim, (symbol) => (symbol.name === name ? value : undefined));
}

/** A size within the bounds, more often than not a multiple of a power of two, as constraints of U-Nets want. */
function draw(symbol: Sym, random: () => number): number {
  const low = symbol.min;
  const high = Math.min(symbol.max, Math.max(low, 4096));
  const any = low + Math.floor(random() * (high - low + 1));
  const step = 2 ** Math.floor(random() * 8);
  const rounded = Math.ceil(any / step) * step;
  return rounded <= high ? rounded : any;
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function generator(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
