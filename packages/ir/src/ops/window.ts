// The geometry of a sliding window, shared by convolution, pooling and their kernels.

import { add, ceilDiv, type Dim, floorDiv, maxDim, minDim, mul, sub } from '../dim.ts';
import type { AttributeSpec, NodeView } from '../op.ts';

/** One spatial axis of a window. Sizes in elements. */
export interface WindowAxis {
  readonly size: Dim;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Padding before and after; symbolic where auto_pad SAME meets a symbolic size. */
  readonly begin: Dim;
  readonly end: Dim;
  readonly output: Dim;
}

export const WINDOW_ATTRIBUTES: Readonly<Record<string, AttributeSpec>> = {
  auto_pad: { type: 'string', default: 'NOTSET', oneOf: ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'] },
  dilations: { type: 'ints', min: 1, max: 2 ** 20, doc: 'one for each spatial axis; 1' },
  kernel_shape: { type: 'ints', min: 1, max: 2 ** 20, doc: 'sizes of the window' },
  pads: { type: 'ints', min: 0, max: 2 ** 20, doc: 'begins of all spatial axes, then ends; 0' },
  strides: { type: 'ints', min: 1, max: 2 ** 20, doc: 'one for each spatial axis; 1' },
};

/** A list of one number for each axis, or two. @throws TrtxError SHAPE where it has another length */
export function listOf(at: NodeView, name: string, length: number, initial: number): readonly number[] {
  const given = at.ints(name) ?? new Array<number>(length).fill(initial);
  if (given.length !== length) throw at.fail(`attribute ${name} has ${given.length} numbers where ${length} belong`);
  return given;
}

/** The window over the spatial axes (all but the first two) of input 0. `ceil` rounds output sizes up, as pools may. */
export function windowAxes(at: NodeView, kernel: readonly number[], ceil = false): WindowAxis[] {
  const shape = at.input(0).shape.slice(2);
  if (kernel.length !== shape.length)
    throw at.fail(`a window of rank ${kernel.length} over ${shape.length} spatial axes`);
  const strides = listOf(at, 'strides', shape.length, 1);
  const dilations = listOf(at, 'dilations', shape.length, 1);
  const pads = listOf(at, 'pads', 2 * shape.length, 0);
  const auto = at.has('auto_pad') ? at.string('auto_pad') : 'NOTSET';
  return shape.map((size, i): WindowAxis => {
    const stride = strides[i]!;
    const dilation = dilations[i]!;
    const reach = (kernel[i]! - 1) * dilation + 1;
    const base = { size, kernel: kernel[i]!, stride, dilation };
    if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
      const output = ceilDiv(size, stride);
      const total = maxDim(sub(add(mul(sub(output, 1), stride), reach), size), 0);
      const less = floorDiv(total, 2);
      const more = sub(total, less);
      const [begin, end] = auto === 'SAME_UPPER' ? [less, more] : [more, less];
      return { ...base, begin, end, output };
    }
    const [begin, end] = auto === 'VALID' ? [0, 0] : [pads[i]!, pads[i + shape.length]!];
    const room = sub(add(size, begin + end), reach);
    let output = add((ceil ? ceilDiv : floorDiv)(room, stride), 1);
    // A window that would start in the padding after the input does not count; with end + stride ≤ reach none does.
    if (ceil && end + stride > reach) output = minDim(output, add(floorDiv(add(size, begin - 1), stride), 1));
    if (typeof output === 'number' && output < 1)
      throw at.fail(`a window of ${reach} does not fit into ${size} + ${begin + end}`);
    return { ...base, begin, end, output };
  });
}
