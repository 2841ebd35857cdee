import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeResize } from './resize.ts';

const net = (text: string, type = 'float32[2,3,5,7]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) =>
  expectRewrite(net(from, type), net(to, type), recognizeResize);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), recognizeResize);

const nearest = (scales: string) =>
  `y = Resize(x, -, ${scales}) {mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor"}`;
const BOTH =
  'a = Reshape(x, int64[6] [2, 3, 5, 1, 7, 1])\nb = Expand(a, int64[6] [2, 3, 5, 2, 7, 2])\ny = Reshape(b, int64[4] [2, 3, 10, 14])';
const TILE =
  'a = Reshape(x, int64[6] [2, 3, 5, 1, 7, 1])\nb = Tile(a, int64[6] [1, 1, 1, 2, 1, 3])\ny = Reshape(b, int64[4] [2, 3, 10, 21])';

describe('resize-repeat', () => {
  it('is every element several times', () => {
    becomes(BOTH, nearest('float32[4] [1, 1, 2, 2]'));
    becomes(TILE, nearest('float32[4] [1, 1, 2, 3]'));
    becomes(
      'a = Reshape(x, int64[5] [2, 3, 5, 7, 1])\nb = Expand(a, int64[5] [1, 1, 1, 1, 4])\ny = Reshape(b, int64[4] [2, 3, 5, 28])',
      nearest('float32[4] [1, 1, 1, 4]'),
    );
    becomes(
      'a = Reshape(x, int64[4] [0, 3, 5, 1])\nb = Expand(a, int64[4] [1, 1, 1, 2])\ny = Reshape(b, int64[3] [0, 3, 10])',
      nearest('float32[3] [1, 1, 2]'),
      'float32[N,3,5]',
    );
  });

  it('is not whole pictures several times, nor channels', () => {
    stays(
      'a = Reshape(x, int64[6] [2, 3, 1, 5, 1, 7])\nb = Expand(a, int64[6] [2, 3, 2, 5, 2, 7])\ny = Reshape(b, int64[4] [2, 3, 10, 14])',
    );
    stays(
      'a = Reshape(x, int64[5] [2, 3, 1, 5, 7])\nb = Expand(a, int64[5] [2, 3, 2, 5, 7])\ny = Reshape(b, int64[4] [2, 6, 5, 7])',
    );
    stays(BOTH.replace('[2, 3, 10, 14]', '[2, 3, 14, 10]'));
    stays(`${BOTH}\noutput b`);
    stays(BOTH.replace('[2, 3, 10, 14]', '[6, 10, 14]').replace('int64[4]', 'int64[3]'));
  });
});

it('computes the same', async () => {
  await expectSameValues(net(BOTH), recognizeResize);
  await expectSameValues(net(TILE), recognizeResize);
});
