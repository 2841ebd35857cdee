// Element types narrower than 32 bits: every code of every type, read and written on the GPU, is what the codec of the
// reference says, and kernels give in these types what the reference gives.

import { compile, PORTABLE } from '@trtx/codegen';
import type { Plan } from '@trtx/engine';
import {
  arrayType,
  bitWidth,
  type CastOptions,
  codecOf,
  DTYPES,
  type DType,
  GraphBuilder,
  isFloat,
  isInteger,
  isUnsigned,
  type Tensor,
  type Value,
} from '@trtx/ir';
import { toFloat64 } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { allCases } from './cases/index.ts';
import { type Case, expectedOf, expectSame, feedsOf, graphOf, inType, runCompiled } from './support.ts';

const NARROW = DTYPES.filter((dtype) => bitWidth(dtype) > 0 && bitWidth(dtype) < 32 && dtype !== 'bool');
const FLOATS = NARROW.filter(isFloat);

/** All codes of a type, as an array holds them. */
function codesOf(dtype: DType): Tensor {
  const bits = bitWidth(dtype);
  const first = isInteger(dtype) && !isUnsigned(dtype) ? -(2 ** (bits - 1)) : 0;
  const data = new (arrayType(dtype))(2 ** bits) as Uint16Array;
  for (let i = 0; i < data.length; i++) data[i] = first + i;
  return { dtype, dims: [data.length], data };
}

/** Runs what `write` makes of one input; every node has to be on the GPU. */
async function run(input: Tensor, write: (b: GraphBuilder, x: Value) => Readonly<Record<string, Value>>) {
  const b = new GraphBuilder('types');
  const outputs = write(b, b.input('x', input.dtype, input.dims));
  for (const [name, value] of Object.entries(outputs)) b.output(name, value);
  const compiled = compile(b.graph, { target: PORTABLE });
  expect(compiled.plan.hostNodes).toEqual([]);
  const [results] = await runCompiled((await testDevice()).device, compiled, [new Map([['x', input]])]);
  return results!;
}

describe.each(NARROW)('%s', (dtype) => {
  const all = codesOf(dtype);

  it('all codes, as numbers and written again', async () => {
    const wide = isFloat(dtype) ? 'float32' : 'int32';
    const results = await run(all, (b, x) => ({ same: b.Identity(x), number: b.Cast(x, { to: wide }) }));
    const { decode, encode } = codecOf(dtype) ?? { decode: Number, encode: Number };
    const codes = Array.from(all.data as Uint16Array);
    expect(Array.from(results.get('number')!.data as Float32Array)).toEqual(codes.map(decode));
    // Of the codes of NaN one is written.
    expect(Array.from(results.get('same')!.data as Uint16Array)).toEqual(codes.map((code) => encode(decode(code))));
  });
});

describe.each(FLOATS)('%s', (dtype) => {
  it('rounds, and saturates or does not', async () => {
    const numbers = between(dtype);
    const rounds = dtype === 'float8e8m0' ? (['up', 'down', 'nearest'] as const) : [undefined];
    const options = rounds.flatMap((round) => [true, false].map((saturate) => ({ round, saturate })));
    const results = await run({ dtype: 'float32', dims: [numbers.length], data: numbers }, (b, x) =>
      Object.fromEntries(
        options.map(({ round, saturate }, i) => {
          return [`y${i}`, b.Cast(x, { to: dtype as 'float16', saturate: Number(saturate), round_mode: round })];
        }),
      ),
    );
    options.forEach(({ round, saturate }, i) => {
      const how: CastOptions = round ? { round, saturate } : { saturate };
      const { encode, decode } = codecOf(dtype)!;
      // A number too large that becomes NaN loses its sign on the way to memory.
      const wanted = Array.from(numbers, (x) => encode(decode(encode(x, how))));
      const got = Array.from(results.get(`y${i}`)!.data as Uint16Array);
      const wrong = wanted.flatMap((code, k) => (got[k] === code ? [] : [`${numbers[k]}: ${got[k]} for ${code}`]));
      expect(wrong, JSON.stringify(how)).toEqual([]);
    });
  });
});

/** The numbers of a type, those halfway between them and next to halfway, and what is special. */
function between(dtype: DType): Float32Array {
  const finite = Array.from(toFloat64(codesOf(dtype))).filter(Number.isFinite);
  const sorted = [...new Set(finite)].sort((a, b) => a - b);
  const middles = sorted.slice(1).map((x, i) => (x + sorted[i]!) / 2);
  const most = sorted.at(-1)!;
  const past = most + (most - sorted.at(-2)!) / 2;
  const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 3e38, -3e38, past, -past];
  const numbers = Float32Array.from([...sorted, ...middles, ...special]);
  const bits = new Int32Array(numbers.buffer);
  const beside = [...bits, ...bits.map((b) => b + 1), ...bits.map((b) => b - 1)];
  const result = new Float32Array(Int32Array.from(beside).buffer);
  // Below these float32 is flushed to 0 by many devices, before any code of ours sees it.
  const normal = (x: number) => x === 0 || !(Math.abs(x) < 2 ** -126);
  return result.filter((x) => normal(x));
}

const takesFloats = ({ inputs }: Case) => inputs.some(({ dtype }) => dtype.startsWith('float'));

// Kernels see numbers whatever the type is, and the codes have been looked at: samples are enough.
describe.each([
  ['float16', 2],
  ['bfloat16', 8],
] as const)('%s', (dtype, step) => {
  const sample = allCases.filter((_, i) => i % step === 0);
  const cases = sample.flatMap((one) => {
    const narrow = inType(one, dtype);
    return narrow ? [[narrow.name, narrow, one] as const] : [];
  });

  it('is taken by most ops that take floats', () => {
    expect(cases.length).toBeGreaterThan(sample.filter(takesFloats).length * 0.85);
  });

  it.each(cases)('%s', async (_, one, wide) => {
    const feeds = feedsOf(one);
    const compiled = compile(graphOf(one), { target: { ...PORTABLE, software: true } });
    expect(compiled.plan.hostNodes).toEqual(compile(graphOf(wide)).plan.hostNodes);
    expectPacked(compiled.plan);
    const actual = await runCompiled((await testDevice()).device, compiled, feeds);
    // What is between the nodes of a chain is not rounded here.
    const close = { float16: 4e-3, bfloat16: 4e-2 }[dtype];
    expectSame(actual, await expectedOf(graphOf(one), feeds), one.name, { relative: close, absolute: close });
  });
});

/** Inputs, outputs and constants are as in the model. */
function expectPacked({ inputs, outputs }: Plan): void {
  for (const { dtype, storage } of [...inputs, ...outputs])
    if (dtype.endsWith('float16')) expect(storage).toBe('u16x2');
}
