// Does the steps of a run, as a tree: what the host computes, branches and loops. Between them the GPU is given work that
// it does by itself; it is waited for where the host needs what it has computed.
import type { LoopStep } from '@trtx/engine';
import { quote, TrtxError } from '@trtx/errors';
import type { Commands } from './commands.ts';
import type { Feeds } from './feeds.ts';
import type { Block, Branch, Loop, ProgramStep } from './flatten.ts';
import { decodeAttributes } from './host-ops.ts';
import { mismatch } from './mismatch.ts';
import type { Refuse, RunState, Setting } from './run-state.ts';
import { Stack } from './stacks.ts';
import { checkData, type HostValue, type TensorData } from './tensors.ts';

/** After so long a loop lets other work of the process have its turn, and the GPU catch up. */
const TURN_MS = 50;
/** More iterations than one int32 can count. */
const MOST_TRIPS = 2 ** 31;

export class Executor {
  readonly #state: RunState;
  readonly #commands: Commands;
  #turnEnds = performance.now() + TURN_MS;

  constructor(state: RunState) {
    this.#state = state;
    this.#commands = state.commands;
  }

  /** Does all steps. Commands may be left that are still to be submitted. */
  async run(feeds: Feeds): Promise<void> {
    const { plan, steps } = this.#state.program;
    for (const [i, { name, dtype, storage, buffer, value }] of plan.inputs.entries()) {
      const { data, dims } = feeds.tensors[i]!;
      if (!data) continue;
      if (value !== undefined) this.#state.feed(value, dims, data);
      if (storage) this.#commands.upload({ buffer: buffer!, offset: 0, storage }, { name, dtype }, data as TensorData);
    }
    try {
      await this.#steps(steps);
      await this.#state.fetch(plan.outputs.flatMap(({ value }) => value ?? []));
    } finally {
      this.#state.release();
    }
  }

  async #steps(steps: readonly ProgramStep[]): Promise<void> {
    for (const step of steps) {
      if (step.kind === 'work') this.#commands.replay(this.#state.shape, step.segment);
      else if (step.kind === 'host') await this.#call(step);
      else if (step.kind === 'if') await this.#branch(step);
      else await this.#loop(step);
    }
  }

  async #call({ step, run }: ProgramStep & { kind: 'host' }): Promise<void> {
    const { op, node, inputs, outputs } = step;
    const state = this.#state;
    const fail = (why: string, cause?: unknown) =>
      new TrtxError('HOST_OP', `${quote(op)} ${why}`, {
        node,
        hint: 'look at the function of `hostOps` for it',
        cause,
      });
    const passes = (i: number) => run.passesOn?.[Math.min(i, run.passesOn.length - 1)];
    await state.fetch(inputs.filter((value, i): value is number => value !== null && !passes(i)));
    const given: (HostValue | null)[] = [];
    for (const [i, value] of inputs.entries()) {
      given.push(value === null ? null : passes(i) ? await state.pass(value) : state.value(value));
    }
    let results: readonly HostValue[];
    try {
      const attributes = decodeAttributes(step, (value) => state.value(value));
      results = await run(attributes, given, outputs.length);
    } catch (cause) {
      throw fail(`failed: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
    }
    this.#commands.check();
    if (results?.length !== outputs.length) throw fail(`gave ${results?.length} tensors of ${outputs.length}`);
    const settings = outputs.map((to, i): Setting => {
      try {
        const { dims, data } = results[i]!;
        checkData(state.program.plan.values![to]!, data, dims);
        return { to, dims, data };
      } catch (cause) {
        throw fail(`gave a tensor that does not fit: ${(cause as Error).message.split('\n')[0]}`, cause);
      }
    });
    // A size out of its range comes from what the function was given; anything else is its own mistake.
    const refuse = refuseOf(node);
    await state.set(settings, (code, what, value) =>
      code === 'SHAPE_OUT_OF_PROFILE' ? refuse(code, what, value) : fail(`gave ${what}`),
    );
  }

  async #branch({ step, yes, no }: Branch): Promise<void> {
    const block = (await this.#scalar(step.condition)) ? yes : no;
    await this.#block(block);
    await this.#move(block, step.node);
  }

  async #block({ constraints, steps }: Block): Promise<void> {
    this.#state.begin(constraints);
    await this.#steps(steps);
    this.#state.end();
  }

  async #loop({ step, body }: Loop): Promise<void> {
    const { node, next } = step;
    const state = this.#state;
    const refuse = refuseOf(node);
    await this.#move({ moves: step.enter, own: [] }, node);
    const trips = await this.#trips(step);
    let goes = step.condition === undefined || Boolean(await this.#scalar(step.condition));
    const stacks = step.stacks.map((move) => new Stack(state, move, refuse));
    const reads = [
      ...(next === undefined ? [] : [next]),
      ...state.neededBy(body.moves),
      ...stacks.flatMap((stack) => stack.reads),
    ];
    for (let k = 0; goes && k < trips; k++) {
      await this.#turn();
      state.forgetComputed();
      if (step.iteration !== undefined) {
        await state.set([{ to: step.iteration, dims: [], data: BigInt64Array.of(BigInt(k)) }], refuse);
      }
      await this.#block(body);
      // At once, for each read-back waits for the GPU.
      await state.fetch(reads);
      if (next !== undefined) goes = Boolean(await this.#scalar(next));
      for (const stack of stacks) await stack.add();
      await this.#move(body, node);
    }
    await state.set(
      stacks.map((stack) => stack.finish()),
      refuse,
    );
    await this.#move({ moves: step.exit, own: [] }, node);
  }

  /** At the end of a block: what is set of it, and sizes that are not known any more. */
  async #move({ moves, own }: Pick<Block, 'moves' | 'own'>, node: string): Promise<void> {
    const state = this.#state;
    await state.fetch(state.neededBy(moves));
    await state.set(
      moves.map((move) => state.moved(move)),
      refuseOf(node),
      own,
    );
  }

  async #trips({ trips, next, node }: LoopStep): Promise<number> {
    if (trips === undefined) return Number.POSITIVE_INFINITY;
    const count = Number(await this.#scalar(trips));
    if (next === undefined && count > MOST_TRIPS) {
      throw new TrtxError('TENSOR_RANGE', `${count} iterations are more than ${MOST_TRIPS}`, {
        node,
        hint: 'give the loop a condition, or fewer iterations',
      });
    }
    return count;
  }

  /** The only element of a value. */
  async #scalar(index: number): Promise<number | bigint> {
    await this.#state.fetch([index]);
    const data = this.#state.value(index).data as TensorData;
    if (data.length === 1) return data[0]!;
    const { name } = this.#state.program.plan.values![index]!;
    throw mismatch(
      'TENSOR_SHAPE',
      `has ${data.length} elements, and a branch or loop takes one`,
      name,
      'see the model',
    );
  }

  async #turn(): Promise<void> {
    this.#commands.check();
    if (performance.now() < this.#turnEnds) return;
    await this.#commands.drain();
    this.#turnEnds = performance.now() + TURN_MS;
  }
}

/** Errors for what a node gives. */
function refuseOf(node: string): Refuse {
  return (code, what, tensor) =>
    new TrtxError(code, `the node gave ${what}`, {
      node,
      tensor,
      hint: 'build for larger sizes, or give other inputs',
    });
}
