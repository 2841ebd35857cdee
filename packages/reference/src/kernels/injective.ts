// One kernel for every injective op: walks its index map.

import {
  arrayType,
  elementCount,
  type Index,
  type IndexMap,
  isComplex,
  type Source,
  type Tensor,
  traitOf,
} from '@trtx/ir';
import type { KernelCall, ReferenceKernel } from '../kernel.ts';
import { fromFloat64, joinPlanes, planesOf, planeType, stridesOf } from '../tensors.ts';
import { type IndexCall, type Offsets, offsetsOf } from './index-offsets.ts';

export const injectiveKernel: ReferenceKernel = {
  serves: { trait: 'injective' },
  run(call) {
    const trait = traitOf(call.op, call.at);
    if (trait.kind !== 'injective') throw call.at.fail('no injective op');
    return call.outputs.map(({ dtype, dims }, output) => {
      const map = trait.map(call.at, output);
      const [first] = map.sources;
      if (first?.at === 'linear') return { dtype, dims, data: call.inputs[first.input]!.data };
      return isComplex(dtype) ? walkPlanes(map, call, dims, output) : walk(map, call, dims, output);
    });
  },
  // Places are told by functions, for each position along each axis, or for each element.
  steps: (_, { outputs }) => 128 * outputs.reduce((a, b) => a + b, 0),
};

/** Complex elements move part by part; a number in place of one is a real one. */
function walkPlanes(map: IndexMap, call: KernelCall, dims: readonly number[], output: number): Tensor {
  const { dtype } = call.outputs[output]!;
  const pairs = call.inputs.map((input) => (input && isComplex(input.dtype) ? planesOf(input) : [input, input]));
  const outputs = call.outputs.map((type) => ({ ...type, dtype: planeType(type.dtype) }));
  const plane = (lane: 0 | 1) => {
    const otherwise = lane === 1 && map.otherwise && 'value' in map.otherwise ? { value: 0 } : map.otherwise;
    const inputs = pairs.map((pair) => pair[lane] as Tensor | null);
    return walk({ ...map, otherwise }, { ...call, inputs, outputs }, dims, output);
  };
  return joinPlanes(dtype, [plane(0), plane(1)]);
}

/** Elements of any type: what is copied is bits, or strings. */
type Elements = { [index: number]: unknown; readonly length: number; fill(value: unknown): unknown };

function walk(map: IndexMap, call: KernelCall, dims: readonly number[], output: number): Tensor {
  const { dtype } = call.outputs[output]!;
  const count = elementCount(dims);
  const data = (dtype === 'string' ? new Array<string>(count) : new (arrayType(dtype))(count)) as Elements;
  if (map.otherwise && count > 0) data.fill(otherwiseOf(map.otherwise, call, output));
  const indexed: IndexCall = { at: call.at, inputs: call.inputs, dims };
  // The first source that applies is taken: later ones are written first.
  for (let s = map.sources.length - 1; s >= 0; s--) {
    const source = map.sources[s] as Source & { at: readonly Index[] };
    const offsets = offsetsOf(source, indexed);
    const [to, from] = sameWidth(data, call.inputs[source.input]!.data as unknown as Elements);
    copy(offsets, from, to, dims);
  }
  return { dtype, dims, data: data as unknown as Tensor['data'] };
}

function otherwiseOf(otherwise: NonNullable<IndexMap['otherwise']>, call: KernelCall, output: number): unknown {
  if ('input' in otherwise) return call.inputs[otherwise.input]!.data[0];
  const { dtype } = call.outputs[output]!;
  if (dtype === 'string') return '';
  return fromFloat64(dtype, [1], Float64Array.of(otherwise.value)).data[0];
}

/** Copies the box row by row along the last axis. */
function copy(
  { box, tables, start, joint, applies }: Offsets,
  from: Elements,
  to: Elements,
  dims: readonly number[],
): void {
  if (box.some(([low, high]) => high <= low)) return;
  const rank = dims.length;
  if (rank === 0) {
    if (!applies || applies([])) to[0] = from[start + (joint ? joint([]) : 0)];
    return;
  }
  const strides = stridesOf(dims);
  const last = rank - 1;
  const [low, high] = box[last]!;
  const row = tables[last]!;
  const run = runStep(row);
  // Rows that follow each other along the axis before the last are gone through at once.
  const rows = rank > 1 ? tables[last - 1]! : Float64Array.of(0);
  const step = rank > 1 ? strides[last - 1]! : 0;
  const position = box.map(([first]) => first);
  for (;;) {
    let offset = start;
    let place = low + (rank > 1 ? box[last - 1]![0] * step : 0);
    for (let axis = 0; axis < last - 1; axis++) {
      offset += tables[axis]![position[axis]! - box[axis]![0]]!;
      place += position[axis]! * strides[axis]!;
    }
    for (let r = 0; r < rows.length; r++, place += step) {
      const source = offset + rows[r]!;
      if (joint || applies) {
        if (rank > 1) position[last - 1] = box[last - 1]![0] + r;
        for (let i = low; i < high; i++) {
          position[last] = i;
          if (!applies || applies(position))
            to[place + i - low] = from[source + row[i - low]! + (joint ? joint(position) : 0)];
        }
      } else copyRow(from, to, source, row, run, place);
    }
    let axis = last - 2;
    while (axis >= 0 && ++position[axis]! >= box[axis]![1]) {
      position[axis] = box[axis]![0];
      axis--;
    }
    if (axis < 0) return;
  }
}

function copyRow(
  from: Elements,
  to: Elements,
  offset: number,
  row: Float64Array,
  run: number | undefined,
  place: number,
): void {
  if (run === 1 && row.length >= 16 && ArrayBuffer.isView(from)) {
    const start = offset + row[0]!;
    (to as unknown as Uint32Array).set((from as unknown as Uint32Array).subarray(start, start + row.length), place);
  } else if (run !== undefined) {
    let source = offset + row[0]!;
    for (let i = 0; i < row.length; i++, source += run) to[place + i] = from[source];
  } else for (let i = 0; i < row.length; i++) to[place + i] = from[offset + row[i]!];
}

/** The difference between neighbours of a table, where it is the same for all. */
function runStep(row: Float64Array): number | undefined {
  const step = row.length > 1 ? row[1]! - row[0]! : 1;
  for (let i = 2; i < row.length; i++) if (row[i]! - row[i - 1]! !== step) return undefined;
  return step;
}

/** Both arrays as unsigned integers of their width, so that copying sees few kinds of array and never touches a NaN. */
function sameWidth(to: Elements, from: Elements): [Elements, Elements] {
  return [bitsOf(to), bitsOf(from)];
}

function bitsOf(data: Elements): Elements {
  if (!ArrayBuffer.isView(data)) return data;
  const { buffer, byteOffset, length } = data as unknown as Uint8Array;
  const bytes = (data as unknown as Uint8Array).BYTES_PER_ELEMENT;
  if (bytes === 1) return new Uint8Array(buffer, byteOffset, length);
  if (bytes === 2) return new Uint16Array(buffer, byteOffset, length);
  if (bytes === 4) return new Uint32Array(buffer, byteOffset, length);
  return new BigInt64Array(buffer, byteOffset, length);
}
