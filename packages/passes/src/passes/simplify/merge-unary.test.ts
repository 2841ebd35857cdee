import { describe, it } from 'vitest';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { mergeUnary } from './merge-unary.ts';

const net = (text: string, type = 'float32[N,3]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) => expectRewrite(net(from, type), net(to, type), mergeUnary);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), mergeUnary);

describe('done-already', () => {
  it('leaves out what is done', () => {
    becomes('a = Abs(x)\ny = Abs(a)', 'y = Abs(x)');
    becomes('a = Floor(x)\ny = Ceil(a)', 'y = Floor(x)');
    becomes('a = Round(x)\nb = Round(a)\ny = Round(b)', 'y = Round(x)');
    becomes('a = Sign(x)\ny = Sign(a)', 'y = Sign(x)', 'int32[N]');
    becomes('a = Ceil(x)\ny = Ceil(a)\noutput a', 'y = Ceil(x)\noutput a = y');
  });

  it('keeps others', () => {
    stays('a = Sqrt(x)\ny = Sqrt(a)');
    stays('a = Neg(x)\ny = Floor(a)');
    stays('a = Floor(x)\nb = Exp(a)\ny = Floor(b)');
  });
});

describe('undone', () => {
  it('leaves out both', () => {
    becomes('a = Neg(x)\nb = Neg(a)\ny = Exp(b)', 'y = Exp(x)');
    becomes('a = Not(x)\nb = Not(a)\ny = Cast(b) { to: "int8" }', 'y = Cast(x) { to: "int8" }', 'bool[N]');
    becomes(
      'a = BitwiseNot(x)\nb = BitwiseNot(a)\ny = Cast(b) { to: "int8" }',
      'y = Cast(x) { to: "int8" }',
      'uint16[N]',
    );
  });

  it('keeps others', () => {
    stays('a = Neg(x)\nb = Exp(a)\ny = Neg(b)');
    stays('a = Reciprocal(x)\ny = Reciprocal(a)');
    stays('a = Exp(x)\ny = Log(a)');
  });
});

describe('even-of-negative', () => {
  it('drops the sign', () => {
    becomes('a = Neg(x)\ny = Abs(a)', 'y = Abs(x)');
    becomes('a = Neg(x)\ny = Cos(a)', 'y = Cos(x)');
    becomes('a = Neg(x)\ny = Cosh(a)\noutput a', 'a = Neg(x)\ny = Cosh(x)\noutput a');
  });

  it('keeps others', () => {
    stays('a = Neg(x)\ny = Sin(a)');
    stays('a = Neg(x)\ny = Exp(a)');
    stays('a = Sign(x)\ny = Cos(a)');
  });
});

describe('negative-operand', () => {
  it('takes signs in', () => {
    becomes('a = Neg(x)\nb = Exp(x)\ny = Add(b, a)', 'b = Exp(x)\ny = Sub(b, x)');
    becomes('a = Neg(x)\nb = Exp(x)\ny = Add(a, b)', 'b = Exp(x)\ny = Sub(b, x)');
    becomes('a = Neg(x)\nb = Exp(x)\ny = Sub(b, a)', 'b = Exp(x)\ny = Add(b, x)');
    becomes('a = Neg(x)\nb = Exp(x)\nc = Neg(b)\ny = Mul(a, c)', 'b = Exp(x)\ny = Mul(x, b)');
    becomes('a = Neg(x)\ny = Div(a, a)', 'y = Div(x, x)', 'float16[N]');
  });

  it('keeps others', () => {
    stays('a = Neg(x)\nb = Exp(x)\ny = Sub(a, b)');
    stays('a = Neg(x)\nb = Exp(x)\ny = Mul(a, b)');
    stays('a = Neg(x)\ny = Div(a, a)', 'int32[N]');
    stays('a = Neg(x)\nb = Exp(x)\ny = Max(a, b)');
  });
});

describe('cast-of-cast', () => {
  const chain = (middle: string, last: string) => `a = Cast(x) { to: "${middle}" }\ny = Cast(a) { to: "${last}" }`;
  it('casts once where the type between holds all', () => {
    becomes(chain('float32', 'float64'), 'y = Cast(x) { to: "float64" }', 'float16[N]');
    becomes(chain('int64', 'int8'), 'y = Cast(x) { to: "int8" }', 'uint16[N]');
    becomes(chain('float64', 'float32'), 'y = Cast(x) { to: "float32" }', 'int32[N]');
    becomes(chain('float32', 'int64'), 'y = Cast(x) { to: "int64" }', 'bool[N]');
    becomes(chain('float32', 'bool'), 'y = Cast(x) { to: "bool" }', 'int8[N]');
    becomes('a = Cast(x) { to: "float32" }\nb = Cast(a) { to: "float16" }\ny = Abs(b)', 'y = Abs(x)', 'float16[N]');
    becomes(
      `${chain('float64', 'float32')}\noutput a`,
      'a = Cast(x) { to: "float64" }\ny = Cast(x) { to: "float32" }\noutput a',
      'int16[N]',
    );
  });

  it('keeps what loses something, or saturates', () => {
    stays(chain('float16', 'float32'));
    stays(chain('float32', 'float64'), 'int32[N]');
    stays(chain('bool', 'float32'));
    stays(chain('uint8', 'int32'), 'int8[N]');
    stays(chain('float32', 'int8'), 'int16[N]');
    stays(chain('float16', 'float32'), 'bfloat16[N]');
    stays(chain('bfloat16', 'float32'), 'float16[N]');
    stays(chain('int32', 'string'), 'int8[N]');
  });
});
