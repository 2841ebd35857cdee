// Col2Im, the other way round: each element of the image looks for the blocks that cover it.

import { blockAxes, floorDiv } from '@trtx/ir';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal, printBinary } from '../wgsl/scalar.ts';
import { emitResult } from './elements.ts';

export const col2im = defineKernel<null>({
  id: 'col2im',
  version: 1,
  summary: 'Col2Im: the sum of what blocks have for an element, one element an invocation',
  ops: ['Col2Im'],
  ownsWords: true,
  applies: () => true,
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const { shader } = e;
    const node = group.anchor!;
    const input = node.inputs[0]!;
    const axes = blockAxes(node.view());
    const blocks = axes.map(({ block }) => block);
    const counts = axes.map(({ count }) => count);
    const { dtype } = input.type;
    // [batch, channel and place in the block, block], with the axes of the last two told apart.
    const channels = floorDiv(
      input.type.shape[1]!,
      blocks.reduce((a, b) => a * b, 1),
    );
    const parts = [input.type.shape[0]!, channels, ...blocks, ...counts];
    return emitResult(e, group.accumulated.type.shape, (position) => {
      const [n, c, ...places] = position.coords(shader);
      const sum = shader.name('sum');
      shader.line(`var ${sum} = ${literal(shader, 0, computeOf(dtype))};`);
      const search = (i: number, within: readonly Ix[], block: readonly Ix[]): void => {
        const axis = axes[i];
        if (!axis) {
          const at = Position.at(parts, [n!, c!, ...within, ...block]).linear(shader);
          const element = e.read(input, Position.linear(input.type.shape, at));
          shader.line(`${sum} = ${printBinary(shader, 'add', sum, shader.let(element), dtype)};`);
          return;
        }
        shader.loop(axis.block, 'k', (k) => {
          // Below zero this is one past every block.
          const start = shader.index(ix.sub(ix.add(places[i]!, axis.begin), ix.mul(k, axis.dilation)), 'start');
          const own = shader.index(ix.div(start, axis.stride), 'block');
          const test = ix.all([
            axis.stride === 1 || `${ix.text(ix.mod(start, axis.stride))} == 0u`,
            ix.less(own, e.size(axis.count)),
          ]);
          shader.when(test, () => search(i + 1, [...within, k], [...block, own]));
        });
      };
      search(0, [], []);
      return sum;
    });
  },
});
