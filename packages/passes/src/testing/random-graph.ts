// Random graphs of what passes look for, made from instructions, so that fast-check can shrink them.

import { isTrtxError } from '@trtx/errors';
import { type Constraint, evaluateDim, Graph, GraphBuilder, type Value } from '@trtx/ir';
import * as fc from 'fast-check';
import { writtenAttention, writtenRotary } from './random-attention.ts';
import { simplifySteps } from './simplify-steps.ts';
import { integers, numbers, rank, type Step, scalar, size, sizeOf } from './step.ts';

/** What to add, to which values (counted from the last), and a number that the step uses as it likes. */
export interface Instruction {
  readonly step: number;
  readonly a: number;
  readonly b: number;
  readonly seed: number;
}

export interface Recipe {
  readonly instructions: readonly Instruction[];
  /** Values beside the last that are graph outputs. */
  readonly outputs: readonly number[];
  /** The batch is a symbol. */
  readonly dynamic: boolean;
}

export const recipes: fc.Arbitrary<Recipe> = fc.record({
  instructions: fc.array(
    fc.record({
      step: fc.nat(999),
      a: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(4) }),
      b: fc.nat(4),
      seed: fc.nat(999),
    }),
    { minLength: 1, maxLength: 14 },
  ),
  outputs: fc.array(fc.nat(6), { maxLength: 2 }),
  dynamic: fc.boolean(),
});

/** The batch that runs; the symbol N where it is dynamic. */
export const BATCH = 2;

/** The graph of a recipe; steps that do not fit the values that they are to work on are left out. */
export function buildRandom(recipe: Recipe): Graph {
  const instructions = [...recipe.instructions];
  for (;;) {
    const { graph, misfit } = attempt({ ...recipe, instructions });
    if (misfit === undefined) return graph;
    instructions.splice(misfit, 1);
  }
}

/** `misfit` is the first instruction that demands another batch. */
function attempt({ instructions, outputs, dynamic }: Recipe): { graph: Graph; misfit?: number } {
  const b = new GraphBuilder('random');
  const values = [b.input('x', 'float64', [dynamic ? 'N' : BATCH, 4, 4, 6])];
  const pick = (back: number) => values[Math.max(0, values.length - 1 - back)]!;
  for (const [i, { step, a, b: second, seed }] of instructions.entries()) {
    try {
      values.push(STEPS[step % STEPS.length]!(b, pick(a), pick(second), seed));
    } catch (error) {
      if (!isTrtxError(error)) throw error;
    }
    const holds = ({ a, b }: Constraint) => evaluateDim(a, () => BATCH) === evaluateDim(b, () => BATCH);
    if (![...b.graph.constraints].every(holds)) return { graph: b.graph, misfit: i };
  }
  b.output('y', values.at(-1)!);
  outputs.forEach((back, i) => {
    b.output(`y${i}`, pick(back));
  });
  return { graph: b.graph };
}

/** The graph with its nodes made in another order. */
export function shuffled(graph: Graph, random: () => number): Graph {
  const copy = new Graph(graph.name);
  const values = new Map<Value, Value>();
  for (const input of graph.inputs) values.set(input, copy.addInput(input.name, input.type));
  for (const constant of graph.constants()) values.set(constant, copy.addConstant(constant.constant!, constant.name));
  const left = [...graph.nodes];
  while (left.length > 0) {
    const ready = left.filter((node) => node.inputs.every((input) => input === null || values.has(input)));
    const node = ready[Math.floor(random() * ready.length)]!;
    left.splice(left.indexOf(node), 1);
    const inputs = node.inputs.map((input) => input && values.get(input)!);
    const { name } = node;
    const twin = copy.addNode(node.op, inputs, node.attributes, { name, outputs: node.outputs.map((o) => o.name) });
    node.outputs.forEach((output, i) => {
      values.set(output, twin.outputs[i]!);
    });
  }
  for (const { name, value } of graph.outputs) copy.addOutput(name, values.get(value)!);
  return copy;
}

/** A constant that broadcasts: a number, one for each channel, one for each place of the last axis, a neutral one. */
function operand(b: GraphBuilder, x: Value, seed: number, neutral: number): Value {
  const channels = [size(x, 1), ...new Array<number>(Math.max(rank(x) - 2, 0)).fill(1)];
  const choices = [
    () => scalar(b, 1 + (seed % 5)),
    () => numbers(b, channels, seed),
    () => numbers(b, [1, ...channels], seed),
    () => numbers(b, [size(x, -1)], seed),
    () => scalar(b, neutral),
    () => b.constant('float64', channels, new Array(size(x, 1)).fill(neutral)),
  ];
  return choices[seed % choices.length]!();
}

const binary =
  (op: 'Add' | 'Mul' | 'Sub' | 'Div', neutral: number): Step =>
  (b, x, _, seed) => {
    const c = operand(b, x, seed, neutral);
    return op === 'Div' || seed % 2 ? b[op](x, c) : b[op](c, x);
  };

const STEPS: readonly Step[] = [
  (b, x) => b.Relu(x),
  (b, x) => b.Abs(x),
  (b, x) => b.Identity(x),
  (b, x) => b.Sigmoid(x),
  (b, x) => b.Cast(x, { to: 'float64' }),
  (b, x, _, seed) => b.Clip(x, seed % 3 ? scalar(b, (seed % 5) - 2) : null, seed % 2 ? scalar(b, seed % 4) : null),
  (b, x, _, seed) => b.Clip(x, scalar(b, Number.NEGATIVE_INFINITY), scalar(b, seed % 2 ? Number.POSITIVE_INFINITY : 1)),
  (b, x, _, seed) => b.Max([x, scalar(b, seed % 3)]),
  (b, x, _, seed) => b.Min([scalar(b, seed % 3), x]),
  binary('Add', 0),
  binary('Mul', 1),
  binary('Sub', 0),
  binary('Div', 1),
  (b, x, other) => b.Add(x, other),
  (b, x, other) => b.Mul(x, other),
  (b, x, _, seed) => b.Pow(x, scalar(b, 1 + (seed % 2))),
  (b, x, _, seed) => b.Conv(x, numbers(b, [4, size(x, 1), 1, 1], seed)),
  (b, x, _, seed) => b.Conv(x, numbers(b, [4, size(x, 1), 3, 3], seed), numbers(b, [4], seed), { pads: [1, 1, 1, 1] }),
  (b, x, _, seed) => b.Conv(x, numbers(b, [size(x, 1), 1, 1, 1], seed), { group: size(x, 1) }),
  (b, x, _, seed) => {
    const group = 1 + (size(x, 1) % 2 === 0 ? seed % 2 : 0);
    return b.ConvTranspose(x, numbers(b, [size(x, 1), 2, 1, 1], seed), { group });
  },
  (b, x, _, seed) => {
    const part = (n: number) => numbers(b, [size(x, 1)], seed + n);
    return b.BatchNormalization(x, part(0), part(1), part(2), part(3));
  },
  (b, x, _, seed) => b.MatMul(x, numbers(b, [size(x, -1), 5], seed)),
  (b, x, _, seed) => b.Gemm(x, numbers(b, [size(x, 1), 5], seed), numbers(b, [5], seed), { alpha: 0.5, beta: 2 }),
  (b, x) => b.Flatten(x, { axis: 1 }),
  (b, x) => b.Unsqueeze(x, integers(b, [1])),
  (b, x) => b.Squeeze(x, integers(b, [1])),
  (b, x) => b.Reshape(x, integers(b, new Array(rank(x)).fill(0))),
  (b, x) => b.Reshape(x, integers(b, [-1, 4, 6])),
  (b, x) => b.Reshape(x, integers(b, [-1, 4, 4, 6])),
  (b, x) => b.Reshape(x, b.Concat([sizeOf(b, x, 0), integers(b, [-1, 2])], { axis: 0 })),
  (b, x) => b.Transpose(x),
  (b, x) => b.Transpose(x, { perm: [0, 2, 3, 1] }),
  (b, x) => b.Transpose(x, { perm: [0, 3, 1, 2] }),
  (b, x) => b.Transpose(x, { perm: [0, 2, 1] }),
  (b, x) => b.Concat([x], { axis: 0 }),
  (b, x, other) => b.Concat([x, other], { axis: 1 }),
  (b, x) => b.Slice(x, integers(b, [0]), integers(b, [1000]), integers(b, [1])),
  (b, x) => b.Slice(x, integers(b, [1]), integers(b, [3]), integers(b, [1])),
  (b, x) => b.Pad(x, integers(b, new Array(2 * rank(x)).fill(0))),
  (b, x) => b.Expand(x, integers(b, [1])),
  (b, x, other) => b.Expand(x, b.Shape(other)),
  (b, x) => b.Mul(x, b.Abs(b.Expand(numbers(b, [size(x, -1)], 5), b.Shape(x)))),
  (b, x) => b.Resize(x, null, b.constant('float32', [rank(x)], new Array(rank(x)).fill(1)), { mode: 'linear' }),
  (b, x) => b.ReduceMean(x, integers(b, [1])),
  (b, x, _, seed) => b.ReduceMax(x, integers(b, [seed % rank(x)]), { keepdims: 0 }),
  (b, x, _, seed) => b.Softmax(x, { axis: seed % rank(x) }),
  (b, x, _, seed) => b.Add(...(b.Split(x, { axis: seed % rank(x), num_outputs: 2 }) as [Value, Value])),
  (b, x, _, seed) => b.Slice(x, integers(b, [1 + (seed % 2)]), integers(b, [4]), integers(b, [seed % rank(x)])),
  (b, x, _, seed) => b.Pad(x, integers(b, [1, seed % 2]), null, integers(b, [seed % rank(x)])),
  (b, x, other) => b.Max([b.Transpose(x, { perm: [0, 2, 3, 1] }), b.Transpose(other, { perm: [0, 2, 3, 1] })]),
  (b, x, _, seed) => b.Conv(b.Add(x, scalar(b, 1 + (seed % 3))), numbers(b, [3, size(x, 1), 1, 1], seed)),
  (b, x) => b.Mul(x, b.Cast(sizeOf(b, x, 1), { to: 'float64' })),
  (b, x) => b.Mul(x, b.Cast(sizeOf(b, x, 0), { to: 'float64' })),
  ...simplifySteps,
  writtenAttention,
  writtenRotary,
];
