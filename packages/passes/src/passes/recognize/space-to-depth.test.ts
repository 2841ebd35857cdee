import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeDepthToSpace } from './depth-to-space.ts';

const net = (text: string, type = 'float32[2,3,10,14]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) =>
  expectRewrite(net(from, type), net(to, type), recognizeDepthToSpace);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), recognizeDepthToSpace);
const same = (text: string) => expectSameValues(net(text), recognizeDepthToSpace);

const back =
  'a = Reshape(x, int64[6] [-1, 3, 5, 2, 7, 2])\nb = Transpose(a) {perm: [0, 3, 5, 1, 2, 4]}\ny = Reshape(b, int64[4] [-1, 12, 5, 7])';
/** Channels before the places of their block. */
const unshuffle = back.replace('0, 3, 5, 1, 2, 4', '0, 1, 3, 5, 2, 4');

/** A Slice for each place (row, column), in this order. */
function focus(places: readonly (readonly [number, number])[], end = 1000): string {
  const slices = places.map(
    ([row, column], i) =>
      `p${i} = Slice(x, int64[2] [${row}, ${column}], int64[2] splat ${end}, int64[2] [2, 3], int64[2] [2, 2])`,
  );
  return [...slices, `y = Concat(${places.map((_, i) => `p${i}`).join(', ')}) {axis: 1}`].join('\n');
}
const rows = focus([[0, 0], [0, 1], [1, 0], [1, 1]]); // biome-ignore format: places
const columns = focus([[0, 0], [1, 0], [0, 1], [1, 1]]); // biome-ignore format: places

describe('space-to-depth', () => {
  it('is the way back', async () => {
    becomes(back, 'y = SpaceToDepth(x) {blocksize: 2}', 'float32[N,3,10,14]');
    becomes(back, 'y = SpaceToDepth(x) {blocksize: 2}', 'float16[2,3,10,14]');
    becomes(back.replaceAll('-1', '0'), 'y = SpaceToDepth(x) {blocksize: 2}', 'float32[N,3,10,14]');
    await same(back);
  });

  it('is pixel_unshuffle of one channel', () => {
    const one = unshuffle.replace('-1, 3,', '-1, 1,').replace('12,', '4,');
    becomes(one, 'y = SpaceToDepth(x) {blocksize: 2}', 'float32[N,1,10,14]');
    becomes(one.replaceAll('-1', '0'), 'y = SpaceToDepth(x) {blocksize: 2}', 'float16[N,1,10,14]');
  });

  it('is a Slice for each place', async () => {
    becomes(rows, 'y = SpaceToDepth(x) {blocksize: 2}');
    becomes(rows.replace('axis: 1', 'axis: -3'), 'y = SpaceToDepth(x) {blocksize: 2}', 'float32[N,3,4,4]');
    becomes(rows, 'y = SpaceToDepth(x) {blocksize: 2}', 'uint8[1,1,2,2]');
    await same(rows);
  });

  it('is not found of other orders', () => {
    stays(unshuffle);
    stays(`${back}\noutput a`);
    stays(back.replace('[-1, 3, 5, 2, 7, 2]', '[-1, 3, 2, 5, 7, 2]'));
    stays(columns);
    // Not all of the picture; a place twice.
    stays(focus([[0, 0], [0, 1], [1, 0], [1, 1]], 8)); // biome-ignore format: places
    stays(focus([[0, 0], [0, 1], [1, 0], [1, 0]])); // biome-ignore format: places
    stays(`${rows}\noutput p0`);
  });
});

describe('space-to-depth-weights', () => {
  const numbers = (order: readonly number[]) => `float32[1,12,1,1] [${order.join(', ')}]`;
  const counted = numbers([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  const read = (from: string, weights = counted, rest = '') =>
    `${from.replaceAll('y =', 'u =')}\ny = Conv(u, ${weights}${rest})`;

  it('are in its order where a Conv reads blocks in another one', async () => {
    becomes(
      read(unshuffle),
      read('y = SpaceToDepth(x) {blocksize: 2}', numbers([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])),
    );
    becomes(read(columns), read('y = SpaceToDepth(x) {blocksize: 2}', numbers([0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11])));
    becomes(
      read(unshuffle, counted, ', float32[1] [2]'),
      read('y = SpaceToDepth(x) {blocksize: 2}', numbers([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]), ', float32[1] [2]'),
      'float32[N,3,10,14]',
    );
    await same(read(unshuffle, 'float32[5,12,3,2] #w', ') {pads: [1, 0, 1, 1], strides: [1, 2]}').slice(0, -1));
    await same(read(columns, 'float32[5,12,3,3] #w'));
  });

  it('are as they are where groups, weights or other readers ask for the blocks', () => {
    stays(read(unshuffle, 'float32[3,4,1,1] splat 1', ') {group: 3}').slice(0, -1));
    stays(read(unshuffle, 'w').replace('y = Conv', 'w = Abs(float32[1,12,1,1] splat 1)\ny = Conv'));
    stays(`${read(columns)}\nz = Relu(u)\noutput z`);
  });
});
