// DepthToSpace written out: blocks of channels and blocks of places are axes of their own for a Transpose.

import { mul } from '@trtx/ir';
import { any, op } from '../../pattern.ts';
import { recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';
import { spaceToDepth, spaceToDepthWeights } from './space-to-depth.ts';

const moved = op('Reshape', op('Transpose', op('Reshape', any('x'), any()).as('split')).as('moved'), any());

const depthToSpace = recognize({
  name: 'depth-to-space',
  pattern: moved,
  reason: 'blocks of channels become blocks of places',
  make(match, patch) {
    const split = match.value('split').type.shape;
    const perm = match.node('moved').view().ints('perm')?.join();
    const mode = perm === '0,3,4,1,5,2' ? 'DCR' : perm === '0,1,4,2,5,3' ? 'CRD' : undefined;
    if (!mode || split.length !== 6) return undefined;
    const [, a, b, c, height, width] = split;
    const [depth, rows, columns] = mode === 'DCR' ? [c, a, b] : [a, b, c];
    const x = match.value('x');
    if (x.type.shape.length !== 4 || typeof rows !== 'number' || rows < 2 || rows !== columns) return undefined;
    const whole = [x.type.shape[0]!, mul(depth!, rows * rows), height!, width!];
    return patch.sameShape(whole, x.type.shape)
      ? patch.node('DepthToSpace', [x], { blocksize: rows, mode })
      : undefined;
  },
});

export const recognizeDepthToSpace = definePass({
  name: 'recognize-depth-to-space',
  summary: 'DepthToSpace and SpaceToDepth written out with Reshape and Transpose, or Slice and Concat',
  rules: [depthToSpace, spaceToDepth, spaceToDepthWeights],
});
