import { type Dim, dimOf, GraphBuilder, Sym, type Value } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { affineSource, linearSource, rowMajor, type TensorView, throughAffine } from './view.ts';

const ints = (b: GraphBuilder, ...values: number[]) => b.constant('int64', [values.length], values);
const N = dimOf(new Sym('N', 1, 8));

/** The view of a value through every affine op above it. */
function viewOf(value: Value): TensorView {
  const affine = affineSource(value);
  if (affine) return throughAffine(value, viewOf(affine.source), affine);
  const { shape } = value.type;
  return { storage: value, offset: 0, strides: rowMajor(shape), shape };
}

function print(value: Value): string {
  const { storage, offset, strides, shape } = viewOf(value);
  return `${storage.name}[${shape}] at ${offset} by ${strides}`;
}

/** The view of what is made of x. */
function view(dims: readonly (Dim | string)[], make: (b: GraphBuilder, x: Value) => Value): string {
  const b = new GraphBuilder('g');
  return print(make(b, b.input('x', 'float32', dims)));
}

describe('affine maps', () => {
  it('of a tensor itself', () => {
    expect(view([2, 3, 4], (_, x) => x)).toBe('x[2,3,4] at 0 by 12,4,1');
  });

  it('transpose', () => {
    expect(view([2, 3, 4], (b, x) => b.Transpose(x, { perm: [2, 0, 1] }))).toBe('x[4,2,3] at 0 by 1,12,4');
  });

  it('slice, with steps of either sign', () => {
    expect(view([8, 9], (b, x) => b.Slice(x, ints(b, 1, -1), ints(b, 7, -100), ints(b, 0, 1), ints(b, 2, -3)))).toBe(
      'x[3,3] at 17 by 18,-3',
    );
  });

  it('expand', () => {
    expect(view([3, 1], (b, x) => b.Expand(x, ints(b, 2, 3, 4)))).toBe('x[2,3,4] at 0 by 0,1,0');
  });

  it('split', () => {
    expect(view([2, 9], (b, x) => b.op('Split', [x, ints(b, 4, 5)], { axis: 1 }, { outputs: 2 })[1]!)).toBe(
      'x[2,5] at 4 by 9,1',
    );
  });

  it('compose', () => {
    const made = view([4, 6, 5], (b, x) => {
      const turned = b.Transpose(x, { perm: [0, 2, 1] });
      const cut = b.Slice(turned, ints(b, -1, 1), ints(b, -100, 4), ints(b, 1, 2), ints(b, -1, 1));
      return b.Expand(b.Slice(cut, ints(b, 2), ints(b, 3), ints(b, 0)), ints(b, 7, 5, 3));
    });
    expect(made).toBe('x[7,5,3] at 69 by 0,-1,5');
  });

  it('of dynamic sizes', () => {
    expect(view(['N', 4], (b, x) => b.Transpose(x))).toBe('x[4,N] at 0 by 1,4');
    expect(view([4, N], (b, x) => b.Slice(x, ints(b, -1), ints(b, -(2 ** 31)), ints(b, 1), ints(b, -1)))).toBe(
      'x[4,N] at N-1 by N,-1',
    );
  });
});

describe('what is no view', () => {
  const b = new GraphBuilder('g');
  const x = b.input('x', 'float32', [4, 6]);

  it('is read in two places', () => {
    expect(affineSource(b.Concat([x, x], { axis: 0 }))).toBeUndefined();
  });

  it('has a border', () => {
    expect(affineSource(b.Pad(x, ints(b, 1, 1, 1, 1)))).toBeUndefined();
  });

  it('repeats', () => {
    expect(affineSource(b.Tile(x, ints(b, 2, 1)))).toBeUndefined();
  });

  it('looks up what is not known', () => {
    expect(affineSource(b.Gather(x, b.input('i', 'int64', [2])))).toBeUndefined();
  });

  it('computes', () => {
    expect(affineSource(b.Relu(x))).toBeUndefined();
    expect(linearSource(b.Relu(x))).toBeUndefined();
  });
});

describe('linear maps', () => {
  const b = new GraphBuilder('g');
  const x = b.input('x', 'float32', [4, 6]);

  it('are the memory of their source', () => {
    for (const y of [b.Reshape(x, ints(b, 3, 8)), b.Flatten(x), b.Unsqueeze(x, ints(b, 0))])
      expect(linearSource(y)).toBe(x);
  });

  it('are not those that move elements', () => {
    for (const y of [b.Transpose(x), b.Slice(x, ints(b, 0), ints(b, 2))]) expect(linearSource(y)).toBeUndefined();
  });
});

it('strides of a dense tensor', () => {
  expect(rowMajor([]).map(String)).toEqual([]);
  expect(rowMajor([2, N, 3]).map(String)).toEqual(['3*N', '3', '1']);
});
