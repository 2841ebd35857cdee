// The map kernel: a group of pointwise and injective nodes without an anchor, one element of the result an invocation.

import { ceilDiv, product } from '@trtx/ir';
import { defineKernel } from '../kernel.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';

const WORKGROUP = 64;

export const map = defineKernel<null>({
  id: 'map',
  version: 1,
  summary: 'pointwise and injective code, one element an invocation',
  ops: [],
  applies: () => true,
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const { shape } = group.result.type;
    const count = product(shape);
    const i = e.shader.let(`group * ${WORKGROUP}u + lid`, 'i');
    e.shader.when(ix.less(i, e.size(count)), () => {
      const position = Position.linear(shape, i);
      e.store(position, e.read(group.accumulated, position));
    });
    return { workgroupSize: WORKGROUP, workgroups: ceilDiv(count, WORKGROUP) };
  },
});
