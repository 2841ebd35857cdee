import { OpRegistry, standardOps } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { hostOps } from './host-ops.ts';

const ops = hostOps();
const floats = (dims: readonly number[], ...values: number[]) => {
  return { dtype: 'float32', dims, data: Float32Array.from(values) } as const;
};

describe('hostOps', () => {
  it('has a function for every op that a kernel serves', () => {
    expect(ops.has('Conv')).toBe(true);
    expect(hostOps(new OpRegistry([standardOps.get('Relu')!])).size).toBe(1);
  });

  it('evaluates a node of concrete inputs', () => {
    const [y] = ops.get('Gemm')!({ alpha: 2, transB: 1 }, [floats([1, 2], 1, 2), floats([1, 2], 3, 4), null], 1);
    expect(y).toEqual(floats([1, 1], 22));
  });

  it('reads the values that steer shapes off the inputs', () => {
    const shape = { dtype: 'int64', dims: [2], data: BigInt64Array.of(3n, -1n) } as const;
    expect(ops.get('Reshape')!({}, [floats([2, 3], 1, 2, 3, 4, 5, 6), shape], 1)[0]!.dims).toEqual([3, 2]);
  });

  it('takes tensors as attributes', () => {
    const value = { dtype: 'float32', dims: [1], data: Float32Array.of(7) } as const;
    const shape = { dtype: 'int64', dims: [1], data: BigInt64Array.of(2n) } as const;
    expect(ops.get('ConstantOfShape')!({ value }, [shape], 1)[0]).toEqual(floats([2], 7, 7));
  });

  it('names the op where the inputs do not fit it', () => {
    expect(() => ops.get('Add')!({}, [floats([2], 1, 2), null], 1)).toThrow(/Add/);
  });
});
