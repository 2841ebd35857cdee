// Ops that draw random numbers. With a seed an implementation gives the same numbers at each run; which, is its own affair.

import type { Dim } from '../dim.ts';
import type { DType } from '../dtype.ts';
import { type AttributeSpec, defineOp, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import { FLOATS, NUMBERS } from './types.ts';

const float = (value: number, doc: string): AttributeSpec => ({ type: 'float', default: value, doc });
const SEED: AttributeSpec = { type: 'float', doc: 'any by default, another at each run' };
const SHAPE: AttributeSpec = { type: 'ints', required: true, min: 0 };

const typed = (types: readonly DType[], initial?: DType): AttributeSpec => ({
  type: 'string',
  oneOf: types,
  ...(initial ? { default: initial } : { doc: 'name of the element type; the input’s by default' }),
});

interface Drawn {
  name: string;
  summary: string;
  inputs: readonly OperandSpec[];
  attributes: Readonly<Record<string, AttributeSpec>>;
  shape(at: NodeView): readonly Dim[];
}

function defineRandom({ name, summary, inputs, attributes, shape }: Drawn): OpDef {
  const allowed = attributes.dtype!.oneOf!;
  return defineOp({
    domain: '',
    name,
    since: 22,
    summary,
    inputs,
    outputs: [{ name: 'output' }],
    attributes: { ...attributes, seed: SEED },
    trait: { kind: 'opaque' },
    random: true,
    infer(at) {
      const given = at.has('dtype') || attributes.dtype!.default !== undefined;
      const dtype = given ? (at.string('dtype') as DType) : at.input(0).dtype;
      if (!allowed.includes(dtype)) throw at.fail(`random numbers of ${dtype}`, 'Give the attribute dtype.');
      return [{ dtype, shape: shape(at) }];
    },
  });
}

const NORMAL = { mean: float(0, 'mean'), scale: float(1, 'standard deviation') };
const UNIFORM = { low: float(0, 'smallest value'), high: float(1, 'bound that is not reached') };
const asInput = (at: NodeView) => at.input(0).shape;
const asTold = (at: NodeView) => at.ints('shape')!;

export const randomOps: readonly OpDef[] = [
  defineRandom({
    name: 'RandomNormal',
    summary: 'numbers of a normal distribution',
    inputs: [],
    attributes: { ...NORMAL, dtype: typed(FLOATS, 'float32'), shape: SHAPE },
    shape: asTold,
  }),
  defineRandom({
    name: 'RandomNormalLike',
    summary: 'numbers of a normal distribution, in the shape of the input',
    inputs: [{ name: 'input' }],
    attributes: { ...NORMAL, dtype: typed(FLOATS) },
    shape: asInput,
  }),
  defineRandom({
    name: 'RandomUniform',
    summary: 'numbers of a uniform distribution',
    inputs: [],
    attributes: { ...UNIFORM, dtype: typed(FLOATS, 'float32'), shape: SHAPE },
    shape: asTold,
  }),
  defineRandom({
    name: 'RandomUniformLike',
    summary: 'numbers of a uniform distribution, in the shape of the input',
    inputs: [{ name: 'input' }],
    attributes: { ...UNIFORM, dtype: typed(FLOATS) },
    shape: asInput,
  }),
  defineRandom({
    name: 'Bernoulli',
    summary: '1 with the probability that the input tells, else 0',
    inputs: [{ name: 'input', types: FLOATS }],
    attributes: { dtype: typed([...NUMBERS, 'bool']) },
    shape: asInput,
  }),
  defineRandom({
    name: 'Multinomial',
    summary: 'classes drawn for each row, by the logarithms of their probabilities, which need no norm',
    inputs: [{ name: 'input', types: FLOATS }],
    attributes: { dtype: typed(['int32', 'int64'], 'int32'), sample_size: { type: 'int', default: 1, min: 0 } },
    shape(at) {
      const { shape } = at.input(0);
      if (shape.length !== 2) throw at.fail(`an input of [${shape}] where [batch, classes] belongs`);
      return [shape[0]!, at.int('sample_size')];
    },
  }),
];
