// Transposed convolution: a matrix product gives what each input position adds under each tap, which is then added to the
// output positions below the window (col2im).

import { convTransposeGeometry } from '@trtx/ir';
import { defineReference, inputOf } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';
import { gemm, packRows, rowsOf, type Store } from './gemm.ts';
import { planeSizes, type Windows, windowsOf } from './window.ts';

export const convTranspose = defineReference({
  op: 'ConvTranspose',
  run(call) {
    const g = convTransposeGeometry(call.at);
    const windows = windowsOf(call.at, g.axes);
    const { input, output, taps } = planeSizes(windows);
    const x = toFloat64(inputOf(call, 0));
    const w = toFloat64(inputOf(call, 1));
    const bias = call.inputs[2] ? toFloat64(call.inputs[2]) : undefined;
    const batch = g.batch as number;
    const y = new Float64Array(batch * g.outputChannels * output);
    if (bias) for (let i = 0; i < y.length; i++) y[i] = bias[Math.floor(i / output) % g.outputChannels]!;
    const inner = g.inputChannels / g.groups;
    const outer = g.outputChannels / g.groups;
    for (let group = 0; group < g.groups; group++) {
      // Rows are (output channel, tap), transposed from [input channel, output channel, tap].
      const weights = packRows(w, outer * taps, inner, group * inner * outer * taps, 1, outer * taps);
      for (let n = 0; n < batch; n++) {
        const from = (n * g.groups + group) * inner * input;
        const to = (n * g.groups + group) * outer * output;
        gemm(weights, input, rowsOf(x, from, input, 1), scatter(y, to, output, outer, windows));
      }
    }
    return [fromFloat64(call.outputs[0]!.dtype, call.outputs[0]!.dims, y)];
  },
  // Adding a product to its place takes longer than making it.
  steps(at, { inputs }) {
    return (16 * inputs[0]! * inputs[1]!) / Math.max(convTransposeGeometry(at).inputChannels, 1);
  },
});

/** Here the window's sizes are those of the input, and `output` of the output: o = i·stride − begin + k·dilation. */
function scatter(y: Float64Array, start: number, plane: number, channels: number, [zs, ys, xs]: Windows): Store {
  return (sums, stride, column, columns) => {
    let row = 0;
    for (let channel = 0; channel < channels; channel++)
      for (let kz = 0; kz < zs.kernel; kz++)
        for (let ky = 0; ky < ys.kernel; ky++)
          for (let kx = 0; kx < xs.kernel; kx++, row += stride)
            for (let c = 0; c < columns; c++) {
              const place = column + c;
              const ix = place % xs.size;
              const iy = ((place - ix) / xs.size) % ys.size;
              const iz = Math.floor(place / (xs.size * ys.size));
              const ox = ix * xs.stride - xs.begin + kx * xs.dilation;
              const oy = iy * ys.stride - ys.begin + ky * ys.dilation;
              const oz = iz * zs.stride - zs.begin + kz * zs.dilation;
              const inside = ox >= 0 && ox < xs.output && oy >= 0 && oy < ys.output && oz >= 0 && oz < zs.output;
              if (inside) y[start + channel * plane + (oz * ys.output + oy) * xs.output + ox]! += sums[row + c]!;
            }
  };
}
