// The problems of a graph, to be timed.

import type { Graph } from '@trtx/ir';
import { type CompileOptions, originsOf, placeAndEmit } from '../compile.ts';
import type { Variant } from '../format/price.ts';
import { type Group, nodesOf } from '../group/group.ts';
import type { Tactic } from '../tactics.ts';
import { PORTABLE, type Target } from '../target.ts';
import { type Candidate, candidateOf } from './candidate.ts';
import { type ProblemMemory, problemKey } from './key.ts';
import { byTime, type Timings } from './timings.ts';

/** Groups that are the same problem. */
export interface TuningProblem {
  /** As `problemKey`. */
  readonly key: string;
  /** Nodes of the source model that the first of them computes. */
  readonly nodes: readonly string[];
  readonly count: number;
  /** Those that were selected, in the order in which `choose` is given them. */
  readonly tactics: readonly Tactic[];
  /** Whether there is something to choose: several tactics, or formats. */
  readonly isOpen: boolean;
  /** One of the tactics as a dispatch of its own. @throws TrtxError where its shader cannot be written */
  candidate(tactic: Tactic): Candidate;
}

export interface ProblemOptions extends CompileOptions {
  /** Whether groups that have formats to choose from are problems in all of these, not only in those that are chosen. */
  readonly variants?: boolean;
  /** The tactics of a problem that candidates are wanted of: all by default. */
  readonly select?: (key: string, tactics: readonly Tactic[]) => readonly Tactic[];
}

/**
 * The distinct problems that `compile` would choose tactics for. The graph is legalized in place.
 * @throws TrtxError as `compile`
 */
export function problemsOf(graph: Graph, options: ProblemOptions = {}): TuningProblem[] {
  const { target = PORTABLE, variants = false } = options;
  const list = new ProblemList(target, options);
  const onVariant = variants ? (variant: Variant) => list.addVariant(variant) : undefined;
  const { placed, emitted } = placeAndEmit(graph, target, { ...options, onVariant });
  const { grouping, storages } = placed;
  for (const [group, { tactics }] of emitted) list.add(group, { grouping, storages, limits: target.limits }, tactics);
  return list.problems;
}

class ProblemList {
  readonly #problems = new Map<string, ListedProblem>();
  readonly #target: Target;
  readonly #timings: Timings | undefined;
  readonly #select: NonNullable<ProblemOptions['select']>;

  constructor(target: Target, { timings, select = (_, tactics) => tactics }: ProblemOptions) {
    this.#target = target;
    this.#timings = timings;
    this.#select = select;
  }

  get problems(): TuningProblem[] {
    return [...this.#problems.values()].map(problemOf);
  }

  add(group: Group, memory: ProblemMemory, tactics: readonly Tactic[]): void {
    const isOpen = tactics.length > 1;
    this.#count(group, memory, { tactics, isOpen }, (tactic) => () => this.#candidate(group, memory, tactic));
  }

  /** Writes the shaders at once: what the variant lies in is true only now. */
  addVariant({ group, grouping, storages, tactics }: Variant): void {
    const memory = { grouping, storages, limits: this.#target.limits };
    this.#count(group, memory, { tactics, isOpen: true }, (tactic) => {
      try {
        const candidate = this.#candidate(group, memory, tactic);
        return () => candidate;
      } catch (error) {
        return () => {
          throw error;
        };
      }
    });
  }

  #candidate(group: Group, memory: ProblemMemory, tactic: Tactic): Candidate {
    return candidateOf(group, tactic, { memory, target: this.#target });
  }

  /** Adds a problem, or to what is known of it: options of formats that come to the same for a group are one problem. */
  #count(
    group: Group,
    memory: ProblemMemory,
    { tactics: all, isOpen }: Pick<TuningProblem, 'tactics' | 'isOpen'>,
    make: (tactic: Tactic) => () => Candidate,
  ): void {
    const key = problemKey(group, memory);
    const known = this.#problems.get(key) ?? { key, nodes: originsOf(nodesOf(group)), uses: new Map(), count: 0 };
    this.#problems.set(key, { ...known, count: known.count + 1 });
    const use = useOf(all[0]!);
    if (known.uses.has(use)) return;
    const ranked = this.#timings ? byTime(all, key, this.#timings) : all;
    const tactics = isOpen ? this.#select(key, ranked) : ranked;
    known.uses.set(use, { isOpen, makers: new Map(tactics.map((tactic) => [tactic, make(tactic)])) });
  }
}

/** A problem while others may turn out to be the same. */
interface ListedProblem {
  readonly key: string;
  readonly nodes: readonly string[];
  /** By the formats that tactics read and write. */
  readonly uses: Map<string, { readonly isOpen: boolean; readonly makers: ReadonlyMap<Tactic, () => Candidate> }>;
  readonly count: number;
}

function useOf({ formats: { reads, writes } }: Tactic): string {
  return `${reads} ${writes}`;
}

function problemOf({ uses, ...rest }: ListedProblem): TuningProblem {
  const all = [...uses.values()];
  const makers = new Map(all.flatMap((use) => [...use.makers]));
  return {
    ...rest,
    tactics: [...makers.keys()],
    isOpen: all.some(({ isOpen }) => isOpen),
    candidate: (tactic) => makers.get(tactic)!(),
  };
}
