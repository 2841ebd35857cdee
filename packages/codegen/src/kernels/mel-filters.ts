// MelWeightMatrix: triangles over the bins of a spectrum, each of which begins where the one before is highest.

import type { Value } from '@trtx/ir';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { emitResult } from './elements.ts';

/** Corner i of n − 2 triangles between two frequencies, as a bin of a transform of this length and sample rate. */
const CORNER = `fn corner(i: f32, n: f32, low: f32, high: f32, scale: f32) -> f32 {
  let from_mel = log(1.0f + low / 700.0f);
  let to_mel = log(1.0f + high / 700.0f);
  return floor(scale * 700.0f * (exp(from_mel + i * (to_mel - from_mel) / n) - 1.0f));
}`;

export const melFilters = defineKernel<null>({
  id: 'mel-filters',
  version: 1,
  summary: 'MelWeightMatrix: triangular filters, one weight an invocation',
  ops: ['MelWeightMatrix'],
  ownsWords: true,
  applies: ({ group }) => computeOf(group.accumulated.type.dtype) === 'f32',
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const { shader } = e;
    const { shape } = group.accumulated.type;
    const numberOf = (value: Value) => shader.let(`f32(${e.read(value, Position.linear(value.type.shape, 0))})`);
    const [, length, rate, low, high] = group.anchor!.inputs as [Value, Value, Value, Value, Value];
    shader.global(CORNER);
    return emitResult(e, shape, (position) => {
      const [bin, band] = position.coords(shader) as [Ix, Ix];
      const scale = shader.let(`(${numberOf(length)} + 1.0f) / ${numberOf(rate)}`, 'scale');
      const [from, to] = [numberOf(low), numberOf(high)];
      const count = shader.let(`f32(${ix.text(e.size(shape[1]!))}) + 2.0f`, 'count');
      const corner = (i: number) =>
        shader.let(`corner(f32(${ix.text(ix.add(band, i))}), ${count}, ${from}, ${to}, ${scale})`, 'corner');
      const [left, center, right] = [corner(0), corner(1), corner(2)];
      const at = shader.let(`f32(${ix.text(bin)})`, 'bin');
      const weight = shader.name('weight');
      shader.line(`var ${weight} = 0.0f;`);
      const rising = `select((${at} - ${left}) / (${center} - ${left}), 1.0f, ${left} == ${center})`;
      shader.when(`(${at} >= ${left}) & (${at} <= ${center})`, () => shader.line(`${weight} = ${rising};`));
      const falling = `(${right} - ${at}) / (${right} - ${center})`;
      shader.when(`(${at} >= ${center}) & (${at} < ${right})`, () => shader.line(`${weight} = ${falling};`));
      return weight;
    });
  },
});
