import { parseGraph, printGraph, standardOps } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged, run } from '../../testing/expect.ts';
import { unrollLoops } from './unroll-loops.ts';

const HEAD = 'input x: float32[2]\ninput w: float32[2]\ninput c: bool[]\ninput m: int64[]';
const net = (text: string) => `${HEAD}\n${text}`;

/** s' = s + w as often as the loop is run, with a row of each s. */
const loop = (
  trips: string,
  condition = '-',
  name = '',
) => `y, rows = Loop(${trips}, ${condition}, x, w) { carried: 1 } ${name}
  body {
    input i: int64[]
    input go: bool[]
    input s: float32[2]
    input v: float32[2]
    t = Add(s, v)
    r = Neg(s)
    output go
    output t
    output r
  }
  output y
  output rows`;

const times = (count: number) => {
  const states = ['x', ...Array.from({ length: count }, (_, k) => (k === count - 1 ? 'y' : `s${k}`))];
  const steps = Array.from({ length: count }, (_, k) => [
    `${states[k + 1]} = Add(${states[k]}, w)`,
    `r${k} = Neg(${states[k]})`,
    `u${k} = Unsqueeze(r${k}, int64[1] [0])`,
  ]).flat();
  const all = Array.from({ length: count }, (_, k) => `u${k}`).join(', ');
  return net(`${steps.join('\n')}\nrows = Concat(${all}) { axis: 0 }\noutput y\noutput rows`);
};

describe('counted', () => {
  it('writes iterations out, and stacks what each gives', () => {
    expectRewrite(net(loop('int64[] [1]')), times(1), unrollLoops);
    expectRewrite(net(loop('int64[1] [3]', 'bool[] [1]')), times(3), unrollLoops);
  });

  it('knows counts that follow from shapes', () => {
    const text = net(`d = Shape(x)\nk = Squeeze(d, int64[1] [0])\n${loop('k')}`);
    const graph = run(text, unrollLoops);
    expect(graph.topological().filter(({ op }) => op.name === 'Loop')).toEqual([]);
    expect(graph.topological().filter(({ op }) => op.name === 'Add')).toHaveLength(2);
  });

  it('makes constants of the number of the iteration, and of the condition', () => {
    expectRewrite(
      net(`y = Loop(int64[] [2], -, x) { carried: 1 }
        body {
          input i: int64[]
          input go: bool[]
          input s: float32[2]
          f = Cast(i) { to: "float32" }
          t = Add(s, f)
          output go
          output t
        }
        output y`),
      net(`f = Cast(int64[] [0]) { to: "float32" }
        s = Add(x, f)
        g = Cast(int64[] [1]) { to: "float32" }
        y = Add(s, g)
        output y`),
      unrollLoops,
    );
  });

  it('gives the states as they begin where there is no iteration', () => {
    const none = (trips: string, condition: string) => `y = Loop(${trips}, ${condition}, x) { carried: 1 }
      body {
        input i: int64[]
        input go: bool[]
        input s: float32[2]
        t = Exp(s)
        output go
        output t
      }
      z = Relu(y)
      output z`;
    for (const [trips, condition] of [
      ['int64[] [0]', '-'],
      ['int64[] [-3]', '-'],
      ['int64[] [5]', 'bool[] [0]'],
    ])
      expectRewrite(net(none(trips!, condition!)), net('z = Relu(x)\noutput z'), unrollLoops);
  });

  it('computes the same', () =>
    expectSameValues(`input x: float32[2]\ninput w: float32[2]\n${loop('int64[] [4]')}`, unrollLoops));

  it('leaves loops whose count the run tells, or that may end before', () => {
    expectUnchanged(net(loop('m')), unrollLoops);
    expectUnchanged(net(loop('int64[] [3]', 'c')), unrollLoops);
    expectUnchanged(
      net(`y = Loop(int64[] [3], -, x) { carried: 1 }
        body {
          input i: int64[]
          input go: bool[]
          input s: float32[2]
          t = Exp(s)
          a = ReduceSum(t) { keepdims: 0 }
          b = Less(a, float32[] [9])
          output b
          output t
        }
        output y`),
      unrollLoops,
    );
  });

  it('leaves loops of many nodes, and those without an iteration that stack', () => {
    expectUnchanged(net(loop('int64[] [400]')), unrollLoops);
    expectUnchanged(net(loop('int64[] [0]')), unrollLoops);
  });

  it('names what comes of it after the node and its origin', () => {
    const text = net(loop('int64[] [2]', '-', 'as again from "model/loop"'));
    const graph = parseGraph(text, standardOps);
    expect(printGraph(run(printGraph(graph), unrollLoops))).toMatchInlineSnapshot(`
      "graph "graph"
        input x: float32[2]
        input w: float32[2]
        input c: bool[]
        input m: int64[]
        constant again/axes = int64[1] [0]
        t_1: float32[2] = Add(x, w) as Add_1 from "Add"
        r_1: float32[2] = Neg(x) as Neg_1 from "Neg"
        y: float32[2] = Add(t_1, w) as Add_2 from "Add"
        r_2: float32[2] = Neg(t_1) as Neg_2 from "Neg"
        again/Unsqueeze.0: float32[1,2] = Unsqueeze(r_1, again/axes) as again/Unsqueeze from "model/loop"
        again/Unsqueeze_1.0: float32[1,2] = Unsqueeze(r_2, again/axes) as again/Unsqueeze_1 from "model/loop"
        rows: float32[2,2] = Concat(again/Unsqueeze.0, again/Unsqueeze_1.0) { axis: 0 } as again/Concat from "model/loop"
        output y
        output rows
      "
    `);
  });
});
