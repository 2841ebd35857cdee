import { describe, it } from 'vitest';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { mergeClips } from './merge-clips.ts';

const net = (text: string, type = 'float32[N,3]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) => expectRewrite(net(from, type), net(to, type), mergeClips);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), mergeClips);

describe('min-max-as-clip', () => {
  it('spells bounds as Clip and Relu', () => {
    becomes('y = Max(x, float32[] [0])', 'y = Relu(x)');
    becomes('y = Min(float32[1] [6], x)', 'y = Clip(x, -, float32[] [6])');
    becomes('a = Max(x, float32[] [0])\ny = Min(a, float32[] [6])', 'y = Clip(x, float32[] [0], float32[] [6])');
    becomes('y = Max(x, float16[1,1] [0.5])', 'y = Clip(x, float16[] [0.5])', 'float16[N,3]');
  });

  it('leaves others', () => {
    stays('y = Max(x, float32[3] [0, 1, 2])');
    stays('y = Max(x, float32[2,1] splat 0)', 'float32[3]');
    stays('y = Max(x, x)');
    stays('y = Max(x, float32[] [nan])');
    stays('y = Max(x, float32[] [0], float32[] [1])');
    stays('y = Max(x, int32[] [0])', 'int32[3]');
  });
});

describe('clip-as-relu', () => {
  it('spells Clip from 0 on as Relu', () => {
    becomes('y = Clip(x, float32[] [0])', 'y = Relu(x)');
    becomes('y = Clip(x, float32[] [0], float32[] [inf])', 'y = Relu(x)');
    becomes('y = Clip(x, float16[] [0])', 'y = Relu(x)', 'float16[N]');
  });

  it('leaves other bounds', () => {
    stays('y = Clip(x, float32[] [0], float32[] [6])');
    stays('y = Clip(x, -, float32[] [0])');
    stays('y = Clip(x, int32[] [0])', 'int32[N]');
    expectUnchanged('input x: float32[N]\ninput low: float32[]\ny = Clip(x, low)\noutput y', mergeClips);
  });
});

describe('range-of-range', () => {
  it('merges chains', () => {
    becomes('a = Relu(x)\ny = Relu(a)', 'y = Relu(x)');
    becomes('a = Relu(x)\ny = Clip(a, float32[] [-1], float32[] [6])', 'y = Clip(x, float32[] [0], float32[] [6])');
    becomes('a = Clip(x, float32[] [-2], float32[] [6])\ny = Relu(a)', 'y = Clip(x, float32[] [0], float32[] [6])');
    becomes('a = Clip(x, float32[] [0], float32[] [6])\ny = Relu(a)', 'y = Clip(x, float32[] [0], float32[] [6])');
    becomes(
      'a = Clip(x, float32[] [0], float32[] [1])\ny = Clip(a, float32[] [2], float32[] [3])',
      'y = Clip(x, float32[] [2], float32[] [2])',
    );
    becomes('a = Relu(x)\nb = Relu(a)\nc = Relu(b)\ny = Relu(c)', 'y = Relu(x)');
  });

  it('uses the first where the second changes nothing, whoever reads it', () => {
    expectRewrite(
      'input x: float32[N]\na = Relu(x)\nb = Relu(a)\noutput a\noutput b',
      'input x: float32[N]\na = Relu(x)\noutput a\noutput b = a',
      mergeClips,
    );
  });

  it('leaves chains that are read in between', () => {
    const tail = 'y = Clip(a, -, float32[] [6])';
    stays(`a = Relu(x)\n${tail}\noutput a`);
    stays(`a = Relu(x)\n${tail}\nb = Abs(a)\noutput b`);
    stays('a = Abs(x)\ny = Relu(a)');
    stays('a = Relu(x)\nb = Abs(a)\ny = Relu(b)');
  });
});
