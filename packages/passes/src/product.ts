// Products as patterns: the same factors may be multiplied and divided in any order, with numbers anywhere among them.
//
//   product(0.5, [x, op('Add', op('Erf', product(Math.SQRT1_2, [x])), number(1))])

import { isFloat, type Value } from '@trtx/ir';
import { splatOf } from './match.ts';
import { isClose, type MatchState, mayBeAmong, number, oneOf, op, type Pattern } from './pattern.ts';

/** The ops that products are made of. */
const OPS: ReadonlySet<string> = new Set(['Mul', 'Div', 'Neg', 'Reciprocal', 'Pow']);

/**
 * A product of the factors and of the reciprocals of `divisors`, written in any way with Mul, Div, Neg, Reciprocal and Pow.
 * The numbers in it multiply to `coefficient`, within their rounding; a string gives what they multiply to a name. One
 * factor alone, with no node around it, is a product, too.
 */
export function product(
  coefficient: number | string,
  factors: readonly Pattern[],
  divisors: readonly Pattern[] = [],
): Pattern {
  const wanted = [...factors, ...divisors].map((pattern, i) => ({ pattern, inverse: i >= factors.length }));
  const alone = wanted.length === 1 && factors.length === 1;
  return {
    ops: alone ? factors[0]!.ops && new Set([...OPS, ...factors[0]!.ops]) : OPS,
    match(value, state, next) {
      if (!value || !isFloat(value.type.dtype)) return false;
      const within = valuesWithin(value);
      if (!wanted.every(({ pattern }) => mayBeAmong(pattern, within))) return false;
      const { dtype } = value.type;
      const search = new Search(state, (given, roundings) =>
        typeof coefficient === 'string'
          ? state.withNumber(coefficient, given, next)
          : isClose(given, coefficient, dtype, roundings) && next(),
      );
      return search.from([{ value, inverse: false }], wanted, 1, 0);
    },
  };
}

/** Products are of no more nodes than this. */
const MAX_DEPTH = 8;

/** The values that a product may be of: itself and, again and again, what is multiplied in it. */
function valuesWithin(value: Value): ReadonlySet<Value> {
  const found = new Set([value]);
  // Values that are added come after those that are looked at.
  for (const { producer } of found) {
    if (found.size > 2 * MAX_DEPTH) break;
    if (producer?.op.domain === '' && OPS.has(producer.op.name)) for (const input of producer.inputs) found.add(input!);
  }
  return found;
}

/** What is left to be divided among the patterns; `inverse` where it divides. */
interface Term {
  readonly value: Value;
  readonly inverse: boolean;
}

interface Wanted {
  readonly pattern: Pattern;
  readonly inverse: boolean;
}

class Search {
  constructor(
    readonly state: MatchState,
    readonly finish: (coefficient: number, roundings: number) => boolean,
  ) {}

  /** Tries every way to give the terms to the patterns; so many nodes were taken apart before. */
  from(terms: readonly Term[], wanted: readonly Wanted[], coefficient: number, depth: number): boolean {
    const numbers = terms.map(({ value }) => splatOf(value));
    const open = numbers.indexOf(undefined);
    // Each term that is no number needs a pattern.
    if (numbers.filter((number) => number === undefined).length > wanted.length) return false;
    if (open < 0) {
      if (wanted.length > 0) return false;
      // No node brings more than one number.
      return this.finish(
        terms.reduce((c, { inverse }, i) => (inverse ? c / numbers[i]! : c * numbers[i]!), coefficient),
        depth,
      );
    }
    const term = terms[open]!;
    const others = terms.filter((_, i) => i !== open);
    const parts = depth < MAX_DEPTH ? partsOf(term) : undefined;
    const split = () =>
      parts !== undefined &&
      this.state.withNode(term.value.producer!, () =>
        this.from([...parts.terms, ...others], wanted, coefficient * parts.sign, depth + 1),
      );
    const take = () =>
      wanted.some(({ pattern, inverse }, i) => {
        if (inverse !== term.inverse || wanted.findIndex((w) => w.pattern === pattern && w.inverse === inverse) < i)
          return false;
        const left = wanted.filter((_, j) => j !== i);
        return pattern.match(term.value, this.state, () => this.from(others, left, coefficient, depth));
      });
    // Numbers belong to the product rather than to a factor of it.
    const hasNumber = parts?.sign === -1 || parts?.terms.some(({ value }) => splatOf(value) !== undefined);
    return hasNumber ? split() || take() : take() || split();
  }
}

/** The terms that a value is the product of, and its sign; undefined where it is no product. */
function partsOf({ value, inverse }: Term): { readonly sign: number; readonly terms: readonly Term[] } | undefined {
  const node = value.producer;
  if (node?.op.domain !== '') return undefined;
  const [a, b] = node.inputs as [Value, Value];
  const up = (part: Value): Term => ({ value: part, inverse });
  const down = (part: Value): Term => ({ value: part, inverse: !inverse });
  switch (node.op.name) {
    case 'Mul':
      return { sign: 1, terms: [up(a), up(b)] };
    case 'Div':
      return { sign: 1, terms: [up(a), down(b)] };
    case 'Neg':
      return { sign: -1, terms: [up(a)] };
    case 'Reciprocal':
      return { sign: 1, terms: [down(a)] };
    case 'Pow': {
      const exponent = splatOf(b) ?? 0;
      const count = Math.abs(exponent);
      if (!Number.isInteger(count) || count === 0 || count > 4) return undefined;
      return { sign: 1, terms: Array.from({ length: count }, () => (exponent < 0 ? down(a) : up(a))) };
    }
    default:
      return undefined;
  }
}

/** What is found, plus a number: an Add, or a Sub of its negative. */
export function plus(pattern: Pattern, addend: number): Pattern {
  // The number first: whether it is there is soon told.
  return oneOf(op('Add', number(addend), pattern), op('Sub', pattern, number(-addend)));
}
