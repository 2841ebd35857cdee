// Ranges of integers that steer shapes and that only the run tells: with them, what has such sizes has a largest size.

import { quote, TrtxError } from '@trtx/errors';
import type { Graph, Node, Value } from './graph.ts';
import type { DimRange, InputProfile } from './specialize.ts';
import { elementCount } from './tensor.ts';

/** For each element of a tensor an exact size, a range, or null for any; by the name of the tensor. */
export type ValueRanges = Readonly<Record<string, InputProfile>>;

/**
 * Gives nodes that tell sizes the ranges of what they read, and infers all types anew; runs with other elements are refused.
 * To be done before passes.
 * @throws TrtxError PROFILE: no such tensor tells a size, another number of elements, a range of multiples or with a typical size or outside of what
 *   a size may be
 */
export function limitTold(graph: Graph, ranges: ValueRanges): void {
  const telling = [...graph.withBodies()].flatMap((each) =>
    [...each.nodes].filter(({ op }) => op.tells).map((node) => ({ each, node })),
  );
  for (const [name, range] of Object.entries(ranges)) {
    const found = telling.filter(({ node }) => node.inputs[0]!.name === name);
    if (found.length === 0) throw unknown(name, new Set(telling.map(({ node }) => node.inputs[0]!.name)));
    for (const { each, node } of found) limitNode(each, node, range);
  }
  graph.reinfer();
}

function limitNode(graph: Graph, node: Node, range: InputProfile): void {
  const input = node.inputs[0]!;
  const count = elementCount(input.type.shape as number[]);
  if (range.length !== count) throw fail(input, `${range.length} ranges for ${count} elements`);
  const ends = range.map((axis) => {
    const { min, opt, max, multipleOf }: DimRange = typeof axis === 'number' ? { min: axis, max: axis } : (axis ?? ANY);
    if ((multipleOf ?? 1) !== 1) throw fail(input, `multiples of ${multipleOf}`, 'Give the range alone.');
    if (opt !== undefined) throw fail(input, `a typical size, ${opt}`, 'Give the range alone.');
    return { min, max };
  });
  const attributes = new Map([
    ...node.attributes,
    ['least', ends.map(({ min }) => min)],
    ['most', ends.map(({ max }) => max)],
  ] as const);
  const { name, origin, inputs, output } = node;
  const limited = graph.addNode(node.op, inputs, attributes, { name, origin });
  graph.replaceUses(output, limited.output);
  const outputName = output.name;
  graph.removeNode(node);
  graph.rename(limited, name);
  graph.rename(limited.output, outputName);
}

const ANY = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

function unknown(name: string, known: ReadonlySet<string>): TrtxError {
  return new TrtxError('PROFILE', 'no sizes that only the run tells are told by such a tensor', {
    tensor: name,
    hint: `Those that tell some: ${[...known].map(quote).join(', ') || 'none'}.`,
  });
}

function fail({ name }: Value, message: string, hint?: string): TrtxError {
  return new TrtxError('PROFILE', message, { tensor: name, hint });
}
