import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { sinkConstants } from './sink-constants.ts';

const HEAD = 'input x: float32[2]\ninput c: bool[]\ninput m: int64[]';
const net = (text: string) => `${HEAD}\n${text}`;
const becomes = (from: string, to: string) => expectRewrite(net(from), net(to), sinkConstants);
const stays = (text: string) => expectUnchanged(net(text), sinkConstants);

/** A branch over x and what is captured beside it. */
const choice = (captured: string, inputs: string, first: string, second: string) => `y = If(c, x${captured})
  then_branch {
    input a: float32[2]
    ${inputs.replaceAll('@', 't')}
    p = ${first.replaceAll('@', 't')}
    output p
  }
  else_branch {
    input b: float32[2]
    ${inputs.replaceAll('@', 'e')}
    q = ${second.replaceAll('@', 'e')}
    output q
  }
  output y`;

describe('captured', () => {
  it('puts constants into the bodies that read them', () => {
    const weight = 'float32[2] [1, 2]';
    becomes(
      choice(`, ${weight}`, 'input @w: float32[2]', 'Add(a, @w)', 'Sub(b, @w)'),
      choice('', '', `Add(a, ${weight})`, `Sub(b, ${weight})`),
    );
    becomes(
      choice(`, ${weight}`, 'input @w: float32[2]', 'Add(a, @w)', 'Neg(b)'),
      choice('', '', `Add(a, ${weight})`, 'Neg(b)'),
    );
  });

  it('takes what no body reads from all of them', () => {
    const relu = 'r = Relu(x)\n';
    becomes(
      `${relu}${choice(', r', 'input @r: float32[2]', 'Exp(a)', 'Neg(b)')}\noutput r`,
      `${relu}${choice('', '', 'Exp(a)', 'Neg(b)')}\noutput r`,
    );
  });

  it('puts them into loops, whose states stay', () => {
    const loop = (captured: string, input: string, step: string) => `r = Relu(x)
      y = Loop(m, -, x${captured}) { carried: 1 }
      body {
        input i: int64[]
        input go: bool[]
        input s: float32[2]
        ${input}
        t = ${step}
        output go
        output t
      }
      output y
      output r`;
    becomes(
      loop(', r, float32[] [3]', 'input unread: float32[2]\ninput w: float32[]', 'Mul(s, w)'),
      loop('', '', 'Mul(s, float32[] [3])'),
    );
    becomes(
      loop(', float32[] [3], r', 'input w: float32[]\ninput v: float32[2]', 'Sub(s, v)'),
      loop(', r', 'input v: float32[2]', 'Sub(s, v)'),
    );
  });

  it('goes down through bodies in bodies', () => {
    const nested = (
      outer: string,
      outerInput: string,
      inner: string,
      innerInput: string,
      w: string,
    ) => `y = If(c, x${outer})
      then_branch {
        input a: float32[2]
        ${outerInput}
        p = Loop(int64[] [2], -, a${inner}) { carried: 1 }
        body {
          input i: int64[]
          input go: bool[]
          input s: float32[2]
          ${innerInput}
          t = Mul(s, ${w})
          output go
          output t
        }
        output p
      }
      else_branch {
        input b: float32[2]
        ${outerInput.replace('v', 'u')}
        q = Neg(b)
        output q
      }
      output y`;
    becomes(
      nested(', float32[] [3]', 'input v: float32[]', ', v', 'input w: float32[]', 'w'),
      nested('', '', '', '', 'float32[] [3]'),
    );
  });

  it('computes the same', () =>
    expectSameValues(
      `input x: float32[2]
       ${choice(', float32[2] #w', 'input @w: float32[2]', 'Add(a, @w)', 'Sub(b, @w)').replace('If(c', 'If(bool[] [1]')}`,
      sinkConstants,
    ));

  it('leaves what bodies read', () => {
    stays(choice('', '', 'Exp(a)', 'Neg(b)'));
    stays(`r = Relu(x)\n${choice(', r', 'input @r: float32[2]', 'Add(a, @r)', 'Neg(b)')}`);
    stays(`r = Relu(x)\n${choice(', r', 'input @r: float32[2]', 'Exp(a)', 'Add(b, @r)')}`);
  });

  it('leaves conditions, counts and states that are constants', () => {
    stays(`y = Loop(int64[] [3], bool[] [1], float32[2] [1, 2], x) { carried: 1 }
      body {
        input i: int64[]
        input go: bool[]
        input s: float32[2]
        input v: float32[2]
        t = Add(s, v)
        output go
        output t
      }
      output y`);
  });

  it('leaves states that no body reads', () => {
    stays(`y = Loop(m, -, x) { carried: 1 }
      body {
        input i: int64[]
        input go: bool[]
        input s: float32[2]
        output go
        constant k = float32[2] [1, 2]
        output k
      }
      output y`);
  });
});
