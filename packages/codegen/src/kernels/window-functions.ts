// Window functions of a size that shapes tell, as polynomials in the cosine of the place.

import { sub } from '@trtx/ir';
import { defineKernel, type Kernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { call } from '../wgsl/functions.ts';
import * as ix from '../wgsl/ix.ts';
import { literal } from '../wgsl/scalar.ts';
import { emitResult } from './elements.ts';

/** a₀ + a₁·cos(2πi/n) + a₂·cos(4πi/n) */
function defineWindow(op: string, id: string, [a0, a1, a2 = 0]: readonly [number, number, number?]): Kernel {
  return defineKernel<null>({
    id,
    version: 1,
    summary: `${op}, one element an invocation`,
    ops: [op],
    ownsWords: true,
    applies: ({ group }) => computeOf(group.accumulated.type.dtype) === 'f32',
    params: () => [null],
    cost: () => 1,
    emit(e, { group }) {
      const { shader } = e;
      const { shape } = group.accumulated.type;
      const number = (value: number) => literal(shader, value, 'f32');
      const n = e.size(group.anchor!.view().int('periodic') ? shape[0]! : sub(shape[0]!, 1));
      return emitResult(e, shape, (position) => {
        const i = position.linear(shader);
        const angle = shader.let(`${number(2 * Math.PI)} * f32(${ix.text(i)}) / f32(${ix.text(n)})`, 'angle');
        const cos = shader.let(call(shader, 'cosine', angle), 'cos');
        // cos 2x = 2·cos² x − 1
        return `${number(a0 - a2)} + (${number(a1)} + ${number(2 * a2)} * ${cos}) * ${cos}`;
      });
    },
  });
}

export const hannWindow = defineWindow('HannWindow', 'window.hann', [0.5, -0.5]);
export const hammingWindow = defineWindow('HammingWindow', 'window.hamming', [25 / 46, -21 / 46]);
export const blackmanWindow = defineWindow('BlackmanWindow', 'window.blackman', [0.42, -0.5, 0.08]);
