// Pooling over a sliding window, one output element an invocation.

import { ceilDiv, poolGeometry, product } from '@trtx/ir';
import { defineKernel, type Kernel } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';

const WORKGROUP = 64;

interface Pooling {
  op: string;
  id: string;
  summary: string;
  /** The mean of the elements, or the largest of them. */
  combine: 'mean' | 'max';
}

function definePool({ op, id, summary, combine }: Pooling): Kernel {
  return defineKernel<null>({
    id,
    version: 1,
    summary,
    ops: [op],
    applies: ({ group }) => group.accumulated.type.dtype === 'float32' && group.anchor!.outputs.length === 1,
    params: () => [null],
    cost: () => 1,
    emit(e, { group }) {
      const { shader } = e;
      const node = group.anchor!;
      const input = node.inputs[0]!;
      const g = poolGeometry(node.view());
      const { shape } = group.accumulated.type;
      const count = product(shape);
      const i = shader.let(`group * ${WORKGROUP}u + lid`, 'i');
      shader.when(ix.less(i, e.size(count)), () => {
        const position = Position.linear(shape, i);
        const [n, c, ...out] = position.coords(shader);
        const acc = shader.name('acc');
        const taken = shader.name('taken');
        const start = combine === 'max' ? Number.NEGATIVE_INFINITY : 0;
        shader.line(`var ${acc} = ${literal(shader, start, 'f32')};`);
        if (combine === 'mean') shader.line(`var ${taken} = 0.0f;`);
        const loop = (i: number, at: readonly Ix[]): void => {
          const axis = g.axes[i];
          if (axis) {
            const start = ix.sub(ix.mul(out[i]!, axis.stride), e.size(axis.begin));
            shader.loop(axis.kernel, 'k', (k) =>
              loop(i + 1, [...at, shader.index(ix.add(start, ix.mul(k, axis.dilation)), 'y')]),
            );
            return;
          }
          const inside = ix.all(at.map((y, d) => ix.less(y, e.size(g.axes[d]!.size))));
          const padded = g.axes.some((a) => a.begin !== 0 || a.end !== 0) || !exact(g.axes);
          if (combine === 'mean' && g.countsPadding) {
            // Positions from −begin up to size + end; what only rounding up reaches lies past them.
            const declared = at.map((y, d) => {
              const { begin, end, size } = g.axes[d]!;
              return ix.less(ix.add(y, e.size(begin)), ix.add(ix.add(e.size(size), e.size(begin)), e.size(end)));
            });
            shader.when(ix.all(declared), () => shader.line(`${taken} += 1.0f;`));
          }
          shader.when(padded ? inside : true, () => {
            const value = e.read(input, Position.at(input.type.shape, [n!, c!, ...at]));
            shader.line(combine === 'max' ? `${acc} = max(${acc}, ${value});` : `${acc} += ${value};`);
            if (combine === 'mean' && !g.countsPadding) shader.line(`${taken} += 1.0f;`);
          });
        };
        loop(0, []);
        e.store(position, combine === 'max' ? acc : shader.let(`${acc} / ${taken}`));
      });
      return { workgroupSize: WORKGROUP, workgroups: ceilDiv(count, WORKGROUP) };
    },
  });
}

/** True where no window reaches past its input: sizes are numbers and windows end inside. */
function exact(axes: ReturnType<typeof poolGeometry>['axes']): boolean {
  return axes.every(
    ({ size, output, stride, kernel, dilation }) =>
      typeof size === 'number' && typeof output === 'number' && (output - 1) * stride + (kernel - 1) * dilation < size,
  );
}

export const maxPool = definePool({
  op: 'MaxPool',
  id: 'pool.max',
  summary: 'the largest element of a window, one output element an invocation',
  combine: 'max',
});

export const averagePool = definePool({
  op: 'AveragePool',
  id: 'pool.average',
  summary: 'the mean of a window, one output element an invocation',
  combine: 'mean',
});
