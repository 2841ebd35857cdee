// Pooling over regions of interest: rectangles of a picture, given as an input, become small grids of one size.

import type { Dim } from '../dim.ts';
import { defineOp, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import { checkShape } from './check.ts';
import { FLOATS } from './types.ts';

/** The geometry of a MaxRoiPool or RoiAlign: X [batch, channels, height, width] to [rois, channels, rows, columns]. */
export interface RoiGeometry {
  readonly rois: Dim;
  readonly channels: Dim;
  readonly height: Dim;
  readonly width: Dim;
  readonly rows: number;
  readonly columns: number;
}

/** Geometry of a MaxRoiPool, whose rois are [batch element, x1, y1, x2, y2]. */
export function maxRoiPoolGeometry(at: NodeView): RoiGeometry {
  const [rows, columns] = at.ints('pooled_shape')!;
  if (rows === undefined || columns === undefined || at.ints('pooled_shape')!.length !== 2)
    throw at.fail(`pooled_shape [${at.ints('pooled_shape')}] where height and width belong`);
  return geometry(at, 5, rows, columns);
}

/** Geometry of a RoiAlign, whose rois are [x1, y1, x2, y2]. */
export function roiAlignGeometry(at: NodeView): RoiGeometry {
  const g = geometry(at, 4, at.int('output_height'), at.int('output_width'));
  checkShape(at, 2, [g.rois]);
  return g;
}

function geometry(at: NodeView, numbers: number, rows: number, columns: number): RoiGeometry {
  const x = at.input(0).shape;
  if (x.length !== 4) throw at.fail(`an input of rank ${x.length} where batch, channels, height and width belong`);
  const rois = at.input(1).shape[0] ?? 1;
  checkShape(at, 1, [rois, numbers]);
  return { rois, channels: x[1]!, height: x[2]!, width: x[3]!, rows, columns };
}

const operand = (name: string): OperandSpec => ({ name, types: FLOATS, sameAs: 'T' });
const size = { type: 'int', default: 1, min: 1, max: 2 ** 16 } as const;
const SCALE = { type: 'float', default: 1, doc: 'from the coordinates of rois to those of the input' } as const;

export const roiOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'MaxRoiPool',
    since: 22,
    summary: 'the largest element in each cell of a grid over each region',
    inputs: [operand('X'), operand('rois')],
    outputs: [{ name: 'Y' }],
    attributes: {
      pooled_shape: { type: 'ints', required: true, min: 1, max: 2 ** 16, doc: 'height and width' },
      spatial_scale: SCALE,
    },
    trait: { kind: 'opaque' },
    infer: (at) => [{ dtype: at.input(0).dtype, shape: outputShape(maxRoiPoolGeometry(at)) }],
  }),
  defineOp({
    domain: '',
    name: 'RoiAlign',
    since: 22,
    summary: 'the mean or largest of points in each cell of a grid over each region, interpolated between elements',
    inputs: [operand('X'), operand('rois'), { name: 'batch_indices', types: ['int64'] }],
    outputs: [{ name: 'Y' }],
    attributes: {
      coordinate_transformation_mode: {
        type: 'string',
        default: 'half_pixel',
        oneOf: ['half_pixel', 'output_half_pixel'],
        doc: 'half_pixel shifts regions by −½',
      },
      mode: { type: 'string', default: 'avg', oneOf: ['avg', 'max'] },
      output_height: size,
      output_width: size,
      sampling_ratio: {
        type: 'int',
        default: 0,
        min: 0,
        max: 1024,
        doc: 'points along a cell; 0 for as many as it has',
      },
      spatial_scale: SCALE,
    },
    trait: { kind: 'opaque' },
    infer: (at) => [{ dtype: at.input(0).dtype, shape: outputShape(roiAlignGeometry(at)) }],
  }),
];

function outputShape({ rois, channels, rows, columns }: RoiGeometry): Dim[] {
  return [rois, channels, rows, columns];
}
