// The map kernel: a group of pointwise and injective nodes without an anchor.

import { defineKernel } from '../kernel.ts';
import { emitElements } from './elements.ts';

export const map = defineKernel<null>({
  id: 'map',
  version: 1,
  summary: 'pointwise and injective code, one element an invocation',
  ops: [],
  applies: () => true,
  params: () => [null],
  cost: () => 1,
  emit: (e, { group }) =>
    emitElements(e, group.result.type.shape, (position) => e.store(position, e.read(group.accumulated, position))),
});
