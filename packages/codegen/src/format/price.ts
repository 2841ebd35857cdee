// What options cost a group, by the cost model and by what was measured, in one unit.

import type { Value } from '@trtx/ir';
import type { Group, Grouping } from '../group/group.ts';
import type { TensorView } from '../group/view.ts';
import { problemKey } from '../problem/key.ts';
import { byTime, HOPELESS, type Timings } from '../problem/timings.ts';
import type { Storages } from '../storage.ts';
import type { Tactic } from '../tactics.ts';
import type { Target } from '../target.ts';
import type { Option } from './option.ts';

/** A group as it is where its operands and results lie in the formats of an option. */
export interface Variant {
  readonly group: Group;
  readonly grouping: Grouping;
  readonly storages: Storages;
  readonly tactics: readonly Tactic[];
}

export interface PriceContext {
  readonly target: Target;
  readonly storages: Storages;
  readonly timings?: Timings;
  /** Told of the variants of groups that have several. What it gets holds during the call. */
  readonly onVariant?: (variant: Variant) => void;
}

/** What lies elsewhere than the grouping says. */
export type Moved = ReadonlyMap<Value, TensorView>;

interface Quote {
  readonly cost: number;
  /** Of the fastest tactic that was timed, and what that was to cost. */
  readonly timed?: { readonly us: number; readonly cost: number };
}

/** Prices of all options of all groups. */
export interface Prices {
  readonly byCost: number[][];
  /** As far as anything was measured; absent without timings. */
  readonly timed?: number[][];
}

/**
 * Prices by the cost model, and by what was measured. Measured times are put into the cost model's unit by what all that was
 * timed was to cost; what was not timed costs as much more or less as its group's best timed option does.
 *
 * @param movedIn where a group's tensors lie in the formats of an option
 */
export function pricesOf(
  grouping: Grouping,
  options: readonly (readonly Option[])[],
  { target, storages, timings, onVariant }: PriceContext,
  movedIn: (group: Group, option: Option) => Moved,
): Prices {
  const byCost = options.map((own) => own.map(({ tactics }) => tactics[0]!.cost));
  if (!timings && !onVariant) return { byCost };
  const least = byCost.map((own) => Math.min(...own));
  const views = new Map(grouping.views);
  const variant = { ...grouping, views };
  const quotes = options.map((own, i) => {
    const group = grouping.groups[i]!;
    return own.map((option, j): Quote => {
      const moved = own.length > 1 ? movedIn(group, option) : new Map();
      for (const [value, view] of moved) views.set(value, view);
      try {
        const cost = byCost[i]![j]!;
        if (own.length > 1 && cost <= HOPELESS * least[i]!)
          onVariant?.({ group, grouping: variant, storages, tactics: option.tactics });
        if (!timings) return { cost };
        const key = problemKey(group, { grouping: variant, storages, limits: target.limits });
        return { cost, ...timeOf(option, key, timings) };
      } finally {
        for (const value of moved.keys()) restore(views, value, grouping.views.get(value));
      }
    });
  });
  return timings ? { byCost, timed: inOneUnit(quotes) } : { byCost };
}

function restore(views: Map<Value, TensorView>, value: Value, view: TensorView | undefined): void {
  if (view) views.set(value, view);
  else views.delete(value);
}

/** What the tactic took that would be taken. */
function timeOf({ tactics }: Option, key: string, timings: Timings): Pick<Quote, 'timed'> {
  const { us, cost } = byTime(tactics, key, timings)[0]!;
  return us === undefined ? {} : { timed: { us, cost } };
}

function inOneUnit(quotes: readonly (readonly Quote[])[]): number[][] {
  const best = quotes.map((own) => own.flatMap(({ timed }) => timed ?? []).sort((a, b) => a.us - b.us)[0]);
  const known = best.filter((timed) => timed !== undefined);
  const sum = (of: 'us' | 'cost') => known.reduce((all, timed) => all + timed[of], 0);
  const unit = sum('us') > 0 && sum('cost') > 0 ? sum('us') / sum('cost') : 1;
  return quotes.map((own, i) => {
    const measured = best[i];
    const factor = measured && measured.cost > 0 ? measured.us / measured.cost / unit : 1;
    return own.map(({ cost, timed }) => (timed ? timed.us / unit : cost * factor));
  });
}
