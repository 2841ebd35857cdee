// Random programs out of ops that fuse, made from a list of numbers that decide everything: fast-check shrinks the list.

import { type Dim, type GraphBuilder, sameDim, sameShape, type Value } from '@trtx/ir';
import fc from 'fast-check';
import { type Case, f32, ints } from './support.ts';

/** Numbers to decide by; zeros once they are spent. */
class Tape {
  #at = 0;
  constructor(readonly numbers: readonly number[]) {}

  get spent(): boolean {
    return this.#at >= this.numbers.length;
  }

  below(count: number): number {
    const n = this.numbers[this.#at++] ?? 0;
    return n % count;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}

interface Maker {
  readonly b: GraphBuilder;
  readonly tape: Tape;
  /** A value made so far. */
  any(): Value;
  /** One that a node can take beside x: of its shape, or one that broadcasts. */
  beside(x: Value): Value;
}

type Step = (m: Maker) => Value | readonly Value[] | undefined;

const UNARY = ['Relu', 'Sigmoid', 'Tanh', 'Abs', 'Neg', 'HardSwish', 'LeakyRelu', 'Softplus', 'Erf', 'Identity'];
const BINARY = ['Add', 'Sub', 'Mul', 'Max', 'Min'];

const pointwise: readonly Step[] = [
  ({ b, tape, any }) => b.op(tape.pick(UNARY), [any()]),
  ({ b, tape, any }) => b.op(tape.pick(UNARY), [any()]),
  ({ b, tape, any, beside }) => {
    const x = any();
    return b.op(tape.pick(BINARY), [x, beside(x)]);
  },
  ({ b, tape, any, beside }) => {
    const x = any();
    return b.op(tape.pick(BINARY), [beside(x), x]);
  },
  ({ b, any, beside }) => {
    const x = any();
    return b.Where(b.Greater(x, beside(x)), x, beside(x));
  },
  ({ b, any }) => b.Clip(any(), b.constant('float32', [], [-0.5]), b.constant('float32', [], [0.75])),
  ({ b, any, tape }) => b.Mul(any(), b.constant('float32', [], [tape.pick([0.5, -1, 0, 3])])),
];

const rank = (x: Value) => x.type.shape.length;
const size = (x: Value, axis: number) => x.type.shape[axis]!;
const known = (dim: Dim, least = 1): dim is number => typeof dim === 'number' && dim >= least;
/** Tensors that stay small, so that a chain of copies does not grow without end. */
const small = (x: Value) => x.type.shape.reduce<number>((n, dim) => n * (typeof dim === 'number' ? dim : 4), 1) <= 400;

const injective: readonly Step[] = [
  ({ b, any, tape }) => {
    const x = any();
    const axes = Array.from({ length: rank(x) }, (_, axis) => axis);
    const perm: number[] = [];
    while (axes.length > 0) perm.push(axes.splice(tape.below(axes.length), 1)[0]!);
    return b.Transpose(x, { perm });
  },
  ({ b, any, tape }) => {
    const x = any();
    const { shape } = x.type;
    if (shape.length === 0) return undefined;
    // One axis is left to what remains; a dynamic one has to be that.
    const dynamic = shape.findIndex((dim) => typeof dim !== 'number');
    if (dynamic > 0) return undefined;
    const rest = shape.slice(1) as number[];
    const count = rest.reduce((n, d) => n * d, 1);
    const targets = [[-1, count], [-1, ...[...rest].reverse()], [-1, 1, count], ...(dynamic < 0 ? [[-1]] : [])];
    return count > 0 ? b.Reshape(x, ints(b, ...tape.pick(targets))) : undefined;
  },
  ({ b, any, tape }) => {
    const x = any();
    if (rank(x) === 0) return undefined;
    const axis = tape.below(rank(x));
    const [start, end, step] = tape.pick([
      [1, 100, 1],
      [0, 100, 2],
      [-1, -100, -1],
      [-1, -100, -2],
      [0, -1, 1],
    ] as const);
    if (!known(size(x, axis), 2)) return undefined;
    return b.Slice(x, ints(b, start), ints(b, end), ints(b, axis), ints(b, step));
  },
  ({ b, any, tape, beside }) => {
    const x = any();
    const other = tape.below(2) ? x : beside(x);
    if (rank(x) === 0 || !sameShape(x.type.shape, other.type.shape) || !small(x)) return undefined;
    return b.Concat([x, other, ...(tape.below(3) === 0 ? [x] : [])], { axis: tape.below(rank(x)) });
  },
  ({ b, any, tape }) => {
    const x = any();
    const axis = [...x.type.shape.keys()].find((a) => known(size(x, a), 3));
    if (axis === undefined) return undefined;
    const cut = 1 + tape.below((size(x, axis) as number) - 1);
    return b.op('Split', [x, ints(b, cut, (size(x, axis) as number) - cut)], { axis }, { outputs: 2 });
  },
  ({ b, any, tape }) => {
    const x = any();
    if (!small(x) || !x.type.shape.every((dim) => known(dim, 3)) || rank(x) === 0) return undefined;
    const pads = Array.from({ length: 2 * rank(x) }, () => tape.below(3));
    const mode = tape.pick(['constant', 'reflect', 'edge', 'wrap']);
    return b.op(
      'Pad',
      mode === 'constant' ? [x, ints(b, ...pads), b.constant('float32', [], [0.25])] : [x, ints(b, ...pads)],
      { mode },
    );
  },
  ({ b, any, tape }) => {
    const x = any();
    const axis = [...x.type.shape.keys()].find((a) => known(size(x, a), 2));
    return axis === undefined ? undefined : b.Gather(x, ints(b, tape.below(2), -1, 0), { axis });
  },
  ({ b, any, tape }) => {
    const x = any();
    return rank(x) === 0 || !small(x) ? undefined : b.Unsqueeze(x, ints(b, tape.below(rank(x))));
  },
  ({ b, any, tape }) => {
    const x = any();
    const axis = tape.below(Math.max(rank(x), 1));
    if (rank(x) === 0 || !small(x)) return undefined;
    return b.Tile(x, ints(b, ...x.type.shape.map((_, a) => (a === axis ? 2 : 1))));
  },
  ({ b, any, tape }) => {
    const x = any();
    if (rank(x) === 0 || !small(x)) return undefined;
    const scales = x.type.shape.map((_, a) => (a === rank(x) - 1 ? tape.pick([2, 1.5, 3]) : 1));
    const attributes = {
      coordinate_transformation_mode: tape.pick(['asymmetric', 'half_pixel']),
      nearest_mode: tape.pick(['floor', 'round_prefer_floor']),
    };
    return b.op('Resize', [x, null, b.constant('float32', [scales.length], scales)], attributes);
  },
];

const anchors: readonly Step[] = [
  ({ b, any, tape }) => {
    const x = any();
    if (rank(x) === 0) return undefined;
    return b.op(tape.pick(['ReduceMean', 'ReduceMax', 'ReduceSum']), [x, ints(b, tape.below(rank(x)))]);
  },
  ({ b, any, tape }) => {
    const x = any();
    return rank(x) === 0 ? undefined : b.Softmax(x, { axis: tape.below(rank(x)) });
  },
  ({ b, any }) => {
    const x = any();
    if (rank(x) < 2 || !small(x)) return undefined;
    const axes = x.type.shape.map((_, axis) => axis);
    const perm = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
    return b.Tanh(b.MatMul(x, b.Transpose(x, { perm })));
  },
];

const STEPS = [...pointwise, ...pointwise, ...injective, ...anchors];

/** The program that the numbers spell, over inputs of which one may have a dynamic axis. */
export function programOf(numbers: readonly number[], dynamic: boolean): Case {
  const n = dynamic ? 'N' : 3;
  return {
    name: 'program',
    inputs: [f32(5), f32(4, 1), f32(n, 1, 5), f32(n, 4, 5)],
    symbols: dynamic ? { N: { min: 1, max: 4 } } : undefined,
    runs: dynamic ? [{ N: 3 }, { N: 1 }, { N: 4 }] : undefined,
    build(b, ...inputs) {
      const tape = new Tape(numbers);
      const values = [...inputs];
      const m: Maker = {
        b,
        tape,
        any: () => values[values.length - 1 - (tape.below(3) === 0 ? tape.below(values.length) : 0)]!,
        beside(x) {
          const fitting = values.filter((value) => broadcastsTo(value.type.shape, x.type.shape));
          return fitting[tape.below(fitting.length)]!;
        },
      };
      while (!tape.spent) {
        const made = tape.pick(STEPS)(m);
        values.push(...([made ?? []].flat() as Value[]));
      }
      const made = values.slice(inputs.length);
      const last = made.at(-1) ?? b.Neg(inputs[3]!);
      // Now and then something in the middle is an output too.
      return [...new Set([last, ...made.filter((_, i) => i % 5 === 3)])];
    },
  };
}

function broadcastsTo(from: readonly Dim[], to: readonly Dim[]): boolean {
  const skip = to.length - from.length;
  return skip >= 0 && from.every((dim, i) => dim === 1 || sameDim(dim, to[i + skip]!));
}

/** Numbers for a program of some twenty nodes; fewer when shrunk. */
export const programNumbers = fc.array(fc.nat(1e6), { minLength: 4, maxLength: 80, size: 'max' });
