import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import { dimOf, Sym } from '../dim.ts';
import type { Value } from '../graph.ts';
import { traitOf } from '../op.ts';
import { printType } from '../tensor.ts';

const start = () => {
  const b = new GraphBuilder('g');
  return { b, ints: (...values: number[]) => b.constant('int64', [values.length], values) };
};
const type = (value: Value) => printType(value.type);
const mapOf = (value: Value) => {
  const node = value.producer!;
  const trait = traitOf(node.op, node.view());
  if (trait.kind !== 'injective') throw new Error(trait.kind);
  return trait.map(node.view(), node.outputs.indexOf(value));
};

describe('shapes only', () => {
  it('Squeeze, Unsqueeze, Flatten are linear', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', ['N', 1, 3, 'W']);
    expect(type(b.Squeeze(x, ints(1)))).toBe('float32[N,3,W]');
    expect(type(b.Unsqueeze(x, ints(-1, 0)))).toBe('float32[1,N,1,3,W,1]');
    expect(type(b.Flatten(x, { axis: -1 }))).toBe('float32[3*N,W]');
    for (const value of [b.Squeeze(x, ints(1)), b.Unsqueeze(x, ints(0)), b.Flatten(x)])
      expect(mapOf(value).sources).toEqual([{ input: 0, at: 'linear' }]);
  });
  it('name what is wrong', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', ['N', 1, 3]);
    expect(() => b.Squeeze(x, null, {}, { name: 's' })).toThrow(
      /whether axis 0 \(N\) is 1.*node s \(Squeeze\).*hint: Give Squeeze its axes/s,
    );
    expect(() => b.Squeeze(x, ints(2))).toThrow('dimensions 3 and 1 differ');
    expect(() => b.Unsqueeze(x, ints(1, -4))).toThrow('name one axis twice');
    expect(() => b.Flatten(x, { axis: 4 })).toThrow('axis 4 of a tensor of rank 3');
  });
});

describe('Expand, Tile, Pad', () => {
  it('have symbolic sizes', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', ['N', 1, 3]);
    const shape = b.Concat([b.Shape(b.input('y', 'float32', ['N', 'T'])), ints(1)], { axis: 0 });
    expect(type(b.Expand(x, shape))).toBe('float32[N,T,3]');
    expect(type(b.Expand(x, ints(2, 1, 1, 1)))).toBe('float32[2,N,1,3]');
    expect(type(b.Tile(x, b.Concat([b.Shape(x, { end: 1 }), ints(2, 1)], { axis: 0 })))).toBe('float32[N*N,2,3]');
    expect(type(b.Pad(x, ints(1, 2, 0, 0, -1, 4)))).toBe('float32[N+1,2,7]');
    expect(type(b.Pad(x, ints(3, 4), null, ints(-1)))).toBe('float32[N,1,10]');
  });
  it('check their operands', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', [2, 3]);
    expect(() => b.Expand(x, ints(2, 4))).toThrow('dimensions 3 and 4 differ');
    expect(() => b.Tile(x, ints(2))).toThrow('1 repeats for a tensor of rank 2');
    expect(() => b.Pad(x, ints(1, 1))).toThrow('2 pads for 2 axes');
    expect(() => b.Pad(x, ints(2, 0, 0, 0), { mode: 'reflect' })).toThrow(
      'reflect padding of [2, 0] around 2 elements',
    );
    expect(() => b.Pad(x, ints(0, 0, 0, 0), { mode: 'mirror' as 'edge' })).toThrow(
      /mode = mirror.*hint: It may be constant, reflect/s,
    );
  });
});

describe('Split', () => {
  it('has a map for each output', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', ['N', 6]);
    const parts = b.Split(x, ints(1, 2, 3), { axis: 1 }, { outputs: 3 });
    expect(parts.map(type)).toEqual(['float32[N,1]', 'float32[N,2]', 'float32[N,3]']);
    expect(mapOf(parts[2]!).sources[0]!.at[1]).toMatchObject({ op: '+', b: { value: 3 } });
    const uneven = b.Split(x, { axis: 1, num_outputs: 4 }, { outputs: 4 });
    expect(uneven.map((v) => v.type.shape[1])).toEqual([2, 2, 2, 0]);
    const dynamic = b.Split(x, { axis: 0 }, { outputs: 2 });
    expect(dynamic.map(type)).toEqual(['float32[floor((N+1)/(2)),6]', 'float32[N-floor((N+1)/(2)),6]']);
  });
  it('checks the sizes', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', ['N', 6]);
    expect(() => b.Split(x, ints(1, 2), { axis: 1 }, { outputs: 2, name: 's' })).toThrow(
      'dimensions 3 and 6 differ (node s (Split))',
    );
    expect(() => b.Split(x, ints(6), { axis: 1 }, { outputs: 2 })).toThrow('1 sizes for 2 outputs');
    expect(() => b.Split(x, { axis: 1, num_outputs: 3 }, { outputs: 2 })).toThrow(
      'num_outputs is 3 where the node has 2',
    );
  });
});

describe('DepthToSpace and SpaceToDepth', () => {
  it('move blocks', () => {
    const { b } = start();
    const x = b.input('x', 'float32', ['N', 12, 'H', dimOf(new Sym('W'))]);
    expect(type(b.DepthToSpace(x, { blocksize: 2 }))).toBe('float32[N,3,2*H,2*W]');
    expect(type(b.SpaceToDepth(b.DepthToSpace(x, { blocksize: 2 }), { blocksize: 2 }))).toBe('float32[N,12,H,W]');
    expect([...b.graph.constraints]).toEqual([]);
    expect(() => b.DepthToSpace(x, { blocksize: 5 })).toThrow('differ');
    expect(() => b.DepthToSpace(b.input('y', 'float32', [1, 4]), { blocksize: 2 })).toThrow(
      'rank 2 where [N, C, H, W] belongs',
    );
  });
});

describe('Gather, GatherElements, GatherND', () => {
  it('have the shapes of their indices', () => {
    const { b } = start();
    const table = b.input('table', 'float32', [100, 'D']);
    const ids = b.input('ids', 'int64', ['N', 'T']);
    expect(type(b.Gather(table, ids))).toBe('float32[N,T,D]');
    expect(type(b.Gather(table, b.constant('int64', [], [0]), { axis: -1 }))).toBe('float32[100]');
    expect(mapOf(b.Gather(table, ids)).sources[0]!.at[0]).toMatchObject({ kind: 'element', input: 1, size: 100 });
    expect(type(b.GatherElements(table, ids, { axis: 1 }))).toBe('float32[N,T]');
    expect(type(b.GatherND(table, b.input('places', 'int64', ['K', 1])))).toBe('float32[K,D]');
    expect(() => b.Gather(table, ids, { axis: 2 }, { name: 'look' })).toThrow(
      'axis 2 of a tensor of rank 2 (node look (Gather))',
    );
    expect(() => b.GatherND(table, b.input('more', 'int64', ['K', 3]))).toThrow('for data of [100,D]');
  });
});

describe('Dropout', () => {
  it('is the input where nothing trains', () => {
    const { b } = start();
    const x = b.input('x', 'float32', ['N', 3]);
    const kind = (value: Value) => traitOf(value.producer!.op, value.producer!.view()).kind;
    const [training, flag] = [b.constant('bool', [], [1]), b.input('flag', 'bool', [])];
    expect(type(b.Dropout(x)[0]!)).toBe('float32[N,3]');
    expect(kind(b.Dropout(x)[0]!)).toBe('pointwise');
    expect(kind(b.Dropout(x, null, training)[0]!)).toBe('opaque');
    expect(kind(b.Dropout(x, null, flag)[0]!)).toBe('opaque');
    expect(type(b.Dropout(x, null, flag, {}, { outputs: 2 })[1]!)).toBe('bool[N,3]');
  });
});
