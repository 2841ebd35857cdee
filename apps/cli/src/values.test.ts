import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DType, GraphBuilder } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { tensorOf } from '@trtx/reference';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeNpy } from './tensors/npy.ts';
import { readConstants } from './values.ts';

/** A model with one input, x. */
function modelOf(dtype: DType, dims: readonly (number | string)[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'trtx-constants-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const b = new GraphBuilder('one');
  b.output('y', b.Identity(b.input('x', dtype, dims)));
  const file = join(dir, 'model.onnx');
  writeFileSync(file, exportModel(b.graph));
  return file;
}

const given = (model: string, ...constant: string[]) => readConstants(model, { constant });

describe('readConstants', () => {
  it.each<[DType, (number | string)[], string, number[], (number | bigint | string)[]]>([
    ['int64', [], '16000', [], [16000n]],
    ['int64', ['N'], '-1,0', [2], [-1n, 0n]],
    ['int64', [1], '9007199254740993', [1], [9007199254740993n]],
    ['uint64', [], '18446744073709551615', [], [2n ** 64n - 1n]],
    ['int8', [2, 'N'], '1,2, 3,-4', [2, 2], [1, 2, 3, -4]],
    ['float32', [2], '0.5,-1e3', [2], [0.5, -1000]],
    ['float16', [], '1', [], [0x3c00]],
    ['bool', [2], 'true,0', [2], [1, 0]],
    ['string', [], 'a,b=c', [], ['a,b=c']],
  ])('reads %s%j of %s', async (dtype, dims, text, shape, elements) => {
    const x = (await given(modelOf(dtype, dims), `x=${text}`))!.get('x')!;
    expect([x.dtype, x.dims]).toEqual([dtype, shape]);
    expect([...(tensorOf(x).data as Iterable<number | bigint | string>)]).toEqual(elements);
  });

  it('reads files', async () => {
    const model = modelOf('int64', [2]);
    const data = BigInt64Array.of(3n, -4n);
    const [npy, raw] = [`${model}.npy`, `${model}.bin`];
    writeFileSync(npy, encodeNpy({ dtype: 'int64', dims: [2], data }));
    writeFileSync(raw, data);
    for (const source of [`@${npy}`, `@${raw}:int64:2`])
      expect(tensorOf((await given(model, `x=${source}`))!.get('x')!).data).toEqual(data);
    expect(await given(model)).toBeUndefined();
  });

  it('refuses what the model does not take', async () => {
    const refused = async (code: string, dtype: DType, dims: (number | string)[], ...constant: string[]) =>
      expect(given(modelOf(dtype, dims), ...constant), String(constant)).rejects.toMatchObject({ code });
    for (const value of ['1,300', '1,1.5', '1,', '1,a', '1', '1,2,3', 'inf,0'])
      await refused('INPUT_CONSTANT', 'int8', [2], `x=${value}`);
    await refused('INPUT_CONSTANT', 'bool', [], 'x=2');
    await refused('INPUT_CONSTANT', 'int64', [], 'x=9223372036854775808');
    await refused('INPUT_CONSTANT', 'int64', ['N', 'M'], 'x=1,2');
    await refused('INPUT_CONSTANT', 'int64', [0, 'M'], 'x=1');
    await refused('INPUT_CONSTANT', 'int64', [], 'w=1');
    await refused('USAGE', 'int64', [], 'x');
    await refused('USAGE', 'int64', [], 'x=');
    await refused('USAGE', 'int64', [], 'x=1', 'x=1');
    await refused('USAGE', 'int64', [1], 'x=@x.bin');
    await refused('FILE_READ', 'int64', [], 'x=@none.npy');
  });
});
