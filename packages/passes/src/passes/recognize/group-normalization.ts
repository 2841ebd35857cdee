// GroupNormalization as PyTorch writes it: an InstanceNormalization of groups of channels, which Reshapes make and unmake.

import type { Constant } from '@trtx/ir';
import { float64Of, fromFloat64 } from '../../match.ts';
import { any, constant, op } from '../../pattern.ts';
import { recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';

const groupNorm = recognize({
  name: 'group-norm',
  pattern: op(
    'Reshape',
    op('InstanceNormalization', op('Reshape', any('x'), any()).as('groups'), constant('scale'), constant('bias')).as(
      'norm',
    ),
    any(),
  ),
  reason: 'InstanceNormalization of groups of channels',
  make(match, patch) {
    const x = match.value('x');
    const [batch, channels] = x.type.shape;
    const [lines, groups] = match.value('groups').type.shape;
    if (typeof channels !== 'number' || typeof groups !== 'number' || channels % groups !== 0) return undefined;
    if (!patch.sameDim(batch!, lines!)) return undefined;
    const [scale, bias] = ['scale', 'bias'].map((name) =>
      patch.constant(repeated(match.value(name).constant!, channels / groups), name),
    );
    const epsilon = match.node('norm').view().float('epsilon');
    return patch.node('GroupNormalization', [x, scale, bias], { epsilon, num_groups: groups });
  },
});

export const recognizeGroupNormalization = definePass({
  name: 'recognize-group-normalization',
  summary: 'GroupNormalization written out as InstanceNormalization between Reshapes',
  rules: [groupNorm],
});

/** Each number so many times in a row. */
function repeated(constant: Constant, times: number): Constant {
  const values = float64Of(constant);
  const result = Float64Array.from({ length: values.length * times }, (_, i) => values[Math.floor(i / times)]!);
  return fromFloat64(constant.dtype, [result.length], result);
}
