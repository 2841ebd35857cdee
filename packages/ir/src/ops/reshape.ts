// Ops that change the shape alone: the elements stay in their order.

import { type Dim, product } from '../dim.ts';
import { LINEAR } from '../index-map.ts';
import { defineOp, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import { normalizeAxis } from './axis.ts';
import { INDICES } from './types.ts';

const axesOperand = (optional: boolean): OperandSpec => ({ name: 'axes', types: INDICES, optional, steersShape: true });

const linear = { kind: 'injective', map: () => LINEAR } as const;

export const reshapeOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'Squeeze',
    since: 25,
    summary: 'without axes of size 1: the given ones, or all',
    inputs: [{ name: 'data' }, axesOperand(true)],
    outputs: [{ name: 'squeezed' }],
    attributes: {},
    trait: linear,
    infer(at) {
      const { dtype, shape } = at.input(0);
      const axes = at.inputs[1] ? axesOf(at, shape.length) : unitAxes(at, shape);
      for (const axis of axes) at.equal(shape[axis]!, 1);
      return [{ dtype, shape: shape.filter((_, axis) => !axes.includes(axis)) }];
    },
  }),
  defineOp({
    domain: '',
    name: 'Unsqueeze',
    since: 25,
    summary: 'with axes of size 1 put in; axes are those of the output',
    inputs: [{ name: 'data' }, axesOperand(false)],
    outputs: [{ name: 'expanded' }],
    attributes: {},
    trait: linear,
    infer(at) {
      const { dtype, shape } = at.input(0);
      const rank = shape.length + at.need(1).values.length;
      const axes = axesOf(at, rank);
      if (new Set(axes).size !== axes.length) throw at.fail(`axes [${axes}] name one axis twice`);
      const rest = shape[Symbol.iterator]();
      return [
        {
          dtype,
          shape: Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.next().value as Dim))),
        },
      ];
    },
  }),
  defineOp({
    domain: '',
    name: 'Flatten',
    since: 25,
    summary: 'a matrix: the axes before `axis` as rows, the others as columns',
    inputs: [{ name: 'input' }],
    outputs: [{ name: 'output' }],
    attributes: { axis: { type: 'int', default: 1, doc: 'from −rank to rank' } },
    trait: linear,
    infer(at) {
      const { dtype, shape } = at.input(0);
      const axis = at.int('axis');
      if (Math.abs(axis) > shape.length) throw at.fail(`axis ${axis} of a tensor of rank ${shape.length}`);
      const cut = axis < 0 ? axis + shape.length : axis;
      return [{ dtype, shape: [product(shape.slice(0, cut)), product(shape.slice(cut))] }];
    },
  }),
];

function axesOf(at: NodeView, rank: number): number[] {
  return at.need(1).values.map((axis) => normalizeAxis(at, axis, rank));
}

function unitAxes(at: NodeView, shape: readonly Dim[]): number[] {
  return shape.flatMap((dim, axis) => {
    if (typeof dim !== 'number')
      throw at.fail(`whether axis ${axis} (${dim}) is 1 is not known at build`, 'Give Squeeze its axes.');
    return dim === 1 ? [axis] : [];
  });
}
