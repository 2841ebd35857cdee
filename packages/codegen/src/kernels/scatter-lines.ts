// The core of writes at places that an input tells. Targets fall into lines that share no update; the targets of a line are
// dealt out to some invocations, each of which copies its own, goes through the line's updates in their order and writes
// those that are meant for it. So equal places are no race, and no update is looked at more often than there are invocations.

import { type Dim, type DType, mul, type ScatterReduction, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type Kernel, type Problem } from '../kernel.ts';
import { rounds } from '../target.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import type { Position } from '../wgsl/position.ts';
import { printBinary } from '../wgsl/scalar.ts';
import type { Shader } from '../wgsl/shader.ts';
import { emitElements } from './elements.ts';

interface Params {
  /** Invocations that share a line: invocation r has the targets r, r + owners, … */
  readonly owners: number;
}

export interface Lines {
  /** The axes whose places tell one line from another. */
  readonly lines: readonly Dim[];
  /** Targets and updates of a line. */
  readonly targets: Dim;
  readonly updates: Dim;
  readonly reduction: ScatterReduction;
  /** Where in the result a target is. */
  at(line: readonly Ix[], target: Ix): Position;
  /** What is there before the updates. */
  initial(at: Position): string;
  /** Emits the loop over the updates of a line. `take` gets the target, when it is one, and a reader of the update. */
  each(line: readonly Ix[], take: (target: Ix, exists: boolean | string, update: () => string) => void): void;
}

interface Scatter {
  op: string;
  id: string;
  summary: string;
  linesOf(problem: Problem): Omit<Lines, 'at' | 'initial' | 'each'>;
  code(e: Emitter, problem: Problem): Lines;
}

export function defineLines({ op, id, summary, linesOf, code }: Scatter): Kernel {
  return defineKernel<Params>({
    id,
    version: 1,
    summary,
    ops: [op],
    // What was combined is read again, so no epilogue may have changed it.
    applies: (problem) => linesOf(problem).reduction === 'none' || problem.group.nodes.length === 1,
    params(problem) {
      const targets = typical(linesOf(problem).targets);
      return [1, 8, 64, 512, 4096].filter((owners) => owners === 1 || owners < targets).map((owners) => ({ owners }));
    },
    cost(problem, { owners }) {
      const { lines, targets, updates } = linesOf(problem);
      const threads = typical(lines.reduce(mul, 1)) * owners;
      const steps = typical(targets) / owners + scatterSteps(typical(updates));
      return rounds(problem.target, threads) * steps;
    },
    emit(e, problem, { owners }) {
      const { shader } = e;
      const { accumulated } = problem.group;
      const lines = code(e, problem);
      return emitElements(e, [owners, ...lines.lines], (position) => {
        const [owner, ...line] = position.coords(shader) as [Ix, ...Ix[]];
        const targets = e.size(lines.targets);
        const own = shader.name('own');
        const head = `var ${own} = ${ix.text(owner)}; ${own} < ${ix.text(targets)}; ${own} += ${owners}u`;
        shader.block(`for (${head})`, () => {
          const at = lines.at(line, own);
          e.store(at, shader.let(lines.initial(at)));
        });
        lines.each(line, (target, exists, update) => {
          const isOwn = owners === 1 || `${ix.text(ix.mod(target, owners))} == ${ix.text(owner)}`;
          shader.when(ix.all([exists, isOwn]), () => {
            const at = lines.at(line, target);
            e.store(at, shader.let(combined(e, lines.reduction, accumulated, at, update)));
          });
        });
      });
    },
  });
}

function combined(e: Emitter, reduction: ScatterReduction, result: Value, at: Position, update: () => string): string {
  const value = e.shader.let(update());
  if (reduction === 'none') return value;
  const old = e.shader.let(e.load(e.view(result).storage, e.address(result, at)));
  return printReduction(e.shader, reduction, old, value, result.type.dtype);
}

const OF_BOOLS = { add: 'or', max: 'or', mul: 'and', min: 'and' } as const;

/** Two elements as one, of bools as of numbers. */
export function printReduction(
  shader: Shader,
  reduction: Exclude<ScatterReduction, 'none'>,
  a: string,
  b: string,
  dtype: DType,
): string {
  return printBinary(shader, dtype === 'bool' ? OF_BOOLS[reduction] : reduction, a, b, dtype);
}

/** Relative time of looking through some updates: places are read, few updates are taken. */
export function scatterSteps(updates: number): number {
  return 1 + 0.5 * updates;
}
