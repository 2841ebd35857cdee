// Pad in front of what pads by itself, or in front of another Pad.

import { type Node, normalizeAxis } from '@trtx/ir';
import { integersOf, producerOf, splatOf } from '../../match.ts';
import type { Patch } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';

/** Pad of a Pad with the same value is one. */
const padOfPad = defineRule({
  name: 'pad-of-pad',
  ops: ['Pad'],
  apply(node, patch) {
    const before = producerOf(node.inputs[0], 'Pad');
    const [outer, inner] = [borderOf(node), before && borderOf(before)];
    if (!before || !outer || !inner || !Object.is(outer.value, inner.value)) return undefined;
    if (!patch.onlyUsedBy(before.output, node)) return undefined;
    const pads = patch.integers([...sum(inner.begin, outer.begin), ...sum(inner.end, outer.end)], 'pads');
    const y = patch.node('Pad', [before.inputs[0], pads, node.inputs[2] ?? before.inputs[2]], { mode: 'constant' });
    return patch.covers(before).replace(node.output, y, 'Pad of Pad');
  },
});

/** Zeros around the input of a convolution are its pads. */
const intoConv = defineRule({
  name: 'into-conv',
  ops: ['Conv'],
  apply: (node, patch) => absorb(node, 0, patch),
});

/**
 * What a pooling takes for padding are its pads: −∞ of a maximum, zeros of an average that counts them, or of a norm. With
 * ceil_mode a window may reach over pads, but not over elements.
 */
const intoPool = defineRule({
  name: 'into-pool',
  ops: ['MaxPool', 'AveragePool', 'LpPool'],
  apply(node, patch) {
    const view = node.view();
    if (view.int('ceil_mode') === 1) return undefined;
    if (node.op.name === 'MaxPool') return node.outputs.length === 1 ? absorb(node, -Infinity, patch) : undefined;
    if (node.op.name === 'LpPool') return absorb(node, 0, patch);
    // Pads that it has already and does not count cannot be told from the new ones.
    const hasPads = (view.ints('pads') ?? []).some((pad) => pad !== 0);
    return hasPads && view.int('count_include_pad') === 0
      ? undefined
      : absorb(node, 0, patch, { count_include_pad: 1 });
  },
});

export const mergePads = definePass({
  name: 'merge-pads',
  summary: 'Pad goes into the Pad, Conv or pooling after it',
  rules: [padOfPad, intoConv, intoPool],
});

interface Border {
  /** Elements added along each axis. */
  readonly begin: readonly number[];
  readonly end: readonly number[];
  readonly value: number;
}

/** What a Pad adds, where that is one known number, and it takes nothing away. */
function borderOf(node: Node): Border | undefined {
  const [data, pads, value, axes] = node.inputs;
  const sizes = integersOf(pads);
  const own = axes ? integersOf(axes) : undefined;
  const number = value ? splatOf(value) : 0;
  if (!sizes?.every((size) => size >= 0) || (axes && !own) || number === undefined) return undefined;
  if (node.view().string('mode') !== 'constant') return undefined;
  const rank = data!.type.shape.length;
  const places = own?.map((axis) => normalizeAxis(node.view(), axis, rank)) ?? data!.type.shape.map((_, axis) => axis);
  const along = (from: number) =>
    data!.type.shape.map((_, axis) => (places.includes(axis) ? sizes[from + places.indexOf(axis)]! : 0));
  return { begin: along(0), end: along(places.length), value: number };
}

/** The window op on what its Pad pads, with these pads beside its own. */
function absorb(node: Node, value: number, patch: Patch, changes: Record<string, number> = {}): Patch | undefined {
  const pad = producerOf(node.inputs[0], 'Pad');
  const border = pad && borderOf(pad);
  if (!pad || !border || border.value !== value || !patch.onlyUsedBy(pad.output, node)) return undefined;
  const [begin, end] = [border.begin, border.end];
  if (begin[0] || begin[1] || end[0] || end[1]) return undefined;
  const view = node.view();
  const auto = view.string('auto_pad');
  if (auto !== 'NOTSET' && auto !== 'VALID') return undefined;
  const spatial = begin.length - 2;
  const none = new Array<number>(2 * spatial).fill(0);
  const pads = sum((auto === 'NOTSET' && view.ints('pads')) || none, [...begin.slice(2), ...end.slice(2)]);
  // A pooling window must reach over an element.
  const kernel = view.ints('kernel_shape');
  if (node.op.name !== 'Conv' && pads.some((size, i) => size >= kernel![i % spatial]!)) return undefined;
  const attributes = new Map([...node.attributes].filter(([name]) => name !== 'auto_pad'));
  for (const [name, number] of Object.entries(changes)) attributes.set(name, number);
  const y = patch.node(node.op.name, [pad.inputs[0], ...node.inputs.slice(1)], attributes.set('pads', pads));
  if (!patch.sameShape(y.type.shape, node.output.type.shape)) return undefined;
  return patch.covers(pad).replace(node.output, y, `Pad into ${node.op.name}`);
}

function sum(a: readonly number[], b: readonly number[]): number[] {
  return a.map((x, i) => x + b[i]!);
}
