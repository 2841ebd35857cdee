// Running sums and products: one invocation goes along a row.

import { scanAxis } from '@trtx/ir';
import { defineKernel, type Kernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { call } from '../wgsl/functions.ts';
import * as ix from '../wgsl/ix.ts';
import { literal, printBinary } from '../wgsl/scalar.ts';
import { emitRows, type RowParams, rowCost, rowsOf } from './reduction.ts';

const ALONE: RowParams = { lanes: 1 };

function defineScan(op: string, id: string, combine: 'add' | 'mul'): Kernel {
  return defineKernel<null>({
    id,
    version: 2,
    summary: `${op}: a row, one element after the other, an invocation`,
    ops: [op],
    checks: combine === 'add',
    applies: ({ group }) => group.anchor!.view().contents(1) !== undefined,
    params: () => [null],
    cost({ group, target }) {
      const at = group.anchor!.view();
      return rowCost(target, rowsOf(at, [scanAxis(at)]), ALONE);
    },
    emit(e, { group }) {
      const { shader } = e;
      const node = group.anchor!;
      const at = node.view();
      const input = node.inputs[0]!;
      const { dtype } = input.type;
      const exclusive = at.int('exclusive') === 1;
      return emitRows(e, rowsOf(at, [scanAxis(at)]), ALONE, (row) => {
        const acc = shader.name('acc');
        const bit = e.overflow(node);
        const first = literal(shader, combine === 'add' ? 0 : 1, computeOf(dtype));
        shader.line(`var ${acc} = ${bit ? call(shader, 'widened', first) : first};`);
        const join = (x: string) =>
          bit ? call(shader, 'wide_sum', acc, call(shader, 'widened', x)) : printBinary(shader, combine, acc, x, dtype);
        const result = () => (bit ? shader.let(call(shader, 'narrowed', acc, `${bit}u`)) : acc);
        row.each((k) => {
          const turned = at.int('reverse') ? ix.sub(ix.sub(e.size(row.rows.count), 1), k) : k;
          const position = row.element(turned);
          const take = () => {
            const x = e.read(input, position);
            shader.line(`${acc} = ${join(x)};`);
          };
          if (!exclusive) take();
          e.store(position, result());
          if (exclusive) take();
        });
      });
    },
  });
}

export const cumSum = defineScan('CumSum', 'cum-sum', 'add');
export const cumProd = defineScan('CumProd', 'cum-prod', 'mul');
