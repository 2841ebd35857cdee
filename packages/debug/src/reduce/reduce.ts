// The smallest part of a graph that still fails. Halves are tried first, each with the values that the reference has at the
// cut, so that the work halves too; then, where a failure needs more than a half, all before and all behind it is dropped by
// bisection; then single nodes and outputs go as long as what is left fails.

import { isTrtxError, TrtxError } from '@trtx/errors';
import {
  cloneGraph,
  constantFrom,
  Graph,
  type Node,
  specialize,
  standardOps,
  type Tensors,
  type Value,
} from '@trtx/ir';
import { ReferenceRunner, tensorOf } from '@trtx/reference';
import type { Check, Prepare } from '../check.ts';
import { firstThat } from '../search/first.ts';
import { minimize } from '../search/minimize.ts';
import { CutValues } from './cut-values.ts';
import { endsOf, type Part, partOf } from './part.ts';

/** One part that was checked. */
export interface ReductionStep {
  /** 1 for the first check. */
  readonly check: number;
  readonly nodes: number;
  readonly fails: boolean;
}

export interface ReduceOptions {
  /** What computes the values at a cut; the reference by default. */
  readonly values?: Prepare;
  /** Ends the search with what fails by then; no limit by default. */
  readonly maxChecks?: number;
  readonly onStep?: (step: ReductionStep) => void;
}

export interface Reduction extends Part {
  /** What `graph` should give: computed by `values`. */
  readonly expected: Tensors;
  readonly checks: number;
  /** Nodes of the graph that was given, and of the part; bodies count as their node. */
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  /** Parts that were not checked, since they cannot stand alone. */
  readonly impossible: number;
  /** False where `maxChecks` ended the search. */
  readonly complete: boolean;
}

/**
 * Finds a part that fails and of which nothing can go. The graph stays as it is; names in the part are those of the graph.
 * @param fails is asked about the graph in the shapes of `inputs`, about a single Identity, and about parts
 * @throws TrtxError CHECK_NEVER_FAILS, CHECK_ALWAYS_FAILS, PROFILE where the inputs do not fit, and what the check throws
 */
export async function reduceGraph(
  graph: Graph,
  inputs: Tensors,
  fails: Check,
  options: ReduceOptions = {},
): Promise<Reduction> {
  const whole = specialize(
    cloneGraph(graph),
    Object.fromEntries([...inputs].map(([name, { dims }]) => [name, [...dims]])),
  );
  const search = new Search(whole, inputs, fails, options);
  await search.requireSense();
  await search.halve();
  await search.dropBehind();
  await search.dropBefore();
  await search.dropSingle();
  await search.dropOutputs();
  return search.result();
}

class Search {
  #nodes: readonly Node[];
  #ends: readonly Value[];
  #checks = 0;
  #impossible = 0;
  /** Parts that do not fail or cannot be cut, by the numbers of their nodes: halves come again as runs of nodes. */
  readonly #refused = new Set<string>();
  readonly #numbers: ReadonlyMap<Node, number>;
  readonly #values: CutValues;

  constructor(
    readonly graph: Graph,
    readonly inputs: Tensors,
    readonly fails: Check,
    readonly options: ReduceOptions,
  ) {
    this.#nodes = graph.topological();
    this.#numbers = new Map(this.#nodes.map((node, i) => [node, i]));
    this.#ends = endsOf(graph, new Set(this.#nodes));
    this.#values = new CutValues(graph, inputs, options.values ?? (async (part) => new ReferenceRunner(part)));
  }

  async requireSense(): Promise<void> {
    if (!(await this.#ask({ graph: cloneGraph(this.graph), inputs: this.inputs }, this.#nodes.length)))
      throw new TrtxError('CHECK_NEVER_FAILS', 'the check does not fail for the whole model on these inputs', {
        hint: 'Give the inputs for which it fails; where it compares, a smaller tolerance.',
      });
    if (this.#nodes.length === 0 || (await this.#ask(trivialPart(), 1)))
      throw new TrtxError('CHECK_ALWAYS_FAILS', 'the check fails for a model that computes nothing', {
        hint: 'See what it says of a single Identity: it may expect names or shapes that a part of the model does not have.',
      });
  }

  /** Takes the half that fails, of which there may be none. */
  async halve(): Promise<void> {
    for (let found = true; found && this.#nodes.length > 1; ) {
      const middle = this.#nodes.length >> 1;
      found = (await this.#try(this.#nodes.slice(0, middle))) || (await this.#try(this.#nodes.slice(middle)));
    }
  }

  async dropBehind(): Promise<void> {
    const nodes = this.#nodes;
    await firstThat(0, nodes.length, (count) => this.#try(nodes.slice(0, count)));
  }

  async dropBefore(): Promise<void> {
    const nodes = this.#nodes;
    await firstThat(0, nodes.length, (count) => this.#try(nodes.slice(nodes.length - count)));
  }

  async dropSingle(): Promise<void> {
    await minimize(
      this.#nodes,
      (left) => this.#try(left),
      () => this.#mayAsk,
    );
  }

  async dropOutputs(): Promise<void> {
    await minimize(
      this.#ends,
      (left) => this.#try(this.#nodes, left),
      () => this.#mayAsk,
    );
  }

  async result(): Promise<Reduction> {
    const [nodes, ends] = [this.#nodes, this.#ends];
    const part = await partOf(this.graph, new Set(nodes), ends, this.#values);
    return {
      ...part,
      expected: await this.#values.at(ends),
      checks: this.#checks,
      nodesBefore: this.graph.nodes.size,
      nodesAfter: part.graph.nodes.size,
      impossible: this.#impossible,
      complete: this.#mayAsk,
    };
  }

  get #mayAsk(): boolean {
    return this.#checks < (this.options.maxChecks ?? Number.POSITIVE_INFINITY);
  }

  /** Whether a part fails; it is the smallest so far then. */
  async #try(nodes: readonly Node[], ends?: readonly Value[]): Promise<boolean> {
    if (nodes.length === 0 || !this.#mayAsk) return false;
    const set = new Set(nodes);
    const outputs = ends ?? endsOf(this.graph, set);
    const key = [...nodes.map((node) => this.#numbers.get(node)), ...outputs.map(({ name }) => name)].join();
    if (this.#refused.has(key)) return false;
    const part = await this.#cut(set, outputs);
    if (!part || !(await this.#ask(part, nodes.length))) {
      this.#refused.add(key);
      return false;
    }
    [this.#nodes, this.#ends] = [nodes, outputs];
    this.#values.narrow(set);
    return true;
  }

  /** Undefined where the nodes cannot stand alone. */
  async #cut(nodes: ReadonlySet<Node>, ends: readonly Value[]): Promise<Part | undefined> {
    try {
      return await partOf(this.graph, nodes, ends, this.#values);
    } catch (error) {
      if (!isTrtxError(error)) throw error;
      this.#impossible++;
      return undefined;
    }
  }

  async #ask({ graph, inputs }: Part, nodes: number): Promise<boolean> {
    const fails = await this.fails(graph, inputs);
    const check = ++this.#checks;
    this.options.onStep?.({ check, nodes, fails });
    return fails;
  }
}

/** What no check can hold against a model. */
function trivialPart(): Part {
  const graph = new Graph('identity');
  const x = constantFrom('float32', [4], [0, 0.25, 0.5, 1]);
  const input = graph.addInput('x', { dtype: x.dtype, shape: x.dims });
  const node = graph.addNode(standardOps.get('Identity')!, [input], {}, { name: 'identity', outputs: ['y'] });
  graph.addOutput('y', node.output);
  return { graph, inputs: new Map([['x', tensorOf(x)]]) };
}
