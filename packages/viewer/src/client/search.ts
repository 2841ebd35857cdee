// Finds nodes by what they are called, what they compute, their tensors and origins.

import type { NodeRef } from '../drawing.ts';
import type { PageDrawing } from '../page-data.ts';

/** Nodes of the drawings that have all words of the text somewhere, in order. */
export function search(drawings: readonly PageDrawing[], text: string): NodeRef[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return drawings.flatMap((drawing, at) =>
    wordsOf(drawing).flatMap((found, node) =>
      words.every((word) => found.includes(word)) ? [{ drawing: at, node }] : [],
    ),
  );
}

const known = new WeakMap<PageDrawing, string[]>();

function wordsOf(drawing: PageDrawing): string[] {
  let words = known.get(drawing);
  if (!words) {
    const { nodes, values } = drawing;
    words = nodes.map(({ title, name, origin, inputs, outputs }) =>
      [
        title,
        name,
        ...origin,
        ...[...outputs, ...inputs.flatMap(([, value]) => value ?? [])].map((i) => values[i]!.name),
      ]
        .join('\n')
        .toLowerCase(),
    );
    known.set(drawing, words);
  }
  return words;
}
