import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeHardSigmoid } from './hard-sigmoid.ts';
import { recognizeHardSwish } from './hard-swish.ts';

const net = (text: string, type = 'float32[N,3]') => `input x: ${type}\n${text}\noutput y`;
const both = [recognizeHardSigmoid, recognizeHardSwish];
const becomes = (from: string, to: string, type?: string) => expectRewrite(net(from, type), net(to, type), ...both);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), ...both);

const RELU6 = 'a = Add(x, float32[] [3])\nc = Clip(a, float32[] [0], float32[] [6])';

describe('hard-sigmoid', () => {
  it('is a line that is limited to 0 and 1', () => {
    becomes(
      'm = Mul(x, float32[] [0.25])\na = Add(m, float32[] [0.5])\ny = Clip(a, float32[] [0], float32[] [1])',
      'y = HardSigmoid(x) {alpha: 0.25, beta: 0.5}',
    );
    becomes(
      'm = Div(x, float32[] [4])\na = Add(float32[1] [0.5], m)\ny = Clip(a, float32[] [0], float32[] [1])',
      'y = HardSigmoid(x) {alpha: 0.25, beta: 0.5}',
    );
    becomes(
      'a = Add(x, float32[] [4])\nc = Clip(a, float32[] [0], float32[] [8])\ny = Div(c, float32[] [8])',
      'y = HardSigmoid(x) {alpha: 0.125, beta: 0.5}',
    );
    becomes(
      'a = Add(x, float32[] [4])\nc = Clip(a, float32[] [0], float32[] [8])\ny = Mul(float32[] [0.125], c)',
      'y = HardSigmoid(x) {alpha: 0.125, beta: 0.5}',
    );
  });

  it('is not found elsewhere', () => {
    const line = 'm = Mul(x, float32[] [0.25])\na = Add(m, float32[] [0.5])';
    stays(`${line}\ny = Clip(a, float32[] [0], float32[] [2])`);
    stays(`${line}\ny = Clip(a, float32[] [-1], float32[] [1])`);
    stays(`${line}\ny = Clip(a, -, float32[] [1])`);
    stays(`${line}\ny = Clip(a, float32[] [0], float32[] [1])\noutput a`);
    stays('m = Mul(x, float32[] [0.25])\na = Add(m, float32[] [0.4])\ny = Clip(a, float32[] [0], float32[] [1])');
    stays(`${RELU6}\ny = Div(c, float32[] [5])`);
    stays('a = Add(x, int32[] [3])\ny = Clip(a, int32[] [0], int32[] [6])', 'int32[N]');
  });
});

describe('hard-swish', () => {
  it('is x · relu6(x + 3) / 6 in any order', () => {
    becomes(`${RELU6}\nm = Mul(x, c)\ny = Div(m, float32[] [6])`, 'y = HardSwish(x)');
    becomes(`${RELU6}\nm = Mul(c, x)\ny = Mul(m, float32[] [0.16666667])`, 'y = HardSwish(x)');
    becomes(`${RELU6}\nd = Div(c, float32[] [6])\ny = Mul(x, d)`, 'y = HardSwish(x)');
    becomes(`${RELU6}\nd = Div(x, float32[1] [6])\ny = Mul(c, d)`, 'y = HardSwish(x)');
  });

  it('is x · HardSigmoid(x)', () => {
    becomes('h = HardSigmoid(x) {alpha: 0.16666667, beta: 0.5}\ny = Mul(x, h)', 'y = HardSwish(x)');
    becomes('h = HardSigmoid(x) {alpha: 0.1667, beta: 0.5}\ny = Mul(h, x)', 'y = HardSwish(x)', 'float16[N]');
  });

  it('is not found elsewhere', () => {
    stays('h = HardSigmoid(x) {alpha: 0.2, beta: 0.5}\ny = Mul(x, h)');
    stays('h = HardSigmoid(x) {alpha: 0.16666667, beta: 0.5}\ny = Mul(x, h)\noutput h');
    stays(`${RELU6}\nm = Mul(x, c)\ny = Div(m, float32[] [5])`);
    stays(`${RELU6}\nm = Mul(x, c)\ny = Div(m, float32[] [6])\noutput c`);
    stays(
      'a = Add(x, float32[] [2])\nc = Clip(a, float32[] [0], float32[] [6])\nm = Mul(x, c)\ny = Div(m, float32[] [6])',
    );
    expectUnchanged(
      `input x: float32[3]\ninput z: float32[3]\n${RELU6}\nm = Mul(z, c)\nd = Div(m, float32[] [6])\noutput d`,
      recognizeHardSwish,
    );
  });
});

it('computes the same', async () => {
  await expectSameValues(net(`${RELU6}\nm = Mul(x, c)\ny = Div(m, float32[] [6])`, 'float32[9,3]'), ...both);
  await expectSameValues(net(`${RELU6}\ny = Div(c, float32[] [6])`, 'float32[9,3]'), ...both);
});
