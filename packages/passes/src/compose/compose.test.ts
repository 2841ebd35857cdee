// Graphs made one, and cut apart.

import { GraphBuilder, parseGraph, printGraph, standardOps, type Tensor, verify } from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { extract } from './extract.ts';
import { merge } from './merge.ts';

const parse = (text: string) => parseGraph(text, standardOps);

const scale = parse(`graph scale
  input x: float32[N,2]
  constant w = float32[2] [3, 5]
  inner: float32[N,2] = Mul(x, w) as step
  output y = inner`);

const shift = parse(`graph shift
  input x: float32[N,2]
  constant w = float32[2] [3, 5]
  inner: float32[N,2] = Add(x, w) as step
  output y = inner`);

const floats = (dims: number[], ...values: number[]): Tensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from(values),
});

describe('merge', () => {
  it('connects outputs to inputs, and shares constants', async () => {
    const merged = merge([scale, shift], { connect: { 'scale/y': 'shift/x' } });
    verify(merged);
    expect(printGraph(merged)).toMatchInlineSnapshot(`
      "graph "scale+shift"
        input x: float32[N,2]
        constant w = float32[2] [3, 5]
        inner: float32[N,2] = Mul(x, w) as step
        shift/inner: float32[N,2] = Add(inner, w) as shift/step from "step"
        output y = shift/inner
      "
    `);
    expect(merged.constants()).toHaveLength(1);
    const outputs = await new ReferenceRunner(merged).run(new Map([['x', floats([1, 2], 1, 2)]]));
    expect(outputs.get('y')!.data).toEqual(Float32Array.of(6, 15));
    expect(printGraph(scale)).not.toContain('shift');
  });

  it('keeps what is not connected, each with sizes of its own', () => {
    const merged = merge([scale, shift], { name: 'both', prefixes: ['a', 'b'] });
    verify(merged);
    expect(merged.name).toBe('both');
    expect(merged.inputs.map(({ name, type }) => `${name}[${type.shape}]`)).toEqual(['a/x[N,2]', 'b/x[b/N,2]']);
    expect(merged.outputs.map(({ name, value }) => `${name}[${value.type.shape}]`)).toEqual(['a/y[N,2]', 'b/y[b/N,2]']);
    const same = merge([scale, shift], { symbols: 'unify' });
    expect(same.inputs.map(({ type }) => String(type.shape))).toEqual(['N,2', 'N,2']);
  });

  it('takes one graph twice, one output to several inputs, and chosen outputs', async () => {
    const sum = parse(`graph sum
      input a: float32[M,2]
      input b: float32[M,2]
      s: float32[M,2] = Add(a, b) as add
      output s = s`);
    const merged = merge([scale, sum, sum], {
      connect: { y: ['sum/a', 'sum/b', 'sum_1/a'], 'sum/s': 'sum_1/b' },
      outputs: ['sum_1/s', 'y'],
    });
    verify(merged);
    expect(merged.inputs.map(({ name }) => name)).toEqual(['x']);
    const outputs = await new ReferenceRunner(merged).run(new Map([['x', floats([1, 2], 1, 1)]]));
    expect([...outputs].map(([name, { data }]) => [name, ...(data as Float32Array)])).toEqual([
      ['s', 9, 15],
      ['y', 3, 5],
    ]);
  });

  it('gives dynamic sizes those that connections tell', () => {
    const fixed = parse(`graph fixed
      input image: float32[4,2]
      r: float32[4,2] = Relu(image) as relu
      output r = r`);
    const merged = merge([scale, fixed], { connect: { y: 'image' } });
    verify(merged);
    expect(merged.inputs[0]!.type.shape).toEqual([4, 2]);
    const halves = parse(`graph halves
      input p: float32[2*K,2]
      input q: float32[K]
      r: float32[2*K,2] = Relu(p) as relu
      t: float32[K] = Relu(q) as other
      output r = r
      output t = t`);
    const open = merge([scale, halves], { connect: { y: 'p' } });
    verify(open);
    expect([...open.constraints].map(({ a, b }) => `${a} = ${b}`)).toEqual(['N = 2*K']);
  });

  it('refuses what does not fit', () => {
    const ints = parse(`graph ints
      input i: int64[N,2]
      j: int64[N,2] = Neg(i) as neg
      output j = j`);
    const narrow = parse(`graph narrow
      input n: float32[N,3]
      r: float32[N,3] = Relu(n) as relu
      output r = r`);
    const check = (graphs: Parameters<typeof merge>[0], connect: Record<string, string>, message: string) =>
      expect(() => merge(graphs, { connect })).toThrow(message);
    check([scale, ints], { y: 'i' }, 'COMPOSE: output y is float32[N,2], the input takes int64[ints/N,2] (tensor i)');
    check([scale, narrow], { y: 'n' }, 'the input takes float32[narrow/N,3] (tensor n)');
    check([scale, shift], { y: 'shift/x' }, 'COMPOSE: several graphs have such an output (tensor y)');
    check([scale, shift], { z: 'shift/x' }, 'COMPOSE: no graph has such an output (tensor z)');
    check(
      [scale, shift],
      { 'shift/y': 'scale/x' },
      'output shift/y is of a graph that does not come before (tensor scale/x)',
    );
    check([scale, ints, shift], { 'scale/y': 'shift/x', j: 'shift/x' }, 'two outputs are connected');
    expect(() => merge([])).toThrow('COMPOSE: there are no graphs');
  });
});

describe('extract', () => {
  const chain = parse(`graph chain
    input x: float32[N,H]
    input k: float32[H]
    a: float32[N,H] = Relu(x) as first
    b: float32[N,2*H] = Concat(a, a) {axis: 1} as second
    c: float32[N,2*H] = Neg(b) as third
    d: float32[N,H] = Add(a, k) as fourth
    output c = c
    output d = d`);

  it('cuts between inner values', () => {
    const part = extract(chain, { inputs: ['b'], outputs: ['c'] });
    verify(part);
    expect(printGraph(part)).toMatchInlineSnapshot(`
      "graph chain
        input b: float32[N,2*H]
        c: float32[N,2*H] = Neg(b) as third
        output c
      "
    `);
    expect(chain.nodes.size).toBe(4);
  });

  it('goes from the inputs on, or to the outputs', () => {
    const head = extract(chain, { outputs: ['a', 'c'] });
    verify(head);
    expect(head.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(head.outputs.map(({ name }) => name)).toEqual(['a', 'c']);
    const tail = extract(chain, { inputs: ['a', 'k'] });
    verify(tail);
    expect(tail.inputs.map(({ name }) => name)).toEqual(['k', 'a']);
    expect([...tail.nodes].map(({ name }) => name)).toEqual(['second', 'third', 'fourth']);
  });

  it('makes inputs of sizes that several told symbols of their own', () => {
    const b = new GraphBuilder('odd');
    const x = b.input('x', 'float32', ['N', 'H']);
    const joined = b.Concat([x, b.Relu(x), b.constant('float32', [1, 4], [1, 2, 3, 4])].slice(0, 2), { axis: 0 });
    const both = b.Reshape(joined, b.constant('int64', [1], [-1]), {}, { outputs: ['flat'] });
    b.output('y', b.Neg(both));
    const part = extract(b.graph, { inputs: ['flat'], outputs: ['y'] });
    verify(part);
    expect(part.inputs.map(({ type }) => String(type.shape))).toEqual(['flat.0']);
  });

  it('names what is missing', () => {
    expect(() => extract(chain, { outputs: ['e'] })).toThrow('COMPOSE: the graph has no such value (tensor e)');
    expect(() => extract(chain, { inputs: ['a'], outputs: ['d'] })).toThrow(
      'COMPOSE: an input of the graph is needed that is none of the part (node fourth, tensor k)',
    );
  });
});
