import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeGroupNormalization } from './group-normalization.ts';
import { foldNormOperands } from './norm-operands.ts';

const net = (text: string, type = 'float32[N,4,H,3]') => `input x: ${type}\n${text}\noutput y`;
const both = [recognizeGroupNormalization, foldNormOperands];
const becomes = (from: string, to: string, type?: string) => expectRewrite(net(from, type), net(to, type), ...both);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), recognizeGroupNormalization);

const GROUPS =
  'g = Reshape(x, int64[3] [0, 2, -1])\ni = InstanceNormalization(g, float32[2] splat 1, float32[2] splat 0)';
const SHAPE = 's = Shape(x)';

describe('group-norm', () => {
  it('is InstanceNormalization of groups', () => {
    becomes(
      `${GROUPS}\n${SHAPE}\ny = Reshape(i, s)`,
      'y = GroupNormalization(x, float32[4] splat 1, float32[4] splat 0) {epsilon: 1e-5, num_groups: 2}'.replace(
        '1e-5',
        '0.00001',
      ),
    );
    becomes(
      `${GROUPS}\n${SHAPE}\nn = Reshape(i, s)\nm = Mul(n, float32[4,1,1] [1, 2, 3, 4])\ny = Add(m, float32[4,1,1] [5, 6, 7, 8])`,
      'y = GroupNormalization(x, float32[4] [1, 2, 3, 4], float32[4] [5, 6, 7, 8]) {epsilon: 0.00001, num_groups: 2}',
    );
    becomes(
      'g = Reshape(x, int64[4] [0, 2, 2, -1])\ni = InstanceNormalization(g, float32[2] [1, 2], float32[2] [3, 4]) {epsilon: 0.5}\ny = Reshape(i, int64[3] [-1, 4, 5])',
      'y = GroupNormalization(x, float32[4] [1, 1, 2, 2], float32[4] [3, 3, 4, 4]) {epsilon: 0.5, num_groups: 2}',
      'float32[N,4,5]',
    );
  });

  it('is not found of other shapes, or where the inside is read elsewhere', () => {
    stays(`${GROUPS}\n${SHAPE}\ny = Reshape(i, s)\noutput i`);
    stays(`${GROUPS}\ny = Reshape(i, int64[3] [0, 4, -1])`);
    stays(
      'g = Reshape(x, int64[3] [1, 2, -1])\ni = InstanceNormalization(g, float32[2] splat 1, float32[2] splat 0)\ny = Reshape(i, int64[3] [2, 4, 5])',
      'float32[2,4,5]',
    );
    stays(
      'g = Reshape(x, int64[3] [0, 5, -1])\ni = InstanceNormalization(g, float32[5] splat 1, float32[5] splat 0)\ny = Reshape(i, int64[3] [2, 4, 5])',
      'float32[2,4,5]',
    );
  });
});

it('computes the same', async () => {
  await expectSameValues(
    net(
      `${GROUPS}\nn = Reshape(i, int64[4] [2, 4, 5, 3])\nm = Mul(n, float32[4,1,1] #w)\ny = Add(m, float32[4,1,1] #b)`,
      'float32[2,4,5,3]',
    ),
    ...both,
  );
});
