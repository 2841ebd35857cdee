import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeDepthToSpace } from './depth-to-space.ts';

const net = (text: string, type = 'float32[N,12,H,W]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) =>
  expectRewrite(net(from, type), net(to, type), recognizeDepthToSpace);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), recognizeDepthToSpace);

const fixed = 'float32[2,12,5,7]';
const dcr =
  'a = Reshape(x, int64[6] [-1, 2, 2, 3, 5, 7])\nb = Transpose(a) {perm: [0, 3, 4, 1, 5, 2]}\ny = Reshape(b, int64[4] [-1, 3, 10, 14])';
const crd =
  'a = Reshape(x, int64[6] [-1, 3, 2, 2, 5, 7])\nb = Transpose(a) {perm: [0, 1, 4, 2, 5, 3]}\ny = Reshape(b, int64[4] [-1, 3, 10, 14])';
describe('depth-to-space', () => {
  it('has both orders of channels', () => {
    becomes(dcr, 'y = DepthToSpace(x) {blocksize: 2, mode: "DCR"}', 'float32[N,12,5,7]');
    becomes(crd, 'y = DepthToSpace(x) {blocksize: 2, mode: "CRD"}', 'float32[N,12,5,7]');
    becomes(crd, 'y = DepthToSpace(x) {blocksize: 2, mode: "CRD"}', 'float16[3,12,5,7]');
  });

  it('has dynamic sizes', () => {
    const sizes = 's = Shape(x)\nh = Gather(s, int64[1] [2])\nw = Gather(s, int64[1] [3])';
    const split = 'p = Concat(int64[4] [1, 3, 2, 2], h, w) {axis: 0}\na = Reshape(x, p)';
    const join =
      'h2 = Mul(h, int64[] [2])\nw2 = Mul(w, int64[] [2])\nq = Concat(int64[2] [1, 3], h2, w2) {axis: 0}\ny = Reshape(b, q)';
    becomes(
      `${sizes}\n${split}\nb = Transpose(a) {perm: [0, 1, 4, 2, 5, 3]}\n${join}`,
      'y = DepthToSpace(x) {blocksize: 2, mode: "CRD"}',
      'float32[1,12,H,W]',
    );
  });

  it('is not found of other blocks or orders', () => {
    stays(crd.replace('0, 1, 4, 2, 5, 3', '0, 1, 4, 3, 5, 2'), fixed);
    stays(`${crd}\noutput b`, fixed);
    stays(
      'a = Reshape(x, int64[6] [-1, 2, 2, 3, 5, 7])\nb = Transpose(a) {perm: [0, 1, 4, 2, 5, 3]}\ny = Reshape(b, int64[4] [-1, 2, 10, 21])',
      fixed,
    );
    stays(crd.replace('[-1, 3, 10, 14]', '[-1, 3, 140]').replace('int64[4]', 'int64[3]'), fixed);
  });
});

it('computes the same', async () => {
  await expectSameValues(net(dcr, fixed), recognizeDepthToSpace);
  await expectSameValues(net(crd, fixed), recognizeDepthToSpace);
});
