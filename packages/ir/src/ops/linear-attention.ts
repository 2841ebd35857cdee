// Linear attention: instead of all keys and values a matrix for each head is kept, to which every step adds the product of
// its key and value, after what was there has faded (a gate) and what the key already gives has been taken off (delta).

import type { DType } from '../dtype.ts';
import { defineOp, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import { checkShape } from './check.ts';
import { type Heads, headsOf, headsShape } from './heads.ts';

/** The geometry of a LinearAttention, as kernels read it. The state of a head is [key.size, value.size]. */
export interface LinearAttentionGeometry {
  readonly query: Heads;
  /** `key.heads` divides `query.heads`. */
  readonly key: Heads;
  readonly value: Heads;
  readonly scale: number;
  /** The state fades by eᵍ, one g for each `head` or for each `feature` of its keys. */
  readonly decay: 'none' | 'head' | 'feature';
  /** What is added is beta · (value − what the key gives), one beta for each `head` or one for `all`. */
  readonly beta: 'none' | 'head' | 'all';
}

/** Geometry of a LinearAttention. */
export function linearAttentionGeometry(at: NodeView): LinearAttentionGeometry {
  for (const index of [0, 1, 2])
    if (at.input(index).shape.length !== 3)
      throw at.fail(`input ${index} of [${at.input(index).shape}], not of rank 3`);
  const query = headsOf(at, 0, at.int('q_num_heads'));
  const key = headsOf(at, 1, at.int('kv_num_heads'));
  const value = headsOf(at, 2, at.int('kv_num_heads'));
  if (query.heads % key.heads !== 0) throw at.fail(`${query.heads} heads of queries for ${key.heads} of keys`);
  checkShape(at, 1, [query.batch, query.length, key.heads * query.size]);
  checkShape(at, 2, [query.batch, query.length, value.heads * value.size]);
  checkShape(at, 3, [query.batch, key.heads, key.size, value.size]);
  const rule = at.string('update_rule');
  const decay = widthOf(at, 4, rule === 'gated' || rule === 'gated_delta', query);
  const beta = widthOf(at, 5, rule === 'delta' || rule === 'gated_delta', query);
  if (decay !== undefined && decay !== key.heads && decay !== key.heads * key.size)
    throw at.fail(`a decay of width ${decay} for ${key.heads} heads of ${key.size} features`);
  if (beta !== undefined && beta !== key.heads && beta !== 1)
    throw at.fail(`a beta of width ${beta} for ${key.heads} heads`);
  return {
    query,
    key,
    value,
    scale: at.float('scale') || 1 / Math.sqrt(query.size),
    decay: decay === undefined ? 'none' : decay === key.heads ? 'head' : 'feature',
    beta: beta === undefined ? 'none' : beta === key.heads ? 'head' : 'all',
  };
}

/** The last dim of an input that must be there, or must not. */
function widthOf(at: NodeView, index: number, wanted: boolean, { batch, length }: Heads): number | undefined {
  const shape = at.inputs[index]?.shape;
  if (!shape !== !wanted)
    throw at.fail(`the rule ${at.string('update_rule')} ${wanted ? 'needs' : 'takes no'} input ${index}`);
  if (!shape) return undefined;
  const width = shape.at(-1) ?? 1;
  checkShape(at, index, [batch, length, width]);
  if (typeof width !== 'number') throw at.fail(`input ${index} of the dynamic width ${width}`);
  return width;
}

const TYPES: readonly DType[] = ['float32', 'float16', 'bfloat16'];
const operand = (name: string, letter = 'T', optional = false): OperandSpec => ({
  name,
  types: TYPES,
  sameAs: letter,
  optional,
});
const HEADS = { type: 'int', required: true, min: 1, max: 2 ** 16 } as const;

export const linearAttentionOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'LinearAttention',
    since: 27,
    summary: 'query · state for each step and head, the state being a matrix to which keys and values are added',
    inputs: [
      operand('query'),
      operand('key'),
      operand('value'),
      operand('past_state', 'S', true),
      operand('decay', 'T', true),
      operand('beta', 'T', true),
    ],
    outputs: [{ name: 'output' }, { name: 'present_state', optional: true }],
    attributes: {
      chunk_size: { type: 'int', default: 64, doc: 'a hint for kernels; unused' },
      kv_num_heads: HEADS,
      q_num_heads: HEADS,
      scale: { type: 'float', default: 0, doc: 'of the output; 0 for 1/√size of a head' },
      update_rule: {
        type: 'string',
        default: 'gated_delta',
        oneOf: ['linear', 'gated', 'delta', 'gated_delta'],
        doc: 'whether the state fades and whether what is known is taken off',
      },
    },
    trait: { kind: 'opaque', delicate: true },
    infer(at) {
      const { query, key, value } = linearAttentionGeometry(at);
      const { dtype } = at.input(0);
      const outputs = [
        { dtype, shape: headsShape({ ...query, size: value.size }) },
        { dtype: at.inputs[3]?.dtype ?? dtype, shape: [key.batch, key.heads, key.size, value.size] },
      ];
      return outputs.slice(0, at.outputCount);
    },
  }),
];
