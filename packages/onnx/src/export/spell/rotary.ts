// Rotary position embeddings: x · cos + x′ · sin, where x′ has each pair (a, b) as (−b, a).

import { type RotaryGeometry, rotaryGeometry, type Value } from '@trtx/ir';
import { ints, unsqueeze } from '../../normalize/pieces.ts';
import { type ExportEmitter, given, spelling } from './spelling.ts';

export const rotarySpellings = [
  spelling('RotaryEmbedding', 23, (node, emit) => {
    const g = rotaryGeometry(node.view());
    const x = given(node, 0);
    // Heads apart: [batch, length, heads, size] where they came packed, else [batch, heads, length, size].
    const apart = g.packed ? emit.node('Reshape', [x, ints(emit, 0, 0, g.heads, g.size)]) : x;
    const angles = [1, 2].map((index) => {
      const cache = given(node, index);
      const own = node.inputs[3] ? emit.node('Gather', [cache, node.inputs[3]]) : cache;
      return forPairs(unsqueeze(own, [g.packed ? 2 : 1], emit), g, emit);
    }) as [Value, Value];
    const turned = partly(apart, g, angles, emit);
    return [g.packed ? emit.node('Reshape', [turned, ints(emit, 0, 0, g.heads * g.size)]) : turned];
  }),
];

/** Each angle for both features of its pair. */
function forPairs(angles: Value, { interleaved, turned }: RotaryGeometry, emit: ExportEmitter): Value {
  if (!interleaved) return emit.node('Concat', [angles, angles], { axis: -1 });
  const column = unsqueeze(angles, [4], emit);
  const pairs = emit.node('Concat', [column, column], { axis: -1 });
  return emit.node('Reshape', [pairs, ints(emit, 0, 0, 0, turned)]);
}

/** Turns the first features, as many as have angles. */
function partly(x: Value, g: RotaryGeometry, angles: readonly [Value, Value], emit: ExportEmitter): Value {
  if (g.turned === g.size) return turn(x, g, angles, emit);
  const sizes = ints(emit, g.turned, g.size - g.turned);
  const [first, rest] = emit.outputs('Split', 2, [x, sizes], { axis: -1 }) as [Value, Value];
  return emit.node('Concat', [turn(first, g, angles, emit), rest], { axis: -1 });
}

function turn(x: Value, g: RotaryGeometry, [cos, sin]: readonly [Value, Value], emit: ExportEmitter): Value {
  const own = emit.node('Mul', [x, cos]);
  return emit.node('Add', [own, emit.node('Mul', [partners(x, g, emit), sin])]);
}

/** (−b, a) in the place of each pair (a, b). */
function partners(x: Value, { interleaved, turned }: RotaryGeometry, emit: ExportEmitter): Value {
  const pairs = interleaved ? emit.node('Reshape', [x, ints(emit, 0, 0, 0, turned / 2, 2)]) : x;
  const part = interleaved ? 1 : turned / 2;
  const [a, b] = emit.outputs('Split', 2, [pairs, ints(emit, part, part)], { axis: -1 }) as [Value, Value];
  const swapped = emit.node('Concat', [emit.node('Neg', [b]), a], { axis: -1 });
  return interleaved ? emit.node('Reshape', [swapped, ints(emit, 0, 0, 0, turned)]) : swapped;
}
