// What contractions tell of operands that may be weights: scaling a channel of them scales that channel of the output.

import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import type { Value } from '../graph.ts';
import { traitOf, type WeightOperand } from '../op.ts';

const b = new GraphBuilder('g');
let inputs = 0;
const tensor = (...dims: number[]) => b.input(`x${inputs++}`, 'float32', dims);

function weightsOf({ producer }: Value): readonly WeightOperand[] {
  const at = producer!.view();
  const trait = traitOf(producer!.op, at);
  return trait.kind === 'contraction' ? (trait.weights?.(at) ?? []) : [];
}

describe('operands that may be weights', () => {
  it.each([
    ['matrices', [2, 3], [3, 5], { axis: 1, output: 1 }, { axis: 0, output: 0 }],
    ['batches of either', [7, 2, 3], [3, 5], { axis: 1, output: 2 }, { axis: 1, output: 1 }],
    ['batches of the other', [2, 3], [4, 3, 5], { axis: 2, output: 2 }, { axis: 0, output: 1 }],
    ['a row', [3], [4, 3, 5], { axis: 2, output: 1 }, undefined],
    ['a column', [4, 2, 3], [3], undefined, { axis: 1, output: 1 }],
    ['vectors', [3], [3], undefined, undefined],
  ] as const)('MatMul of %s', (_, first, second, columns, rows) => {
    const y = b.MatMul(tensor(...first), tensor(...second));
    const [right, left] = weightsOf(y);
    expect(right).toEqual({
      input: 1,
      with: 0,
      summed: [Math.max(second.length - 2, 0)],
      ...(columns && { channel: columns }),
    });
    expect(left).toEqual({ input: 0, with: 1, summed: [first.length - 1], ...(rows && { channel: rows }) });
    for (const { input, channel } of [right!, left!])
      if (channel) expect(y.type.shape[channel.output]).toBe([first, second][input]![channel.axis]);
  });

  it('Gemm, transposed or not', () => {
    for (const [transA, transB] of [
      [0, 0],
      [1, 1],
    ] as const) {
      const y = b.Gemm(transA ? tensor(3, 2) : tensor(2, 3), transB ? tensor(5, 3) : tensor(3, 5), { transA, transB });
      expect(weightsOf(y)).toEqual([
        { input: 1, with: 0, summed: [transB], channel: { axis: 1 - transB, output: 1 }, bias: 2 },
        { input: 0, with: 1, summed: [1 - transA], channel: { axis: transA, output: 0 } },
      ]);
    }
  });

  it('convolutions', () => {
    expect(weightsOf(b.Conv(tensor(1, 4, 8, 8), tensor(6, 2, 3, 3), { group: 2 }))).toEqual([
      { input: 1, with: 0, summed: [1, 2, 3], channel: { axis: 0, output: 1 }, bias: 2 },
    ]);
    expect(weightsOf(b.ConvTranspose(tensor(1, 4, 8), tensor(4, 6, 3)))).toEqual([
      { input: 1, with: 0, summed: [0, 2], channel: { axis: 1, output: 1 }, bias: 2 },
    ]);
  });
});
