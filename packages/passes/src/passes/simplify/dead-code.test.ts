import { describe, it } from 'vitest';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { deadCode } from './dead-code.ts';
import { removeExpands } from './remove-expands.ts';

const net = (text: string) => `input x: float32[N,4]\n${text}`;

describe('dead-code', () => {
  it('removes what no output depends on', () => {
    expectRewrite(net('y = Relu(x)\na = Abs(x)\nb = Abs(a)\noutput y'), net('y = Relu(x)\noutput y'), deadCode);
    expectRewrite(net('a = Abs(x)\noutput y = x'), net('output y = x'), deadCode);
    expectRewrite(net('y = Relu(x)\na = Abs(y)\noutput y'), net('y = Relu(x)\noutput y'), deadCode);
  });

  it('keeps inputs that nothing reads, and nodes of which one output is read', () => {
    expectUnchanged(net('output y = x'), deadCode);
    expectUnchanged(`input z: float32[N]\n${net('y = Relu(x)\noutput y')}`, deadCode);
    expectUnchanged(net('a, b = Split(x) { axis: 1, num_outputs: 2 }\noutput b'), deadCode);
  });

  it('keeps what tells a size that has to be checked', () => {
    const told = 'input s: int64[2]\nn = trtx::Steer(s)\n';
    expectUnchanged(net(`${told}e = Expand(x, n)\ny = Relu(x)\nz = Neg(e)\noutput y\noutput z`), deadCode);
    // Nothing asks for the size any more, but the Expand had to be as large as its input.
    const expanded = `${told}e = Expand(float32[] [2], n)\ny = Add(x, e)\noutput y`;
    expectRewrite(net(expanded), net(`${told}y = Add(x, float32[] [2])\noutput y`), removeExpands);
    expectUnchanged(net(`${told}y = Add(x, float32[] [2])\noutput y`), removeExpands);
  });
});
