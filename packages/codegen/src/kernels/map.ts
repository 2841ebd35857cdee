// The map kernel: a group of pointwise and injective nodes without an anchor.

import { defineKernel } from '../kernel.ts';
import { emitResult } from './elements.ts';

export const map = defineKernel<null>({
  id: 'map',
  version: 1,
  summary: 'pointwise and injective code, one element an invocation',
  ops: [],
  ownsWords: true,
  applies: () => true,
  params: () => [null],
  cost: () => 1,
  emit: (e, { group }) => emitResult(e, group.accumulated.type.shape),
});
