import { describe, it } from 'vitest';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { spellSizes } from './spell-sizes.ts';

const inputs = 'input x: float32[N,S,8]\ninput z: float32[N,P,8]\n';
const becomes = (from: string, to: string) =>
  expectRewrite(`${inputs}${from}\noutput y`, `${inputs}${to}\noutput y`, spellSizes);
const stays = (text: string) => expectUnchanged(`${inputs}${text}\noutput y`, spellSizes);
const at = (name: string, of: string, index: number) => `${name} = Gather(${of}, int64[] [${index}])`;
const listed = (name: string, of: string) => `${name} = Unsqueeze(${of}, int64[1] [0])`;

describe('fewer-nodes', () => {
  it('reads runs of dims at once', () => {
    becomes(
      `s = Shape(x)\n${at('n', 's', 0)}\n${at('l', 's', 1)}\n${listed('a', 'n')}\n${listed('b', 'l')}
      t = Concat(a, b, int64[2] [2, 4]) { axis: 0 }\ny = Reshape(x, t)`,
      's = Shape(x) { start: 0, end: 2 }\nt = Concat(s, int64[2] [2, 4]) { axis: 0 }\ny = Reshape(x, t)',
    );
    becomes(
      `s = Shape(x)\n${at('n', 's', 0)}\n${at('l', 's', 1)}\n${at('c', 's', 2)}\n${listed('a', 'n')}\n${listed('b', 'l')}\n${listed('d', 'c')}
      t = Concat(a, b, d) { axis: 0 }\ny = ConstantOfShape(t)`,
      't = Shape(x)\ny = ConstantOfShape(t)',
    );
  });

  it('computes what no shape has, once', () => {
    becomes(
      `s = Shape(x)\n${at('l', 's', 1)}\nu = Shape(z)\n${at('p', 'u', 1)}\nsum = Add(l, p)\n${listed('a', 'sum')}\n${listed('b', 'l')}
      t = Concat(a, b) { axis: 0 }\nv = Concat(b, a) { axis: 0 }\nc = ConstantOfShape(t)\nd = ConstantOfShape(v)\ne = Transpose(c)\ny = Add(d, e)`,
      `p = Shape(z) { start: 1, end: 2 }\ns = Shape(x) { start: 1, end: 2 }\nsum = Add(p, s)
      t = Concat(sum, s) { axis: 0 }\nv = Concat(s, sum) { axis: 0 }\nc = ConstantOfShape(t)\nd = ConstantOfShape(v)\ne = Transpose(c)\ny = Add(d, e)`,
    );
    becomes(
      `s = Shape(x)\n${at('l', 's', 1)}\n${listed('a', 'l')}\nt = Concat(int64[1] [50], a) { axis: 0 }\nm = ReduceMin(t) { keepdims: 0 }
      k = Reshape(m, int64[1] [1])\ny, i = TopK(x, k) { axis: 1 }`,
      's = Shape(x) { start: 1, end: 2 }\nk = Min(int64[1] [50], s)\ny, i = TopK(x, k) { axis: 1 }',
    );
  });

  it('reads the shapes of inputs, so that nothing is computed for its shape alone', () => {
    becomes(
      `r = Relu(x)\nq = MatMul(r, float32[8,3] splat 1)\ns = Shape(q) { start: 0, end: 1 }\ny = ConstantOfShape(s)`,
      's = Shape(x) { start: 0, end: 1 }\ny = ConstantOfShape(s)',
    );
  });

  it('leaves what is short already, sizes that only data tell, and large numbers', () => {
    stays('s = Shape(x) { start: 0, end: 2 }\nt = Concat(s, int64[1] [-1]) { axis: 0 }\ny = Reshape(x, t)');
    stays(`s = Shape(x)\n${at('l', 's', 1)}\ny = Range(int64[] [0], l, int64[] [1])`);
    stays('a = NonZero(x)\nb = Shape(a) { start: 1, end: 2 }\ny = ConstantOfShape(b)');
    stays('s = Shape(x)\nt = Concat(s, int64[1] [9223372036854775807]) { axis: 0 }\ny = Cast(t) { to: "float32" }');
  });
});
