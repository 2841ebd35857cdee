import { describe, it } from 'vitest';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { commonSubexpressions } from './common-subexpressions.ts';

const net = (text: string) => `input x: float32[N,4]\ninput z: float32[N,4]\n${text}`;
const becomes = (from: string, to: string) => expectRewrite(net(from), net(to), commonSubexpressions);
const stays = (text: string) => expectUnchanged(net(text), commonSubexpressions);

describe('common-subexpressions', () => {
  it('shares equal nodes', () => {
    becomes('a = Relu(x)\nb = Relu(x)\ny = Add(a, b)\noutput y', 'a = Relu(x)\ny = Add(a, a)\noutput y');
    becomes(
      'a = LeakyRelu(x) { alpha: 0.2 }\nb = LeakyRelu(x) { alpha: 0.2 }\ny = Sub(a, b)\noutput y',
      'a = LeakyRelu(x) { alpha: 0.2 }\ny = Sub(a, a)\noutput y',
    );
    becomes(
      'a, b = Split(x) { axis: 1, num_outputs: 2 }\nc, d = Split(x) { axis: 1, num_outputs: 2 }\ny = Add(a, d)\nw = Add(c, b)\noutput y\noutput w',
      'a, b = Split(x) { axis: 1, num_outputs: 2 }\ny = Add(a, b)\noutput y\noutput w = y',
    );
  });

  it('shares what follows from what is shared', () => {
    becomes(
      'a = Relu(x)\nb = Relu(x)\nc = Abs(a)\nd = Abs(b)\ny = Add(c, d)\noutput y',
      'a = Relu(x)\nc = Abs(a)\ny = Add(c, c)\noutput y',
    );
  });

  it('takes constants with the same bytes for one', () => {
    becomes(
      'a = Add(x, float32[2,2] [1, 2, 3, 4])\nb = Add(z, float32[4] [1, 2, 3, 4])\nc = Add(z, float32[4] [1, 2, 3, 4])\noutput a\noutput b\noutput c'.replace(
        '[2,2]',
        '[1,4]',
      ),
      'a = Add(x, float32[1,4] [1, 2, 3, 4])\nb = Add(z, float32[4] [1, 2, 3, 4])\noutput a\noutput b\noutput c = b',
    );
  });

  it('keeps the names of graph outputs', () => {
    becomes('a = Relu(x)\nb = Relu(x)\noutput a\noutput b', 'a = Relu(x)\noutput a\noutput b = a');
  });

  it('leaves nodes that differ', () => {
    stays('a = Relu(x)\nb = Relu(z)\noutput a\noutput b');
    stays('a = Relu(x)\nb = Abs(x)\noutput a\noutput b');
    stays('a = Sub(x, z)\nb = Sub(z, x)\noutput a\noutput b');
    stays('a = LeakyRelu(x) { alpha: 0.2 }\nb = LeakyRelu(x) { alpha: 0.3 }\noutput a\noutput b');
    stays('a = Clip(x, float32[] [0])\nb = Clip(x, -, float32[] [0])\noutput a\noutput b');
    stays('a = Add(x, float32[4] splat 0)\nb = Add(x, float32[1,4] splat 0)\noutput a\noutput b');
    stays('a = Cast(x) { to: "int32" }\nb = Cast(x) { to: "int64" }\noutput a\noutput b');
  });

  it('leaves random numbers, which are others each time', () => {
    stays('a = RandomUniformLike(x)\nb = RandomUniformLike(x)\ny = Sub(a, b)\noutput y');
  });

  it('shares sizes that different nodes compute', () => {
    becomes(
      `s = Shape(x)
       n = Gather(s, int64[1] [0])
       r = Relu(x)
       t = Shape(r) { end: 1 }
       u = Concat(n, int64[1] [2], int64[1] [2]) { axis: 0 }
       v = Concat(t, int64[2] splat 2) { axis: 0 }
       a = Reshape(x, u)
       b = Reshape(z, v)
       output a
       output b`,
      `s = Shape(x)
       n = Gather(s, int64[1] [0])
       u = Concat(n, int64[1] [2], int64[1] [2]) { axis: 0 }
       a = Reshape(x, u)
       b = Reshape(z, u)
       output a
       output b`,
    );
    becomes('s = Shape(x)\nt = Shape(z)\noutput s\noutput t', 's = Shape(x)\noutput s\noutput t = s');
  });

  it('leaves sizes that differ', () => {
    stays('s = Shape(x)\nt = Size(x)\noutput s\noutput t');
    stays('s = Shape(x)\nt = Cast(s) { to: "int32" }\noutput s\noutput t');
    stays('s = Shape(x)\nt = Reshape(s, int64[2] [1, 2])\noutput s\noutput t');
    expectUnchanged(
      'input x: float32[N]\ninput z: float32[M]\ns = Shape(x)\nt = Shape(z)\noutput s\noutput t',
      commonSubexpressions,
    );
  });

  it('shares what has sizes that the run tells', () => {
    becomes(
      'a = NonZero(x)\nb = NonZero(x)\nc = Neg(a)\nd = Abs(b)\ne = Neg(b)\noutput c\noutput d\noutput e',
      'a = NonZero(x)\nc = Neg(a)\nd = Abs(a)\noutput c\noutput d\noutput e = c',
    );
    stays('a = NonZero(x)\nb = NonZero(z)\nc = Neg(a)\nd = Abs(b)\noutput c\noutput d');
  });

  it('shares positions', () => {
    const size = (name: string, of: string) => `${name}.s = Shape(${of})\n${name} = Gather(${name}.s, int64[] [0])\n`;
    const inputs = 'input x: float32[N]\ninput z: float32[M]\n';
    expectRewrite(
      `${inputs}${size('n', 'x')}${size('m', 'z')}sum = Add(n, m)\na = Range(n, sum, int64[] [1])
      r = Range(int64[] [0], m, int64[] [1])\nb = Add(r, n)\nc = Neg(a)\nd = Abs(b)\noutput c\noutput d`,
      `${inputs}${size('n', 'x')}${size('m', 'z')}sum = Add(n, m)\na = Range(n, sum, int64[] [1])
      c = Neg(a)\nd = Abs(a)\noutput c\noutput d`,
      commonSubexpressions,
    );
  });
});
