// The element core: one element of the result an invocation, or the elements of one word where they share it. Map, the
// pools, Resize and Range are built from it.

import { ceilDiv, type Dim, floorDiv, product, sameShape } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { axesIn, orderOf } from '../format/format.ts';
import type { Launch } from '../kernel.ts';
import * as ix from '../wgsl/ix.ts';
import type { RunLength } from '../wgsl/memory.ts';
import { Position } from '../wgsl/position.ts';

const WORKGROUP = 64;

/** Emits `body` for the element of this invocation, and says how many workgroups that takes. */
export function emitElements(e: Emitter, shape: readonly Dim[], body: (position: Position) => void): Launch {
  return emitInOrder(e, shape, axesIn('row-major', shape.length), body);
}

/** As `emitElements`; invocations that follow one another have elements that do so in an order of the axes. */
function emitInOrder(
  e: Emitter,
  shape: readonly Dim[],
  axes: readonly number[],
  body: (position: Position) => void,
): Launch {
  const count = product(shape);
  const i = e.shader.let(`group * ${WORKGROUP}u + lid`, 'i');
  e.shader.when(ix.less(i, e.size(count)), () => body(Position.ordered(shape, axes, i)));
  return { workgroupSize: WORKGROUP, workgroups: ceilDiv(count, WORKGROUP) };
}

/**
 * Emits the results in runs of so many neighbours along an axis, for which the emitter's `storesRuns` says yes; `values` gives
 * the anchor's of a run.
 */
export function emitRuns(
  e: Emitter,
  shape: readonly Dim[],
  { axis, count }: { readonly axis: number; readonly count: RunLength },
  values: (lanes: readonly Position[]) => readonly string[],
): Launch {
  const { shader } = e;
  const runs = floorDiv(product(shape), count);
  const i = shader.let(`group * ${WORKGROUP}u + lid`, 'i');
  const axes = [...shape.keys()].filter((other) => other !== axis);
  shader.when(ix.less(i, e.size(runs)), () => {
    const start = Position.ordered(shape, [...axes, axis], ix.mul(i, count));
    const lanes = start.run(axis, count);
    e.storeRun(
      start,
      axis,
      values(lanes).map((value) => shader.let(value)),
    );
  });
  return { workgroupSize: WORKGROUP, workgroups: ceilDiv(runs, WORKGROUP) };
}

/**
 * Emits the results element by element, in the order in which the first of them lies in memory; `value` gives the anchor's
 * at a position, where there is an anchor. For kernels that `ownsWords`.
 */
export function emitResult(e: Emitter, shape: readonly Dim[], value?: (position: Position) => string): Launch {
  const { shader } = e;
  const { results } = e.group;
  const finish = (position: Position) => e.finish(position, value && shader.let(value(position)));
  const each = Math.max(...results.map((result) => e.perWord(result)));
  if (each === 1) {
    const first = e.view(results[0]!);
    const axes = (sameShape(first.shape, shape) && orderOf(first)) || axesIn('row-major', shape.length);
    return emitInOrder(e, shape, axes, (position) => {
      for (const [result, element] of finish(position)) e.storeElement(result, position, element);
    });
  }
  const count = e.size(product(shape));
  const packed = results.filter((result) => e.perWord(result) > 1);
  return emitElements(e, [ceilDiv(product(shape), each)], (position) => {
    const number = position.linear(shader);
    const words = new Map(packed.map((result) => [result, shader.name('word')]));
    for (const word of words.values()) shader.line(`var ${word} = 0u;`);
    shader.loop(each, 'k', (k) => {
      const i = shader.index(ix.add(ix.mul(number, each), k), 'i');
      shader.when(ix.less(i, count), () => {
        const at = Position.linear(shape, i);
        for (const [result, element] of finish(at)) {
          const word = words.get(result);
          if (word) shader.line(`${word} |= ${e.code(result, element)} << ${ix.text(ix.mul(k, 32 / each))};`);
          else e.storeElement(result, at, element);
        }
      });
    });
    for (const [result, word] of words) e.storeWord(result, number, word);
  });
}
