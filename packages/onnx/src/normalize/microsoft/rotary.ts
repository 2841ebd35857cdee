// Rotary position embeddings.

import type { Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode } from '../node.ts';
import type { SpelledOps } from '../spelled.ts';
import { castTo } from '../steps.ts';
import { counted, knownSize, needInts, sizeOf, takeFlag, takeNumber } from './parts.ts';

export const rotary: SpelledOps = {
  RotaryEmbedding: (node, emit) => [rotaryEmbedding(node, emit)],
  MRotaryEmbedding: (node, emit) => [multimodal(node, emit)],
  GemmaRotaryEmbedding: gemma,
};

export interface Rotation {
  /** [batch, length], or [1] for the position of the first element; null where there are angles for each place. */
  readonly positions: Value | null;
  /** [positions, angles], or [batch, length, angles] */
  readonly cos: Value;
  readonly sin: Value;
  readonly interleaved: boolean;
}

/** x [batch, length, heads · size] or [batch, heads, length, size], turned by the angles of its positions. */
export function rotate(x: Value, heads: number, rotation: Rotation, emit: Emitter): Value {
  const { positions, cos, sin, interleaved } = rotation;
  const packed = x.type.shape.length === 3;
  const size = packed ? knownSize(x, -1, emit) / heads : knownSize(x, -1, emit);
  const turned = 2 * knownSize(cos, -1, emit);
  const places = positions && everywhere(positions, x, packed ? 1 : 2, emit);
  return emit.node('RotaryEmbedding', [x, cos, sin, places], {
    interleaved: interleaved ? 1 : 0,
    ...(packed ? { num_heads: heads } : {}),
    ...(turned === size ? {} : { rotary_embedding_dim: turned }),
  });
}

/** Positions for each batch element and place of x, whose places are along `axis`. */
function everywhere(positions: Value, x: Value, axis: number, emit: Emitter): Value {
  if (positions.type.shape.length === 2) return positions;
  const length = sizeOf(x, axis, emit);
  const own = emit.node('Add', [castTo(positions, 'int64', emit), counted(length, 'int64', emit)]);
  return emit.node('Expand', [own, emit.node('Concat', [sizeOf(x, 0, emit), length], { axis: 0 })]);
}

function rotaryEmbedding(node: LegacyNode, emit: Emitter): Value {
  const [x, positions, cos, sin] = [0, 1, 2, 3].map((i) => inputOf(node, i, emit)) as [Value, Value, Value, Value];
  return rotate(x, headsOf(node, x, cos, emit), { positions, cos, sin, interleaved: isInterleaved(node, emit) }, emit);
}

function isInterleaved(node: LegacyNode, emit: Emitter): boolean {
  // How the batch was packed does not matter, since every place has its position; no kernel reads the scale.
  takeFlag(node, 'is_packed_batching', emit);
  takeNumber(node, 'scale', emit, 1);
  return takeFlag(node, 'interleaved', emit);
}

/** How many heads x has: as the node says, or else as large as all angles need. */
function headsOf(node: LegacyNode, x: Value, cos: Value, emit: Emitter): number {
  const given = takeNumber(node, 'num_heads', emit, 0);
  const turned = takeNumber(node, 'rotary_embedding_dim', emit, 0);
  const angles = knownSize(cos, -1, emit);
  if (turned > 0 && turned !== 2 * angles) throw emit.fail(`${turned} features are turned by ${angles} angles`);
  return given > 0 || x.type.shape.length !== 3 ? given : knownSize(x, -1, emit) / (2 * angles);
}

/** Far more than any head has. */
const MAX_ANGLES = 2 ** 16;

/** Positions in time, height and width: [3, batch, length]. Each angle belongs to one of them. */
function multimodal(node: LegacyNode, emit: Emitter): Value {
  const [x, positions, cos, sin] = [0, 1, 2, 3].map((i) => inputOf(node, i, emit)) as [Value, Value, Value, Value];
  const sections = needInts(node, 'mrope_section', emit);
  const woven = takeFlag(node, 'mrope_layout', emit);
  const angles = knownSize(cos, -1, emit);
  if (sections.length !== 3 || angles > MAX_ANGLES || sections.reduce((total, size) => total + size, 0) !== angles)
    throw emit.fail(`sections of [${sections}] for ${angles} angles`);
  const owners = Array.from({ length: angles }, (_, i) => (woven ? wovenOwner(i, sections) : chunkOwner(i, sections)));
  const chosen = (cache: Value) => {
    // [3, batch, length, angles], of which each angle takes its own.
    const all = emit.node('Gather', [cache, positions]);
    const one = (index: number) => emit.node('Gather', [all, emit.scalar('int64', index)]);
    const owned = (index: number) =>
      emit.constant(
        'bool',
        [angles],
        owners.map((owner) => (owner === index ? 1 : 0)),
      );
    return emit.node('Where', [owned(0), one(0), emit.node('Where', [owned(1), one(1), one(2)])]);
  };
  const heads = headsOf(node, x, cos, emit);
  const interleaved = isInterleaved(node, emit);
  return rotate(x, heads, { positions: null, cos: chosen(cos), sin: chosen(sin), interleaved }, emit);
}

function chunkOwner(angle: number, [time, height]: readonly number[]): number {
  if (angle < time!) return 0;
  return angle < time! + height! ? 1 : 2;
}

/** Every third angle is height's from 1 on and width's from 2 on, as many as they have; the others are time's. */
function wovenOwner(angle: number, sections: readonly number[]): number {
  const owner = angle % 3;
  return owner > 0 && angle < 3 * sections[owner]! ? owner : 0;
}

/** q · cos + q_rot · sin and the same of k, of angles in float32. */
function gemma(node: LegacyNode, emit: Emitter): Value[] {
  const [angles, q, qRotated, k, kRotated] = [0, 1, 2, 3, 4].map((i) => inputOf(node, i, emit)) as [
    Value,
    Value,
    Value,
    Value,
    Value,
  ];
  const [sin, cos] = ['Sin', 'Cos'].map((op) => {
    const all = castTo(emit.node(op, [angles]), q.type.dtype, emit);
    return emit.node('Unsqueeze', [all, emit.constant('int64', [1], [1])]);
  }) as [Value, Value];
  const turned = (x: Value, rotated: Value) => {
    return emit.node('Add', [emit.node('Mul', [x, cos]), emit.node('Mul', [rotated, sin])]);
  };
  return [turned(q, qRotated), turned(k, kRotated)];
}
