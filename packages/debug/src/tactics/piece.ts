// A group by itself: the part of the graph that it computes, with the tensors that it is to be fed and what it should give.

import { EngineRunner, profileOf } from '@trtx/builder';
import { tacticLabel } from '@trtx/codegen';
import { isTrtxError, TrtxError } from '@trtx/errors';
import { cloneGraph, type Graph, type Tensor, type Tensors } from '@trtx/ir';
import { extract } from '@trtx/passes';
import type { Plugin } from '@trtx/plugin';
import type { HostOps } from '@trtx/runtime';
import { type Comparison, compareTensors, type Tolerance } from '../compare-tensors.ts';

/** What pieces are built for and run on. */
export interface Bench {
  readonly device: GPUDevice;
  readonly software: boolean;
  readonly hostOps: HostOps;
  readonly plugins?: readonly Plugin[];
  readonly tolerance: Tolerance;
}

/** How a tactic computed a group that was fed what it should be. */
export interface TacticVerdict {
  readonly tactic: string;
  /** `failed`: it could not be built or run by itself. */
  readonly verdict: 'right' | 'wrong' | 'failed';
  /** Of the first result that is wrong, or else of the first. */
  readonly comparison?: Comparison;
  /** Why it failed. */
  readonly reason?: string;
}

export class Piece {
  private constructor(
    private readonly graph: Graph,
    private readonly inputs: Tensors,
    private readonly expected: Tensors,
  ) {}

  /**
   * Cuts out what lies between tensors of which all values are known.
   * @throws TrtxError as `extract`, COMPOSE where a value is not known
   */
  static of(graph: Graph, inputs: readonly string[], outputs: readonly string[], values: Tensors): Piece {
    const part = extract(graph, { inputs, outputs });
    return new Piece(part, pick(values, part.inputs), pick(values, part.outputs));
  }

  /** Runs it with one tactic for the group that gives these outputs. What else it is made of takes the cheapest. */
  async try(tactic: string, bench: Bench): Promise<TacticVerdict> {
    try {
      const outputs = await this.#run(tactic, bench);
      const found = [...this.expected].map(([name, tensor]) =>
        compareTensors(name, outputs.get(name)!, tensor, bench.tolerance),
      );
      const wrong = found.find(({ ok }) => !ok);
      return { tactic, verdict: wrong ? 'wrong' : 'right', comparison: wrong ?? found[0]! };
    } catch (error) {
      const reason = isTrtxError(error) ? `${error.code}: ${error.summary}` : `${(error as Error)?.message ?? error}`;
      return { tactic, verdict: 'failed', reason };
    }
  }

  async #run(tactic: string, bench: Bench): Promise<Map<string, Tensor>> {
    const { device, software, hostOps, plugins } = bench;
    let isTaken = false;
    const runner = await EngineRunner.create(cloneGraph(this.graph), {
      device,
      software,
      hostOps,
      plugins,
      profile: profileOf(new Map([...this.inputs].map(([name, { dims }]) => [name, dims]))),
      passes: { pipeline: [] },
      choose: (tactics, group) => {
        const isAsked = group.results.some(({ name }) => this.expected.has(name));
        const found = isAsked ? tactics.find((one) => tacticLabel(one) === tactic) : undefined;
        isTaken ||= found !== undefined;
        return found ?? tactics[0];
      },
    });
    try {
      if (!isTaken) throw new Error('by itself, the group is formed in another way, which this tactic is not for');
      return await runner.run(this.inputs);
    } finally {
      await runner.dispose();
    }
  }
}

function pick(values: Tensors, wanted: readonly { readonly name: string }[]): Tensors {
  return new Map(
    wanted.map(({ name }) => {
      const tensor = values.get(name);
      if (!tensor) throw new TrtxError('COMPOSE', 'the reference has no numbers for it', { tensor: name });
      return [name, tensor];
    }),
  );
}
