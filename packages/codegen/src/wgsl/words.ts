// The words of a tensor as shaders read and write them: those of one buffer, or of several that follow one another.

import type { Ix } from './ix.ts';
import * as ix from './ix.ts';
import type { BufferElement, Shader } from './shader.ts';

export interface Words {
  read(number: Ix): string;
  /** A statement. */
  write(number: Ix, word: string): string;
}

/** @param each words of every buffer but the last */
export function wordsOf(shader: Shader, buffers: readonly string[], element: BufferElement, each: number): Words {
  const [first] = buffers;
  if (buffers.length === 1)
    return {
      read: (number) => `${first}[${ix.text(number)}]`,
      write: (number, word) => `${first}[${ix.text(number)}] = ${word};`,
    };
  /** One line for each buffer, which ends the function if the word is there. */
  const choose = (use: (word: string) => string) =>
    buffers.map((buffer, i) => {
      const statement = use(`${buffer}[${ix.text(ix.sub('i', i * each))}]`);
      return i < buffers.length - 1 ? `  if (i < ${(i + 1) * each}u) { ${statement} }` : `  ${statement}`;
    });
  return {
    read(number) {
      const body = choose((word) => `return ${word};`);
      shader.global([`fn ${first}_at(i: u32) -> ${element} {`, ...body, '}'].join('\n'));
      return `${first}_at(${ix.text(number)})`;
    },
    write(number, word) {
      const body = choose((place) => `${place} = word; return;`);
      shader.global([`fn ${first}_put(i: u32, word: ${element}) {`, ...body, '}'].join('\n'));
      return `${first}_put(${ix.text(number)}, ${word});`;
    },
  };
}
