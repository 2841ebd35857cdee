// The plan's steps: a schedule with everything looked up.

import type { Dispatch, HostStep, IfStep, LoopStep, PlanBlock, PlanMove, Step } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { constantFrom, type Graph, loopCounts, type Node, opName, type Value } from '@trtx/ir';
import type { Emitted } from './emitted.ts';
import type { HostValues } from './host/values.ts';
import { isControlItem, isHostItem, type Schedule } from './schedule.ts';

type ControlStep = IfStep | LoopStep;

/** The steps of a plan, and which of them is for which node. */
export class StepWriter {
  /** Steps that the host does, by node. */
  readonly hostSteps = new Map<Step, Node>();

  constructor(
    readonly host: HostValues,
    /** Whether a value is read by anything. */
    readonly isRead: (value: Value) => boolean,
    readonly dispatches: (emitted: Emitted) => readonly Dispatch[],
  ) {}

  /** Dispatches in a row are one step. */
  write(schedule: Schedule): Step[] {
    const steps: Step[] = [];
    let dispatches: Dispatch[] | undefined;
    for (const item of schedule) {
      if (isControlItem(item) || isHostItem(item)) {
        const step: HostStep | ControlStep = isControlItem(item)
          ? this.#control(item.node, item.bodies)
          : this.host.step(item);
        steps.push(step);
        this.hostSteps.set(step, item.node);
        dispatches = undefined;
        continue;
      }
      if (!dispatches) {
        dispatches = [];
        steps.push({ kind: 'dispatches', dispatches });
      }
      dispatches.push(...this.dispatches(item));
    }
    return steps;
  }

  #control(node: Node, bodies: readonly Schedule[]): ControlStep {
    const write = CONTROL.get(opName(node.op));
    if (write) return write.call(this, node, bodies);
    throw new TrtxError('CODEGEN', `there is no step for the bodies of ${opName(node.op)}`, { node: node.name });
  }

  branch(node: Node, [yes, no]: readonly Schedule[]): IfStep {
    const block = (body: Graph, schedule: Schedule): PlanBlock => ({
      ...this.#constraints(body),
      steps: this.write(schedule),
      moves: node.outputs.flatMap((to, i) => this.#move(body.outputs[i]!.value, to)),
    });
    return {
      kind: 'if',
      condition: this.host.of(node.inputs[0]!),
      onTrue: block(node.bodies[0]!, yes!),
      onFalse: block(node.bodies[1]!, no!),
      node: node.name,
    };
  }

  loop(node: Node, [schedule]: readonly Schedule[]): LoopStep {
    const { carried } = loopCounts(node.view());
    const [body] = node.bodies as [Graph];
    const [trips, first, ...initial] = node.inputs;
    const [next, ...results] = body.outputs.map(({ value }) => value);
    const [iteration, condition, ...states] = body.inputs as [Value, Value, ...Value[]];
    const finals = node.outputs.slice(0, carried);
    const holds = (value: Value | null | undefined) => !value || value.contents?.values[0] === 1;
    // A body may read the condition that let it run: it is true.
    const always = this.isRead(condition) && !condition.contents ? [this.host.constant(TRUE, `${node.name}/true`)] : [];
    const enters = always.map((from): PlanMove => ({ from, to: this.host.of(condition) }));
    return {
      kind: 'loop',
      ...(trips ? { trips: this.host.of(trips) } : {}),
      ...(holds(first) ? {} : { condition: this.host.of(first!) }),
      ...(holds(next) ? {} : { next: this.host.of(next!) }),
      iteration: this.host.of(iteration),
      enter: [...enters, ...finals.map((_, i) => this.#moved(initial[i]!, states[i]!))],
      ...this.#constraints(body),
      steps: this.write(schedule!),
      carry: finals.map((_, i) => this.#moved(results[i]!, states[i]!)),
      exit: finals.flatMap((to, i) => this.#move(states[i]!, to)),
      stacks: node.outputs.slice(carried).flatMap((to, i) => this.#move(results[carried + i]!, to)),
      node: node.name,
    };
  }

  #constraints(body: Graph): Pick<PlanBlock, 'constraints'> {
    const constraints = this.host.constraints(body);
    return constraints.length > 0 ? { constraints } : {};
  }

  /** A move to a value that something reads. */
  #move(from: Value, to: Value): PlanMove[] {
    return this.isRead(to) ? [this.#moved(from, to)] : [];
  }

  #moved(from: Value, to: Value): PlanMove {
    return { from: this.host.of(from), to: this.host.of(to) };
  }
}

const TRUE = constantFrom('bool', [], [1]);

/** How each op of control flow becomes a step. */
const CONTROL: ReadonlyMap<string, (this: StepWriter, node: Node, bodies: readonly Schedule[]) => ControlStep> =
  new Map<string, (this: StepWriter, node: Node, bodies: readonly Schedule[]) => ControlStep>([
    ['If', StepWriter.prototype.branch],
    ['Loop', StepWriter.prototype.loop],
  ]);
