// EyeLike: ones on a diagonal.

import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import * as ix from '../wgsl/ix.ts';
import { literal } from '../wgsl/scalar.ts';
import { emitResult } from './elements.ts';

export const eye = defineKernel<null>({
  id: 'eye',
  version: 1,
  summary: 'ones on a diagonal, one element an invocation',
  ops: ['EyeLike'],
  ownsWords: true,
  applies: () => true,
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const { shader } = e;
    const { shape, dtype } = group.accumulated.type;
    const [zero, one] = [0, 1].map((value) => literal(shader, value, computeOf(dtype)));
    const k = group.anchor!.view().int('k');
    return emitResult(e, shape, (position) => {
      const [row, column] = position.coords(shader);
      return shader.let(`select(${zero}, ${one}, ${ix.text(ix.add(row!, k))} == ${ix.text(column!)})`);
    });
  },
});
