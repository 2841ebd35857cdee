// The map kernel: a group of pointwise and injective nodes without an anchor.

import { sameFormat } from '../format/format.ts';
import { defineKernel } from '../kernel.ts';
import { emitResult } from './elements.ts';

export const map = defineKernel<null>({
  id: 'map',
  version: 1,
  summary: 'pointwise and injective code, one element an invocation',
  ops: [],
  ownsWords: true,
  formats: () => sameFormat(),
  applies: () => true,
  params: () => [null],
  cost: () => 1,
  emit: (e, { group }) => emitResult(e, group.accumulated.type.shape),
});
