// How long each value has to stay in memory, in steps of a schedule: bodies are gone through where their node stands. What
// a body is given, what it hands on, and what it reads of the graph around it live as long as the whole node.

import type { Value } from '@trtx/ir';
import { isControlItem, isHostItem, type Schedule } from '../schedule.ts';
import { valuesIn } from './slots.ts';

/** First and last step (inclusive) that touches a value. */
export interface Life {
  readonly first: number;
  last: number;
}

export interface Lives {
  readonly lives: ReadonlyMap<Value, Life>;
  /** For each step, and for the one after the last: how many dispatches come before it. */
  readonly dispatchesBefore: readonly number[];
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
      if (life) life.last = step;
      else lives.set(root, { first: step, last: step });
    }
  };
  const visit = (items: Schedule) => {
    for (const item of items) {
      if (isControlItem(item)) visitControl(item);
      else if (isHostItem(item)) touch([...item.node.inputs, ...item.node.outputs]);
      else touch(item.stages.flatMap(({ emitter }) => emitter.slots.flatMap(valuesIn)));
      next(isControlItem(item) || isHostItem(item) ? 0 : item.stages.length);
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
  return { lives, dispatchesBefore };
}
