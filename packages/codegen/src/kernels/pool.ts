// Pooling over a sliding window, one output element an invocation.

import { type PoolGeometry, poolGeometry, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { sameFormat } from '../format/format.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal, printBinary, printCompare } from '../wgsl/scalar.ts';
import { emitResult } from './elements.ts';

interface Pooling {
  op: string;
  id: string;
  summary: string;
  /** Emits the window's loop; the result, as an expression. */
  window(e: Emitter, window: Window, wanted: Value): string;
}

function definePool({ op, id, summary, window }: Pooling): Kernel {
  return defineKernel<null>({
    id,
    version: 2,
    summary,
    ops: [op],
    ownsWords: true,
    formats: ({ group }) => sameFormat([group.anchor!.inputs[0]!]),
    applies: () => true,
    params: () => [null],
    cost: () => 1,
    emit(e, { group }) {
      const node = group.anchor!;
      return emitResult(e, group.accumulated.type.shape, (position) => {
        const [n, c, ...out] = position.coords(e.shader);
        const at = new Window(e, node.inputs[0]!, poolGeometry(node.view()), [n!, c!], out);
        return e.shader.let(window(e, at, group.accumulated));
      });
    },
  });
}

/** The window of one output element. */
class Window {
  constructor(
    readonly e: Emitter,
    readonly input: Value,
    readonly g: PoolGeometry,
    /** Batch element and channel. */
    readonly plane: readonly [Ix, Ix],
    /** Spatial coordinates in the output. */
    readonly out: readonly Ix[],
  ) {}

  /** Runs `body` for each tap, with its spatial coordinates in the input, which may lie in the padding. */
  each(body: (at: readonly Ix[]) => void): void {
    const { shader } = this.e;
    const loop = (i: number, at: readonly Ix[]): void => {
      const axis = this.g.axes[i];
      if (!axis) {
        body(at);
        return;
      }
      const start = ix.sub(ix.mul(this.out[i]!, axis.stride), this.e.size(axis.begin));
      shader.loop(axis.kernel, 'k', (k) =>
        loop(i + 1, [...at, shader.index(ix.add(start, ix.mul(k, axis.dilation)), 'y')]),
      );
    };
    loop(0, []);
  }

  /** Emits `body` where a tap meets the input. */
  whereInside(at: readonly Ix[], body: (element: string) => void): void {
    const test = ix.all(at.map((y, d) => ix.less(y, this.e.size(this.g.axes[d]!.size))));
    this.e.shader.when(this.#staysInside() || test, () =>
      body(this.e.shader.let(this.e.read(this.input, Position.at(this.input.type.shape, [...this.plane, ...at])))),
    );
  }

  /** Emits `body` where a tap meets the input or the padding that is declared; what only rounding up reaches lies past it. */
  whereDeclared(at: readonly Ix[], body: () => void): void {
    const { e } = this;
    const tests = at.map((y, d) => {
      const { begin, end, size } = this.g.axes[d]!;
      return ix.less(ix.add(y, e.size(begin)), ix.add(ix.add(e.size(size), e.size(begin)), e.size(end)));
    });
    e.shader.when(ix.all(tests), body);
  }

  #staysInside(): boolean {
    return this.g.axes.every(
      ({ size, output, begin, end, stride, kernel, dilation }) =>
        begin === 0 &&
        end === 0 &&
        typeof size === 'number' &&
        typeof output === 'number' &&
        (output - 1) * stride + (kernel - 1) * dilation < size,
    );
  }
}

export const maxPool = definePool({
  op: 'MaxPool',
  id: 'pool.max',
  summary: 'the largest element of a window, or its place, one output element an invocation',
  window(e, window, wanted) {
    const { shader } = e;
    const node = wanted.producer!;
    const { dtype, shape } = window.input.type;
    const least = literal(shader, Number.NEGATIVE_INFINITY, computeOf(dtype));
    const acc = shader.name('acc');
    shader.line(`var ${acc} = ${least};`);
    if (wanted === node.output) {
      window.each((at) =>
        window.whereInside(at, (x) => shader.line(`${acc} = ${printBinary(shader, 'max', acc, x, dtype)};`)),
      );
      return acc;
    }
    const columnMajor = node.view().int('storage_order') === 1;
    const place = shader.name('place');
    shader.line(`var ${place} = -1i;`);
    window.each((at) =>
      window.whereInside(at, (x) => {
        // The first element counts whatever it is.
        const better = `${printCompare('gt', x, acc, dtype)} | (${place} < 0i)`;
        shader.block(`if (${better})`, () => {
          shader.line(`${acc} = ${x};`);
          shader.line(
            `${place} = i32(${ix.text(columnMajor ? reversed(at) : Position.at(shape, [...window.plane, ...at]).linear(shader))});`,
          );
        });
      }),
    );
    return place;

    /** The number of an element whose plane is stored column by column. */
    function reversed(at: readonly Ix[]): Ix {
      const [n, c] = window.plane;
      const turned = [shape[0]!, shape[1]!, ...shape.slice(2).reverse()];
      return Position.at(turned, [n, c, ...[...at].reverse()]).linear(shader);
    }
  },
});

export const averagePool = definePool({
  op: 'AveragePool',
  id: 'pool.average',
  summary: 'the mean of a window, one output element an invocation',
  window(e, window) {
    const { shader } = e;
    const sum = shader.name('sum');
    const taken = shader.name('taken');
    shader.line(`var ${sum} = 0.0f;`);
    shader.line(`var ${taken} = 0.0f;`);
    const take = () => shader.line(`${taken} += 1.0f;`);
    window.each((at) => {
      if (window.g.countsPadding) window.whereDeclared(at, take);
      window.whereInside(at, (x) => {
        shader.line(`${sum} += ${x};`);
        if (!window.g.countsPadding) take();
      });
    });
    return `${sum} / ${taken}`;
  },
});

export const lpPool = definePool({
  op: 'LpPool',
  id: 'pool.lp',
  summary: 'the p-norm of a window, one output element an invocation',
  window(e, window, wanted) {
    const { shader } = e;
    const p = wanted.producer!.view().int('p');
    const power = (x: string, exponent: number) =>
      printBinary(shader, 'pow', x, literal(shader, exponent, 'f32'), 'float32');
    const sum = shader.name('sum');
    shader.line(`var ${sum} = 0.0f;`);
    window.each((at) =>
      window.whereInside(at, (x) => {
        shader.line(`${sum} += ${p === 2 ? `${x} * ${x}` : p === 1 ? `abs(${x})` : power(`abs(${x})`, p)};`);
      }),
    );
    return p === 2 ? `sqrt(${sum})` : p === 1 ? sum : power(sum, 1 / p);
  },
});
