import { describe, it } from 'vitest';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { deadCode } from './dead-code.ts';

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
});
