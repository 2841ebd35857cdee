import type { Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { check, random, runReference, tensor } from '../testing/check.ts';

const scalar = (value: number) => tensor('int64', [], [value]);
const hertz = (value: number) => tensor('float32', [], [value]);
const close = { absolute: 1e-4, relative: 1e-4 };

describe('as ONNX Runtime', () => {
  it('windows', async () => {
    for (const op of ['BlackmanWindow', 'HammingWindow', 'HannWindow']) {
      for (const periodic of [0, 1]) await check(op, [scalar(11)], { periodic });
      await check(op, [tensor('int32', [], [8])], { output_datatype: 'float64' }, { absolute: 1e-6, relative: 1e-6 });
    }
  });

  it('MelWeightMatrix', async () => {
    await check('MelWeightMatrix', [scalar(8), scalar(16), scalar(8192), hertz(0), hertz(8192 / 2)]);
    await check('MelWeightMatrix', [scalar(80), scalar(400), scalar(16000), hertz(20), hertz(7600)]);
  });

  it('DFT', async () => {
    for (const size of [1, 5, 8, 12, 30])
      for (const parts of [1, 2])
        for (const inverse of [0, 1]) await check('DFT', [random([2, size, parts])], { inverse }, close);
    await check('DFT', [random([2, 3, 7, 2]), null, scalar(1)], {}, { ...close, dynamic: [0, 1, 2] });
    await check('DFT', [random([2, 9, 1])], { onesided: 1 }, { ...close, dynamic: [0, 1] });
    for (const length of [5, 16]) await check('DFT', [random([2, 9, 1]), scalar(length)], { onesided: 1 }, close);
    await check('DFT', [random([2, 6, 2]), scalar(4)], { inverse: 1 }, close);
  });

  it('STFT', async () => {
    const window = random([16], { low: 0 });
    const signal = random([2, 100, 1]);
    for (const onesided of [0, 1]) {
      await check('STFT', [signal, scalar(8), window], { onesided }, { ...close, dynamic: [0, 1] });
      await check('STFT', [signal, scalar(5), null, scalar(12)], { onesided }, close);
    }
  });
});

it('STFT of a complex signal is the DFT of its frames', async () => {
  const signal = random([1, 40, 2]);
  const [spectra] = await runReference('STFT', [signal, scalar(6), null, scalar(16)], { onesided: 0 });
  expect(spectra!.dims).toEqual([1, 5, 16, 2]);
  const frame: Tensor = { ...signal, dims: [1, 16, 2], data: (signal.data as Float32Array).subarray(2 * 24, 2 * 40) };
  const [spectrum] = await runReference('DFT', [frame]);
  expect((spectra!.data as Float32Array).subarray(4 * 32)).toEqual(spectrum!.data);
});

it('the inverse of a one-sided DFT is the signal', async () => {
  for (const size of [6, 7, 1]) {
    const signal = random([3, size, 1]);
    const [spectrum] = await runReference('DFT', [signal], { onesided: 1 });
    expect(spectrum!.dims).toEqual([3, Math.floor(size / 2) + 1, 2]);
    const [back] = await runReference('DFT', [spectrum!, scalar(size)], { inverse: 1, onesided: 1 });
    expect(back!.dims).toEqual(signal.dims);
    back!.data.forEach((value, i) => {
      expect(value).toBeCloseTo(signal.data[i] as number, 5);
    });
  }
});

it('a spectrum that is cut or too short counts as zeros', async () => {
  const spectrum = tensor('float32', [1, 2, 2], [4, 0, 1, 0]);
  const [y] = await runReference('DFT', [spectrum, scalar(4)], { inverse: 1, onesided: 1 });
  expect([...y!.data]).toEqual([1.5, 1, 0.5, 1]);
});
