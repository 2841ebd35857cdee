import { evaluate, sizeValue } from '@trtx/engine';
import {
  add,
  ceilDiv,
  type Dim,
  dimOf,
  evaluateDim,
  floorDiv,
  Graph,
  GraphBuilder,
  maxDim,
  minDim,
  mul,
  Sym,
  specialize,
  sub,
} from '@trtx/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostElements, SizeTable } from './sizes.ts';

const H = dimOf(new Sym('H', 1, 64));
const W = dimOf(new Sym('W', 1, 64));

function table(): SizeTable {
  const b = new GraphBuilder('g');
  b.input('x', 'float32', [1, H, 3]);
  b.input('y', 'float32', [H, W]);
  return new SizeTable(b.graph);
}

describe('symbols', () => {
  it('are read off the first axis that has them', () => {
    expect(table().symbols(() => 0)).toEqual([
      { name: 'H', input: 0, axis: 1, min: 1, max: 64, multipleOf: 1 },
      { name: 'W', input: 1, axis: 1, min: 1, max: 64, multipleOf: 1 },
    ]);
  });

  it('of multiples are in their unit', () => {
    const b = new GraphBuilder('g');
    b.input('x', 'float32', ['H']);
    specialize(b.graph, { x: [{ min: 32, max: 960, multipleOf: 32 }] });
    expect(new SizeTable(b.graph).symbols(() => 0)).toMatchObject([{ min: 32, max: 960, multipleOf: 32 }]);
  });

  it('of what the host gives are read off the value', () => {
    const b = new GraphBuilder('g');
    const x = b.input('x', 'float32', [9]);
    const found = b.NonZero(x);
    const sizes = new SizeTable(b.graph, [found]);
    expect(sizes.symbols((value) => (value === found ? 7 : 0))).toMatchObject([{ value: 7, axis: 1, max: 9 }]);
  });

  it('that no input has are an error', () => {
    expect(() => table().size(dimOf(new Sym('Q')))).toThrow(/no input has the dimension Q/);
  });
});

describe('expressions', () => {
  it('are written once', () => {
    const sizes = table();
    const area = mul(H, W);
    expect(sizes.size(5)).toBe(5);
    expect(sizes.size(area)).toEqual({ expr: 2 });
    expect(sizes.size(mul(W, H))).toEqual({ expr: 2 });
    expect(sizes.size(add(area, 1))).toEqual({ expr: 4 });
    expect(sizes.exprs).toEqual([
      ['$', 0],
      ['$', 1],
      ['*', 0, 1],
      ['#', 1],
      ['+', 2, 3],
    ]);
  });

  it('have the value of the dimension', () => {
    const leaf = fc.constantFrom<Dim>(H, W, 1, 2, 3, 7);
    const dims = fc.letrec<{ dim: Dim }>((tie) => ({
      dim: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.tuple(fc.constantFrom(add, sub, mul, minDim, maxDim), tie('dim'), tie('dim')).map(([f, a, b]) => f(a, b)),
        fc
          .tuple(fc.constantFrom(floorDiv, ceilDiv), tie('dim'), fc.integer({ min: 1, max: 9 }))
          .map(([f, a, b]) => f(a, b)),
      ),
    })).dim;
    fc.assert(
      fc.property(dims, fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 64 }), (dim, h, w) => {
        const wanted = evaluateDim(dim, ({ name }) => (name === 'H' ? h : w));
        fc.pre(wanted >= 0 && wanted < 2 ** 31);
        const sizes = table();
        const size = sizes.size(dim);
        expect(sizeValue(size, evaluate(sizes.exprs, [h, w]))).toBe(wanted);
      }),
    );
  });
});

describe('the most elements', () => {
  const value = (...shape: Dim[]) => new Graph('g').addInput('x', { dtype: 'float32', shape });

  it('are those of the profile', () => {
    expect(mostElements(value(H, add(W, 2)))).toBe(64 * 66);
  });

  it('have to be bounded', () => {
    const open = dimOf(new Sym('N'));
    expect(() => mostElements(value(open, open))).toThrow(/no useful upper bound.*tensor x/);
  });
});
