import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged, run } from '../../testing/expect.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';

/** scale [1, 2], offset [1, -1] at mean [1, 2], variance [4, 1] and no epsilon: y = [x/2 + 1/2, 2x − 5]. */
const NORM = 'float32[2] [1, 2], float32[2] [1, -1], float32[2] [1, 2], float32[2] [4, 1]) { epsilon: 0 }';
const net = (input: string, text: string) => `input x: ${input}\n${text}\noutput y`;
const norm = (of: string) => `y = BatchNormalization(${of}, ${NORM}`;

describe('into-weights', () => {
  it('scales the weights of a Conv, and makes or changes its bias', () => {
    expectRewrite(
      net('float32[N,1,H,W]', `c = Conv(x, float32[2,1,1,2] [2, 4, 1, 3]) { strides: [2, 2] }\n${norm('c')}`),
      net('float32[N,1,H,W]', 'y = Conv(x, float32[2,1,1,2] [1, 2, 2, 6], float32[2] [0.5, -5]) { strides: [2, 2] }'),
      foldBatchNorm,
    );
    expectRewrite(
      net('float32[N,1,8]', `c = Conv(x, float32[2,1,1] [2, 1], float32[2] [4, 10])\n${norm('c')}`),
      net('float32[N,1,8]', 'y = Conv(x, float32[2,1,1] [1, 2], float32[2] [2.5, 15])'),
      foldBatchNorm,
    );
    expectRewrite(
      net('float32[N,2,8]', `c = Conv(x, float32[2,1,1] [2, 1]) { group: 2 }\n${norm('c')}`),
      net('float32[N,2,8]', 'y = Conv(x, float32[2,1,1] [1, 2], float32[2] [0.5, -5]) { group: 2 }'),
      foldBatchNorm,
    );
  });

  it('scales the weights of a ConvTranspose by output channel, in groups too', () => {
    expectRewrite(
      net('float32[N,2,4]', `c = ConvTranspose(x, float32[2,2,1] [2, 3, 4, 5])\n${norm('c')}`),
      net('float32[N,2,4]', 'y = ConvTranspose(x, float32[2,2,1] [1, 6, 2, 10], float32[2] [0.5, -5])'),
      foldBatchNorm,
    );
    expectRewrite(
      net('float32[N,4,4]', `c = ConvTranspose(x, float32[4,1,2] [2, 4, 6, 8, 1, 2, 3, 4]) { group: 2 }\n${norm('c')}`),
      net(
        'float32[N,4,4]',
        'y = ConvTranspose(x, float32[4,1,2] [1, 2, 3, 4, 2, 4, 6, 8], float32[2] [0.5, -5]) { group: 2 }',
      ),
      foldBatchNorm,
    );
  });

  it('scales the weights of a Gemm', () => {
    expectRewrite(
      net('float32[N,1]', `c = Gemm(x, float32[2,1] [2, 1], float32[] [4]) { transB: 1, beta: 0.5 }\n${norm('c')}`),
      net('float32[N,1]', 'y = Gemm(x, float32[2,1] [1, 2], float32[2] [1.5, -1]) { transB: 1 }'),
      foldBatchNorm,
    );
  });

  it('rounds once, in the type of the weights', () => {
    expectRewrite(
      net('float16[N,1,8]', `c = Conv(x, float16[2,1,1] [2, 1])\n${norm('c').replaceAll('float32', 'float16')}`),
      net('float16[N,1,8]', 'y = Conv(x, float16[2,1,1] [1, 2], float16[2] [0.5, -5])'),
      foldBatchNorm,
    );
  });

  it('computes the same', async () => {
    const weights = 'float32[6,2,3,3] #w';
    for (const op of [
      `Conv(x, ${weights}, float32[6] [1, 2, 3, 4, 5, 6]) { group: 2, pads: [1, 1, 1, 1] }`,
      `Conv(x, ${weights}) { group: 2, auto_pad: "SAME_UPPER", strides: [2, 1] }`,
    ])
      await expectSameValues(
        net(
          'float32[2,4,5,6]',
          `c = ${op}\ny = BatchNormalization(c, float32[6] #a, float32[6] #b, float32[6] #c, float32[6] #d)`,
        ),
        foldBatchNorm,
      );
    await expectSameValues(
      net(
        'float32[2,4,5,6]',
        'c = ConvTranspose(x, float32[4,3,3,3] #w) { group: 2, strides: [2, 2] }\ny = BatchNormalization(c, float32[6] #a, float32[6] #b, float32[6] #c, float32[6] #d)',
      ),
      foldBatchNorm,
    );
  });
});

describe('as-mul-and-add', () => {
  it('is what is left', () => {
    const mulAdd = (of: string, dims: string) =>
      `m = Mul(${of}, float32[${dims}] [0.5, 2])\ny = Add(m, float32[${dims}] [0.5, -5])`;
    expectRewrite(net('float32[N,2,H,W]', norm('x')), net('float32[N,2,H,W]', mulAdd('x', '2,1,1')), foldBatchNorm);
    expectRewrite(net('float32[N,2]', norm('x')), net('float32[N,2]', mulAdd('x', '2')), foldBatchNorm);
    expectRewrite(
      net('float32[N,2,8]', `c = Conv(x, float32[2,2,1] splat 1)\n${norm('c')}\noutput c`),
      net('float32[N,2,8]', `c = Conv(x, float32[2,2,1] splat 1)\n${mulAdd('c', '2,1')}\noutput c`),
      foldBatchNorm,
    );
    expectRewrite(
      net('float32[N,2,8]', `c = Conv(x, float32[2,2,1] splat 1)\n${norm('c')}\nz = Abs(c)\noutput z`),
      net('float32[N,2,8]', `c = Conv(x, float32[2,2,1] splat 1)\n${mulAdd('c', '2,1')}\nz = Abs(c)\noutput z`),
      foldBatchNorm,
    );
    // Weights and bias that are computed cannot be scaled.
    expectRewrite(
      `input w: float32[2,2,1]\n${net('float32[N,2,8]', `c = Conv(x, w)\n${norm('c')}`)}`,
      `input w: float32[2,2,1]\n${net('float32[N,2,8]', `c = Conv(x, w)\n${mulAdd('c', '2,1')}`)}`,
      foldBatchNorm,
    );
    // The channels of a MatMul are its last axis, not the second.
    expectRewrite(
      net('float32[N,2,2]', `c = MatMul(x, float32[2,2] splat 1)\n${norm('c')}`),
      net('float32[N,2,2]', `c = MatMul(x, float32[2,2] splat 1)\n${mulAdd('c', '2,1')}`),
      foldBatchNorm,
    );
  });

  it('leaves statistics that are computed or not finite', () => {
    expectUnchanged(
      `input s: float32[2]\n${net('float32[N,2]', 'y = BatchNormalization(x, s, float32[2] splat 1, float32[2] splat 1, float32[2] splat 1)')}`,
      foldBatchNorm,
    );
    expectUnchanged(net('float32[N,2]', norm('x').replace('[4, 1]', '[4, 0]')), foldBatchNorm);
    expectUnchanged(net('float32[N,2]', norm('x').replace('[4, 1]', '[4, -1]')), foldBatchNorm);
  });

  it('keeps names and origins', ({ expect }) => {
    const graph = run(
      net('float32[N,1,8]', `c = Conv(x, float32[2,1,1] [2, 1]) as conv from "a"\n${norm('c')} as norm from "b"`),
      foldBatchNorm,
    );
    const [conv] = [...graph.nodes];
    expect([conv!.name, conv!.output.name, [...conv!.origin].sort()]).toEqual(['conv', 'y', ['a', 'b']]);
  });
});
