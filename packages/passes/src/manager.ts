// The pass manager: which passes run, in which order and until when; what they did, and how long it took.

import { type Logger, TrtxError } from '@trtx/errors';
import {
  forgetUnused,
  type Graph,
  type Node,
  type OpRegistry,
  opName,
  reinferKeeping,
  standardOps,
  verify,
} from '@trtx/ir';
import { type ReferenceKernels, standardKernels } from '@trtx/reference';
import { Journal, type OpenChange } from './journal.ts';
import type { Patch } from './patch.ts';
import { type Level, PIPELINES } from './pipelines.ts';
import { type Applied, Rewriter } from './rewriter.ts';
import type { Pass, Rule } from './rule.ts';

/** One application of a rule. */
export interface Firing {
  /** 1 for the first of the run: `stopAfter: step` ends just after it. */
  readonly step: number;
  readonly pass: string;
  readonly rule: string;
  /** Names of the nodes that the pattern was made of. */
  readonly nodes: readonly string[];
  /** Names of the nodes of the source model that these came from. */
  readonly origins: readonly string[];
  readonly reason: string;
  /** Names of the nodes that it made: from here on they mean these, where older ones had them. */
  readonly added: readonly string[];
  /** Names of the nodes that it removed, those included that only the nodes of the pattern had read. */
  readonly removed: readonly string[];
}

export interface PassStatistics {
  readonly pass: string;
  runs: number;
  firings: number;
  milliseconds: number;
}

/** One run of a pass over the graph. */
export interface PassRun {
  readonly pass: string;
  /** How often the pipeline has begun, this time included. */
  readonly round: number;
  /** Firings of its rules. */
  readonly firings: number;
}

export interface OptimizeOptions {
  /** 2 by default. */
  readonly level?: Level;
  /** The passes instead of those of a level. */
  readonly pipeline?: readonly Pass[];
  /** Run only these: names of passes, or `pass/rule`. */
  readonly only?: readonly string[];
  /** Leave these out: names of passes, or `pass/rule`. */
  readonly skip?: readonly string[];
  /** Stop after so many firings, to find the one that is to blame by bisection. */
  readonly stopAfter?: number;
  /** Verify the graph after each pass. */
  readonly verify?: boolean;
  readonly onTrace?: (firing: Firing) => void;
  /** Called after each run of a pass, with the graph as it is then. */
  readonly onPass?: (run: PassRun) => void;
  /** Takes records of each change, of each pass, and of what became of the graph, once it is done. */
  readonly logger?: Logger;
  /** The ops that passes may make nodes of; the standard ones by default. */
  readonly ops?: OpRegistry;
  /** What computes nodes of constants: those of the standard ops by default. */
  readonly kernels?: ReferenceKernels;
}

export interface OptimizeReport {
  /** The graph that was given. */
  readonly graph: Graph;
  readonly trace: readonly Firing[];
  readonly passes: readonly PassStatistics[];
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  readonly milliseconds: number;
  /** True where `stopAfter` ended it. */
  readonly stopped: boolean;
}

/** Rounds over the pipeline after which it counts as not coming to rest. */
const MAX_ROUNDS = 20;

/**
 * Runs a pipeline over the graph, again and again until no pass changes anything, and changes the graph in place (see
 * `cloneGraph`). Names and types of graph inputs and outputs stay as they are, so does what the graph computes.
 *
 * @throws TrtxError PASS_UNKNOWN for a name in `only` or `skip`, PASS_LIMIT where the rules do not come to rest, and
 *   as `verify` with the name of the pass
 */
export function optimize(graph: Graph, options: OptimizeOptions = {}): OptimizeReport {
  const run = new Run(graph, options);
  const start = performance.now();
  const nodesBefore = countNodes(graph);
  run.all();
  const report: OptimizeReport = {
    graph,
    trace: run.trace,
    passes: [...run.statistics.values()],
    nodesBefore,
    nodesAfter: countNodes(graph),
    milliseconds: performance.now() - start,
    stopped: run.stopped,
  };
  if (options.logger) tellPasses(options.logger, report);
  return report;
}

function tellPasses(log: Logger, { trace, passes, nodesBefore, nodesAfter, milliseconds }: OptimizeReport): void {
  for (const { step, pass, rule, reason, nodes } of trace) {
    const message = `change ${step}: ${pass}/${rule}${reason ? ` (${reason})` : ''}`;
    log({ severity: 'verbose', message, node: nodes.join(', ') });
  }
  for (const { pass, runs, firings, milliseconds: ms } of passes) {
    log({ severity: 'verbose', message: `pass ${pass}: ${firings} firings in ${runs} runs`, ms });
  }
  log({ severity: 'info', message: `optimized: ${nodesBefore} nodes to ${nodesAfter}`, ms: milliseconds });
}

class Run {
  readonly trace: Firing[] = [];
  readonly statistics = new Map<string, PassStatistics>();
  readonly #pipeline: readonly Pass[];
  readonly #skipped: ReadonlySet<string>;
  readonly #limit: number;
  readonly #maxSteps: number;
  readonly #rewriters = new Map<Graph, Rewriter>();
  readonly #journal = new Journal<Firing & OpenChange>((firing) => this.options.onTrace?.(firing));

  constructor(
    readonly graph: Graph,
    readonly options: OptimizeOptions,
  ) {
    const pipeline = options.pipeline ?? PIPELINES[options.level ?? 2];
    checkNames(pipeline, [...(options.only ?? []), ...(options.skip ?? [])]);
    this.#skipped = new Set(options.skip);
    this.#pipeline = selected(pipeline, options.only).filter((pass) => !this.#skipped.has(pass.name));
    this.#limit = options.stopAfter ?? Number.POSITIVE_INFINITY;
    this.#maxSteps = 1000 + 50 * countNodes(graph);
  }

  get stopped(): boolean {
    return this.trace.length >= this.#limit;
  }

  all(): void {
    forgetUnused(this.graph);
    for (let round = 0; ; round++) {
      const before = this.trace.length;
      for (const pass of this.#pipeline) if (!this.stopped) this.#pass(pass, round + 1);
      if (this.trace.length === before || this.stopped) return;
      if (round === MAX_ROUNDS) throw this.#restless();
    }
  }

  #pass(pass: Pass, round: number): void {
    const start = performance.now();
    const before = this.trace.length;
    const graphs = [...this.graph.withBodies()];
    // Bodies first: what is known of them is known of the node then.
    for (const graph of graphs.reverse()) this.#passOver(graph, pass);
    // Types pass from bodies to nodes and back.
    if (graphs.length > 1 && this.trace.length > before) check(pass, () => reinferKeeping(this.graph));
    let statistics = this.statistics.get(pass.name);
    if (!statistics) {
      statistics = { pass: pass.name, runs: 0, firings: 0, milliseconds: 0 };
      this.statistics.set(pass.name, statistics);
    }
    statistics.runs++;
    const firings = this.trace.length - before;
    statistics.firings += firings;
    statistics.milliseconds += performance.now() - start;
    if (this.options.verify && firings > 0) check(pass, () => verify(this.graph));
    this.options.onPass?.({ pass: pass.name, round, firings });
  }

  #passOver(graph: Graph, pass: Pass): void {
    this.#journal.watch(graph, () => this.#apply(graph, pass));
  }

  #apply(graph: Graph, pass: Pass): void {
    if (pass.rules) this.#rules(graph, pass);
    else
      pass.run!({
        graph,
        ops: this.options.ops ?? standardOps,
        kernels: this.options.kernels ?? standardKernels,
        rewrite: (rule, node, make) => this.#fire(graph, pass, rule, node, make) !== undefined,
        record: (rule, nodes, reason) => {
          this.#journal.settle();
          return !this.stopped && this.#record(pass, rule, nodes, reason);
        },
      });
  }

  #rewriter(graph: Graph): Rewriter {
    let rewriter = this.#rewriters.get(graph);
    if (!rewriter) {
      const constraints = [...this.graph.withBodies()].flatMap((each) => [...each.constraints]);
      rewriter = new Rewriter(graph, this.options.ops ?? standardOps, constraints);
      this.#rewriters.set(graph, rewriter);
    }
    return rewriter;
  }

  /** Sweeps over the graph; within one, what a rule changed is looked at again. The last sweep changes nothing. */
  #rules(graph: Graph, pass: Pass): void {
    const rulesFor = ruleIndex(pass.rules!.filter((rule) => !this.#skipped.has(`${pass.name}/${rule.name}`)));
    for (let changed = true; changed && !this.stopped; ) {
      changed = false;
      const queue = new Set(graph.topological());
      for (const node of queue) {
        queue.delete(node);
        // What stays though nothing reads it, to be checked, stays as it is.
        if (!graph.nodes.has(node) || node.outputs.every((output) => graph.isUnused(output))) continue;
        for (const rule of rulesFor(node)) {
          const applied = this.#fire(graph, pass, rule.name, node, (patch) => rule.apply(node, patch));
          if (!applied) continue;
          changed = true;
          for (const next of neighbours(applied)) queue.add(next);
          if (!graph.nodes.has(node)) break;
        }
      }
    }
  }

  #fire(
    graph: Graph,
    pass: Pass,
    rule: string,
    node: Node,
    make: (patch: Patch) => Patch | undefined,
  ): Applied | undefined {
    if (this.stopped) return undefined;
    try {
      const rewriter = this.#rewriter(graph);
      const patch = make(rewriter.patch(node));
      if (!patch || patch.replacements.length === 0) return undefined;
      const covered = [...patch.covered];
      const names = covered.map(({ name }) => name);
      this.#journal.settle();
      const applied = rewriter.apply(patch);
      if (applied) this.#record(pass, rule, covered, patch.reason, names);
      this.#journal.settle();
      return applied;
    } catch (error) {
      if (error instanceof TrtxError && error.code.startsWith('PASS')) throw error;
      throw new TrtxError('PASS_FAILED', `rule ${pass.name}/${rule}: ${(error as Error).message}`, {
        node: node.name,
        origin: node.origin.join(', '),
        hint: `The graph is well without it: skip ${pass.name}/${rule}.`,
        cause: error,
      });
    }
  }

  #record(pass: Pass, rule: string, nodes: readonly Node[], reason: string, names = nodes.map((n) => n.name)): true {
    const origins = [...new Set(nodes.flatMap(({ origin }) => origin))];
    const step = this.trace.length + 1;
    const firing = { step, pass: pass.name, rule, nodes: names, origins, reason, added: [], removed: [] };
    this.trace.push(firing);
    this.#journal.open(firing);
    if (this.trace.length > this.#maxSteps) throw this.#restless();
    return true;
  }

  #restless(): TrtxError {
    const last = [...new Set(this.trace.slice(-20).map(({ pass, rule }) => `${pass}/${rule}`))];
    return new TrtxError('PASS_LIMIT', `no rest after ${this.trace.length} changes`, {
      hint: `Skip one of ${last.join(', ')}.`,
    });
  }
}

/** Looks at the graph after a pass. */
function check(pass: Pass, look: () => void): void {
  try {
    look();
  } catch (error) {
    throw new TrtxError('PASS_VERIFY', `after pass ${pass.name}: ${(error as Error).message}`, { cause: error });
  }
}

/** Those in bodies included. */
function countNodes(graph: Graph): number {
  let count = 0;
  for (const { nodes } of graph.withBodies()) count += nodes.size;
  return count;
}

/** Nodes around a change, where a pattern may hold now that did not before. */
function neighbours({ added, removed, replaced }: Applied): Set<Node> {
  const found = new Set<Node>(added);
  const usersOf = (users: Iterable<Node>) => {
    let i = 0;
    // A value with many users (an input, a shape) says little about each; the next sweep looks at all.
    for (const user of users) {
      if (i++ === 8) return;
      found.add(user);
    }
  };
  for (const value of replaced) usersOf(value.users.keys());
  for (const node of [...added, ...removed])
    for (const input of node.inputs)
      if (input?.producer) {
        found.add(input.producer);
        usersOf(input.users.keys());
      }
  return found;
}

function ruleIndex(rules: readonly Rule[]): (node: Node) => readonly Rule[] {
  const byOp = new Map<unknown, readonly Rule[]>();
  return ({ op }) => {
    let found = byOp.get(op);
    if (!found) {
      const name = opName(op);
      found = rules.filter(({ ops }) => (typeof ops === 'function' ? ops(op) : ops.includes(name)));
      byOp.set(op, found);
    }
    return found;
  };
}

/** The passes named in `only`, each with the rules named. */
function selected(pipeline: readonly Pass[], only: readonly string[] | undefined): readonly Pass[] {
  if (!only) return pipeline;
  return pipeline.flatMap((pass) => {
    if (only.includes(pass.name)) return [pass];
    const rules = pass.rules?.filter((rule) => only.includes(`${pass.name}/${rule.name}`)) ?? [];
    return rules.length > 0 ? [{ ...pass, rules }] : [];
  });
}

function checkNames(pipeline: readonly Pass[], names: readonly string[]): void {
  const known = pipeline.flatMap(({ name, rules = [] }) => [name, ...rules.map((rule) => `${name}/${rule.name}`)]);
  for (const name of names)
    if (!known.includes(name))
      throw new TrtxError('PASS_UNKNOWN', `no pass or rule ${name} in this pipeline`, {
        hint: `There are ${pipeline.map((pass) => pass.name).join(', ')}.`,
      });
}
