import { describe, it } from 'vitest';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { knownIndices } from './known-indices.ts';

const inputs = 'input x: float32[N,S]\ninput p: float32[N,P]\n';
const becomes = (from: string, to: string, own = inputs) =>
  expectRewrite(`${own}${from}\noutput y`, `${own}${to}\noutput y`, knownIndices);
const stays = (text: string, own = inputs) => expectUnchanged(`${own}${text}\noutput y`, knownIndices);
const size = (name: string, of: string, axis: number) =>
  `${name}.s = Shape(${of})\n${name} = Gather(${name}.s, int64[] [${axis}])\n`;
const range = (name: string, of: string, axis: number) =>
  `${size(`${name}.n`, of, axis)}${name} = Range(int64[] [0], ${name}.n, int64[] [1])\n`;
/** Flat positions of a [N, S] in a batch of rows of `length`. */
const flat = (columns: string, length: string) =>
  `${range('b', 'x', 0)}${range('c', columns, 1)}${size('l', length, 1)}
  b4 = Reshape(b, int64[4] [-1, 1, 1, 1])\nb5 = Mul(b4, l)\nc4 = Reshape(c, int64[4] [1, 1, 1, -1])\ni = Add(c4, b5)\n`;

describe('gather-in-order', () => {
  it('is a Reshape where all positions are read', () => {
    becomes(
      `f = Reshape(x, int64[2] [-1, 1])\n${flat('x', 'x')}y = Gather(f, i)`,
      'y = Reshape(x, int64[5] [0, 1, 1, -1, 1])',
    );
    becomes(
      `${range('c', 'x', 1)}g = Gather(x, c) { axis: 1 }\ny = Relu(g)`,
      'g = Reshape(x, int64[2] splat 0)\ny = Relu(g)',
    );
    becomes(
      'y = Gather(x, int64[2,3] [0, 1, 2, 3, 4, 5]) { axis: -1 }',
      'y = Reshape(x, int64[3] [-1, 2, 3])',
      'input a: float32[N,2,3]\nx = Reshape(a, int64[2] [0, 6])\n',
    );
  });

  it('reads the first positions of an axis along it', () => {
    becomes(
      `f = Reshape(p, int64[2] [-1, 1])\n${flat('x', 'p')}y = Gather(f, i)`,
      `${range('c', 'x', 1)}g = Gather(p, c) { axis: 1 }\ny = Reshape(g, int64[5] [0, 1, 1, -1, 1])`,
    );
  });

  it('leaves other positions', () => {
    stays(`f = Reshape(x, int64[2] [-1, 1])\n${flat('x', 'p')}y = Gather(f, i)`);
    stays(`${range('c', 'x', 1)}d = Add(c, int64[] [1])\ny = Gather(x, d) { axis: 1 }`);
    stays(`${range('c', 'x', 1)}d = Mul(c, int64[] [2])\ny = Gather(x, d) { axis: 1 }`);
    stays(`${range('c', 'x', 1)}y = Gather(p, c) { axis: 1 }`);
    stays('input i: int64[N]\ny = Gather(x, i)');
    stays('y = Gather(x, int64[3] [0, 2, 1]) { axis: 1 }', 'input x: float32[N,3]\n');
  });
});

describe('gather-nd-in-order', () => {
  it('is a Reshape where all positions are read', () => {
    becomes(
      'y = GatherND(x, int64[1,1,3,2] [0, 0, 0, 1, 0, 2])',
      'y = Reshape(x, int64[3] [1, 1, 3])',
      'input x: float32[1,3]\n',
    );
    becomes(
      'y = GatherND(x, int64[2,2,2] [0, 0, 0, 1, 1, 0, 1, 1])',
      'y = Reshape(x, int64[3] [2, 2, 5])',
      'input x: float32[2,2,5]\n',
    );
    becomes('y = GatherND(x, int64[2,1] [0, 1])', 'y = Reshape(x, int64[2] [2, -1])', 'input x: float32[2,N]\n');
  });

  it('leaves other positions', () => {
    stays('y = GatherND(x, int64[3,2] [0, 0, 0, 2, 0, 1])', 'input x: float32[1,3]\n');
    stays('y = GatherND(x, int64[2,2,2] [0, 0, 1, 0, 0, 1, 1, 1])', 'input x: float32[2,2]\n');
    stays('y = GatherND(x, int64[2,1] [0, 1])', 'input x: float32[3,4]\n');
    stays('y = GatherND(x, int64[1,2,1] [0, 1]) { batch_dims: 1 }', 'input x: float32[1,2]\n');
  });
});

describe('decided-operand', () => {
  const positions = `${range('c', 'x', 1)}`;
  const rest = 'm = Greater(x, float32[] [0])\n';
  const choice = 'y = Where(a, float32[] [0], x)';
  it('leaves out conditions that hold everywhere', () => {
    const without = `${rest}y = Where(m, float32[] [0], x)`;
    becomes(`${positions}${rest}t = GreaterOrEqual(c, int64[] [0])\na = And(m, t)\n${choice}`, without);
    becomes(`${positions}${rest}t = Less(c, int64[] [0])\na = Or(t, m)\n${choice}`, without);
    becomes(
      `${positions}t = Equal(c, int64[] [-1])\nw = Where(t, x, p)\ny = Neg(w)`,
      'y = Neg(p)',
      'input x: float32[N,S]\ninput p: float32[N,S]\n',
    );
  });

  it('broadcasts as they did', () => {
    const never = `${positions}k = Reshape(c, int64[2] [-1, 1])\nt = Less(k, int64[] [0])\nu = Not(t)\n`;
    becomes(
      `${never}v = And(u, bool[1,1] [1])\n${rest}a = And(v, m)\ny = Cast(a) { to: "int32" }`,
      `${never}${rest}e = Shape(u)\na = Expand(m, e)\ny = Cast(a) { to: "int32" }`,
      'input x: float32[1,S]\n',
    );
  });

  it('keeps others', () => {
    stays(`${positions}${rest}t = Greater(c, int64[] [0])\na = And(m, t)\n${choice}`);
    stays(`${positions}${rest}t = GreaterOrEqual(c, int64[] [0])\na = Xor(m, t)\n${choice}`);
    stays(
      `${positions}${rest}d = Cast(c) { to: "float32" }\nt = GreaterOrEqual(d, float32[] [0])\na = And(m, t)\n${choice}`,
    );
  });
});
