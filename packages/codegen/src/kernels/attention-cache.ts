// The keys and values of all steps that an Attention gives on: those of the past with those of this step behind them.

import { attentionGeometry } from '@trtx/ir';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import { Cache } from './attention-scores.ts';
import { emitResult } from './elements.ts';

export const attentionCache = defineKernel<null>({
  id: 'attention.cache',
  version: 1,
  summary: 'Attention: keys or values of all steps, one element an invocation',
  ops: ['Attention'],
  ownsWords: true,
  applies({ group }) {
    return [1, 2].includes(group.anchor!.outputs.indexOf(group.accumulated));
  },
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const node = group.anchor!;
    const { key, value, past } = attentionGeometry(node.view());
    const index = node.outputs.indexOf(group.accumulated);
    const cache = new Cache(e, index === 1 ? key : value, node.inputs[index]!, node.inputs[index + 3], past);
    const { shape, dtype } = group.accumulated.type;
    return emitResult(e, shape, (position) => {
      const [batch, head, step, feature] = position.coords(e.shader) as [Ix, Ix, Ix, Ix];
      const element = e.shader.name('element');
      e.shader.line(`var ${element}: ${computeOf(dtype)};`);
      cache.at(batch, head, step, (read) => e.shader.line(`${element} = ${read(feature)};`));
      return element;
    });
  },
});
