// Signals: window functions, mel filters and Fourier transforms.

import { add, bounds, type Dim, floorDiv, mul, sub } from '../dim.ts';
import type { DType } from '../dtype.ts';
import { type AttributeSpec, defineOp, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import { normalizeAxis } from './axis.ts';
import { FLOATS, INDICES, NUMBERS } from './types.ts';

const OUTPUT_TYPE: AttributeSpec = {
  type: 'string',
  default: 'float32',
  oneOf: NUMBERS,
  doc: 'name of the element type',
};
const flag = (initial: number, doc: string): AttributeSpec => ({ type: 'int', default: initial, min: 0, max: 1, doc });
const size = (name: string, optional = false): OperandSpec => ({
  name,
  types: INDICES,
  optional,
  steersShape: true,
  told: 'sizes',
});

function defineWindow(name: string, summary: string): OpDef {
  return defineOp({
    domain: '',
    name,
    since: 17,
    summary,
    inputs: [size('size')],
    outputs: [{ name: 'output' }],
    attributes: {
      output_datatype: OUTPUT_TYPE,
      periodic: flag(1, 'the first elements of a window that is one longer'),
    },
    trait: { kind: 'opaque' },
    infer: (at) => [{ dtype: at.string('output_datatype') as DType, shape: [natural(at, 0)] }],
  });
}

/** A Fourier transform along an axis, as kernels read it. */
export interface DftGeometry {
  readonly axis: number;
  /** Elements that are transformed; the input is cut or padded with zeros to them. */
  readonly length: Dim;
  /** Real numbers out of the half of a spectrum that tells the whole. */
  readonly toReal: boolean;
  readonly output: readonly Dim[];
}

/** Geometry of a DFT of [..., 1] (real) or [..., 2] (complex), which gives the same with another size along the axis. */
export function dftGeometry(at: NodeView): DftGeometry {
  const { shape } = at.input(0);
  const axis = normalizeAxis(at, at.inputs[2] ? at.need(2).values[0]! : -2, shape.length);
  const parts = shape.at(-1);
  if (shape.length < 2 || axis === shape.length - 1) throw at.fail(`axis ${axis} of a signal of [${shape}]`);
  if (parts !== 1 && parts !== 2)
    throw at.fail(`a signal of [${shape}], whose last axis is not 1 (real) or 2 (complex)`);
  const half = at.int('onesided') === 1;
  const toReal = half && at.int('inverse') === 1;
  if (toReal && parts === 1) throw at.fail('the spectrum of an inverse transform to real numbers is not complex');
  const whole = toReal ? mul(sub(shape[axis]!, 1), 2) : shape[axis]!;
  const length = at.inputs[1] ? natural(at, 1) : whole;
  const places = half && !toReal ? add(floorDiv(length, 2), 1) : length;
  const output = shape.map((dim, i) => (i === axis ? places : i === shape.length - 1 ? (toReal ? 1 : 2) : dim));
  return { axis, length, toReal, output };
}

/** A short-time Fourier transform, as kernels read it. */
export interface StftGeometry {
  readonly step: number;
  /** Samples of a frame. */
  readonly length: Dim;
  readonly frames: Dim;
  readonly output: readonly Dim[];
}

/** Geometry of an STFT of [batch, samples, 1 or 2], which gives [batch, frames, bins, 2]. */
export function stftGeometry(at: NodeView): StftGeometry {
  const { shape } = at.input(0);
  const step = natural(at, 1);
  if (typeof step !== 'number' || step < 1) throw at.fail(`a step of ${step}`, 'Make it a constant, at least 1.');
  const parts = shape.length === 2 ? 1 : shape[2];
  if (shape.length < 2 || shape.length > 3 || (parts !== 1 && parts !== 2))
    throw at.fail(`a signal of [${shape}] where [batch, samples, 1 or 2] belongs`);
  const window = at.inputs[2]?.shape;
  if (window && window.length !== 1) throw at.fail(`a window of [${window}]`);
  const length = at.inputs[3] ? natural(at, 3) : (window?.[0] ?? shape[1]!);
  if (window) at.equal(window[0]!, length);
  const rest = sub(shape[1]!, length);
  if (bounds(rest).max < 0) throw at.fail(`frames of ${length} of a signal of ${shape[1]} samples`);
  const frames = add(floorDiv(rest, step), 1);
  const half = at.int('onesided') === 1;
  if (half && parts === 2) throw at.fail('a complex signal has no one-sided spectrum', 'Set onesided to 0.');
  return { step, length, frames, output: [shape[0]!, frames, half ? add(floorDiv(length, 2), 1) : length, 2] };
}

export const signalOps: readonly OpDef[] = [
  defineWindow('BlackmanWindow', '0.42 − 0.5 cos(2πi/n) + 0.08 cos(4πi/n)'),
  defineWindow('HammingWindow', '25/46 − 21/46 cos(2πi/n)'),
  defineWindow('HannWindow', 'sin²(πi/n)'),
  defineOp({
    domain: '',
    name: 'MelWeightMatrix',
    since: 17,
    summary: 'triangular filters that make mel bands of the bins of a spectrum: [bins, bands]',
    inputs: [
      size('num_mel_bins'),
      size('dft_length'),
      { name: 'sample_rate', types: INDICES },
      { name: 'lower_edge_hertz', types: FLOATS },
      { name: 'upper_edge_hertz', types: FLOATS },
    ],
    outputs: [{ name: 'output' }],
    attributes: { output_datatype: OUTPUT_TYPE },
    trait: { kind: 'opaque' },
    infer(at) {
      const shape = [add(floorDiv(natural(at, 1), 2), 1), natural(at, 0)];
      return [{ dtype: at.string('output_datatype') as DType, shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'DFT',
    since: 20,
    summary: 'discrete Fourier transform along an axis; complex numbers are pairs along the last axis',
    inputs: [{ name: 'input', types: FLOATS }, size('dft_length', true), size('axis', true)],
    outputs: [{ name: 'output' }],
    attributes: {
      inverse: flag(0, 'from a spectrum back to the signal'),
      onesided: flag(0, 'the spectrum of a real signal, half of which tells the whole'),
    },
    trait: { kind: 'opaque', delicate: true },
    infer: (at) => [{ dtype: at.input(0).dtype, shape: dftGeometry(at).output }],
  }),
  defineOp({
    domain: '',
    name: 'STFT',
    since: 17,
    summary: 'Fourier transforms of overlapping frames of a signal, each weighted by a window',
    inputs: [
      { name: 'signal', types: FLOATS, sameAs: 'T' },
      size('frame_step'),
      { name: 'window', types: FLOATS, sameAs: 'T', optional: true },
      size('frame_length', true),
    ],
    outputs: [{ name: 'output' }],
    attributes: { onesided: flag(1, 'half of the spectrum of a real signal, which tells the whole') },
    trait: { kind: 'opaque', delicate: true },
    infer: (at) => [{ dtype: at.input(0).dtype, shape: stftGeometry(at).output }],
  }),
];

/** A size that an input tells. */
function natural(at: NodeView, index: number): Dim {
  const [value] = at.need(index).values;
  if (value === undefined || bounds(value).max < 0) throw at.fail(`a size of ${value}`);
  return value;
}
