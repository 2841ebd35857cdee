// Groups as text, for tests.

import { GraphBuilder, type Value } from '@trtx/ir';
import { formGroups } from '../group/form.ts';
import { type Grouping, rootOf } from '../group/group.ts';
import { legalize } from '../legalize/index.ts';
import { PORTABLE } from '../target.ts';

export const ints = (b: GraphBuilder, ...values: number[]) => b.constant('int64', [values.length], values);

export const ones = (b: GraphBuilder, ...dims: number[]) => {
  const count = dims.reduce((n, d) => n * d, 1);
  return b.constant('float32', dims, new Array<number>(count).fill(1));
};

interface Options {
  /** Bindings that a dispatch may have. */
  readonly bindings?: number;
  /** As of `GroupLimits`; 64 by default. */
  readonly reuse?: number;
  /** Whether the graph is legalized first. */
  readonly legal?: boolean;
  /** The shape of x. */
  readonly dims?: readonly (number | string)[];
}

type Build = (b: GraphBuilder, x: Value) => Value | readonly Value[];

function groupingOf(
  build: Build,
  { bindings = 8, reuse = 64, legal = false, dims = [1, 8, 6, 6] }: Options = {},
): Grouping {
  const b = new GraphBuilder('g');
  const outputs = [build(b, b.input('x', 'float32', dims))].flat() as Value[];
  outputs.forEach((value, i) => {
    b.output(`y${i}`, value);
  });
  if (legal) legalize(b.graph, PORTABLE);
  return formGroups(b.graph, { bindings, reuse });
}

/** The results that are written over operands, by the ops that give them. */
export function reused(build: Build): string[] {
  const { groups, views } = groupingOf(build);
  const results = groups.flatMap((group) => group.results).filter((result) => views.has(result));
  return results.map((value) => `${value.producer!.op.name} over ${rootOf(value, views).producer!.op.name}`);
}

/**
 * The groups in their order, a line each: `(Mul) Conv*, Relu` is an anchor, what is computed on the way to it, and what is
 * applied to it; ` -> Conv, Relu` after it are the results where they are several. What no group has to compute comes after.
 */
export function formed(build: Build, options: Options = {}): string[] {
  const grouping = groupingOf(build, options);
  return [
    ...grouping.groups.map(({ nodes, anchor, prologue, results }) => {
      const names = (values: Iterable<Value>) => [...values].map(({ producer }) => producer!.op.name).join(', ');
      const own = nodes.map((node) => `${node.op.name}${node === anchor ? '*' : ''}`).join(', ');
      const before = prologue.size > 0 ? `(${names([...prologue].reverse())}) ` : '';
      return `${before}${own}${results.length > 1 ? ` -> ${names(results)}` : ''}`;
    }),
    ...[...grouping.moves].map((node) => `moved ${node.op.name}`),
    ...grouping.host.map((node) => `host ${node.op.name}`),
  ];
}
