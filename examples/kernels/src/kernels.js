// Two ways to compute it. Which one is taken is a matter of cost: many elements fill a device by themselves, few long ones
// do not.

import { defineKernel, emitElements, emitRows, Position, rowCost } from '@trtx/codegen';
import { product } from '@trtx/ir';

/** Numbers that the GPU computes in f32, however they are stored. */
const FLOATS = ['float32', 'float16'];

/**
 * The sums, as reductions over the rows of [M · N, K].
 * @param {import('@trtx/codegen').Problem} problem
 */
function sumsOf({ group }) {
  const { inputs } = /** @type {import('@trtx/ir').Node} */ (group.anchor);
  const [a, b] = /** @type {import('@trtx/ir').Value[]} */ (inputs);
  const shape = group.accumulated.type.shape;
  const count = a.type.shape[1];
  return { a, b, shape, rows: { shape: [...shape, count], rows: product(shape), count, axes: [2] } };
}

/**
 * The square of the distance along k, as code. Operands are read through the emitter: what is fused into them comes along.
 * @param {import('@trtx/codegen').Emitter} e
 * @param {ReturnType<typeof sumsOf>} sums
 * @param {Position} position of the result
 */
function squareAt(e, { a, b }, position) {
  const [m, n] = position.coords(e.shader);
  /** @param {number | string} k */
  return (k) => {
    const x = e.read(a, Position.at(a.type.shape, [m, k]));
    const y = e.read(b, Position.at(b.type.shape, [n, k]));
    const gap = e.shader.let(`${x} - ${y}`);
    return e.shader.let(`${gap} * ${gap}`);
  };
}

export const eachElement = defineKernel({
  id: 'example.squared-distances.element',
  version: 1,
  summary: 'an invocation an element',
  ops: ['com.example::SquaredDistances'],
  applies: ({ group }) => FLOATS.includes(group.accumulated.type.dtype),
  params: () => [{}],
  cost: (problem) => rowCost(problem.target, sumsOf(problem).rows, { lanes: 1 }),
  emit(e, problem) {
    const sums = sumsOf(problem);
    return emitElements(e, sums.shape, (position) => {
      const square = squareAt(e, sums, position);
      e.shader.line('var sum = 0.0f;');
      e.shader.loop(e.size(sums.rows.count), 'k', (k) => e.shader.line(`sum += ${square(k)};`));
      e.store(position, 'sum');
    });
  },
});

export const eachWorkgroup = defineKernel({
  id: 'example.squared-distances.workgroup',
  version: 1,
  summary: 'a workgroup an element, whose invocations share the sum',
  ops: ['com.example::SquaredDistances'],
  applies: ({ group }) => FLOATS.includes(group.accumulated.type.dtype),
  params: () => [{}],
  cost: (problem) => rowCost(problem.target, sumsOf(problem).rows, { lanes: 64 }),
  emit(e, problem) {
    const sums = sumsOf(problem);
    return emitRows(e, sums.rows, { lanes: 64 }, (row) => {
      const position = Position.linear(sums.shape, row.number);
      const sum = row.reduce('float32', 'add', squareAt(e, sums, position));
      row.once(() => e.store(position, sum));
    });
  },
});
