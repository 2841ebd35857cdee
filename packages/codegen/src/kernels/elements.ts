// The element core: one element of the result an invocation, or the elements of one word where they share it. Map, the
// pools, Resize and Range are built from it.

import { ceilDiv, type Dim, product } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Launch } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';

const WORKGROUP = 64;

/** Emits `body` for the element of this invocation, with its row-major number, and says how many workgroups that takes. */
export function emitElements(e: Emitter, shape: readonly Dim[], body: (position: Position, i: Ix) => void): Launch {
  const count = product(shape);
  const i = e.shader.let(`group * ${WORKGROUP}u + lid`, 'i');
  e.shader.when(ix.less(i, e.size(count)), () => body(Position.linear(shape, i), i));
  return { workgroupSize: WORKGROUP, workgroups: ceilDiv(count, WORKGROUP) };
}

/**
 * Emits the results element by element; `value` gives the anchor's at a position, where there is an anchor. For kernels that
 * `ownsWords`.
 */
export function emitResult(e: Emitter, shape: readonly Dim[], value?: (position: Position, i: Ix) => string): Launch {
  const { shader } = e;
  const { results } = e.group;
  const finish = (position: Position, i: Ix) => e.finish(position, value && shader.let(value(position, i)));
  const each = Math.max(...results.map((result) => e.perWord(result)));
  if (each === 1)
    return emitElements(e, shape, (position, i) => {
      for (const [result, element] of finish(position, i)) e.storeElement(result, position, element);
    });
  const count = e.size(product(shape));
  const packed = results.filter((result) => e.perWord(result) > 1);
  return emitElements(e, [ceilDiv(product(shape), each)], (_, number) => {
    const words = new Map(packed.map((result) => [result, shader.name('word')]));
    for (const word of words.values()) shader.line(`var ${word} = 0u;`);
    shader.loop(each, 'k', (k) => {
      const i = shader.index(ix.add(ix.mul(number, each), k), 'i');
      shader.when(ix.less(i, count), () => {
        const position = Position.linear(shape, i);
        for (const [result, element] of finish(position, i)) {
          const word = words.get(result);
          if (word) shader.line(`${word} |= ${e.code(result, element)} << ${ix.text(ix.mul(k, 32 / each))};`);
          else e.storeElement(result, position, element);
        }
      });
    });
    for (const [result, word] of words) e.storeWord(result, number, word);
  });
}
