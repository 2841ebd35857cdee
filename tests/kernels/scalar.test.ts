// Every operation of scalar expressions, printed and run, means what ir/scalar.ts says: for special values, for operands
// that are memory and for operands that are numbers in the shader.

import { compile, PORTABLE } from '@trtx/codegen';
import {
  arrayType,
  type DType,
  defineOp,
  Graph,
  isFloat,
  type Scalar,
  scalar,
  type Tensor,
  type Value,
} from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { expectedOf, runCompiled } from './support.ts';

// Divisors past 2^126 are beyond what WGSL promises.
const FLOATS = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, -3, 0.1, 100.75, -1e4, 1e4, 3e9, -3e9, 1e20, 8e37, 1e-20];
const SPECIAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const VALUES: Partial<Record<DType, readonly number[]>> = {
  float32: [...FLOATS, ...SPECIAL],
  int32: [0, 1, -1, 2, -2, 3, 7, -7, 31, 32, 100, -100, 65536, 2 ** 31 - 1, -(2 ** 31), -(2 ** 31) + 1],
  uint32: [0, 1, 2, 3, 7, 31, 32, 33, 255, 65535, 2 ** 31, 2 ** 32 - 1],
  int16: [0, 1, -1, 2, -7, 15, 16, 255, 32767, -32768],
  uint16: [0, 1, 2, 7, 15, 16, 255, 65535],
  int8: [0, 1, -1, 2, -2, 3, 7, 8, -7, 100, 127, -128],
  uint8: [0, 1, 2, 7, 8, 127, 128, 255],
  // What 32 bits hold, also after the operation.
  int64: [0, 1, -1, 2, -3, 5, 31],
  bool: [0, 1],
};
const TYPES = Object.keys(VALUES) as DType[];

const BITS = ['bitand', 'bitor', 'bitxor', 'shl', 'shr'] as const;
const LOGIC = ['and', 'or', 'xor'] as const;

function unaryOps(dtype: DType): readonly (typeof scalar.UNARY)[number][] {
  if (dtype === 'bool') return ['not'];
  if (isFloat(dtype)) return scalar.UNARY.filter((op) => op !== 'not' && op !== 'bitnot');
  return ['neg', 'abs', 'sign', 'bitnot'];
}

function binaryOps(dtype: DType): readonly (typeof scalar.BINARY)[number][] {
  if (dtype === 'bool') return LOGIC;
  // What 64 bits are shifted by, no kernel checks, and no op of ONNX does.
  const none = dtype === 'int64' ? [...LOGIC, 'shl'] : LOGIC;
  const numeric = scalar.BINARY.filter((op) => !none.some((other) => other === op));
  return isFloat(dtype) ? numeric.filter((op) => !BITS.some((other) => other === op)) : numeric;
}

/** A node whose output is an expression of its inputs. */
function pointwise(graph: Graph, inputs: readonly Value[], expression: Scalar): Value {
  const op = defineOp({
    domain: 'test',
    name: 'Expression',
    since: 1,
    summary: '',
    inputs: inputs.map((_, i) => ({ name: `x${i}` })),
    outputs: [{ name: 'y' }],
    attributes: {},
    trait: { kind: 'pointwise', scalar: () => expression },
    infer: (at) => [{ dtype: expression.dtype, shape: at.inputs.find((input) => input!.shape[0] !== 1)?.shape ?? [1] }],
  });
  return graph.addNode(op, inputs, {}).output;
}

function tensor(dtype: DType, values: readonly number[]): Tensor {
  const data = new (arrayType(dtype))(values.length) as Float32Array;
  const wide = dtype === 'int64';
  values.forEach((value, i) => {
    data[i] = (wide ? BigInt(value) : value) as number;
  });
  return { dtype, dims: [values.length], data };
}

/** Runs all that `write` makes of two inputs with every pair of values, and compares. */
async function check(dtype: DType, write: (graph: Graph, a: Value, b: Value) => Map<string, Value>): Promise<void> {
  const values = VALUES[dtype]!;
  const pairs = values.flatMap((a) => values.map((b) => [a, b] as const));
  const feeds = new Map([
    [
      'a',
      tensor(
        dtype,
        pairs.map(([a]) => a),
      ),
    ],
    [
      'b',
      tensor(
        dtype,
        pairs.map(([, b]) => b),
      ),
    ],
  ]);
  const make = (without: ReadonlySet<string>) => {
    const graph = new Graph('scalars');
    const [a, b] = ['a', 'b'].map((name) => graph.addInput(name, { dtype, shape: [pairs.length] }));
    for (const [name, value] of write(graph, a!, b!))
      if (without.has(name)) graph.removeNode(value.producer!);
      else graph.addOutput(name, value);
    return graph;
  };
  const all = await expectedOf(make(new Set()), [feeds]);
  // Runs fail where 32 bits do not hold an integer of 64: see overflow.test.ts.
  const wide = new Set([...all[0]!].flatMap(([name, result]) => (isNarrow(result) ? [] : [name])));
  const expected = wide.size === 0 ? all : await expectedOf(make(wide), [feeds]);
  const actual = await runCompiled((await testDevice()).device, compile(make(wide), { target: PORTABLE }), [feeds]);
  const complaints: string[] = [];
  for (const [name, tensor] of expected[0]!) {
    const [got, wanted] = [actual[0]!.get(name)!, tensor].map(({ data }) => Array.from(data as Float32Array, Number));
    wanted!.forEach((value, i) => {
      const [a, b] = wanted!.length === 1 ? [0, 0] : pairs[i]!;
      const result = got![i]!;
      if (same(result, value, isFloat(tensor.dtype)) || isExcused(name, a, value, tensor.dtype)) return;
      complaints.push(`${name} of ${a}, ${b}: ${result} for ${value}`);
    });
  }
  expect(complaints).toEqual([]);
}

function isNarrow({ dtype, data }: Tensor): boolean {
  return dtype !== 'int64' || (data as BigInt64Array).every((x) => BigInt.asIntN(32, x) === x);
}

function same(a: number, b: number, float: boolean): boolean {
  return a === b || (float && Math.abs(a - b) <= 1e-6 + 1e-5 * Math.abs(b)) || (Number.isNaN(a) && Number.isNaN(b));
}

/** What the definition leaves open, or the GPU cannot do. */
function isExcused(name: string, a: number, wanted: number, dtype: DType): boolean {
  const [op, form, number] = name.split(' ');
  if (!isFloat(dtype)) return false;
  if (/^(sin|cos|tan)$/.test(op!)) return !(Math.abs(form ? Number(number) : a) < 1e5);
  // The reference divides; the remainder here is exact.
  if (op === 'mod') return true;
  // Compilers take x · 0, 0 / x and x / ∞ for 0 where they see the number.
  return form !== undefined && Number.isNaN(wanted) && (op === 'mul' || op === 'div');
}

it('mod of floats has the sign of the divisor', async () => {
  const pairs = [5, -5, 0.75, -0.75, 6, 1e6].flatMap((a) => [3, -3, 0.5, 1e20].map((b) => [a, b] as const));
  const wanted = pairs.map(([a, b]) => (a % b !== 0 && a % b < 0 !== b < 0 ? (a % b) + b : a % b));
  const graph = new Graph('mod');
  const inputs = ['a', 'b'].map((name) => graph.addInput(name, { dtype: 'float32', shape: [pairs.length] }));
  const expression = scalar.binary('mod', scalar.arg(0, 'float32'), scalar.arg(1, 'float32'));
  graph.addOutput('y', pointwise(graph, inputs, expression));
  const feeds = new Map(
    ['a', 'b'].map((name, i) => [
      name,
      tensor(
        'float32',
        pairs.map((pair) => pair[i]!),
      ),
    ]),
  );
  const [run] = await runCompiled((await testDevice()).device, compile(graph, { target: PORTABLE }), [feeds]);
  expect(Array.from(run!.get('y')!.data as Float32Array)).toEqual(wanted.map(Math.fround));
});

describe.each(TYPES)('%s', (dtype) => {
  const [x, y] = [scalar.arg(0, dtype), scalar.arg(1, dtype)];

  it('operations', async () => {
    await check(dtype, (graph, a, b) => {
      const made = new Map<string, Value>();
      for (const op of unaryOps(dtype)) made.set(op, pointwise(graph, [a], scalar.unary(op, x)));
      for (const op of binaryOps(dtype)) made.set(op, pointwise(graph, [a, b], scalar.binary(op, x, y)));
      for (const op of scalar.COMPARE) {
        if (dtype === 'bool' && op !== 'eq' && op !== 'ne') continue;
        made.set(op, pointwise(graph, [a, b], scalar.compare(op, x, y)));
        made.set(`select ${op}`, pointwise(graph, [a, b], scalar.select(scalar.compare(op, x, y), y, x)));
      }
      return made;
    });
  });

  it('casts', async () => {
    // Half of what 32 bits hold unsigned is past what they hold signed: that is the host's (tests/properties).
    const types = TYPES.filter((to) => !(dtype === 'uint32' && to === 'int64'));
    await check(dtype, (graph, a) => new Map(types.map((to) => [to, pointwise(graph, [a], scalar.cast(x, to))])));
  });

  it('with numbers in the shader', async () => {
    const values = VALUES[dtype]!;
    const numbers = [values[0]!, values[2] ?? 1, ...values.slice(-2)];
    await check(dtype, (graph, a) => {
      const made = new Map<string, Value>();
      for (const number of numbers) {
        const constant = graph.addConstant({ dtype, dims: [1], read: () => bytesOf(tensor(dtype, [number])) });
        const name = (op: string, form: string) => `${op} ${form} ${Object.is(number, -0) ? '-0' : number}`;
        for (const op of unaryOps(dtype)) made.set(name(op, 'of'), pointwise(graph, [constant], scalar.unary(op, x)));
        for (const op of binaryOps(dtype)) {
          made.set(name(op, 'by'), pointwise(graph, [a, constant], scalar.binary(op, x, y)));
          made.set(name(op, 'from'), pointwise(graph, [constant, a], scalar.binary(op, x, y)));
          made.set(name(op, 'of itself and'), pointwise(graph, [constant, constant], scalar.binary(op, x, y)));
        }
        for (const to of TYPES) made.set(name(to, 'of'), pointwise(graph, [constant], scalar.cast(x, to)));
      }
      return made;
    });
  });
});

function bytesOf({ data }: Tensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}
