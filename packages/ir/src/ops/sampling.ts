// Sampling at positions that an input tells, and the grids of such positions.

import { ANY, join } from '../interval.ts';
import { defineOp, type OpDef } from '../op.ts';
import { FLOATS, NUMBERS } from './types.ts';

export const GRID_MODES = ['linear', 'nearest', 'cubic'] as const;
export const GRID_PADDINGS = ['zeros', 'border', 'reflection'] as const;

const ALIGN = {
  type: 'int',
  default: 0,
  min: 0,
  max: 1,
  doc: '−1 and 1 are the centers of the outermost elements, not their outer edges',
} as const;

export const samplingOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'GridSample',
    since: 22,
    summary: 'the input, interpolated at positions from −1 to 1 along each spatial axis, the last axis first',
    inputs: [
      { name: 'X', types: NUMBERS },
      { name: 'grid', types: FLOATS },
    ],
    outputs: [{ name: 'Y' }],
    attributes: {
      align_corners: ALIGN,
      mode: { type: 'string', default: 'linear', oneOf: GRID_MODES },
      padding_mode: { type: 'string', default: 'zeros', oneOf: GRID_PADDINGS, doc: 'what is outside of the input' },
    },
    trait: { kind: 'opaque' },
    range: (at, of) => [at.string('mode') === 'cubic' ? ANY : join(of(0), [0, 0])],
    infer(at) {
      const { dtype, shape } = at.input(0);
      const grid = at.input(1).shape;
      const rank = shape.length - 2;
      if (rank < 1 || grid.length !== shape.length)
        throw at.fail(
          `a grid of [${grid}] for an input of [${shape}]`,
          'They are [N, C, D1, ...] and [N, E1, ..., r].',
        );
      at.equal(grid[rank + 1]!, rank);
      return [{ dtype, shape: [at.equal(shape[0]!, grid[0]!), shape[1]!, ...grid.slice(1, -1)] }];
    },
  }),
  defineOp({
    domain: '',
    name: 'AffineGrid',
    since: 20,
    summary: 'the grid of positions of an image, each mapped by the affine matrix of its batch',
    inputs: [
      { name: 'theta', types: FLOATS },
      { name: 'size', types: ['int64'], steersShape: true, told: 'sizes' },
    ],
    outputs: [{ name: 'grid' }],
    attributes: { align_corners: ALIGN },
    trait: { kind: 'opaque' },
    infer(at) {
      const { dtype, shape } = at.input(0);
      const [batch, , ...sizes] = at.need(1).values;
      const rank = sizes.length;
      if (shape.length !== 3 || batch === undefined || rank < 2 || rank > 3)
        throw at.fail(
          `matrices of [${shape}] for ${rank} spatial axes`,
          'They are [N, 2, 3] for 2 axes, [N, 3, 4] for 3.',
        );
      at.equal(shape[1]!, rank);
      at.equal(shape[2]!, rank + 1);
      return [{ dtype, shape: [at.equal(shape[0]!, batch), ...sizes, rank] }];
    },
  }),
];
