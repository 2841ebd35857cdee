import { constantFrom, defineOp, elementCount, GraphBuilder, numbersOf, parseGraph, standardOps } from '@trtx/ir';
import { defineReference, type ReferenceKernels, standardKernels } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { optimize } from '../../manager.ts';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { deadCode } from './dead-code.ts';
import { foldConstants } from './fold-constants.ts';

const becomes = (from: string, to: string) => expectRewrite(from, to, foldConstants);

describe('constant-inputs', () => {
  it('computes', () => {
    becomes('y = Add(float32[2] [1, 2], float32[] [10])\noutput y', 'constant c = float32[2] [11, 12]\noutput y = c');
    becomes(
      'input x: float32[N,2]\na = Transpose(float32[2,2] [1, 2, 3, 4])\nb = MatMul(a, a)\ny = MatMul(x, b)\noutput y',
      'input x: float32[N,2]\ny = MatMul(x, float32[2,2] [7, 15, 10, 22])\noutput y',
    );
    becomes(
      'input x: float32[4]\na, b = Split(float32[4] [1, 2, 3, 4]) { num_outputs: 2 }\nc = Concat(b, a) { axis: 0 }\ny = Add(x, c)\noutput y',
      'input x: float32[4]\ny = Add(x, float32[4] [3, 4, 1, 2])\noutput y',
    );
    becomes(
      'input x: float32[N]\na = Cast(int64[] [3]) { to: "float32" }\ny = Mul(x, a)\noutput y',
      'input x: float32[N]\ny = Mul(x, float32[] [3])\noutput y',
    );
    becomes(
      'y = ConstantOfShape(int64[1] [3]) { value: float32[1] [7] }\noutput y',
      'output y = c'.replace(/^/, 'constant c = float32[3] splat 7\n'),
    );
  });

  it('tells sizes that floats told', () => {
    becomes(
      'n = Cast(int64[] [3]) { to: "float32" }\nr = Range(float32[] [0], n, float32[] [1])\ny = Mul(r, r)\noutput y',
      'constant c = float32[3] [0, 1, 4]\noutput y = c',
    );
  });

  it('leaves what depends on an input, and what would be large', () => {
    expectUnchanged('input x: float32[N]\ny = Add(x, float32[] [1])\noutput y', foldConstants);
    expectUnchanged('y = ConstantOfShape(int64[2] [3000, 3000])\noutput y', foldConstants);
    expectUnchanged('input x: float32[N]\ns = Shape(x)\ny = ConstantOfShape(s)\noutput y', foldConstants);
  });

  it('may double what is large already', () => {
    const b = new GraphBuilder('large');
    const large = b.constant('float32', [2048, 2048], new Array(2048 * 2048).fill(0.5));
    b.output('y', b.Concat([large, large], { axis: 0 }));
    b.output('z', b.Concat([large, large, large], { axis: 0 }));
    optimize(b.graph, { pipeline: [foldConstants] });
    expect(b.graph.outputs.map(({ value }) => value.constant !== null)).toEqual([true, false]);
  });
});

describe('the budget', () => {
  const MiB = 2 ** 20;
  const total = (b: GraphBuilder) =>
    b.graph.constants().reduce((sum, { constant }) => sum + 4 * elementCount(constant!.dims), 0);

  it('bounds what is made of little', () => {
    const b = new GraphBuilder('made');
    const x = b.input('x', 'float32', []);
    const sizes = b.constant('int64', [2], [1500, 1000]);
    b.output('y', b.Add(b.Expand(b.constant('float32', [1, 1], [2]), sizes), x));
    b.output('z', b.Add(b.ConstantOfShape(sizes, { value: constantFrom('float32', [1], [1]) }), x));
    optimize(b.graph, { pipeline: [foldConstants] });
    expect(b.graph.nodes.size).toBe(4);
  });

  it('bounds what all folds add', () => {
    const b = new GraphBuilder('many');
    const x = b.input('x', 'float32', [128, 128, 128]);
    const large = b.constant('float32', [128, 128, 128], new Array(128 ** 3).fill(0.5));
    b.output('sum', b.Add(x, large));
    for (const perm of [
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ])
      b.output(`y${perm.join('')}`, b.Add(x, b.Transpose(large, { perm })));
    optimize(b.graph, { pipeline: [foldConstants] });
    expect(total(b)).toBe(5 * 8 * MiB);
  });

  it('counts what a fold frees', () => {
    const b = new GraphBuilder('chain');
    let w = b.constant('float64', [512, 1024], new Array(512 * 1024).fill(0.5));
    for (let i = 0; i < 12; i++) w = b.Reshape(w, b.constant('int64', [2], [i % 2 ? 512 : 256, -1]));
    b.output('y', w);
    // Time is counted, too: there is more of it where there are more constants.
    b.output('other', b.constant('float64', [4, 512, 1024], new Array(4 * 512 * 1024).fill(0.25)));
    optimize(b.graph, { pipeline: [foldConstants] });
    expect(b.graph.nodes.size).toBe(0);
  });
});

describe('known-contents', () => {
  it('takes the place of shape arithmetic on known sizes', () => {
    becomes(
      'input x: float32[N,3,8,8]\ns = Shape(x) { start: 1 }\noutput s',
      'input x: float32[N,3,8,8]\nconstant c = int64[3] [3, 8, 8]\noutput s = c',
    );
    becomes(
      'input x: float32[2,12]\ns = Shape(x)\nn = Gather(s, int64[1] [0])\nt = Concat(n, int64[2] [3, 4]) { axis: 0 }\ny = Reshape(x, t)\noutput y',
      'input x: float32[2,12]\ny = Reshape(x, int64[3] [2, 3, 4])\noutput y',
    );
    becomes(
      'input x: float32[2,12]\ns = Shape(x)\nn = Gather(s, int64[] [1])\ne = Equal(n, int64[] [12])\nz = Abs(x)\ny = Where(e, x, z)\noutput y',
      'input x: float32[2,12]\nz = Abs(x)\ny = Where(bool[] [1], x, z)\noutput y',
    );
  });

  it('leaves sizes that are symbols, whose contents kernels read', () => {
    expectUnchanged('input x: float32[N,3]\ns = Shape(x)\noutput s', foldConstants);
    expectUnchanged('input x: float32[N,3]\ns = Size(x)\noutput s', foldConstants);
    // The end of the range stands for any number past it.
    expectUnchanged('input i: int64[]\ns = Add(i, int64[] [9223372036854775807])\noutput s', foldConstants);
  });

  it('keeps INT64_MAX exact', () => {
    becomes(
      'y = Abs(int64[1] [9223372036854775807])\noutput y',
      'constant c = int64[1] [9223372036854775807]\noutput y = c',
    );
  });

  it('lets what it makes useless go', () => {
    expectRewrite(
      'input x: float32[N,3]\ns = Shape(x)\nc = Gather(s, int64[] [1])\nf = Cast(c) { to: "float32" }\ny = Div(x, f)\noutput y',
      'input x: float32[N,3]\ny = Div(x, float32[] [3])\noutput y',
      deadCode,
      foldConstants,
    );
  });
});

describe('kernels that are given', () => {
  const twice = defineOp({
    domain: 'com.example',
    name: 'Twice',
    since: 1,
    summary: 'x + x',
    inputs: [{ name: 'x' }],
    outputs: [{ name: 'y' }],
    attributes: {},
    trait: { kind: 'opaque' },
    infer: (at) => [at.input(0)],
  });
  const ops = standardOps.with([twice]);
  const doubling = defineReference({
    op: 'com.example::Twice',
    run: ({ inputs: [x] }) => [{ ...x!, data: (x!.data as Float32Array).map((v) => 2 * v) }],
  });
  const folded = (kernels?: ReferenceKernels) => {
    const graph = parseGraph(`graph g\ny = com.example::Twice(float32[2] [1, 3])\noutput y`, ops);
    optimize(graph, { pipeline: [foldConstants], ops, kernels });
    return graph;
  };

  it('compute ops of plugins', () => {
    const { nodes, outputs } = folded(standardKernels.with([doubling]));
    expect(nodes.size).toBe(0);
    expect(numbersOf(outputs[0]!.value.constant!)).toEqual([2, 6]);
  });

  it('leave ops that they do not serve', () => expect(folded().nodes.size).toBe(1));
});
