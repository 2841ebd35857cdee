// Window functions and mel filters.

import { defineReference, inputOf, type KernelCall, type ReferenceKernel } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';

/** `at` gives the value for i/n of a turn, as an angle. */
function defineWindow(op: string, at: (angle: number) => number): ReferenceKernel {
  return defineReference({
    op,
    run(call) {
      const { dtype, dims } = call.outputs[0]!;
      const [size] = dims as [number];
      const n = call.at.int('periodic') ? size : size - 1;
      return [
        fromFloat64(
          dtype,
          dims,
          Float64Array.from({ length: size }, (_, i) => at((2 * Math.PI * i) / n)),
        ),
      ];
    },
  });
}

export const blackmanWindow = defineWindow('BlackmanWindow', (a) => 0.42 - 0.5 * Math.cos(a) + 0.08 * Math.cos(2 * a));
export const hammingWindow = defineWindow('HammingWindow', (a) => 25 / 46 - (21 / 46) * Math.cos(a));
export const hannWindow = defineWindow('HannWindow', (a) => Math.sin(a / 2) ** 2);

export const melWeightMatrix = defineReference({
  op: 'MelWeightMatrix',
  run(call) {
    const { dtype, dims } = call.outputs[0]!;
    const [bins, bands] = dims as [number, number];
    const [, length, rate, low, high] = [0, 1, 2, 3, 4].map((i) => number(call, i)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const [from, to] = [mel(low), mel(high)];
    // The bins where triangles begin, are highest and end: each triangle begins where the one before is highest.
    const corners = Array.from({ length: bands + 2 }, (_, i) => {
      const hertz = 700 * (10 ** ((from + (i * (to - from)) / (bands + 2)) / 2595) - 1);
      return Math.floor(((length + 1) * hertz) / rate);
    });
    if (corners.some((bin) => !(bin >= 0 && bin <= bins)))
      throw call.at.fail(`frequencies from ${low} to ${high} hertz of a signal of ${rate} samples a second`);
    const out = new Float64Array(bins * bands);
    for (let band = 0; band < bands; band++) {
      const [left, center, right] = corners.slice(band, band + 3) as [number, number, number];
      const set = (bin: number, value: number) => {
        if (bin < bins) out[bin * bands + band] = value;
      };
      if (left === center) set(center, 1);
      else for (let bin = left; bin <= center; bin++) set(bin, (bin - left) / (center - left));
      for (let bin = center; bin < right; bin++) set(bin, (right - bin) / (right - center));
    }
    return [fromFloat64(dtype, dims, out)];
  },
});

const mel = (hertz: number) => 2595 * Math.log10(1 + hertz / 700);

function number(call: KernelCall, index: number): number {
  return toFloat64(inputOf(call, index))[0]!;
}
