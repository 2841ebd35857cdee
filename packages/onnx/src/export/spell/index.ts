// How nodes are written in older opsets: the tables of the families of ops. Ops that are in none are the same in all opsets
// that are written, or an error in those that lack them.

import type { Node } from '@trtx/ir';
import { activationSpellings } from './activations.ts';
import { attentionSpellings } from './attention.ts';
import { integerSpellings } from './integers.ts';
import { layoutSpellings } from './layout.ts';
import { normalizationSpellings } from './normalization.ts';
import { quantizeSpellings } from './quantize.ts';
import { reduceSpellings } from './reduce.ts';
import { resizeSpellings } from './resize.ts';
import { rotarySpellings } from './rotary.ts';
import { samplingSpellings } from './sampling.ts';
import { scanSpellings } from './scan.ts';
import { scatterSpellings } from './scatter.ts';
import { signalSpellings } from './signal.ts';
import type { ExportSpelling } from './spelling.ts';
import { typeSpellings } from './types.ts';
import { windowSpellings } from './windows.ts';

/** What is special about ops, beside element types that they got late. */
export const SPELLINGS: readonly ExportSpelling[] = [
  ...activationSpellings,
  ...normalizationSpellings,
  ...attentionSpellings,
  ...rotarySpellings,
  ...reduceSpellings,
  ...scanSpellings,
  ...layoutSpellings,
  ...scatterSpellings,
  ...windowSpellings,
  ...resizeSpellings,
  ...samplingSpellings,
  ...quantizeSpellings,
  ...signalSpellings,
  ...integerSpellings,
];

const byOp = new Map<string, ExportSpelling[]>();
// First what computes in another type: the nodes that it adds are looked at anew.
for (const spelling of [...typeSpellings, ...SPELLINGS])
  for (const op of spelling.ops) {
    const own = byOp.get(op) ?? [];
    own.push(spelling);
    byOp.set(op, own);
  }

/**
 * What may have to be done about a node in a file of the opset.
 * @param avoid ops that are spelled out though the opset has them
 */
export function spellingsOf({ op }: Node, opset: number, avoid?: ReadonlySet<string>): readonly ExportSpelling[] {
  if (op.domain !== '') return [];
  const isAvoided = avoid?.has(op.name) ?? false;
  return byOp.get(op.name)?.filter(({ before }) => isAvoided || opset < before) ?? [];
}
