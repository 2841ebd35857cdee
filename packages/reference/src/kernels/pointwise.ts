// One kernel for every pointwise op: evaluates its scalar expression over chunks of the output.

import {
  type AlignedAxis,
  arrayType,
  codecOf,
  type DataArray,
  elementCount,
  isComplex,
  isInteger,
  type Scalar,
  type Tensor,
  traitOf,
} from '@trtx/ir';
import { inputOf, type KernelCall, type ReferenceKernel } from '../kernel.ts';
import { dataOf, joinPlanes, planesOf, planeType, storeNumbers, stridesOf, toFloat64 } from '../tensors.ts';
import { castStrings } from './cast-strings.ts';
import { compileColumns } from './expression.ts';
import { evaluateExactly } from './expression-exact.ts';

/** Elements at a time: the columns of an expression stay in the cache. */
const CHUNK = 2048;

export const pointwiseKernel: ReferenceKernel = {
  serves: { trait: 'pointwise' },
  run(call) {
    const trait = traitOf(call.op, call.at);
    if (trait.kind !== 'pointwise') throw call.at.fail('no pointwise op');
    const expression = trait.scalar(call.at);
    const { dtype, dims } = call.outputs[0]!;
    // The element itself, and in place: nothing to compute.
    if (expression.kind === 'arg') {
      const input = inputOf(call, expression.index);
      if (sameDims(input.dims, dims)) return [input];
    }
    const alignment: AlignmentOf = (index) => trait.alignment?.(call.at, index);
    if (expression.kind === 'cast' && [dtype, expression.a.dtype].includes('string'))
      return [castStrings(inputOf(call, 0), dtype)];
    if (isComplex(dtype)) return [overPlanes(call, expression, alignment)];
    if (call.inputs.some((input) => input?.dtype === 'string')) return [overStrings(call, expression, alignment)];
    return [{ dtype, dims, data: evaluate(call, expression, alignment) }];
  },
};

/** Equal and Where take strings: they are numbered, equal ones alike, and the numbers go through the expression. */
function overStrings(call: KernelCall, expression: Scalar, alignment: AlignmentOf): Tensor {
  const { dtype, dims } = call.outputs[0]!;
  const numbers = new Map<string, number>();
  const numberOf = (text: string) => {
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return numbers.get(text)!;
  };
  const inputs = call.inputs.map((input): Tensor | null => {
    if (input?.dtype !== 'string') return input;
    const data = Float64Array.from(input.data as readonly string[], numberOf);
    return { dtype: 'float64', dims: input.dims, data };
  });
  const outputs = [{ dtype: dtype === 'string' ? ('float64' as const) : dtype, dims }];
  const data = evaluate({ inputs, outputs }, expression, alignment);
  if (dtype !== 'string') return { dtype, dims, data };
  const texts = [...numbers.keys()];
  return { dtype, dims, data: Array.from(data as Float64Array, (number) => texts[number]!) };
}

/** Where takes complex numbers: their parts go through the expression one after the other. */
function overPlanes(call: KernelCall, expression: Scalar, alignment: AlignmentOf): Tensor {
  const { dtype, dims } = call.outputs[0]!;
  const outputs = [{ dtype: planeType(dtype), dims }];
  const inputs = call.inputs.map((input) => (input && isComplex(input.dtype) ? planesOf(input) : [input, input]));
  const plane = (lane: 0 | 1): Tensor => {
    const parts = { inputs: inputs.map((pair) => pair[lane] as Tensor | null), outputs };
    return { ...outputs[0]!, data: evaluate(parts, expression, alignment) };
  };
  return joinPlanes(dtype, [plane(0), plane(1)]);
}

/** Evaluates an expression over inputs that broadcast to `dims`. For kernels that use expressions in passing. */
export function mapTensors(expression: Scalar, inputs: readonly Tensor[], dims: readonly number[]): Tensor {
  const call = { inputs, outputs: [{ dtype: expression.dtype, dims }] } as Operands;
  return { dtype: expression.dtype, dims, data: evaluate(call, expression, () => undefined) };
}

type AlignmentOf = (input: number) => readonly AlignedAxis[] | undefined;
type AxesOf = (input: number) => readonly number[] | undefined;
type Operands = Pick<KernelCall, 'inputs' | 'outputs'>;

/** The inputs with what stands for blocks repeated, so that axes run with axes of the output. */
function withoutBlocks({ inputs, outputs }: Operands, alignment: AlignmentOf): [Operands, AxesOf] {
  const { dims } = outputs[0]!;
  const repeated = inputs.map((input, index) => {
    let tensor = input;
    for (const [i, axis] of (alignment(index) ?? []).entries())
      if (typeof axis === 'object' && tensor && tensor.dims[i] !== 1)
        tensor = repeat(tensor, i, axis.block, dims[axis.axis]!);
    return tensor;
  });
  const axesOf = (index: number) => alignment(index)?.map((axis) => (typeof axis === 'number' ? axis : axis.axis));
  return [{ inputs: repeated, outputs }, axesOf];
}

/** Each place of an axis `times` over, `length` in all. */
function repeat(tensor: Tensor, axis: number, times: number, length: number): Tensor {
  const source = dataOf(tensor) as Float32Array;
  const inner = stridesOf(tensor.dims)[axis]!;
  const places = tensor.dims[axis]!;
  const dims = tensor.dims.with(axis, length);
  const data = new (arrayType(tensor.dtype))(elementCount(dims)) as Float32Array;
  for (let row = 0; row * inner < data.length; row++) {
    const from = (Math.floor(row / length) * places + Math.floor((row % length) / times)) * inner;
    data.set(source.subarray(from, from + inner), row * inner);
  }
  return { dtype: tensor.dtype, dims, data };
}

function evaluate(given: Operands, expression: Scalar, alignment: AlignmentOf): DataArray {
  const [call, axesOf] = withoutBlocks(given, alignment);
  const { dtype, dims } = call.outputs[0]!;
  const count = elementCount(dims);
  const out = new (arrayType(dtype))(count);
  const program = compileColumns(expression, Math.min(CHUNK, Math.max(count, 1)));
  const loaders = [...program.args].map(([index, column]) => {
    return { column, load: loaderOf(call.inputs[index]!, dims, axesOf(index)) };
  });
  for (let start = 0; start < count; start += CHUNK) {
    const rows = Math.min(CHUNK, count - start);
    for (const { column, load } of loaders) load(start, rows, column);
    const result = program.run(rows);
    if (result) storeNumbers(dtype, out, start, rows === result.length ? result : result.subarray(0, rows));
    else exactly(call, expression, axesOf, out, start, rows);
  }
  return out;
}

/** Elements [start, start + rows) with exact integers. */
function exactly(
  call: Operands,
  expression: Scalar,
  axesOf: AxesOf,
  out: DataArray,
  start: number,
  rows: number,
): void {
  const { dtype, dims } = call.outputs[0]!;
  const readers = call.inputs.map((tensor, index) => tensor && elementReader(tensor, dims, axesOf(index)));
  const one = new Float64Array(1);
  for (let i = start; i < start + rows; i++) {
    const value = evaluateExactly(expression, (index) => readers[index]!(i));
    if (out instanceof BigInt64Array || out instanceof BigUint64Array) out[i] = value as bigint;
    else {
      one[0] = Number(value);
      storeNumbers(dtype, out, i, one);
    }
  }
}

/** Strides of a tensor along the output's axes: 0 where it broadcasts. */
function broadcastStrides(from: readonly number[], to: readonly number[], axes?: readonly number[]): number[] {
  const own = stridesOf(from);
  const strides = new Array<number>(to.length).fill(0);
  from.forEach((dim, i) => {
    const axis = axes ? axes[i]! : i + to.length - from.length;
    if (dim !== 1) strides[axis] = own[i]!;
  });
  return strides;
}

type Loader = (start: number, rows: number, into: Float64Array) => void;

function loaderOf(tensor: Tensor, dims: readonly number[], axes: readonly number[] | undefined): Loader {
  const plain = axes === undefined && sameDims(tensor.dims, dims);
  const data = dataOf(tensor);
  const numeric = !(data instanceof BigInt64Array || data instanceof BigUint64Array);
  if (plain && numeric && !codecOf(tensor.dtype))
    return (start, rows, into) => into.set(data.subarray(start, start + rows) as Float64Array);
  const values = toFloat64(tensor);
  if (plain) return (start, rows, into) => into.set(values.subarray(start, start + rows));
  if (values.length === 1) return (_, rows, into) => void into.fill(values[0]!, 0, rows);
  return stridedLoader(values, ...collapse(dims, broadcastStrides(tensor.dims, dims, axes)));
}

/** Joins neighbouring axes that one stride covers. */
function collapse(dims: readonly number[], strides: readonly number[]): [number[], number[]] {
  const joined: number[] = [];
  const steps: number[] = [];
  dims.forEach((dim, axis) => {
    if (dim === 1) return;
    const last = joined.length - 1;
    if (last >= 0 && steps[last] === strides[axis]! * dim) {
      joined[last]! *= dim;
      steps[last] = strides[axis]!;
    } else {
      joined.push(dim);
      steps.push(strides[axis]!);
    }
  });
  return [joined, steps];
}

function stridedLoader(values: Float64Array, dims: readonly number[], strides: readonly number[]): Loader {
  const last = dims.length - 1;
  const run = dims[last] ?? 1;
  const step = strides[last] ?? 0;
  return (start, rows, into) => {
    let place = start;
    let done = 0;
    while (done < rows) {
      const column = place % run;
      let offset = column * step;
      let rest = (place - column) / run;
      for (let axis = last - 1; axis >= 0; axis--) {
        const at = rest % dims[axis]!;
        offset += at * strides[axis]!;
        rest = (rest - at) / dims[axis]!;
      }
      const length = Math.min(run - column, rows - done);
      if (step === 0) into.fill(values[offset]!, done, done + length);
      else for (let i = 0; i < length; i++) into[done + i] = values[offset + i * step]!;
      place += length;
      done += length;
    }
  };
}

/** Reads one element for a position of the output: a bigint where the type is an integer. */
function elementReader(tensor: Tensor, dims: readonly number[], axes: readonly number[] | undefined) {
  const data = dataOf(tensor);
  const strides = broadcastStrides(tensor.dims, dims, axes);
  const { dtype } = tensor;
  const decode = codecOf(dtype)?.decode;
  return (linear: number): number | bigint => {
    let offset = 0;
    let rest = linear;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      offset += (rest % dims[axis]!) * strides[axis]!;
      rest = Math.floor(rest / dims[axis]!);
    }
    const value = data[offset]!;
    if (isInteger(dtype)) return BigInt(value);
    return decode ? decode(value as number) : value;
  };
}

function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}
