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

/** Emits the result element by element; `value` gives the one at a position. For kernels that `ownsWords`. */
export function emitResult(e: Emitter, shape: readonly Dim[], value: (position: Position, i: Ix) => string): Launch {
  const { shader, resultsPerWord: each } = e;
  if (each === 1) return emitElements(e, shape, (position, i) => e.store(position, shader.let(value(position, i))));
  const count = e.size(product(shape));
  return emitElements(e, [ceilDiv(product(shape), each)], (_, number) => {
    const word = shader.name('word');
    shader.line(`var ${word} = 0u;`);
    shader.loop(each, 'k', (k) => {
      const i = shader.index(ix.add(ix.mul(number, each), k), 'i');
      shader.when(ix.less(i, count), () => {
        const position = Position.linear(shape, i);
        const code = e.code(position, shader.let(value(position, i)));
        shader.line(`${word} |= ${code} << ${ix.text(ix.mul(k, 32 / each))};`);
      });
    });
    e.storeWord(number, word);
  });
}
