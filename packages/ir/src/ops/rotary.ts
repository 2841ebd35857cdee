// Rotary position embeddings: pairs of features of each head, turned by an angle that grows with the position.

import type { DType } from '../dtype.ts';
import { defineOp, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import { checkShape } from './check.ts';
import { type Heads, headsOf } from './heads.ts';

/** The geometry of a RotaryEmbedding, as kernels read it. */
export interface RotaryGeometry extends Heads {
  /** Features of a head that are turned, the first ones. Twice as many as there are angles. */
  readonly turned: number;
  /** Features 2i and 2i + 1 are a pair; otherwise i and i + turned/2. */
  readonly interleaved: boolean;
}

/** Geometry of a RotaryEmbedding. */
export function rotaryGeometry(at: NodeView): RotaryGeometry {
  const heads = headsOf(at, 0, at.has('num_heads') && at.int('num_heads') > 0 ? at.int('num_heads') : undefined);
  const turned = at.int('rotary_embedding_dim') || heads.size;
  if (turned % 2 !== 0 || turned > heads.size) throw at.fail(`${turned} of ${heads.size} features are turned in pairs`);
  const positions = at.inputs[3]?.shape;
  const cache = positions ? undefined : [heads.batch, heads.length, turned / 2];
  if (positions) checkShape(at, 3, [heads.batch, heads.length]);
  for (const index of [1, 2]) {
    const { shape } = at.input(index);
    if (cache) checkShape(at, index, cache);
    else checkShape(at, index, [shape[0] ?? 0, turned / 2]);
  }
  return { ...heads, turned, interleaved: at.int('interleaved') === 1 };
}

const TYPES: readonly DType[] = ['float32', 'float16', 'bfloat16'];
const operand = (name: string): OperandSpec => ({ name, types: TYPES, sameAs: 'T' });

export const rotaryOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'RotaryEmbedding',
    since: 23,
    summary: 'pairs of features (a, b) become (a·cos − b·sin, a·sin + b·cos), with the angles of their position',
    inputs: [
      operand('X'),
      operand('cos_cache'),
      operand('sin_cache'),
      { name: 'position_ids', types: ['int64'], optional: true },
    ],
    outputs: [{ name: 'Y' }],
    attributes: {
      interleaved: { type: 'int', default: 0, min: 0, max: 1, doc: 'pairs are neighbours (1) or halves (0)' },
      num_heads: { type: 'int', min: 0, max: 2 ** 16, doc: 'where X has rank 3' },
      rotary_embedding_dim: {
        type: 'int',
        default: 0,
        min: 0,
        max: 2 ** 20,
        doc: 'features that are turned; 0 for all',
      },
    },
    trait: { kind: 'opaque' },
    infer(at) {
      rotaryGeometry(at);
      return [at.input(0)];
    },
  }),
];
