// Normalizations by statistics of a row: its mean, or none, and its variance about that; then every element once more.

import {
  groupGeometry,
  instanceGeometry,
  mul,
  type NodeView,
  type NormGeometry,
  normGeometry,
  product,
  sameDim,
  softmaxGeometry,
  type Value,
} from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';
import { emitRows, type Row, type RowParams, type Rows, rowCost, rowParams } from './reduction.ts';

interface Norm {
  op: string;
  id: string;
  summary: string;
  geometry(at: NodeView): NormGeometry;
  /** Whether the mean is taken off; otherwise the variance is about 0. */
  centered: boolean;
  /** The element of scale or bias for element k of a row, which lies at `position`. */
  operand(e: Emitter, value: Value, row: Row, k: Ix, position: Position): string;
}

function defineNorm({ op, id, summary, geometry, centered, operand }: Norm): Kernel {
  return defineKernel<RowParams>({
    id,
    version: 3,
    summary,
    ops: [op],
    applies: ({ group }) => computeOf(group.accumulated.type.dtype) === 'f32',
    params: rowParams,
    cost({ group, target }, params) {
      const at = group.anchor!.view();
      return rowCost(target, rowsOfNorm(geometry(at)), params);
    },
    emit(e, { group }, params) {
      const node = group.anchor!;
      const at = node.view();
      const [input, scale, bias] = node.inputs as [Value, Value, Value?];
      const { shader } = e;
      return emitRows(e, rowsOfNorm(geometry(at)), params, (row) => {
        const element = (k: Ix) => Position.linear(input.type.shape, row.element(k).linear(shader));
        const count = `f32(${ix.text(e.size(row.rows.count))})`;
        const average = (value: (k: Ix) => string) => `${row.reduce('float32', 'add', value)} / ${count}`;
        const mean = centered
          ? shader.let(
              average((k) => e.read(input, element(k))),
              'mean',
            )
          : '0.0f';
        const distance = (position: Position) => {
          const x = e.read(input, position);
          return centered ? shader.let(`${x} - ${mean}`) : x;
        };
        const variance = average((k) => {
          const x = distance(element(k));
          return `${x} * ${x}`;
        });
        const factor = shader.let(
          `1.0f / sqrt(${variance} + ${literal(shader, at.float('epsilon'), 'f32')})`,
          'factor',
        );
        const output = node.outputs.indexOf(group.accumulated);
        if (output > 0) {
          // The statistics themselves, where a model asks for them.
          row.once(() =>
            e.store(Position.linear(group.accumulated.type.shape, row.number), output === 1 ? mean : factor),
          );
          return;
        }
        row.each((k) => {
          const position = element(k);
          const own = (value: Value) => operand(e, value, row, k, position);
          const normal = `${distance(position)} * ${factor} * ${own(scale)}`;
          e.store(position, shader.let(bias ? `${normal} + ${own(bias)}` : normal));
        });
      });
    },
  });
}

/** The rows of a normalization, which may be no axes of the input: groups of channels are not. */
function rowsOfNorm({ outer, length, inner }: NormGeometry): Rows {
  return { shape: [outer, length, inner], rows: mul(outer, inner), count: length, axes: [1] };
}

/** Of the same trailing axes as the row: element k, unless it broadcasts. */
function trailing(e: Emitter, value: Value, row: Row, k: Ix, position: Position): string {
  const { shape } = value.type;
  const dense = sameDim(product(shape), row.rows.count) && shape.every((d) => d !== 1);
  return e.read(value, dense ? Position.linear(shape, k) : position.broadcast(e.shader, shape));
}

export const layerNorm = defineNorm({
  op: 'LayerNormalization',
  id: 'layer-norm',
  summary: 'LayerNormalization: mean, variance about it, result, in three passes over a row',
  geometry: normGeometry,
  centered: true,
  operand: trailing,
});

export const rmsNorm = defineNorm({
  op: 'RMSNormalization',
  id: 'rms-norm',
  summary: 'RMSNormalization: mean of squares, result, in two passes over a row',
  geometry: normGeometry,
  centered: false,
  operand: trailing,
});

export const instanceNorm = defineNorm({
  op: 'InstanceNormalization',
  id: 'instance-norm',
  summary: 'InstanceNormalization: mean, variance about it, result, in three passes over a channel',
  geometry: instanceGeometry,
  centered: true,
  // Rows are the channels of one batch element after the other.
  operand: (e, value, row) => {
    const { shape } = value.type;
    return e.read(value, Position.at(shape, [ix.mod(row.number, e.size(shape[0]!))]));
  },
});

export const groupNorm = defineNorm({
  op: 'GroupNormalization',
  id: 'group-norm',
  summary: 'GroupNormalization: mean, variance about it, result, in three passes over a group of channels',
  geometry: groupGeometry,
  centered: true,
  operand: (e, value, _, __, position) => e.read(value, Position.at(value.type.shape, [position.coords(e.shader)[1]!])),
});

export const lpNorm = defineKernel<RowParams>({
  id: 'lp-norm',
  version: 3,
  summary: 'LpNormalization: the norm, then every element over it, in two passes over a row',
  ops: ['LpNormalization'],
  applies: ({ group }) => computeOf(group.accumulated.type.dtype) === 'f32',
  params: rowParams,
  cost: ({ group, target }, params) => rowCost(target, rowsOfNorm(softmaxGeometry(group.anchor!.view())), params),
  emit(e, { group }, params) {
    const { shader } = e;
    const node = group.anchor!;
    const at = node.view();
    const input = node.inputs[0]!;
    return emitRows(e, rowsOfNorm(softmaxGeometry(at)), params, (row) => {
      const element = (k: Ix) => Position.linear(input.type.shape, row.element(k).linear(shader));
      const squares = at.int('p') === 2;
      const sum = row.reduce('float32', 'add', (k) => {
        const x = shader.let(e.read(input, element(k)));
        return squares ? `${x} * ${x}` : `abs(${x})`;
      });
      const norm = shader.let(squares ? `sqrt(${sum})` : sum, 'norm');
      row.each((k) => {
        const position = element(k);
        e.store(position, shader.let(`select(${e.read(input, position)} / ${norm}, 0.0f, ${norm} == 0.0f)`));
      });
    });
  },
});
