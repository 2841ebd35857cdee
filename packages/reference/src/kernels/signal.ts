// Fourier transforms of tensors. Complex numbers are pairs along the last axis.

import { dftGeometry, elementCount, stftGeometry } from '@trtx/ir';
import { defineReference, inputOf } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';
import { type Complex, complex, fourierTransform, transformSteps } from './fourier.ts';
import { linesOf } from './lines.ts';

export const dft = defineReference({
  op: 'DFT',
  run(call) {
    const g = dftGeometry(call.at);
    const { dtype, dims } = call.outputs[0]!;
    const input = inputOf(call, 0);
    const source = toFloat64(input);
    const parts = input.dims.at(-1)!;
    const length = g.length as number;
    const transform = fourierTransform(length, call.at.int('inverse') === 1);
    const out = new Float64Array(elementCount(dims));
    // Lines of numbers, each of one or two parts.
    const from = linesOf(input.dims.slice(0, -1), g.axis);
    const to = linesOf(dims.slice(0, -1), g.axis);
    from.starts.forEach((start, line) => {
      const x = complex(length);
      for (let i = 0; i < Math.min(length, from.size); i++) readNumber(source, start + i * from.stride, parts, x, i);
      if (g.toReal) mirror(x, from.size);
      const y = transform(x);
      for (let i = 0; i < to.size; i++) writeNumber(out, to.starts[line]! + i * to.stride, dims.at(-1)!, y, i);
    });
    return [fromFloat64(dtype, dims, out)];
  },
  steps(at, { outputs }) {
    const { length, axis, output } = dftGeometry(at);
    const lines = outputs[0]! / Math.max(output[axis] as number, 1);
    return lines * transformSteps(length as number);
  },
});

export const stft = defineReference({
  op: 'STFT',
  run(call) {
    const g = stftGeometry(call.at);
    const { dtype, dims } = call.outputs[0]!;
    const [batches, frames, bins] = dims as [number, number, number, number];
    const input = inputOf(call, 0);
    const source = toFloat64(input);
    const [samples, parts] = [input.dims[1]!, input.dims[2] ?? 1];
    const window = call.inputs[2] ? toFloat64(inputOf(call, 2)) : undefined;
    const length = g.length as number;
    const transform = fourierTransform(length, false);
    const out = new Float64Array(elementCount(dims));
    for (let batch = 0; batch < batches; batch++)
      for (let frame = 0; frame < frames; frame++) {
        const x = complex(length);
        for (let i = 0; i < length; i++) {
          readNumber(source, batch * samples + frame * g.step + i, parts, x, i);
          x.re[i]! *= window?.[i] ?? 1;
          x.im[i]! *= window?.[i] ?? 1;
        }
        const y = transform(x);
        for (let i = 0; i < bins; i++) writeNumber(out, (batch * frames + frame) * bins + i, 2, y, i);
      }
    return [fromFloat64(dtype, dims, out)];
  },
  steps(at) {
    const { output, length } = stftGeometry(at);
    return (output[0] as number) * (output[1] as number) * transformSteps(length as number);
  },
});

function readNumber(source: Float64Array, place: number, parts: number, x: Complex, i: number): void {
  x.re[i] = source[place * parts]!;
  x.im[i] = parts === 2 ? source[place * 2 + 1]! : 0;
}

function writeNumber(out: Float64Array, place: number, parts: number, y: Complex, i: number): void {
  out[place * parts] = y.re[i]!;
  if (parts === 2) out[place * 2 + 1] = y.im[i]!;
}

/** The other half of a real signal's spectrum, of which the first `known` places are there: X[n − k] is conj X[k]. */
function mirror(x: Complex, known: number): void {
  const n = x.re.length;
  if (n > 0) x.im[0] = 0;
  if (n % 2 === 0 && n > 0) x.im[n / 2] = 0;
  for (let k = 1; k < Math.min(known, Math.ceil(n / 2)); k++) {
    x.re[n - k] = x.re[k]!;
    x.im[n - k] = -x.im[k]!;
  }
  for (let k = Math.min(known, Math.floor(n / 2) + 1); 2 * k <= n; k++) {
    x.re[n - k] = 0;
    x.im[n - k] = 0;
  }
}
