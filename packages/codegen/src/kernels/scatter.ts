// ScatterElements and ScatterND in lines. Where something is fused behind a reduction, which lines cannot do, each element of
// the result looks for its own updates instead.

import { type Dim, product, type ScatterReduction, sameDim, scatterAxis, scatterDepth, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type Kernel, type Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { rounds } from '../target.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { emitResult } from './elements.ts';
import { defineLines, type Lines, printReduction, scatterSteps } from './scatter-lines.ts';

interface Scatter {
  op: string;
  id: string;
  /** Lines of the data, for a node with these inputs. */
  lines(problem: Problem): Pick<Lines, 'lines' | 'targets' | 'updates'>;
  code(e: Emitter, problem: Problem): Pick<Lines, 'at' | 'each'>;
  /** Line and target of a place of the data. */
  split(problem: Problem, e: Emitter, coords: readonly Ix[]): { line: readonly Ix[]; target: Ix };
}

const reductionOf = ({ group }: Problem) => group.anchor!.view().string('reduction') as ScatterReduction;

/** The kernels of an op: in lines, and element by element. */
function defineScatter({ op, id, lines, code, split }: Scatter): readonly [inLines: Kernel, bySearch: Kernel] {
  const inLines = defineLines({
    op,
    id: `${id}.lines`,
    summary: `${op}: the targets of a line are dealt out to invocations, each of which looks through its updates`,
    linesOf: (problem) => ({ ...lines(problem), reduction: reductionOf(problem) }),
    code: (e, problem) => ({
      ...lines(problem),
      reduction: reductionOf(problem),
      ...code(e, problem),
      initial: (at) => e.read(problem.group.anchor!.inputs[0]!, at),
    }),
  });
  const bySearch = defineKernel<null>({
    id: `${id}.search`,
    version: 2,
    summary: `${op}: each element looks through the updates of its line`,
    ops: [op],
    ownsWords: true,
    applies: () => true,
    params: () => [null],
    cost(problem) {
      const threads = typical(product(problem.group.accumulated.type.shape));
      const steps = scatterSteps(typical(lines(problem).updates));
      return rounds(problem.target, threads) * steps;
    },
    emit(e, problem) {
      const { shader } = e;
      const data = problem.group.anchor!.inputs[0]!;
      const reduction = reductionOf(problem);
      return emitResult(e, data.type.shape, (position) => {
        const acc = shader.name('acc');
        shader.line(`var ${acc} = ${e.read(data, position)};`);
        const { line, target } = split(problem, e, position.coords(shader));
        code(e, problem).each(line, (place, exists, read) =>
          shader.when(ix.all([exists, `${ix.text(place)} == ${ix.text(target)}`]), () => {
            const update = shader.let(read());
            const next =
              reduction === 'none' ? update : printReduction(shader, reduction, acc, update, data.type.dtype);
            shader.line(`${acc} = ${next};`);
          }),
        );
        return acc;
      });
    },
  });
  return [inLines, bySearch];
}

/** An index along an axis, which may count from the end. */
function placeOf(e: Emitter, indices: Value, at: Position, size: Ix): string {
  const raw = e.shader.let(e.read(indices, at));
  return computeOf(indices.type.dtype) === 'i32'
    ? e.shader.let(`select(u32(${raw}), u32(${raw}) + ${ix.text(size)}, ${raw} < 0i)`, 'place')
    : raw;
}

export const [scatterElementsLines, scatterElementsSearch] = defineScatter({
  op: 'ScatterElements',
  id: 'scatter-elements',
  lines({ group }) {
    const [data, indices] = group.anchor!.inputs as [Value, Value];
    const axis = scatterAxis(group.anchor!.view());
    const lines = data.type.shape.filter((_, d) => d !== axis);
    return { lines, targets: data.type.shape[axis]!, updates: indices.type.shape[axis]! };
  },
  code(e, { group }) {
    const [data, indices, updates] = group.anchor!.inputs as [Value, Value, Value];
    const axis = scatterAxis(group.anchor!.view());
    const whole = (line: readonly Ix[], place: Ix) => [...line.slice(0, axis), place, ...line.slice(axis)];
    const { shape } = indices.type;
    const size = e.size(data.type.shape[axis]!);
    return {
      at: (line, target) => Position.at(data.type.shape, whole(line, target)),
      each(line, take) {
        // Lines past the indices are data alone.
        const inside = whole(line, 0).flatMap((place, d) =>
          d === axis || sameDim(shape[d]!, data.type.shape[d]!) ? [] : [ix.less(place, e.size(shape[d]!))],
        );
        e.shader.when(ix.all(inside), () =>
          e.shader.loop(e.size(shape[axis]!), 't', (t) => {
            const at = Position.at(shape, whole(line, t));
            const place = placeOf(e, indices, at, size);
            take(place, ix.less(place, size), () => e.read(updates, at));
          }),
        );
      },
    };
  },
  split({ group }, _, coords) {
    const axis = scatterAxis(group.anchor!.view());
    return { line: coords.toSpliced(axis, 1), target: coords[axis]! };
  },
});

/** The axes of the data that an index tells, and those of a slice. */
function partsOf({ group }: Problem): readonly [told: readonly Dim[], slice: readonly Dim[]] {
  const depth = scatterDepth(group.anchor!.view());
  const { shape } = group.anchor!.inputs[0]!.type;
  return [shape.slice(0, depth), shape.slice(depth)];
}

export const [scatterNDLines, scatterNDSearch] = defineScatter({
  op: 'ScatterND',
  id: 'scatter-nd',
  lines(problem) {
    const [told, slice] = partsOf(problem);
    const updates = product(problem.group.anchor!.inputs[1]!.type.shape.slice(0, -1));
    return { lines: slice, targets: product(told), updates };
  },
  code(e, problem) {
    const { shader } = e;
    const [data, indices, updates] = problem.group.anchor!.inputs as [Value, Value, Value];
    const [told] = partsOf(problem);
    const leading = indices.type.shape.slice(0, -1);
    return {
      at: (line, target) => Position.at(data.type.shape, [...Position.linear(told, target).coords(shader), ...line]),
      each(line, take) {
        const loop = (axis: number, at: readonly Ix[]): void => {
          if (axis < leading.length) {
            shader.loop(e.size(leading[axis]!), 't', (t) => loop(axis + 1, [...at, t]));
            return;
          }
          const places = told.map((dim, d) =>
            placeOf(e, indices, Position.at(indices.type.shape, [...at, d]), e.size(dim)),
          );
          const exists = ix.all(places.map((place, d) => ix.less(place, e.size(told[d]!))));
          const target = Position.at(told, places).linear(shader);
          take(target, exists, () => e.read(updates, Position.at(updates.type.shape, [...at, ...line])));
        };
        loop(0, []);
      },
    };
  },
  split(problem, e, coords) {
    const [told] = partsOf(problem);
    const target = Position.at(told, coords.slice(0, told.length)).linear(e.shader);
    return { line: coords.slice(told.length), target };
  },
});
