import { isTrtxError } from '@trtx/errors';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  atMost,
  bounds,
  ceilDiv,
  type Dim,
  dimOf,
  floorDiv,
  maxDim,
  minDim,
  mod,
  mul,
  neverEqual,
  product,
  Sym,
  sameDim,
  sub,
} from './dim.ts';
import { asSymbol, evaluateDim, foldDim, substitute, symbolsOf } from './dim-visit.ts';

const A = dimOf(new Sym('A', 1, 60));
const B = dimOf(new Sym('B', 0, 9));
const C = dimOf(new Sym('C/8', 1, 5));
const H = dimOf(new Sym('H'));
const W = dimOf(new Sym('W'));

/** An expression as it was written, before any simplification. */
type Written =
  | number
  | { readonly symbol: Dim }
  | { readonly op: keyof typeof OPERATIONS; readonly a: Written; readonly b: Written };

const OPERATIONS = {
  add: { dim: add, number: (a: number, b: number) => a + b },
  sub: { dim: sub, number: (a: number, b: number) => a - b },
  mul: { dim: mul, number: (a: number, b: number) => a * b },
  floorDiv: { dim: floorDiv, number: (a: number, b: number) => Math.floor(a / b) },
  ceilDiv: { dim: ceilDiv, number: (a: number, b: number) => Math.ceil(a / b) },
  mod: { dim: mod, number: (a: number, b: number) => a - b * Math.floor(a / b) },
  min: { dim: minDim, number: Math.min },
  max: { dim: maxDim, number: Math.max },
} as const;

const { expression } = fc.letrec<{ expression: Written; leaf: Written; node: Written }>((tie) => ({
  leaf: fc.oneof(
    fc.integer({ min: -9, max: 9 }),
    fc.constantFrom(A, B, C, mul(C, 8)).map((symbol) => ({ symbol })),
  ),
  node: fc.record({
    op: fc.constantFrom(...(Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[])),
    a: tie('expression'),
    b: tie('expression'),
  }),
  expression: fc.oneof({ maxDepth: 5, depthSize: 'medium' }, tie('leaf'), tie('node'), tie('node')),
}));

/** Values of A, B and C/8. */
const points = fc.record({
  A: fc.integer({ min: 1, max: 60 }),
  B: fc.integer({ min: 0, max: 9 }),
  'C/8': fc.integer({ min: 1, max: 5 }),
});
type Point = typeof points extends fc.Arbitrary<infer P> ? P : never;

const lookup = (point: Point) => (symbol: Sym) => point[symbol.name as keyof Point];

/** Undefined where something is divided by what may be 0. */
function build(e: Written): Dim | undefined {
  if (typeof e === 'number') return e;
  if ('symbol' in e) return e.symbol;
  const a = build(e.a);
  const b = build(e.b);
  if (a === undefined || b === undefined) return undefined;
  if (/Div|mod/.test(e.op) && bounds(b).min <= 0 && bounds(b).max >= 0) return undefined;
  return OPERATIONS[e.op].dim(a, b);
}

function evaluate(e: Written, point: Point): number {
  if (typeof e === 'number') return e;
  if ('symbol' in e) return evaluateDim(e.symbol, lookup(point));
  return OPERATIONS[e.op].number(evaluate(e.a, point), evaluate(e.b, point));
}

const built = expression.map((written) => {
  try {
    return { written, dim: build(written) };
  } catch (error) {
    if (!isTrtxError(error)) throw error;
    return { written, dim: undefined };
  }
});
type Built = { written: Written; dim: Dim };
const sound = built.filter((e): e is Built => e.dim !== undefined);

const check = (property: (e: Built, other: Built, point: Point) => void) =>
  fc.assert(fc.property(sound, sound, points, property), { numRuns: 2000 });

describe('dims', () => {
  it('have the value of the expression that they were written as', () =>
    check(({ written, dim }, _, point) => {
      fc.pre(Number.isSafeInteger(evaluate(written, point)));
      expect(Math.abs(evaluateDim(dim, lookup(point)) - evaluate(written, point))).toBe(0);
    }));

  it('lie within their bounds', () =>
    check(({ dim }, _, point) => {
      const value = evaluateDim(dim, lookup(point));
      const { min, max } = bounds(dim);
      expect(min).toBeLessThanOrEqual(value);
      expect(max).toBeGreaterThanOrEqual(value);
    }));

  it('compare soundly', () =>
    check((x, y, point) => {
      const a = evaluateDim(x.dim, lookup(point));
      const b = evaluateDim(y.dim, lookup(point));
      if (sameDim(x.dim, y.dim)) expect(a).toBe(b);
      if (neverEqual(x.dim, y.dim)) expect(a).not.toBe(b);
      if (atMost(x.dim, y.dim)) expect(a).toBeLessThanOrEqual(b);
    }));

  it('have one form for what is equal as a polynomial', () =>
    check(({ dim: a }, { dim: b }) => {
      expect(sameDim(add(a, b), add(b, a))).toBe(true);
      expect(sameDim(mul(a, b), mul(b, a))).toBe(true);
      expect(sameDim(sub(add(a, b), b), a) || String(add(a, b)).includes('dim_')).toBe(true);
      expect(sameDim(minDim(a, b), minDim(b, a))).toBe(true);
      expect(sameDim(maxDim(a, b), maxDim(b, a))).toBe(true);
    }));

  it('keep their values when symbols are replaced', () =>
    check(({ dim }, { dim: replacement }, point) => {
      const value = evaluateDim(replacement, lookup(point));
      fc.pre(value >= 1 && value <= 60);
      // The replacement has to keep to the bounds that may have been used.
      const range = bounds(replacement);
      fc.pre(range.min >= 1 && range.max <= 60);
      const replaced = substitute(dim, (symbol) => (symbol.name === 'A' ? replacement : undefined));
      expect(evaluateDim(replaced, lookup(point))).toBe(evaluateDim(dim, lookup({ ...point, A: value })));
    }));

  it('are written down with the same value', () =>
    check(({ dim }, _, point) => {
      const value = foldDim<number>(dim, {
        number: (n) => n,
        symbol: lookup(point),
        operation: (kind, a, b) => {
          const apply = { '+': a + b, '*': a * b, floor: Math.floor(a / b), min: Math.min(a, b), max: Math.max(a, b) };
          return apply[kind];
        },
      });
      expect(Math.abs(value - evaluateDim(dim, lookup(point)))).toBe(0);
    }));
});

describe('canonical forms', () => {
  it('are polynomials', () => {
    expect(String(add(mul(H, 2), add(H, 1)))).toBe('3*H+1');
    expect(String(mul(add(H, 1), sub(H, 1)))).toBe('H*H-1');
    expect(String(sub(mul(H, W), mul(W, H)))).toBe('0');
    expect(sub(H, H)).toBe(0);
    expect(Object.is(mul(0, -1), 0)).toBe(true);
    expect(String(product([2, H, W, 3]))).toBe('6*H*W');
    expect(asSymbol(mul(H, 4))).toMatchObject({ factor: 4, symbol: { name: 'H' } });
    expect(asSymbol(add(H, 1))).toBeUndefined();
  });

  it('quote names that read as expressions', () => {
    const odd = dimOf(new Sym('A+B'));
    expect(String(odd)).toBe('"A+B"');
    expect(sameDim(odd, add(A, B))).toBe(false);
  });

  it('have names of their own past a size, with the same meaning', () => {
    const many = Array.from({ length: 80 }, (_, i) => dimOf(new Sym(`s${i}`)));
    const sum = many.reduce<Dim>(add, 0);
    expect(String(sum)).toMatch(/dim_/);
    expect(sameDim(sum, many.reduce<Dim>(add, 0))).toBe(true);
    expect(symbolsOf(sum).size).toBe(80);
    expect(evaluateDim(sum, ({ name }) => Number(name.slice(1)))).toBe((79 * 80) / 2);
    expect(
      evaluateDim(
        substitute(sum, ({ name }) => (name === 's0' ? 100 : undefined)),
        () => 1,
      ),
    ).toBe(179);
  });

  it('stay quick to evaluate where names share names', () => {
    let dim: Dim = H;
    // Each is made of the last one twice.
    for (let i = 0; i < 300; i++) {
      const j = 2 + (i % 7);
      dim = add(floorDiv(add(dim, mul(W, j)), j), floorDiv(add(dim, H), j + 1));
    }
    expect(evaluateDim(dim, () => 1)).toBeGreaterThan(0);
    expect([...symbolsOf(dim).keys()].sort()).toEqual(['H', 'W']);
  });
});

describe('floorDiv', () => {
  it('takes out what divides', () => {
    expect(String(floorDiv(mul(H, 6), 3))).toBe('2*H');
    expect(String(floorDiv(add(mul(H, 2), 1), 2))).toBe('H');
    expect(String(floorDiv(add(mul(H, 2), 3), 2))).toBe('H+1');
    expect(String(floorDiv(add(mul(H, 4), 2), 6))).toBe('floor((2*H+1)/(3))');
    expect(String(floorDiv(mul(H, W), W))).toBe('H');
    expect(String(floorDiv(mul(mul(H, W), 6), mul(W, 2)))).toBe('3*H');
    expect(String(floorDiv(add(mul(H, W), mul(H, 3)), add(W, 3)))).toBe('H');
    expect(String(floorDiv(H, -1))).toBe('-H');
  });

  it('merges', () => {
    expect(String(floorDiv(floorDiv(H, 2), 3))).toBe('floor((H)/(6))');
    expect(String(floorDiv(add(floorDiv(H, 2), 1), 2))).toBe('floor((H+2)/(4))');
    // Two convolutions with stride 2.
    const halved = (d: Dim) => add(floorDiv(sub(d, 1), 2), 1);
    expect(String(halved(halved(H)))).toBe('floor((H+3)/(4))');
  });

  it('is exact for symbols in units', () => {
    const wide = mul(dimOf(new Sym('H/32', 1, 30)), 32);
    let d: Dim = wide;
    for (let i = 0; i < 5; i++) d = add(floorDiv(sub(d, 1), 2), 1);
    expect(String(d)).toBe('H/32');
    expect(sameDim(mul(floorDiv(wide, 8), 8), wide)).toBe(true);
    expect(String(mod(wide, 16))).toBe('0');
    expect(String(ceilDiv(wide, 64))).toBe('floor((H/32+1)/(2))');
  });

  it('uses bounds', () => {
    expect(floorDiv(B, 10)).toBe(0);
    expect(minDim(A, 60)).toBe(A);
    expect(maxDim(B, 0)).toBe(B);
    expect(String(maxDim(A, 2))).toBe('max(2, A)');
    const free = dimOf(new Sym('free'));
    const power = Array.from({ length: 60 }, () => free).reduce<Dim>(mul, 1);
    expect(bounds(power)).toEqual({ min: 0, max: Number.POSITIVE_INFINITY });
  });

  it('refuses division by zero and numbers that are not safe', () => {
    expect(() => floorDiv(H, 0)).toThrow('DIM_ARITHMETIC: division of H by zero');
    expect(() => mul(2 ** 40, 2 ** 20)).toThrow('DIM_ARITHMETIC: shape arithmetic leaves the safe integers');
    expect(() => mul(mul(H, 2 ** 40), 2 ** 20)).toThrow('DIM_ARITHMETIC');
    expect(() => evaluateDim(H, () => undefined as never)).toThrow('DIM_ARITHMETIC: H has symbols without a value');
  });
});
