// How long each value has to stay in memory, in steps of a schedule: bodies are gone through where their node stands. What
// a body is given, what it hands on, and what it reads of the graph around it live as long as the whole node.

import type { Value } from '@trtx/ir';
import type { Emitted } from '../emitted.ts';
import type { TensorView } from '../group/view.ts';
import { isControlItem, isHostItem, type Schedule } from '../schedule.ts';
import { valuesIn } from './slots.ts';

/** First and last step (inclusive) that touches a value. */
export interface Life {
  readonly first: number;
  last: number;
  /** The steps that touch it, ascending. */
  readonly steps: number[];
  /** What of it is written when. */
  readonly writes: Write[];
}

/** A step that writes to a value: where, if that is known. */
export interface Write {
  readonly step: number;
  readonly view?: TensorView;
}

export interface Lives {
  readonly lives: ReadonlyMap<Value, Life>;
  /** For each step, and for the one after the last: how many dispatches come before it. */
  readonly dispatchesBefore: readonly number[];
  /** Whether each step is run once, one after another. */
  readonly isStraight: boolean;
}

/** @param rootOf the value in memory that a value is, if it is one whose life counts */
export function livesOf(schedule: Schedule, rootOf: (value: Value) => Value | undefined): Lives {
  const lives = new Map<Value, Life>();
  const dispatchesBefore = [0];
  let step = 0;
  const next = (dispatches = 0) => {
    dispatchesBefore.push(dispatchesBefore[step++]! + dispatches);
  };
  const touch = (values: Iterable<Value | null>) => {
    for (const value of values) {
      const root = value && rootOf(value);
      if (!root) continue;
      const life = lives.get(root);
      if (!life) lives.set(root, { first: step, last: step, steps: [step], writes: [] });
      else if (life.last < step) {
        life.last = step;
        life.steps.push(step);
      }
    }
  };
  const write = (value: Value | null, view?: TensorView) => {
    const root = value && rootOf(value);
    if (root) lives.get(root)?.writes.push({ step, view });
  };
  const visit = (items: Schedule) => {
    for (const item of items) {
      if (isControlItem(item)) {
        visitControl(item);
        next();
      } else if (isHostItem(item)) {
        touch([...item.node.inputs, ...item.node.outputs]);
        for (const value of item.node.outputs) write(value);
        next();
      } else visitStages(item);
    }
  };
  const visitStages = ({ group, stages }: Emitted) => {
    for (const { emitter } of stages) {
      touch(emitter.slots.flatMap(valuesIn));
      // The last one stores the results.
      if (emitter === stages.at(-1)!.emitter) for (const result of group.results) write(result, emitter.view(result));
      next(1);
    }
  };
  const visitControl = ({ node, bodies }: { node: Value['producer'] & object; bodies: readonly Schedule[] }) => {
    const begin = step;
    const ends = [...node.inputs, ...node.outputs, ...node.bodies.flatMap(({ inputs }) => inputs)];
    touch(ends);
    next();
    bodies.forEach((body, i) => {
      visit(body);
      touch(node.bodies[i]!.outputs.map(({ value }) => value));
      next();
    });
    touch(ends);
    // A later iteration reads what an earlier one has read.
    for (const life of lives.values()) if (life.first < begin && life.last >= begin) life.last = step;
  };
  visit(schedule);
  return { lives, dispatchesBefore, isStraight: !schedule.some(isControlItem) };
}
