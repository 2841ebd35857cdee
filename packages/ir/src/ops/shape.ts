// Shape arithmetic: what is known of tensors before they hold data, and tensors made from shapes.

import { MAX_CONTENTS } from '../contents.ts';
import { add, ceilDiv, type Dim, maxDim, mul, product, sub } from '../dim.ts';
import { type DType, isFloat } from '../dtype.ts';
import { join } from '../interval.ts';
import { defineOp, type Inferred, type NodeView, type OpDef } from '../op.ts';
import { numbersOf } from '../tensor.ts';
import { FLOATS } from './types.ts';

export const shapeOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'Shape',
    since: 25,
    summary: 'the dimensions of a tensor, or a range of them',
    inputs: [{ name: 'data' }],
    outputs: [{ name: 'shape' }],
    attributes: {
      start: {
        type: 'int',
        default: 0,
        doc: 'first axis; as the end: from the end where negative, limited to the rank',
      },
      end: { type: 'int', doc: 'axis after the last; the rank' },
    },
    trait: { kind: 'shape' },
    infer(at) {
      const { shape } = at.input(0);
      const values = shape.slice(at.int('start'), at.has('end') ? at.int('end') : undefined);
      return [{ dtype: 'int64', shape: [values.length], contents: { dims: [values.length], values } }];
    },
  }),
  defineOp({
    domain: '',
    name: 'Size',
    since: 25,
    summary: 'the number of elements of a tensor',
    inputs: [{ name: 'data' }],
    outputs: [{ name: 'size' }],
    attributes: {},
    trait: { kind: 'shape' },
    infer: (at) => [{ dtype: 'int64', shape: [], contents: { dims: [], values: [product(at.input(0).shape)] } }],
  }),
  defineOp({
    domain: '',
    name: 'ConstantOfShape',
    since: 25,
    summary: 'a tensor of the given shape with one value everywhere',
    inputs: [{ name: 'input', types: ['int64'], steersShape: true, told: 'sizes' }],
    outputs: [{ name: 'output' }],
    attributes: { value: { type: 'tensor', doc: 'one element; float32 0 by default' } },
    trait: { kind: 'injective', map: (at) => ({ sources: [], otherwise: { value: fillOf(at) } }) },
    infer(at) {
      const shape = at.need(0).values;
      const negative = shape.find((dim) => typeof dim === 'number' && dim < 0);
      if (negative !== undefined) throw at.fail(`the shape asked for has the dimension ${negative}`);
      fillOf(at);
      return [{ dtype: at.tensor('value')?.dtype ?? 'float32', shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'Range',
    since: 27,
    summary: 'start, start + delta, ... up to but without limit',
    inputs: ['start', 'limit', 'delta'].map((name) => ({
      name,
      types: [...FLOATS, 'int16', 'int32', 'int64'],
      sameAs: 'T',
      steersShape: true,
    })),
    outputs: [{ name: 'output' }],
    attributes: {},
    trait: { kind: 'opaque' },
    range: (_, of) => [join(of(0), of(1))],
    infer(at) {
      const { dtype } = at.input(0);
      const [start, limit, delta] = [0, 1, 2].map((i) => exact(dtype, at.numbers(i)?.[0] ?? at.contents(i)?.values[0]));
      if (delta !== undefined && (typeof delta !== 'number' || delta === 0))
        throw at.fail(`a delta of ${delta}`, 'Make it a constant, not 0.');
      // Numbers that come of data, or that only 64-bit integers hold: how many there are, only the run tells.
      if (start === undefined || limit === undefined || delta === undefined)
        return [{ dtype, shape: [at.unknown('count', 2 ** 31 - 1)] }];
      const size =
        typeof start === 'number' && typeof limit === 'number'
          ? Math.max(Math.ceil((limit - start) / delta), 0)
          : maxDim(ceilDiv(sub(limit, start), delta), 0);
      return [{ dtype, shape: [size], contents: counted(dtype, start, delta, size) }];
    },
  }),
];

function fillOf(at: NodeView): number {
  const tensor = at.tensor('value');
  if (!tensor) return 0;
  const values = tensor.dtype === 'string' ? [] : numbersOf(tensor);
  if (values.length !== 1) throw at.fail('a value that is not one number');
  return values[0]!;
}

/** The number, but for integers so large that contents have the largest one that they know instead. */
function exact(dtype: DType, value: Dim | undefined): Dim | undefined {
  return typeof value === 'number' && !isFloat(dtype) && Math.abs(value) >= 2 ** 52 ? undefined : value;
}

function counted(dtype: DType, start: Dim, delta: number, size: Dim): Inferred['contents'] {
  if (typeof size !== 'number' || size > MAX_CONTENTS || isFloat(dtype)) return undefined;
  return { dims: [size], values: Array.from({ length: size }, (_, i) => add(start, mul(i, delta))) };
}
