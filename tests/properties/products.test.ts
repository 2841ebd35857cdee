// Sums of products at awkward shapes, against float64: MatMul, Gemm and Conv, with weights that are data and weights that
// are constants, whose layout the build may choose.

import type { BuilderAttributes } from '@trtx/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../kernels/support.ts';
import { ofSum, type Tolerance } from './float64.ts';
import { broadcastIndex, broadcasting, broadcastShape, SEED, type Shape, sizeOf } from './shapes.ts';
import { expectTrials, type Operand, type Trial } from './trials.ts';

/** One, primes, and one more and one less than multiples of the tiles. */
const size = fc.constantFrom(1, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 127);
const depth = fc.oneof(size, fc.constantFrom(0, 129, 257, 1000));

const operand = (dims: Shape, seed: number, constant = false): Operand => ({
  ...random(dims, { low: -2, high: 2, seed: SEED + seed }),
  constant: constant && sizeOf(dims) > 0,
});

/** Elements that are sums of products: their values, and how near a result must come. */
class Sums {
  readonly values: Float64Array;
  readonly #scales: Float64Array;

  constructor(
    readonly dims: Shape,
    readonly length: number,
  ) {
    this.values = new Float64Array(sizeOf(dims));
    this.#scales = new Float64Array(sizeOf(dims));
  }

  add(at: number, term: number): void {
    this.values[at]! += term;
    this.#scales[at]! += term * term;
  }

  trial(op: string, operands: readonly (Operand | null)[], attributes: BuilderAttributes = {}): Trial {
    const tolerance = (i: number): Tolerance => ofSum(this.length, Math.sqrt(this.#scales[i]!));
    return {
      op,
      operands,
      attributes,
      expected: [{ dtype: 'float32', dims: this.dims, values: this.values, tolerance }],
    };
  }
}

describe('MatMul', () => {
  const listed: readonly (readonly [Shape, Shape])[] = [
    [[1, 1], [1, 1]],
    [[7], [7]],
    [[31], [2, 31, 3]],
    [[2, 3, 31], [31]],
    [[7, 31], [31, 127]],
    [[127, 1], [1, 7]],
    [[0, 5], [5, 3]],
    [[3, 0], [0, 4]],
    [[2, 0, 3, 4], [1, 1, 4, 5]],
    [[2, 1, 7, 31], [3, 31, 5]],
    [[3, 31, 5], [2, 1, 5, 7]],
    [[1, 2, 1, 2, 3, 4], [2, 1, 2, 1, 4, 5]],
    [[2, 1, 1, 2, 1, 3, 5], [5, 7]],
    [[65, 63], [63, 65]],
  ]; // biome-ignore format: a table
  const drawn = fc
    .record({ m: size, k: depth, n: size, constant: fc.boolean() })
    .chain((sizes) =>
      fc
        .array(fc.constantFrom(1, 2, 3), { maxLength: 4 })
        .chain((batch) => fc.tuple(fc.constant(sizes), broadcasting(batch, 2))),
    );

  it('of data and of constants', async () => {
    const trials = listed.flatMap(([a, b], i) => [
      matmul(operand(a, i), operand(b, 50 + i)),
      matmul(operand(a, i), operand(b, 50 + i, true)),
    ]);
    await expectTrials(trials);
  });

  it('of random sizes', async () => {
    const trials = fc.sample(drawn, { seed: SEED, numRuns: 25 }).map(([{ m, k, n, constant }, [a, b]], i) => {
      return matmul(operand([...a!, m, k], i), operand([...b!, k, n], 50 + i, constant));
    });
    await expectTrials(trials);
  });
});

function matmul(a: Operand, b: Operand): Trial {
  const left = a.dims.length === 1 ? [1, ...a.dims] : a.dims;
  const right = b.dims.length === 1 ? [...b.dims, 1] : b.dims;
  const [m, k, n] = [left.at(-2)!, left.at(-1)!, right.at(-1)!];
  const batch = broadcastShape([left.slice(0, -2), right.slice(0, -2)]);
  const [inA, inB] = [left, right].map((dims) => broadcastIndex(dims.slice(0, -2), batch));
  const dims = [...batch, ...(a.dims.length > 1 ? [m] : []), ...(b.dims.length > 1 ? [n] : [])];
  const sums = new Sums(dims, k);
  for (let s = 0; s < sizeOf(batch); s++)
    for (let row = 0; row < m; row++)
      for (let column = 0; column < n; column++)
        for (let i = 0; i < k; i++) {
          const x = a.data[(inA![s]! * m + row) * k + i] as number;
          const y = b.data[(inB![s]! * k + i) * n + column] as number;
          sums.add((s * m + row) * n + column, x * y);
        }
  return sums.trial('MatMul', [a, b]);
}

it('Gemm', async () => {
  const drawn = fc.record({
    m: fc.oneof(size, fc.constant(0)),
    k: depth,
    n: size,
    transA: fc.constantFrom(0, 1),
    transB: fc.constantFrom(0, 1),
    alpha: fc.constantFrom(1, 0.5),
    beta: fc.constantFrom(1, 0.25, 0),
    bias: fc.constantFrom('none', 'scalar', 'row', 'column', 'matrix'),
    constant: fc.boolean(),
  });
  const trials = fc.sample(drawn, { seed: SEED, numRuns: 30 }).map((g, seed) => {
    const { m, k, n, transA, transB, alpha, beta, constant } = g;
    const a = operand(transA ? [k, m] : [m, k], seed);
    const b = operand(transB ? [n, k] : [k, n], 50 + seed, constant);
    const shape = { none: undefined, scalar: [], row: [n], column: [m, 1], matrix: [m, n] }[g.bias];
    const c = shape && operand(shape, 100 + seed);
    const sums = new Sums([m, n], k);
    const index = c && broadcastIndex(c.dims, [m, n]);
    for (let row = 0; row < m; row++)
      for (let column = 0; column < n; column++) {
        const at = row * n + column;
        for (let i = 0; i < k; i++) {
          const x = a.data[transA ? i * m + row : row * k + i] as number;
          const y = b.data[transB ? column * k + i : i * n + column] as number;
          sums.add(at, alpha * x * y);
        }
        if (c) sums.add(at, beta * (c.data[index![at]!] as number));
      }
    return sums.trial('Gemm', c ? [a, b, c] : [a, b], { transA, transB, alpha, beta });
  });
  await expectTrials(trials);
});

describe('Conv', () => {
  const axis = fc.record({
    size: fc.constantFrom(1, 2, 5, 7, 8, 13, 31),
    kernel: fc.constantFrom(1, 2, 3, 5),
    stride: fc.constantFrom(1, 1, 2, 3),
    dilation: fc.constantFrom(1, 1, 2),
    begin: fc.nat({ max: 2 }),
    end: fc.nat({ max: 2 }),
  });
  const drawn = fc.record({
    batch: fc.constantFrom(0, 1, 1, 2, 3),
    axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
    groups: fc.constantFrom(1, 1, 2, 3, 7),
    inputs: fc.constantFrom(1, 1, 2, 3, 5),
    outputs: fc.constantFrom(1, 1, 2, 3, 4, 5, 17),
    bias: fc.boolean(),
    constant: fc.boolean(),
  });

  it('of random geometry', async () => {
    const trials = fc
      .sample(drawn, { seed: SEED, numRuns: 60 })
      .filter(({ axes }) => axes.every((a) => a.size + a.begin + a.end >= (a.kernel - 1) * a.dilation + 1))
      .map(conv);
    expect(trials.length).toBeGreaterThanOrEqual(20);
    await expectTrials(trials);
  });
});

interface Window {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  readonly end: number;
}

interface Convolution {
  readonly batch: number;
  readonly axes: readonly Window[];
  readonly groups: number;
  /** Channels of a group. */
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  readonly constant: boolean;
}

function conv({ batch, axes, groups, inputs, outputs, bias, constant }: Convolution, seed: number): Trial {
  const out = axes.map((a) => Math.floor((a.size + a.begin + a.end - (a.kernel - 1) * a.dilation - 1) / a.stride) + 1);
  const [sizes, kernels] = [axes.map((a) => a.size), axes.map((a) => a.kernel)];
  const x = operand([batch, groups * inputs, ...sizes], seed);
  const w = operand([groups * outputs, inputs, ...kernels], 100 + seed, constant);
  const b = bias ? operand([groups * outputs], 200 + seed, constant) : null;
  const [places, positions, taps] = [sizeOf(sizes), sizeOf(out), sizeOf(kernels)];
  const sums = new Sums([batch, groups * outputs, ...out], inputs * taps);
  for (let n = 0; n < batch; n++)
    for (let channel = 0; channel < groups * outputs; channel++)
      for (let position = 0; position < positions; position++) {
        const at = (n * groups * outputs + channel) * positions + position;
        const o = coordinates(position, out);
        if (b) sums.add(at, b.data[channel] as number);
        for (let tap = 0; tap < taps; tap++) {
          const t = coordinates(tap, kernels);
          const from = axes.map((a, i) => o[i]! * a.stride + t[i]! * a.dilation - a.begin);
          if (from.some((i, a) => i < 0 || i >= sizes[a]!)) continue;
          const place = from.reduce((sum, i, a) => sum * sizes[a]! + i, 0);
          for (let c = 0; c < inputs; c++) {
            const source = n * groups * inputs + Math.floor(channel / outputs) * inputs + c;
            const weight = w.data[(channel * inputs + c) * taps + tap] as number;
            sums.add(at, (x.data[source * places + place] as number) * weight);
          }
        }
      }
  return sums.trial('Conv', b ? [x, w, b] : [x, w], {
    group: groups,
    strides: axes.map((a) => a.stride),
    dilations: axes.map((a) => a.dilation),
    pads: [...axes.map((a) => a.begin), ...axes.map((a) => a.end)],
  });
}

function coordinates(index: number, dims: Shape): number[] {
  const at: number[] = [];
  let rest = index;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    at[axis] = rest % dims[axis]!;
    rest = Math.floor(rest / dims[axis]!);
  }
  return at;
}
