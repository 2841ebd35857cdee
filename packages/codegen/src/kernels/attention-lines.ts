// Queries, keys or values as a workgroup brings them through its memory: a line of features for each step, in vectors of four
// floats. On their way they are in registers, so that a workgroup can ask for the next ones before it needs them.

import type { Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import type { Cache, Head } from './attention-scores.ts';
import { Operand } from './contraction.ts';
import { ELEMENTS, foursOf, vectorsOf } from './eights.ts';

/** Vectors of four that a line of so many features takes, the features past them zeros. */
export function foursIn(value: Value, features: number): number {
  const count = ELEMENTS.get(value.type.dtype)!;
  return (Math.ceil(features / count) * count) / 4;
}

/** How far apart lines lie, in vectors: an odd number, so that the lines that invocations read at once are in other banks. */
export function strideOf(fours: number): number {
  return fours + 1 - (fours % 2);
}

/** A vector of 16 bytes that an invocation brings. */
interface Slot {
  /** The variable that has it meanwhile. */
  readonly name: string;
  readonly line: Ix;
  /** The number of its first feature. */
  readonly feature: Ix;
  /** Whether there is such a vector. */
  readonly isThere: boolean | string;
}

export class Lines {
  readonly #slots: readonly Slot[];

  /**
   * @param cache the steps of which lines are brought, those of a `head`
   * @param memory the name of the array of vectors that has them
   * @param count of lines
   */
  constructor(
    readonly e: Emitter,
    readonly cache: Cache,
    readonly head: Head,
    readonly memory: string,
    count: number,
    threads: number,
  ) {
    const { shader } = e;
    const elements = this.#elements;
    const perLine = Math.ceil(cache.heads.size / elements);
    const all = count * perLine;
    this.#slots = Array.from({ length: Math.ceil(all / threads) }, (_, i) => {
      const number = shader.index(ix.add('lid', i * threads), 'number');
      const slot = {
        name: shader.name('x'),
        line: shader.index(ix.div(number, perLine), 'line'),
        feature: shader.index(ix.mul(ix.mod(number, perLine), elements), 'feature'),
        isThere: (i + 1) * threads <= all || ix.less(number, all),
      };
      shader.line(`var ${slot.name} = ${this.#zeros};`);
      return slot;
    });
  }

  /** Elements of a vector. */
  get #elements(): number {
    return ELEMENTS.get(this.cache.now.type.dtype)!;
  }

  get #zeros(): string {
    return this.#elements === 4 ? 'vec4<f32>()' : 'vec4<u32>()';
  }

  /**
   * Emits the reads of lines.
   * @param step of the line with a number: one that there is
   * @param isSeen whether a line is more than zeros
   */
  fetch(step: (line: Ix) => Ix, isSeen: (line: Ix) => boolean | string = () => true): void {
    const { e, cache, head } = this;
    const { size } = cache.heads;
    const past = size % this.#elements === 0 ? 'nothing' : 'zeros';
    for (const { name, line, feature, isThere } of this.#slots)
      e.shader.when(isThere, () => {
        cache.in(head.batch, head.head, e.shader.index(step(line), 'step'), (value, at) => {
          const places = at(0);
          const start = e.shader.index(new Operand(e, value).address(places), 'from');
          e.shader.line(`${name} = ${vectorsOf(e, value, places.length - 1, size, past)(start, feature)};`);
        });
        const seen = isSeen(line);
        if (seen !== true) e.shader.line(`${name} = select(${this.#zeros}, ${name}, ${seen});`);
      });
  }

  /** Emits what puts the lines into workgroup memory. */
  store(finish: (four: string) => string = (four) => four): void {
    const { e, cache, memory } = this;
    const stride = strideOf(foursIn(cache.now, cache.heads.size));
    for (const { name, line, feature, isThere } of this.#slots)
      e.shader.when(isThere, () => {
        const at = ix.add(ix.mul(line, stride), ix.div(feature, 4));
        for (const [i, four] of foursOf(e, cache.now, name).entries())
          e.shader.line(`${memory}[${ix.text(ix.add(at, i))}] = ${finish(four)};`);
      });
  }
}
