// Depthwise convolution: each output channel sees one input channel, so there is no sum over channels to tile. A thread
// computes several output positions of one channel and reads each weight once for all of them.

import { ceilDiv, convGeometry, mul, product } from '@trtx/ir';
import { sameFormat } from '../format/format.ts';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { rounds } from '../target.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { Operand, WORKGROUP } from './contraction.ts';

interface Params {
  /** Output positions of a thread. */
  readonly positions: number;
  /** Invocations of a workgroup that share a channel. */
  readonly lanes: number;
}

export const convDepthwise = defineKernel<Params>({
  id: 'conv.depthwise',
  version: 2,
  summary: 'convolution with one input channel a group, several positions of a channel a thread',
  ops: ['Conv'],
  applies({ group }) {
    const g = convGeometry(group.anchor!.view());
    return g.groups === g.inputChannels && g.groups > 1 && computeOf(group.accumulated.type.dtype) === 'f32';
  },
  formats: ({ group }) => sameFormat([group.anchor!.inputs[0]!]),
  params: ({ formats }) =>
    (formats.reads === 'row-major' ? [64, 16, 4] : [1, 4, 16]).flatMap((lanes) =>
      [1, 2, 4].map((positions) => ({ positions, lanes })),
    ),
  cost({ group, target, formats }, { positions, lanes }) {
    const g = convGeometry(group.anchor!.view());
    const p = typical(product(g.axes.map((axis) => axis.output)));
    const threads = Math.ceil(p / (lanes * positions)) * lanes * g.outputChannels * typical(g.batch);
    const taps = g.axes.reduce((n, axis) => n * axis.kernel, 1);
    const step = 1 + positions * 2;
    const along = formats.reads === 'row-major' ? lanes : WORKGROUP / lanes;
    const scattered = target.software ? 1 : 1 + 0.15 * Math.log2(WORKGROUP / along);
    // Below the least time of any direct convolution, whose vectors are three quarters padding here.
    return rounds(target, threads) * step * scattered * taps;
  },
  emit(e, { group }, { positions, lanes }) {
    const { shader } = e;
    const conv = group.anchor!;
    const [x, w, bias] = conv.inputs;
    const g = convGeometry(conv.view());
    const multiplier = g.outputChannels / g.groups;
    const sizes = g.axes.map((axis) => axis.output);
    const count = product(sizes);
    const columns = WORKGROUP / lanes;
    const tiles = ceilDiv(count, lanes * positions);
    const channels = mul(g.batch, g.outputChannels);

    const tile = shader.index(ix.mod('group', e.size(tiles)), 't');
    const block = shader.index(ix.div('group', e.size(tiles)), 'q');
    const lane = lanes === WORKGROUP ? 'lid' : shader.let(`lid % ${lanes}u`, 'lane');
    const channel = shader.index(
      ix.add(ix.mul(block, columns), lanes === WORKGROUP ? 0 : shader.let(`lid / ${lanes}u`, 'column')),
      'nc',
    );
    shader.when(ix.less(channel, e.size(channels)), () => {
      const n = shader.index(ix.div(channel, g.outputChannels), 'n');
      const c = shader.index(ix.mod(channel, g.outputChannels), 'c');
      const input = new Operand(e, x!);
      const weights = new Operand(e, w!);
      const rows = Array.from({ length: positions }, (_, r) => {
        const row = shader.index(ix.add(ix.mul(ix.add(ix.mul(tile, positions), r), lanes), lane), 'row');
        const inside = shader.index(ix.minIx(row, ix.sub(e.size(count), 1)), 'm');
        const acc = shader.name('acc');
        shader.line(`var ${acc} = 0.0f;`);
        return { row, acc, out: Position.linear(sizes, inside).coords(shader) };
      });
      const source = shader.index(ix.div(c, multiplier), 'ci');
      const weightBase = shader.index(weights.address([c, 0, ...g.axes.map(() => 0)]), 'w');
      const inputBase = shader.index(input.address([n, source, ...g.axes.map(() => 0)]), 'x');

      const loop = (axis: number, taps: Ix[]): void => {
        if (axis < g.axes.length) {
          shader.loop(g.axes[axis]!.kernel, 'k', (k) => loop(axis + 1, [...taps, k]));
          return;
        }
        const weight = shader.let(
          weights.at(taps.reduce<Ix>((sum, k, i) => ix.add(sum, ix.mul(k, weights.stride(i + 2))), weightBase)),
          'b',
        );
        for (const { acc, out } of rows) {
          const tests: (boolean | string)[] = [];
          const address = out.reduce<Ix>((sum, o, i) => {
            const { stride, dilation, begin, end, size } = g.axes[i]!;
            const at = shader.index(ix.sub(ix.add(ix.mul(o, stride), ix.mul(taps[i]!, dilation)), e.size(begin)), 'y');
            if (begin !== 0 || end !== 0) tests.push(ix.less(at, e.size(size)));
            return ix.add(sum, ix.mul(at, input.stride(i + 2)));
          }, inputBase);
          const test = ix.all(tests);
          const value = input.at(address);
          shader.line(`${acc} += ${test === true ? value : `select(0.0f, ${value}, ${test})`} * ${weight};`);
        }
      };
      loop(0, []);

      const { shape } = group.accumulated.type;
      const names = ['n', 'c', ...sizes.map((_, i) => `o${i}`)];
      shader.func('finish', ['value: f32', ...names.map((name) => `${name}: u32`)].join(', '), '', () => {
        const sum = bias ? `value + ${e.read(bias, Position.at([g.outputChannels], ['c']))}` : 'value';
        e.store(Position.at(shape, names), shader.let(sum));
        return undefined;
      });
      for (const { row, acc, out } of rows) {
        const args = [n, c, ...out].map(ix.text).join(', ');
        shader.when(ix.less(row, e.size(count)), () => shader.line(`finish(${acc}, ${args});`));
      }
    });
    return { workgroupSize: WORKGROUP, workgroups: mul(tiles, ceilDiv(channels, columns)) };
  },
});
