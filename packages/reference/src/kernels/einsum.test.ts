import { describe, expect, it } from 'vitest';
import { check, random, runReference, tensor } from '../testing/check.ts';

const close = { absolute: 1e-5, relative: 1e-5 };

describe('as ONNX Runtime', () => {
  it.each([
    ['ij->ji', [[3, 4]]],
    ['ij->i', [[3, 4]]],
    ['ij->', [[3, 4]]],
    ['ii->i', [[3, 3]]],
    ['...ii ->...i', [[2, 3, 3]]],
    ['i,i', [[5], [5]]],
    ['i,j->ij', [[3], [4]]],
    ['bij, bjk -> bik', [[2, 3, 4], [2, 4, 5]]],
    ['...ij,...jk->...ik', [[2, 1, 3, 4], [2, 1, 4, 5]]],
    ['bhwc,hkc->bhwk', [[2, 3, 4, 5], [3, 6, 5]]],
    ['ij,jk,kl->il', [[2, 3], [3, 4], [4, 5]]],
    ['ba,cb', [[2, 3], [4, 2]]],
  ] as [string, number[][]][])('Einsum %s', async (equation, shapes) => {
    const operands = shapes.map((dims, i) => random(dims, { seed: i + 1 }));
    await check('Einsum', operands, { equation }, { ...close, dynamic: equation === 'ij->ji' ? [0, 1] : [] });
  }); // biome-ignore format: a table
});

it('broadcasts what the dots stand for; letters that stand once come in the order of their codes', async () => {
  const shape = async (equation: string, ...shapes: number[][]) =>
    (
      await runReference(
        'Einsum',
        shapes.map((dims) => random(dims)),
        { equation },
      )
    )[0]!.dims;
  expect(await shape('...ij,...jk->...ik', [2, 1, 3, 4], [5, 4, 2])).toEqual([2, 5, 3, 2]);
  expect(await shape('ba,Ab', [2, 3], [4, 2])).toEqual([4, 3]);
  expect(await shape('b...a', [2, 7, 3])).toEqual([7, 3, 2]);
});

it('of integers wraps around; one that is no equation is refused', async () => {
  const x = tensor('int32', [2], [65537, 3]);
  const [y] = await runReference('Einsum', [x, x], { equation: 'i,i->i' });
  expect([...y!.data]).toEqual([Number(BigInt.asIntN(32, 65537n ** 2n)), 9]);
  const refused = (equation: string) => runReference('Einsum', [x], { equation });
  await expect(refused('i,i->i')).rejects.toThrow('the equation i,i->i for 1 operands');
  await expect(refused('ij->i')).rejects.toThrow('the term ij for an operand of rank 1');
  await expect(refused('i->ij')).rejects.toThrow('only letters of operands');
  await expect(refused('i->ii')).rejects.toThrow('each letter once');
  await expect(refused('1->')).rejects.toThrow('the term 1');
});
