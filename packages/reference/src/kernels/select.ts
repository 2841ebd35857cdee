// Ops whose output sizes only the elements tell.

import { elementCount, lanesOf, pickedAxis, type Tensor } from '@trtx/ir';
import { checkSize, defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';
import { compareElements, type Elements, elementsToCompute } from './combine.ts';

export const nonZero = defineReference({
  op: 'NonZero',
  run(call) {
    const { dims, dtype, data } = inputOf(call, 0);
    // Others may have a zero in more than one way.
    const elements: ArrayLike<unknown> = Array.isArray(data) || dtype === 'bool' ? data : toFloat64(inputOf(call, 0));
    const zero = dtype === 'string' ? '' : 0;
    const lanes = lanesOf(dtype);
    const found = new Int32Array(elements.length / lanes);
    let count = 0;
    for (let i = 0; i < elements.length; i += lanes)
      // A complex number is not zero where one of its parts is not.
      if (elements[i] !== zero || (lanes > 1 && elements[i + 1] !== zero)) found[count++] = i / lanes;
    checkSize('int64', [dims.length, count]);
    const places = new BigInt64Array(dims.length * count);
    // Low words alone: no axis is so long that it takes high ones.
    const words = new Int32Array(places.buffer);
    let stride = elementCount(dims);
    dims.forEach((dim, axis) => {
      stride /= dim;
      const start = 2 * axis * count;
      for (let i = 0; i < count; i++) words[start + 2 * i] = Math.floor(found[i]! / stride) % dim;
    });
    return [{ dtype: 'int64', dims: [dims.length, count], data: places }];
  },
});

export const compress = defineReference({
  op: 'Compress',
  run(call) {
    const chosen: number[] = [];
    toFloat64(inputOf(call, 1)).forEach((holds, i) => {
      if (holds) chosen.push(i);
    });
    return [pick(call, chosen)];
  },
});

export const unique = defineReference({
  op: 'Unique',
  run(call) {
    const input = inputOf(call, 0);
    const { count, inner, outer } = sliced(call);
    const elements = elementsToCompute(input);
    const compare = (a: number, b: number) => {
      for (let o = 0; o < outer; o++)
        for (let i = 0; i < inner; i++) {
          const order = compareElements(elements[(o * count + a) * inner + i]!, elements[(o * count + b) * inner + i]!);
          if (order !== 0) return order;
        }
      return 0;
    };
    const sorted = Array.from({ length: count }, (_, i) => i).sort((a, b) => compare(a, b) || a - b);
    const groups: number[][] = [];
    for (const place of sorted) {
      const last = groups.at(-1);
      if (last && compare(last[0]!, place) === 0) last.push(place);
      else groups.push([place]);
    }
    if (!call.at.int('sorted')) groups.sort((a, b) => a[0]! - b[0]!);
    const firsts = groups.map((group) => group[0]!);
    const inverse = new Array<number>(count);
    groups.forEach((group, g) => {
      for (const place of group) inverse[place] = g;
    });
    const counts = groups.map((group) => group.length);
    return [pick(call, firsts), int64(firsts), int64(inverse), int64(counts)].slice(0, call.outputs.length);
  },
});

/** The input's numbers as [outer, count, inner] around the axis that is picked from; complex elements have two. */
function sliced(call: KernelCall): { outer: number; count: number; inner: number } {
  const { dtype, dims } = inputOf(call, 0);
  const axis = pickedAxis(call.at);
  const lanes = lanesOf(dtype);
  if (axis === undefined) return { outer: 1, count: elementCount(dims), inner: lanes };
  const inner = elementCount(dims.slice(axis + 1)) * lanes;
  return { outer: elementCount(dims.slice(0, axis)), count: dims[axis]!, inner };
}

/** The input with these places of the axis only. */
function pick(call: KernelCall, places: readonly number[]): Tensor {
  const { dtype, dims, data } = inputOf(call, 0);
  const { outer, count, inner } = sliced(call);
  const axis = pickedAxis(call.at);
  const past = places.find((place) => place >= count);
  if (past !== undefined) throw call.at.fail(`place ${past} is chosen of ${count}`);
  const from = data as unknown as Elements;
  const total = outer * places.length * inner;
  const out: Elements = dtype === 'string' ? new Array<string>(total) : emptyLike(data as Uint8Array, total);
  let to = 0;
  for (let o = 0; o < outer; o++)
    for (const place of places) for (let i = 0; i < inner; i++) out[to++] = from[(o * count + place) * inner + i]!;
  return {
    dtype,
    dims: axis === undefined ? [places.length] : dims.map((dim, i) => (i === axis ? places.length : dim)),
    data: out as unknown as Tensor['data'],
  };
}

function emptyLike(data: Uint8Array, length: number): Elements {
  return new (data.constructor as Uint8ArrayConstructor)(length);
}

function int64(values: readonly number[]): Tensor {
  return fromFloat64('int64', [values.length], Float64Array.from(values));
}
