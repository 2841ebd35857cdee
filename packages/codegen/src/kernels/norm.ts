// Softmax and the normalizations over trailing axes: statistics of a row, then every element of it once more.

import { normGeometry, softmaxGeometry } from '@trtx/ir';
import { defineKernel, type Kernel } from '../kernel.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';
import { emitRows, ROW_PARAMS, type RowParams, rowCost, rowsOf } from './reduction.ts';

/** Softmax or its logarithm; `scale` is made of a row's sum of exponentials, `result` of (x − maximum) and scale. */
function defineSoftmax(
  op: string,
  id: string,
  scale: (sum: string) => string,
  result: (x: string, scale: string) => string,
): Kernel {
  return defineKernel<RowParams>({
    id,
    version: 1,
    summary: `${op}: maximum, sum of exponentials, result, in three passes over a row`,
    ops: [op],
    applies: ({ group }) => group.accumulated.type.dtype === 'float32',
    params: () => ROW_PARAMS,
    cost: ({ group, target }, params) => {
      const at = group.anchor!.view();
      return rowCost(target, rowsOf(at, softmaxGeometry(at).axes), params);
    },
    emit(e, { group }, params) {
      const node = group.anchor!;
      const at = node.view();
      const input = node.inputs[0]!;
      const { shader } = e;
      return emitRows(e, rowsOf(at, softmaxGeometry(at).axes), params, (row) => {
        const most = row.reduce('f32', 'max', (k) => e.read(input, row.element(k)));
        const sum = row.reduce('f32', 'add', (k) => `exp(${e.read(input, row.element(k))} - ${most})`);
        const factor = shader.let(scale(sum));
        row.each((k) => {
          const position = row.element(k);
          e.store(position, shader.let(result(`(${e.read(input, position)} - ${most})`, factor)));
        });
      });
    },
  });
}

export const softmax = defineSoftmax(
  'Softmax',
  'softmax',
  (sum) => `1.0f / ${sum}`,
  (x, scale) => `exp(${x}) * ${scale}`,
);
export const logSoftmax = defineSoftmax(
  'LogSoftmax',
  'log-softmax',
  (sum) => `log(${sum})`,
  (x, scale) => `${x} - ${scale}`,
);

export const layerNorm = defineKernel<RowParams>({
  id: 'layer-norm',
  version: 1,
  summary: 'LayerNormalization: mean, variance about it, result, in three passes over a row',
  ops: ['LayerNormalization'],
  applies: ({ group }) => group.accumulated.type.dtype === 'float32' && group.anchor!.outputs.length === 1,
  params: () => ROW_PARAMS,
  cost: ({ group, target }, params) => {
    const at = group.anchor!.view();
    return rowCost(target, rowsOf(at, normGeometry(at).axes), params);
  },
  emit(e, { group }, params) {
    const node = group.anchor!;
    const at = node.view();
    const [input, scale, bias] = node.inputs;
    const { shader } = e;
    const rows = rowsOf(at, normGeometry(at).axes);
    return emitRows(e, rows, params, (row) => {
      const count = `f32(${ix.text(e.size(rows.count))})`;
      const sum = row.reduce('f32', 'add', (k) => e.read(input!, row.element(k)));
      const mean = shader.let(`${sum} / ${count}`, 'mean');
      const squares = row.reduce('f32', 'add', (k) => {
        const difference = shader.let(`${e.read(input!, row.element(k))} - ${mean}`);
        return `${difference} * ${difference}`;
      });
      const epsilon = literal(shader, at.float('epsilon'), 'f32');
      const factor = shader.let(`1.0f / sqrt(${squares} / ${count} + ${epsilon})`, 'factor');
      row.each((k) => {
        const position = row.element(k);
        const own = (value: typeof scale) => {
          // Of the same trailing axes as the row: element k, unless it broadcasts.
          const { shape } = value!.type;
          const dense = shape.length === rows.axes.length && shape.every((d) => d !== 1);
          return e.read(value!, dense ? Position.linear(shape, k) : position.broadcast(shader, shape));
        };
        const normal = `(${e.read(input!, position)} - ${mean}) * ${factor} * ${own(scale)}`;
        e.store(position, shader.let(bias ? `${normal} + ${own(bias)}` : normal));
      });
    });
  },
});
