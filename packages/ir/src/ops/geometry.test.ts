import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import { dimOf, mul, Sym } from '../dim.ts';
import type { Value } from '../graph.ts';
import { traitOf } from '../op.ts';
import { printType } from '../tensor.ts';
import { convGeometry } from './conv.ts';
import { gemmGeometry, matmulGeometry } from './matmul.ts';
import { normGeometry, softmaxGeometry } from './normalization.ts';
import { poolGeometry } from './pool.ts';
import { reduceGeometry } from './reduce.ts';
import { resizeGeometry } from './resize.ts';

const start = () => {
  const b = new GraphBuilder('g');
  const ints = (...values: number[]) => b.constant('int64', [values.length], values);
  const floats = (...values: number[]) => b.constant('float32', [values.length], values);
  const weights = (...dims: number[]) => b.constant('float32', dims, new Array(dims.reduce((a, c) => a * c)).fill(1));
  return { b, ints, floats, weights };
};
const type = (value: Value) => printType(value.type);
const view = (value: Value) => value.producer!.view();
const H = dimOf(new Sym('H'));

describe('Conv and pools', () => {
  it('halve a symbolic size', () => {
    const { b, weights } = start();
    const x = b.input('x', 'float32', ['N', 3, H, mul(dimOf(new Sym('w')), 32)]);
    const conv = b.Conv(x, weights(8, 3, 3, 3), { strides: [2, 2], pads: [1, 1, 1, 1] });
    expect(type(conv)).toBe('float32[N,8,floor((H+1)/(2)),16*w]');
    expect(convGeometry(view(conv)).axes[1]).toMatchObject({ kernel: 3, stride: 2, begin: 1 });
    expect(type(b.MaxPool(x, { kernel_shape: [2, 2], strides: [2, 2] })[0]!)).toBe('float32[N,3,floor((H)/(2)),16*w]');
    const same = b.Conv(x, weights(8, 3, 3, 3), { strides: [2, 2], auto_pad: 'SAME_UPPER' });
    expect(type(same)).toBe('float32[N,8,floor((H+1)/(2)),16*w]');
  });
  it('round up', () => {
    const { b } = start();
    const x = b.input('x', 'float32', [1, 2, H, 10]);
    const attributes = { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 };
    expect(type(b.AveragePool(x, attributes))).toBe('float32[1,2,floor((H)/(2)),5]');
    // With stride 2 and a window of 1, the last window of an odd size would start after the input.
    const [thin] = b.MaxPool(x, { kernel_shape: [1, 1], strides: [2, 2], ceil_mode: 1 });
    expect(type(thin!)).toBe('float32[1,2,min(floor((H)/(2))+1, floor((H+1)/(2))),5]');
    expect(poolGeometry(view(thin!)).countsPadding).toBe(false);
  });
  it('name the node and the remedy', () => {
    const { b, weights } = start();
    const x = b.input('x', 'float32', [1, 3, 8, 8]);
    expect(() => b.MaxPool(x, { kernel_shape: [3] }, { name: 'p' })).toThrow(
      'a window of rank 1 over 2 spatial axes (node p (MaxPool))',
    );
    expect(() => b.MaxPool(x, {} as never, { name: 'p' })).toThrow('attribute kernel_shape is missing (node p');
    expect(() => b.MaxPool(x, { kernel_shape: [9, 9] })).toThrow('does not fit into 8 + 0');
    expect(() => b.AveragePool(x, { kernel_shape: [2, 2], strides: [0, 1] })).toThrow('strides = 0 is below 1');
    expect(() => b.Conv(x, weights(4, 2, 3, 3))).toThrow('weights for 2 channels meet an input of 3');
    expect(() => b.GlobalMaxPool(b.input('y', 'float32', [2, 3]))).toThrow(/rank 2.*hint: Unsqueeze it first/s);
  });
});

describe('MatMul and Gemm', () => {
  it('broadcast batches', () => {
    const { b } = start();
    const a = b.input('a', 'float32', ['N', 1, 'T', 64]);
    const c = b.input('c', 'float32', [12, 64, 'S']);
    const y = b.MatMul(a, c);
    expect(type(y)).toBe('float32[N,12,T,S]');
    const g = matmulGeometry(view(y));
    expect([g.batch, g.batchA, g.batchB].map(String)).toEqual(['N,12', 'N,1', '1,12']);
    expect([g.m, g.k, g.n].map(String)).toEqual(['T', '64', 'S']);
    expect(type(b.MatMul(b.input('v', 'float32', [64]), c))).toBe('float32[12,S]');
    expect(type(b.MatMul(a, b.input('u', 'float32', [64])))).toBe('float32[N,1,T]');
  });
  it('need one depth', () => {
    const { b } = start();
    const a = b.input('a', 'float32', ['N', 'K']);
    expect(() => b.MatMul(b.input('x', 'float32', [2, 3]), b.input('y', 'float32', [4, 5]), {}, { name: 'm' })).toThrow(
      'dimensions 3 and 4 differ (node m (MatMul))',
    );
    b.MatMul(a, b.input('z', 'float32', [64, 5]), {}, { name: 'dense' });
    expect([...b.graph.constraints].map(({ a, b, node }) => `${a}=${b} ${node}`)).toEqual(['K=64 dense']);
  });
  it('Gemm transposes', () => {
    const { b, floats } = start();
    const y = b.Gemm(
      b.input('a', 'float32', ['N', 512]),
      b.input('w', 'float32', [10, 512]),
      floats(...new Array(10).fill(0)),
      {
        transB: 1,
      },
    );
    expect(type(y)).toBe('float32[N,10]');
    expect(gemmGeometry(view(y))).toMatchObject({ k: 512, n: 10, transA: false, transB: true, c: [1, 10] });
    expect(() => b.Gemm(b.input('q', 'float32', [2, 3, 4]), b.input('r', 'float32', [4, 5]))).toThrow(
      /input A has rank 3.*use MatMul for batches/s,
    );
  });
});

describe('reductions and norms', () => {
  it('as blocks', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', ['N', 8, H, 5]);
    const mean = b.ReduceMean(x, ints(-1, 2));
    expect(type(mean)).toBe('float32[N,8,1,1]');
    const g = reduceGeometry(view(mean));
    expect([g.axes, g.count, g.block!.outer, g.block!.inner].map(String)).toEqual(['2,3', '5*H', '8*N', '1']);
    expect(reduceGeometry(view(b.ReduceMax(x, ints(0, 2)))).block).toBeUndefined();
    expect(type(b.ReduceSum(x, null, { keepdims: 0 }))).toBe('float32[]');
    expect(type(b.ReduceSum(x, null, { noop_with_empty_axes: 1 }))).toBe('float32[N,8,H,5]');
    expect(type(b.ArgMax(x, { axis: 1, keepdims: 0 }))).toBe('int64[N,H,5]');
    expect(() => b.ReduceMin(x, ints(4), {}, { name: 'r' })).toThrow(
      'axis 4 of a tensor of rank 4 (node r (ReduceMin))',
    );
    const axes = b.input('axes', 'int64', [1]);
    expect(() => b.ReduceMin(x, axes)).toThrow(/values of input axes steer.*hint/s);
  });
  it('LayerNormalization and Softmax', () => {
    const { b, floats } = start();
    const x = b.input('x', 'float32', ['N', 'T', 4]);
    const [y, means] = b.LayerNormalization(x, floats(1, 1, 1, 1), {}, { outputs: 2 });
    expect([type(y!), type(means!)]).toEqual(['float32[N,T,4]', 'float32[N,T,1]']);
    expect(String(normGeometry(view(y!)).outer)).toBe('N*T');
    expect(() => b.LayerNormalization(x, floats(1, 1, 1))).toThrow('dimensions 3 and 4 differ');
    const soft = softmaxGeometry(view(b.Softmax(x, { axis: 1 })));
    expect([soft.outer, soft.length, soft.inner].map(String)).toEqual(['N', 'T', '4']);
  });
  it('BatchNormalization is pointwise, its parameters along axis 1', () => {
    const { b, floats } = start();
    const x = b.input('x', 'float32', ['N', 2, H, 3]);
    const p = floats(1, 2);
    const y = b.BatchNormalization(x, p, p, p, p);
    const node = y.producer!;
    const trait = traitOf(node.op, node.view());
    expect(trait.kind === 'pointwise' && [0, 1, 4].map((i) => trait.alignment!(node.view(), i))).toEqual([
      undefined,
      [1],
      [1],
    ]);
    expect(() => b.BatchNormalization(x, p, p, p, p, { training_mode: 1 })).toThrow(
      /training mode.*hint: Export the model in inference/s,
    );
  });
});

describe('Resize', () => {
  it('scales symbolic sizes', () => {
    const { b, floats, ints } = start();
    const x = b.input('x', 'float32', ['N', 8, H, 5]);
    const y = b.Resize(x, null, floats(1, 1, 2, 1.5), null, {
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
    expect(type(y)).toBe('float32[N,8,2*H,7]');
    const trait = traitOf(y.producer!.op, view(y));
    const index = trait.kind === 'injective' ? trait.map(view(y)).sources[0]!.at : [];
    expect(index[0]).toEqual({ kind: 'coord', axis: 0 });
    expect(index[2]).toEqual({ kind: 'binary', op: '/', a: { kind: 'coord', axis: 2 }, b: { kind: 'dim', value: 2 } });
    const linear = b.Resize(x, null, null, ints(1, 8, 20, 20), { mode: 'linear' });
    expect(traitOf(linear.producer!.op, view(linear)).kind).toBe('opaque');
    expect(resizeGeometry(view(linear)).axes[3]).toMatchObject({ size: 5, output: 20, scale: 4 });
  });
  it('to the sizes of another tensor', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', ['N', 8, H, 'W']);
    const other = b.Shape(b.input('y', 'float32', ['N', 3, 'A', 'B']), { start: 2 });
    const sizes = b.Concat([b.Shape(x, { end: 2 }), other], { axis: 0 });
    const y = b.Resize(x, null, null, sizes, { nearest_mode: 'floor' });
    expect(type(y)).toBe('float32[N,8,A,B]');
    expect(traitOf(y.producer!.op, view(y)).kind).toBe('injective');
    expect(() =>
      b.Resize(x, null, b.constant('float32', [4], [1, 1, 1.2345678, 1]), ints(), {}, { name: 'up' }),
    ).toThrow(/dynamic size H \(node up \(Resize\)\).*hint: Give sizes/s);
    expect(() => b.Resize(x, null, null, null)).toThrow('neither scales nor sizes');
  });
});
