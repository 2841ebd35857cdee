// Pooling over a sliding window, one output element an invocation, or neighbouring channels where they lie side by side.

import { type PoolGeometry, poolGeometry, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { sameFormat } from '../format/format.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import type { RunLength } from '../wgsl/memory.ts';
import { Position } from '../wgsl/position.ts';
import { literal, printBinary, printCompare } from '../wgsl/scalar.ts';
import { CHANNELS } from './conv.ts';
import { emitResult, emitRuns } from './elements.ts';

interface Pooling {
  op: string;
  id: string;
  summary: string;
  /** Emits the loop over the windows of neighbouring channels; the result of each, as an expression. */
  window(e: Emitter, window: Window, wanted: Value): readonly string[];
}

function definePool({ op, id, summary, window }: Pooling): Kernel {
  return defineKernel<null>({
    id,
    version: 3,
    summary,
    ops: [op],
    ownsWords: true,
    formats: ({ group }) => sameFormat([group.anchor!.inputs[0]!]),
    applies: () => true,
    params: () => [null],
    cost: () => 1,
    emit(e, { group, formats }) {
      const node = group.anchor!;
      const { shape } = group.accumulated.type;
      const values = (lanes: readonly Position[]) => {
        const out = lanes[0]!.coords(e.shader).slice(2);
        const at = new Window(e, node.inputs[0]!, poolGeometry(node.view()), lanes, out);
        return window(e, at, group.accumulated);
      };
      const count = formats.writes === 'channels-last' && RUNS.find((run) => e.storesRuns(CHANNELS, run));
      if (count) return emitRuns(e, shape, { axis: CHANNELS, count }, values);
      return emitResult(e, shape, (position) => e.shader.let(values([position])[0]!));
    },
  });
}

/** Neighbouring channels that an invocation may have, the preferred ones first. */
const RUNS: readonly RunLength[] = [8, 4];

/** The windows of one output element, or of neighbouring channels. */
class Window {
  constructor(
    readonly e: Emitter,
    readonly input: Value,
    readonly g: PoolGeometry,
    /** Of each channel a place in the output. */
    readonly lanes: readonly Position[],
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

  /** Emits `body` where a tap meets the input, with the element of each channel. */
  whereInside(at: readonly Ix[], body: (elements: readonly string[]) => void): void {
    const { e } = this;
    const test = ix.all(at.map((y, d) => ix.less(y, e.size(this.g.axes[d]!.size))));
    e.shader.when(this.#staysInside() || test, () => {
      const first = Position.at(this.input.type.shape, [...this.plane(0), ...at]);
      const lanes = this.lanes.length === 1 ? [first] : first.run(CHANNELS, this.lanes.length);
      body(lanes.map((lane) => e.shader.let(e.read(this.input, lane))));
    });
  }

  /** Batch element and channel of a lane. */
  plane(lane: number): readonly [Ix, Ix] {
    return this.lanes[lane]!.coords(this.e.shader).slice(0, 2) as [Ix, Ix];
  }

  /** Declares a variable for each channel. */
  variables(hint: string, value: string): string[] {
    const names = this.lanes.map(() => this.e.shader.name(hint));
    for (const name of names) this.e.shader.line(`var ${name} = ${value};`);
    return names;
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
  summary: 'the largest element of a window, or its place, one output element or neighbouring channels an invocation',
  window(e, window, wanted) {
    const { shader } = e;
    const node = wanted.producer!;
    const { dtype, shape } = window.input.type;
    const most = window.variables('acc', literal(shader, Number.NEGATIVE_INFINITY, computeOf(dtype)));
    if (wanted === node.output) {
      window.each((at) =>
        window.whereInside(at, (elements) => {
          for (const [i, x] of elements.entries())
            shader.line(`${most[i]} = ${printBinary(shader, 'max', most[i]!, x, dtype)};`);
        }),
      );
      return most;
    }
    const columnMajor = node.view().int('storage_order') === 1;
    const places = window.variables('place', '-1i');
    window.each((at) =>
      window.whereInside(at, (elements) => {
        for (const [i, x] of elements.entries()) {
          // The first element counts whatever it is.
          const better = `${printCompare('gt', x, most[i]!, dtype)} | (${places[i]} < 0i)`;
          shader.block(`if (${better})`, () => {
            shader.line(`${most[i]} = ${x};`);
            const number = columnMajor
              ? reversed(window.plane(i), at)
              : Position.at(shape, [...window.plane(i), ...at]).linear(shader);
            shader.line(`${places[i]} = i32(${ix.text(number)});`);
          });
        }
      }),
    );
    return places;

    /** The number of an element whose plane is stored column by column. */
    function reversed([n, c]: readonly [Ix, Ix], at: readonly Ix[]): Ix {
      const turned = [shape[0]!, shape[1]!, ...shape.slice(2).reverse()];
      return Position.at(turned, [n, c, ...[...at].reverse()]).linear(shader);
    }
  },
});

export const averagePool = definePool({
  op: 'AveragePool',
  id: 'pool.average',
  summary: 'the mean of a window, one output element or neighbouring channels an invocation',
  window(e, window) {
    const { shader } = e;
    const sums = window.variables('sum', '0.0f');
    const taken = shader.name('taken');
    shader.line(`var ${taken} = 0.0f;`);
    const take = () => shader.line(`${taken} += 1.0f;`);
    window.each((at) => {
      if (window.g.countsPadding) window.whereDeclared(at, take);
      window.whereInside(at, (elements) => {
        for (const [i, x] of elements.entries()) shader.line(`${sums[i]} += ${x};`);
        if (!window.g.countsPadding) take();
      });
    });
    return sums.map((sum) => `${sum} / ${taken}`);
  },
});

export const lpPool = definePool({
  op: 'LpPool',
  id: 'pool.lp',
  summary: 'the p-norm of a window, one output element or neighbouring channels an invocation',
  window(e, window, wanted) {
    const { shader } = e;
    const p = wanted.producer!.view().int('p');
    const power = (x: string, exponent: number) =>
      printBinary(shader, 'pow', x, literal(shader, exponent, 'f32'), 'float32');
    const sums = window.variables('sum', '0.0f');
    window.each((at) =>
      window.whereInside(at, (elements) => {
        for (const [i, x] of elements.entries())
          shader.line(`${sums[i]} += ${p === 2 ? `${x} * ${x}` : p === 1 ? `abs(${x})` : power(`abs(${x})`, p)};`);
      }),
    );
    return sums.map((sum) => (p === 2 ? `sqrt(${sum})` : p === 1 ? sum : power(sum, 1 / p)));
  },
});
