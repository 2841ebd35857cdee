import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Edge, solvePbqp, totalOf } from './pbqp.ts';

interface Problem {
  readonly costs: number[][];
  readonly edges: Edge[];
}

/** Node i > 0 is joined to the nodes that `parents` gives for it. */
function problems(parents: (i: number) => fc.Arbitrary<number[]>): fc.Arbitrary<Problem> {
  const cost = fc.integer({ min: 0, max: 20 });
  return fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 7 }).chain((sizes) =>
    fc
      .tuple(
        fc.tuple(...sizes.map((size) => fc.array(cost, { minLength: size, maxLength: size }))),
        fc.tuple(...sizes.map((_, i) => (i === 0 ? fc.constant([]) : parents(i)))),
      )
      .chain(([costs, joins]) => {
        const pairs = joins.flatMap((list, b) => [...new Set(list)].map((a) => ({ a, b })));
        const matrix = (rows: number, columns: number) =>
          fc.array(fc.array(cost, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows });
        return fc
          .tuple(...pairs.map(({ a, b }) => matrix(sizes[a]!, sizes[b]!)))
          .map((matrices) => ({ costs, edges: pairs.map((pair, i) => ({ ...pair, costs: matrices[i]! })) }));
      }),
  );
}

function least(problem: Problem): number {
  let best = Number.POSITIVE_INFINITY;
  const visit = (labels: number[]): void => {
    const vector = problem.costs[labels.length];
    if (!vector) best = Math.min(best, totalOf(problem.costs, problem.edges, labels));
    else vector.forEach((_, label) => void visit([...labels, label]));
  };
  visit([]);
  return best;
}

describe('solvePbqp', () => {
  it('finds the least in chains and trees', () => {
    const trees = problems((i) => fc.integer({ min: 0, max: i - 1 }).map((parent) => [parent]));
    fc.assert(
      fc.property(
        trees,
        (problem) => totalOf(problem.costs, problem.edges, solvePbqp(problem.costs, problem.edges)) === least(problem),
      ),
    );
  });

  it('finds the least where each node has two earlier neighbours that follow one another', () => {
    const ladders = problems((i) => fc.constant(i === 1 ? [0] : [i - 1, i - 2]));
    fc.assert(
      fc.property(
        ladders,
        (problem) => totalOf(problem.costs, problem.edges, solvePbqp(problem.costs, problem.edges)) === least(problem),
      ),
    );
  });

  it('gives every node a label in any graph', () => {
    const any = problems((i) => fc.array(fc.integer({ min: 0, max: i - 1 }), { maxLength: 5 }));
    fc.assert(
      fc.property(any, (problem) => {
        const labels = solvePbqp(problem.costs, problem.edges);
        return labels.every((label, i) => label >= 0 && label < problem.costs[i]!.length);
      }),
    );
  });

  it('joins what is given for one pair twice', () => {
    const edge = {
      a: 0,
      b: 1,
      costs: [
        [0, 3],
        [3, 0],
      ],
    };
    expect(
      solvePbqp(
        [
          [0, 5],
          [5, 0],
        ],
        [edge, edge],
      ),
    ).toEqual([0, 0]);
  });
});
