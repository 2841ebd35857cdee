// Models with branches and loops that only the run decides, for what the host and the GPU have to hand to one another.

import { type Dim, dimOf, GraphBuilder, Sym, type Tensor, type Value } from '@trtx/ir';

export interface Program {
  readonly name: string;
  build(): GraphBuilder;
  /** Runs, each with the inputs of one. */
  readonly runs: readonly Readonly<Record<string, Tensor>>[];
}

export const floats = (dims: number[], values: number[]): Tensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from(values),
});
export const integer = (value: number): Tensor => ({ dtype: 'int64', dims: [], data: BigInt64Array.of(BigInt(value)) });
export const truth = (value: boolean): Tensor => ({ dtype: 'bool', dims: [], data: Uint8Array.of(value ? 1 : 0) });
const ramp = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i / 4);

/** A branch of two bodies over what they capture. */
function branch(
  b: GraphBuilder,
  condition: Value,
  captured: readonly Value[],
  bodies: readonly ((body: GraphBuilder, captured: readonly Value[]) => readonly Value[])[],
): readonly Value[] {
  let outputs = 0;
  const graphs = bodies.map((build, i) => {
    const body = b.body(i === 0 ? 'then_branch' : 'else_branch');
    const inner = captured.map((value) => body.graph.addInput(body.graph.freeName(value.name), value.type));
    const results = build(body, inner);
    outputs = results.length;
    results.forEach((value, k) => {
      body.output(`${value.name}#${k}`, value);
    });
    return body.graph;
  });
  return b.If(condition, captured, {}, { bodies: graphs, outputs });
}

interface LoopParts {
  readonly trips: Value | null;
  readonly condition?: Value | null;
  readonly states: readonly Value[];
  readonly captured?: readonly Value[];
  /** Gives whether to go on, the states, and what is stacked. */
  readonly body: (
    body: GraphBuilder,
    iteration: Value,
    states: readonly Value[],
    captured: readonly Value[],
  ) => { next: Value; states: readonly Value[]; rows?: readonly Value[] };
  /** Sizes of the states in the body, where they differ from those at first. */
  readonly shapes?: readonly (readonly (Dim | string)[])[];
}

function loop(b: GraphBuilder, { trips, condition = null, states, captured = [], shapes, ...parts }: LoopParts) {
  const body = b.body('body');
  const free = (name: string) => body.graph.freeName(name);
  const iteration = body.graph.addInput(free('iteration'), {
    dtype: 'int64',
    shape: [],
    contents: { dims: [], values: [dimOf(new Sym(free('k'), 0))] },
  });
  const goes = body.input(free('goes'), 'bool', []);
  const inside = states.map(({ name, type }, i) => body.input(free(name), type.dtype, shapes?.[i] ?? type.shape));
  const outer = captured.map((value) => body.graph.addInput(free(value.name), value.type));
  const results = parts.body(body, iteration, inside, outer);
  const rows = results.rows ?? [];
  [results.next === iteration ? goes : results.next, ...results.states, ...rows].forEach((value, i) => {
    body.output(`${value.name}#${i}`, value);
  });
  return b.Loop(
    trips,
    condition,
    [...states, ...captured],
    { carried: states.length },
    { bodies: [body.graph], outputs: states.length + rows.length },
  );
}

const always = (body: GraphBuilder) => body.constant('bool', [], [1]);

const upTo = (name: string, max: number) => dimOf(new Sym(name, 0, max));

export const programs: readonly Program[] = [
  {
    name: 'a branch that takes only some of the sizes that the other one takes',
    build() {
      const b = new GraphBuilder('sizes');
      const cond = b.input('cond', 'bool', []);
      const x = b.input('x', 'float32', [1, 2, upTo('N', 16)]);
      const z = b.input('z', 'float32', [upTo('M', 16)]);
      const [y] = branch(
        b,
        cond,
        [x, z],
        [(body, [v, w]) => [body.MaxPool(body.Add(v!, w!), { kernel_shape: [5] })[0]!], (body, [v]) => [body.Neg(v!)]],
      );
      b.output('y', y!);
      return b;
    },
    runs: [
      [false, 3, 7],
      [true, 8, 8],
      [false, 8, 2],
      [true, 5, 5],
    ].map(([cond, n, m]) => ({
      cond: truth(cond as boolean),
      x: floats([1, 2, n as number], ramp(2 * (n as number), -1)),
      z: floats([m as number], ramp(m as number)),
    })),
  },
  {
    name: 'a branch that the data decide',
    build() {
      const b = new GraphBuilder('branch');
      const [cond, x] = [b.input('cond', 'bool', []), b.input('x', 'float32', [3, 4])];
      const doubled = b.Add(x, x);
      const [y] = branch(
        b,
        cond,
        [doubled],
        [(body, [v]) => [body.Relu(body.Neg(v!))], (body, [v]) => [body.Mul(v!, body.constant('float32', [], [0.5]))]],
      );
      b.output('y', b.Exp(y!));
      return b;
    },
    runs: [true, false].map((cond) => ({ cond: truth(cond), x: floats([3, 4], ramp(12, -1.5)) })),
  },
  {
    name: 'a branch whose condition is computed, and that gives captured values and constants',
    build() {
      const b = new GraphBuilder('computed');
      const x = b.input('x', 'float32', [5]);
      const sum = b.ReduceSum(x, null, { keepdims: 0 });
      const cond = b.Greater(sum, b.constant('float32', [], [0]));
      const [y, z] = branch(
        b,
        cond,
        [x],
        [(_, [v]) => [v!, v!], (body, [v]) => [body.constant('float32', [5], [1, 2, 3, 4, 5]), body.Sigmoid(v!)]],
      );
      b.output('y', y!);
      b.output('z', b.Add(z!, x));
      return b;
    },
    runs: [floats([5], ramp(5, 1)), floats([5], ramp(5, -9))].map((x) => ({ x })),
  },
  {
    name: 'a loop of a number of iterations that is an input, with states and stacks',
    build() {
      const b = new GraphBuilder('counted');
      const [trips, x, w] = [
        b.input('trips', 'int64', []),
        b.input('x', 'float32', [2, 3]),
        b.input('w', 'float32', [3, 3]),
      ];
      const [y, rows] = loop(b, {
        trips,
        states: [x],
        captured: [w],
        body(body, _, [state], [weight]) {
          const next = body.Tanh(body.MatMul(state!, weight!));
          return { next: always(body), states: [next], rows: [body.ReduceSum(next, null, { keepdims: 0 })] };
        },
      });
      b.output('y', y!);
      b.output('sums', rows!);
      return b;
    },
    runs: [0, 1, 4].map((trips) => ({
      trips: integer(trips),
      x: floats([2, 3], ramp(6, -0.5)),
      w: floats([3, 3], ramp(9, -1)),
    })),
  },
  {
    name: 'a loop that its condition ends, with states that change places',
    build() {
      const b = new GraphBuilder('while');
      const x = b.input('x', 'float32', [4]);
      const [p, q] = loop(b, {
        trips: null,
        condition: b.constant('bool', [], [1]),
        states: [x, b.Neg(x)],
        body(body, _, [a, c]) {
          const grown = body.Add(c!, body.constant('float32', [], [1]));
          const least = body.ReduceMin(grown, null, { keepdims: 0 });
          return { next: body.Less(least, body.constant('float32', [], [5])), states: [grown, a!] };
        },
      });
      b.output('p', p!);
      b.output('q', q!);
      return b;
    },
    runs: [floats([4], ramp(4)), floats([4], ramp(4, 9))].map((x) => ({ x })),
  },
  {
    name: 'a loop whose state grows',
    build() {
      const b = new GraphBuilder('growing');
      const [trips, x] = [b.input('trips', 'int64', []), b.input('x', 'float32', [1, 3])];
      const [y] = loop(b, {
        trips,
        states: [x],
        captured: [x],
        shapes: [['n', 3]],
        body(body, iteration, [state], [row]) {
          const scaled = body.Mul(row!, body.Cast(iteration, { to: 'float32' }));
          return { next: always(body), states: [body.Concat([state!, scaled], { axis: 0 })] };
        },
      });
      b.output('y', b.Softmax(y!, { axis: 1 }));
      return b;
    },
    runs: [0, 1, 3].map((trips) => ({ trips: integer(trips), x: floats([1, 3], [0.5, 1, 2]) })),
  },
  {
    name: 'a loop that takes slices by the number of the iteration',
    build() {
      const b = new GraphBuilder('slices');
      const [trips, x] = [b.input('trips', 'int64', []), b.input('x', 'float32', [6, 4])];
      const [total, rows] = loop(b, {
        trips,
        states: [b.constant('float32', [4], [0, 0, 0, 0])],
        captured: [x],
        body(body, iteration, [state], [all]) {
          const start = body.Unsqueeze(iteration, body.constant('int64', [1], [0]));
          const end = body.Add(start, body.constant('int64', [1], [1]));
          const slice = body.Slice(all!, start, end, body.constant('int64', [1], [0]));
          const row = body.Squeeze(slice, body.constant('int64', [1], [0]));
          const sum = body.Add(state!, row);
          return { next: always(body), states: [sum], rows: [sum] };
        },
      });
      b.output('total', total!);
      b.output('rows', rows!);
      return b;
    },
    runs: [2, 6].map((trips) => ({ trips: integer(trips), x: floats([6, 4], ramp(24, -2)) })),
  },
  {
    name: 'a branch in a loop in a loop',
    build() {
      const b = new GraphBuilder('nested');
      const [trips, x] = [b.input('trips', 'int64', []), b.input('x', 'float32', [3])];
      const [y] = loop(b, {
        trips,
        states: [x],
        captured: [trips],
        body(outer, iteration, [state], [count]) {
          const [inner] = loop(outer, {
            trips: count!,
            states: [state!],
            captured: [iteration],
            body(body, k, [value], [i]) {
              const [next] = branch(
                body,
                body.Less(k, i!),
                [value!],
                [
                  (yes, [v]) => [yes.Add(v!, yes.constant('float32', [], [1]))],
                  (no, [v]) => [no.Mul(v!, no.constant('float32', [], [0.75]))],
                ],
              );
              return { next: always(body), states: [next!] };
            },
          });
          return { next: always(outer), states: [inner!] };
        },
      });
      b.output('y', y!);
      return b;
    },
    runs: [1, 3].map((trips) => ({ trips: integer(trips), x: floats([3], [1, -2, 3]) })),
  },
  {
    name: 'a loop over integers and bools',
    build() {
      const b = new GraphBuilder('integers');
      const [trips, x] = [b.input('trips', 'int64', []), b.input('x', 'int32', [5])];
      const [y, flags] = loop(b, {
        trips,
        states: [x, b.Greater(x, b.constant('int32', [], [0]))],
        body(body, _, [value, flag]) {
          const next = body.Where(flag!, body.Sub(value!, body.constant('int32', [], [2])), value!);
          return {
            next: always(body),
            states: [next, body.Greater(next, body.constant('int32', [], [0]))],
            rows: [flag!],
          };
        },
      }).slice(0, 2);
      b.output('y', y!);
      b.output('flags', flags!);
      return b;
    },
    runs: [0, 3].map((trips) => ({
      trips: integer(trips),
      x: { dtype: 'int32', dims: [5], data: Int32Array.of(-1, 0, 1, 5, 9) },
    })),
  },
  {
    name: 'a sequence that a loop fills',
    build() {
      const b = new GraphBuilder('sequence');
      const [trips, x] = [b.input('trips', 'int64', []), b.input('x', 'float32', [2, 2])];
      const empty = b.SequenceEmpty();
      const body = b.body('body');
      const iteration = body.input('i', 'int64', []);
      const goes = body.input('goes', 'bool', []);
      const state = body.graph.addInput('list', empty.type);
      const inner = body.graph.addInput('inner', x.type);
      body.output('next', body.Identity(goes));
      body.output('filled', body.SequenceInsert(state, body.Add(inner, body.Cast(iteration, { to: 'float32' }))));
      const [list] = b.Loop(trips, null, [empty, x], { carried: 1 }, { bodies: [body.graph], outputs: 1 });
      b.output('length', b.SequenceLength(list!));
      b.output('joined', b.ConcatFromSequence(list!, { axis: 1 }));
      b.output('last', b.Relu(b.SequenceAt(list!, b.constant('int64', [], [-1]))));
      return b;
    },
    runs: [1, 3].map((trips) => ({ trips: integer(trips), x: floats([2, 2], ramp(4, -1)) })),
  },
];
