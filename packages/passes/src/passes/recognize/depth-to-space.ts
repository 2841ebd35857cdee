// DepthToSpace and SpaceToDepth written out: blocks of channels and blocks of places are axes of their own for a Transpose.

import { type Dim, mul, type Value } from '@trtx/ir';
import type { Operand, Patch } from '../../patch.ts';
import { any, op } from '../../pattern.ts';
import { recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';

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
    return blocks(patch, match.value('x'), 'DepthToSpace', [depth!, height!, width!], [rows!, columns!], mode);
  },
});

const spaceToDepth = recognize({
  name: 'space-to-depth',
  pattern: moved,
  reason: 'blocks of places become blocks of channels',
  make(match, patch) {
    const split = match.value('split').type.shape;
    if (match.node('moved').view().ints('perm')?.join() !== '0,3,5,1,2,4' || split.length !== 6) return undefined;
    const [, depth, height, rows, width, columns] = split;
    return blocks(patch, match.value('x'), 'SpaceToDepth', [depth!, height!, width!], [rows!, columns!]);
  },
});

export const recognizeDepthToSpace = definePass({
  name: 'recognize-depth-to-space',
  summary: 'DepthToSpace and SpaceToDepth written out as Reshape, Transpose, Reshape',
  rules: [depthToSpace, spaceToDepth],
});

/** The op, where the first Reshape splits `x` into these channels and places, in square blocks. */
function blocks(
  patch: Patch,
  x: Value,
  name: 'DepthToSpace' | 'SpaceToDepth',
  [depth, height, width]: readonly [Dim, Dim, Dim],
  [rows, columns]: readonly [Dim, Dim],
  mode?: string,
): Operand | undefined {
  const [batch] = x.type.shape;
  if (x.type.shape.length !== 4 || typeof rows !== 'number' || rows < 2 || rows !== columns) return undefined;
  const opens = name === 'DepthToSpace';
  const times = opens ? 1 : rows;
  const whole = [batch!, opens ? mul(depth, rows * rows) : depth, mul(height, times), mul(width, times)];
  if (!patch.sameShape(whole, x.type.shape)) return undefined;
  return patch.node(name, [x], mode ? { blocksize: rows, mode } : { blocksize: rows });
}
