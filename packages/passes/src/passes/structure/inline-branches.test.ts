import { describe, expect, it } from 'vitest';
import { expectRewrite, expectUnchanged, run } from '../../testing/expect.ts';
import { inlineBranches } from './inline-branches.ts';

const HEAD = 'input x: float32[N,3]\ninput c: bool[]';
const BODIES = `then_branch {
    input a: float32[N,3]
    t = Relu(a)
    output t
  }
  else_branch {
    input a_1: float32[N,3]
    e = Neg(a_1)
    output e
  }`;

const net = (text: string) => `${HEAD}\n${text}`;

describe('known-condition', () => {
  it('puts the branch that is run in place of the node', () => {
    expectRewrite(net(`y = If(bool[] [1], x)\n${BODIES}\noutput y`), net('y = Relu(x)\noutput y'), inlineBranches);
    expectRewrite(net(`y = If(bool[1] [0], x)\n${BODIES}\noutput y`), net('y = Neg(x)\noutput y'), inlineBranches);
  });

  it('knows conditions that follow from shapes', () => {
    const rows = 'd = Shape(x)\nn = Gather(d, int64[] [1])\nk = Equal(n, int64[] [3])';
    expectRewrite(
      net(`${rows}\ny = If(k, x)\n${BODIES}\noutput y`),
      net(`${rows}\ny = Relu(x)\noutput y`),
      inlineBranches,
    );
  });

  it('takes branches that give what they capture, and constants', () => {
    expectRewrite(
      net(`r = Relu(x)
        y, z = If(bool[] [1], r)
        then_branch {
          input a: float32[N,3]
          output first = a
          constant w = float32[2] [1, 2]
          output second = w
        }
        else_branch {
          input b: float32[N,3]
          output third = b
          constant v = float32[2] [3, 4]
          output fourth = v
        }
        p = Neg(y)
        q = Neg(z)
        output p
        output q`),
      net('r = Relu(x)\np = Neg(r)\nq = Neg(float32[2] [1, 2])\noutput p\noutput q'),
      inlineBranches,
    );
  });

  it('sees branches in branches', () => {
    const graph = run(
      net(`y = If(c, x)
        then_branch {
          input a: float32[N,3]
          t = If(bool[] [0], a)
          then_branch {
            input b: float32[N,3]
            u = Exp(b)
            output u
          }
          else_branch {
            input d: float32[N,3]
            v = Log(d)
            output v
          }
          output t
        }
        else_branch {
          input e: float32[N,3]
          w = Neg(e)
          output w
        }
        output y`),
      inlineBranches,
    );
    const [node] = graph.topological();
    expect(node!.bodies.map((body) => body.topological().map(({ op }) => op.name))).toEqual([['Log'], ['Neg']]);
  });

  it('leaves conditions that the run tells', () => {
    expectUnchanged(net(`y = If(c, x)\n${BODIES}\noutput y`), inlineBranches);
    expectUnchanged(net(`k = Not(c)\ny = If(k, x)\n${BODIES}\noutput y`), inlineBranches);
    const rows = 'd = Shape(x)\nn = Gather(d, int64[] [0])\nk = Equal(n, int64[] [3])';
    expectUnchanged(net(`${rows}\ny = If(k, x)\n${BODIES}\noutput y`), inlineBranches);
  });

  it('leaves loops', () => {
    expectUnchanged(
      net(`y = Loop(int64[] [1], bool[] [1], x) { carried: 1 }
        body {
          input i: int64[]
          input go: bool[]
          input s: float32[N,3]
          t = Relu(s)
          output go
          output t
        }
        output y`),
      inlineBranches,
    );
  });
});
