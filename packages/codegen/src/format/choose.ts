// Chooses a format for each value in memory and the tactics that go with it: the cheapest sum of kernels, of elements that
// are read or written out of order, and of copies in another format. Groups are formed before and stay as they are.

import { type Graph, product, type Value } from '@trtx/ir';
import { type Group, rootOf, type Views } from '../group/group.ts';
import { denseView, type TensorView } from '../group/view.ts';
import { beats } from '../problem/timings.ts';
import type { Tactic } from '../tactics.ts';
import { typical } from '../typical.ts';
import { copyOperands } from './copy.ts';
import { copyCost, scatterCost } from './cost.ts';
import { type Format, type FormatUse, isChannelsLast, liesIn, stridesIn } from './format.ts';
import { choices } from './memory.ts';
import { type Formatted, isNeeded, operandsOf, optionsOf } from './option.ts';
import { type Edge, solvePbqp, totalOf } from './pbqp.ts';
import { type Moved, type PriceContext, type Prices, pricesOf } from './price.ts';

export interface FormatContext extends PriceContext {
  /** Whether the host reads or gives a value. */
  isHosted(value: Value): boolean;
  /** The tactics of a group that is new. */
  tacticsOf(group: Group): readonly Tactic[];
}

/** Where a memory's values lie in either format: by the number of its label. */
type Places = readonly [row: ReadonlyMap<Value, TensorView>, last: ReadonlyMap<Value, TensorView>];

/** Adds to the graph the copies that groups read in another format. */
export function chooseFormats(graph: Graph, { grouping, tactics }: Formatted, context: FormatContext): Formatted {
  const { target } = context;
  const memories = [...choices(graph, grouping, context)];
  const options = grouping.groups.map((group) => optionsOf(tactics.get(group)!));
  const numbers = new Map(memories.map(([root], i) => [root, options.length + i]));
  const places: Places[] = memories.map(([, last]) => [grouping.views, last]);
  const prices = pricesOf(grouping, options, context, (group, { use }) => {
    const lastOf = (value: Value) => {
      const b = numbers.get(rootOf(value, grouping.views));
      return b === undefined ? undefined : places[b - options.length]![1];
    };
    return movedFor(group, use, grouping.views, lastOf);
  });
  const edges: Edge[] = [];
  /** What is added to the prices of a group's options, whatever else is chosen. */
  const fixed = options.map((own) => own.map(() => 0));
  const scatter = (format: Format, view: TensorView, n: number) =>
    (format === 'channels-last') === isChannelsLast(view) ? 0 : scatterCost(target, n);

  grouping.groups.forEach((group, a) => {
    const own = options[a]!;
    const count = (value: Value, cost: (use: FormatUse, view: TensorView) => number) => {
      const b = numbers.get(rootOf(value, grouping.views));
      const viewIn = (views: ReadonlyMap<Value, TensorView>) => views.get(value) ?? denseView(value);
      if (b !== undefined) {
        const both = places[b - options.length]!.map(viewIn);
        edges.push({ a, b, costs: own.map(({ use }) => both.map((view) => cost(use, view))) });
        return;
      }
      for (const [i, { use }] of own.entries()) fixed[a]![i]! += cost(use, viewIn(grouping.views));
    };
    for (const value of operandsOf(group)) {
      const n = typical(product(value.type.shape));
      count(value, (use, view) => {
        if (isNeeded(group, use, value)) return liesIn(use.reads, view) ? 0 : copyCost(target, n);
        return scatter(use.reads, view, n);
      });
    }
    for (const value of group.results) {
      const n = typical(product(value.type.shape));
      count(value, (use, view) => scatter(use.writes, view, n));
    }
  });

  const withFixed = (costs: readonly (readonly number[])[]) => [
    ...costs.map((own, i) => own.map((cost, j) => cost + fixed[i]![j]!)),
    ...memories.map(() => [0, 0]),
  ];
  const labels = labelsFor(prices, edges, withFixed);
  const views = new Map(grouping.views);
  memories.forEach(([, last], i) => {
    if (labels[options.length + i] === 1) for (const [value, view] of last) views.set(value, view);
  });
  const chosen = new Map(grouping.groups.map((group, i) => [group, options[i]![labels[i]!]!]));
  return copyOperands(graph, { ...grouping, views }, chosen, context.tacticsOf);
}

/** The cheapest labels by time, where these beat what the cost model would choose. */
function labelsFor(
  { byCost, timed }: Prices,
  edges: readonly Edge[],
  withFixed: (costs: readonly (readonly number[])[]) => number[][],
): number[] {
  const chosen = solvePbqp(withFixed(byCost), edges);
  if (!timed) return chosen;
  const times = withFixed(timed);
  const fastest = solvePbqp(times, edges);
  return beats(totalOf(times, edges, fastest), totalOf(times, edges, chosen)) ? fastest : chosen;
}

/**
 * Where a group's tensors lie that do not lie so, if all are in the formats of a use: what it reads, copies of what cannot
 * be in that format, and what it writes.
 */
function movedFor(
  group: Group,
  use: FormatUse,
  views: Views,
  lastOf: (value: Value) => ReadonlyMap<Value, TensorView> | undefined,
): Moved {
  const moved = new Map<Value, TensorView>();
  const move = (value: Value, format: Format, isCopied: boolean) => {
    const last = lastOf(value);
    const view = views.get(value) ?? denseView(value);
    if (last) for (const [each, place] of format === 'channels-last' ? last : []) moved.set(each, place);
    else if (isCopied && !liesIn(format, view))
      moved.set(value, { ...denseView(value), strides: stridesIn(format, value.type.shape) });
  };
  for (const value of operandsOf(group)) move(value, use.reads, isNeeded(group, use, value));
  for (const value of group.results) move(value, use.writes, false);
  return moved;
}
