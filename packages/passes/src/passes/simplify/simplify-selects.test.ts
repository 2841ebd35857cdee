import { describe, it } from 'vitest';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { simplifySelects } from './simplify-selects.ts';

const inputs = 'input c: bool[N,1]\ninput a: float32[N,4]\ninput b: float32[N,4]\n';
const becomes = (from: string, to: string) =>
  expectRewrite(`${inputs}${from}\noutput y`, `${inputs}${to}\noutput y`, simplifySelects);
const stays = (text: string) => expectUnchanged(`${inputs}${text}\noutput y`, simplifySelects);

describe('known-choice', () => {
  it('takes the branch', () => {
    becomes('w = Where(bool[1,1] [1], a, b)\ny = Abs(w)', 'y = Abs(a)');
    becomes('w = Where(bool[4] splat 0, a, b)\ny = Abs(w)', 'y = Abs(b)');
    becomes('w = Where(c, a, a)\ny = Abs(w)', 'y = Abs(a)');
  });

  it('keeps what is not known, or broadcasts', () => {
    stays('y = Where(bool[4] [1, 0, 1, 1], a, b)');
    stays('y = Where(c, a, b)');
    stays('y = Where(bool[3,1,1] splat 1, a, b)');
    stays('y = Where(bool[] [1], float32[] [1], b)');
  });
});

describe('negated-condition', () => {
  it('exchanges the branches', () => {
    becomes('n = Not(c)\ny = Where(n, a, b)', 'y = Where(c, b, a)');
    becomes('n = Not(c)\ny = Where(n, a, float32[] [0])', 'y = Where(c, float32[] [0], a)');
    becomes('n = Not(c)\ny = Where(n, a, b)\noutput n', 'n = Not(c)\ny = Where(c, b, a)\noutput n');
  });

  it('keeps other conditions', () => {
    stays('n = And(c, c)\ny = Where(n, a, b)');
    stays('n = Equal(a, b)\ny = Where(n, a, b)');
    stays('n = Not(c)\nm = Cast(n) { to: "float32" }\ny = Add(m, a)');
  });
});

describe('same-condition', () => {
  it('looks through a Where in a branch', () => {
    becomes('i = Where(c, a, float32[] [1])\ny = Where(c, i, b)', 'y = Where(c, a, b)');
    becomes('i = Where(c, float32[] [1], b)\ny = Where(c, a, i)', 'y = Where(c, a, b)');
    becomes('i = Where(c, a, b)\ny = Where(c, i, i)\n', 'y = Where(c, a, b)');
    becomes(
      'i = Where(c, a, float32[] [1])\ny = Where(c, i, b)\nz = Abs(i)\noutput z',
      'i = Where(c, a, float32[] [1])\ny = Where(c, a, b)\nz = Abs(i)\noutput z',
    );
  });

  it('keeps others', () => {
    stays('d = Not(c)\ne = And(c, d)\ni = Where(e, a, b)\ny = Where(c, i, b)');
    stays(
      'i = Where(c, float32[3,1,1] splat 1, a)\ny = Where(c, b, float32[] [1])\nz = Where(c, float32[] [2], i)\noutput z',
    );
    stays('i = Where(c, a, b)\nj = Abs(i)\ny = Where(c, j, b)');
  });
});
