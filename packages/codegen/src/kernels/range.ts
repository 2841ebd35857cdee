// Range: the sequence start, start + delta, … whose length is known when shapes are.

import type { Value } from '@trtx/ir';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { emitResult } from './elements.ts';

export const range = defineKernel<null>({
  id: 'range',
  version: 1,
  summary: 'a sequence of equal steps, one element an invocation',
  ops: ['Range'],
  ownsWords: true,
  applies: () => true,
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const [start, , delta] = group.anchor!.inputs as [Value, Value, Value];
    const { shape, dtype } = group.accumulated.type;
    const number = (value: Value) => e.read(value, Position.linear(value.type.shape, 0));
    return emitResult(e, shape, (position) => {
      const i = position.linear(e.shader);
      const element = `${number(start)} + ${computeOf(dtype)}(${ix.text(i)}) * ${number(delta)}`;
      return e.shader.let(element);
    });
  },
});
