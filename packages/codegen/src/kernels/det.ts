// Determinants by elimination, of matrices so small that an invocation has room for one.

import { bounds } from '@trtx/ir';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { emitResult } from './elements.ts';
import { MAX_PRIVATE } from './private.ts';

export const det = defineKernel<null>({
  id: 'det',
  version: 1,
  summary: 'Det: elimination with the largest pivots first, one matrix an invocation',
  ops: ['Det'],
  ownsWords: true,
  applies({ group }) {
    const most = bounds(group.anchor!.inputs[0]!.type.shape.at(-1)!).max;
    return computeOf(group.accumulated.type.dtype) === 'f32' && most ** 2 <= MAX_PRIVATE;
  },
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const { shader } = e;
    const input = group.anchor!.inputs[0]!;
    const { shape } = input.type;
    const size = e.size(shape.at(-1)!);
    return emitResult(e, group.accumulated.type.shape, (position) => {
      const matrix = shader.name('matrix');
      shader.line(`var ${matrix}: array<f32, ${Math.max(bounds(shape.at(-1)!).max ** 2, 1)}>;`);
      const at = (row: Ix, column: Ix) => `${matrix}[${ix.text(ix.add(ix.mul(row, size), column))}]`;
      const outer = position.coords(shader);
      shader.loop(size, 'r', (r) =>
        shader.loop(size, 'c', (c) =>
          shader.line(`${at(r, c)} = ${e.read(input, Position.at(shape, [...outer, r, c]))};`),
        ),
      );
      const result = shader.name('det');
      shader.line(`var ${result} = 1.0f;`);
      const after = (k: Ix, body: (i: string) => void) => {
        const i = shader.name('i');
        const head = `var ${i} = ${ix.text(ix.add(k, 1))}; ${i} < ${ix.text(size)}; ${i}++`;
        shader.block(`for (${head})`, () => body(i));
      };
      shader.loop(size, 'k', (k) => {
        const pivot = shader.name('pivot');
        shader.line(`var ${pivot} = ${ix.text(k)};`);
        after(k, (r) => shader.line(`${pivot} = select(${pivot}, ${r}, abs(${at(r, k)}) > abs(${at(pivot, k)}));`));
        shader.block(`if (${pivot} != ${ix.text(k)})`, () => {
          shader.line(`${result} = -${result};`);
          shader.loop(size, 'c', (c) => {
            const kept = shader.let(at(k, c));
            shader.line(`${at(k, c)} = ${at(pivot, c)};`);
            shader.line(`${at(pivot, c)} = ${kept};`);
          });
        });
        const divisor = shader.let(at(k, k), 'divisor');
        shader.line(`${result} *= ${divisor};`);
        // A column of zeros has made the result 0; nothing is left to be divided.
        shader.block(`if (${divisor} != 0.0f)`, () =>
          after(k, (r) => {
            const factor = shader.let(`${at(r, k)} / ${divisor}`, 'factor');
            after(k, (c) => shader.line(`${at(r, c)} -= ${factor} * ${at(k, c)};`));
          }),
        );
      });
      return result;
    });
  },
});
